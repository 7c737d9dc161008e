# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info module says of folders."""

from __future__ import annotations

import pytest

from modules.folders.by_hand import TREE

MODULE = "grafana_folder"


def test_all_of_them(nested):
    nested.ok(MODULE, batch=TREE)
    found = nested.ok("grafana_folder_info")["folders"]
    assert {one["uid"]: (one["title"], one["parent"], one["parent_uid"]) for one in found}["business"] == ("Business", "", "")
    places = [one["title"] for one in found]
    assert places.index("Operations") < places.index("Hosts") < places.index("Linux")
    assert all(one["org_id"] == 1 for one in found)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"uid": "business"}, ["Business"]),
        ({"uid": "business", "parent": "Operations"}, []),
        ({"uid": "nowhere"}, []),
        ({"title": "Linux"}, ["Linux"]),
        ({"parent": "Operations"}, ["Hosts"]),
        ({"parent": "Operations/Hosts", "title": "Linux"}, ["Linux"]),
        ({"parent": "Nowhere"}, []),
        ({"parent_uid": "business"}, ["Sales"]),
        ({"parent_uid": "nowhere"}, []),
        ({"parent_uid": "general", "title": "Business"}, ["Business"]),
        ({"parent": "", "title": "Sales"}, []),
    ],
)
def test_some_of_them(nested, wanted, expected):
    nested.ok(MODULE, batch=TREE)
    assert [one["title"] for one in nested.ok("grafana_folder_info", **wanted)["folders"]] == expected


def test_flat_ones(flat):
    for title in ("A", "B"):
        flat.ok(MODULE, title=title)
    before = flat.requests()
    assert [one["title"] for one in flat.ok("grafana_folder_info", org_id=1)["folders"]] == ["A", "B"]
    assert flat.requests() - before == 2  # who the caller is, and the folders
    assert "description" not in flat.ok("grafana_folder_info")["folders"][0]


def test_descriptions_and_managers_are_told(described):
    described.ok(MODULE, title="A", description="D")
    before = described.requests()
    found = described.ok("grafana_folder_info", org_id=1)["folders"][0]
    assert (found["description"], found["managed_by"]) == ("D", None)
    assert described.requests() - before == 2  # who the caller is, and the folder


def test_a_question_with_two_parents(newest):
    assert newest.fails("grafana_folder_info", parent="A", parent_uid="a").code == "bad_input"
    assert newest.fails("grafana_folder_info", org_name="nowhere").code == "org_not_found"
