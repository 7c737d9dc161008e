# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that a database may take for the same, and an index that knows them."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Refused
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.names import Names, check_deletable, similar


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Crew", "CREW", True),
        ("Crew", "Crew  ", True),
        ("Café", "cafe", True),
        ("Straße", "STRASSE", True),
        ("Crew", " Crew", False),
        ("Crew", "Crews", False),
    ],
)
def test_similar_names(one, other, same):
    assert (similar(one) == similar(other)) is same


def test_an_index_settles_names_without_a_similar_one():
    known = Names([("Crew", 1), ("Ops", 2)])
    assert [known.settles(name) for name in ("Crew", "crew", "ops ", "Dev")] == [True, False, False, True]
    assert [known.get(name) for name in ("Crew", "crew", "Dev")] == [1, None, None]


def test_an_index_follows_what_is_put_and_removed():
    known = Names([("Crew", 1)])
    known.put("crew", 2)
    known.put("Crew", 3)
    assert (len(known), known.values(), known.settles("CREW")) == (2, [3, 2], False)
    known.remove("Crew")
    assert (known.get("Crew"), known.settles("Crew")) == (None, False)
    known.remove("crew")
    known.remove("crew")
    assert (len(known), known.settles("Crew")) == (0, True)


@pytest.mark.parametrize(("by_name", "advice"), [(True, "name"), (False, "id or name, or leave one of them out")])
def test_an_object_of_another_name_is_not_deleted(by_name, advice):
    with pytest.raises(Refused) as caught:
        check_deletable("team", 7, "Crew", "CREW", by_name)
    assert caught.value.code == "name_mismatch"
    assert caught.value.message == "team 7 is named Crew, not CREW: it was not deleted; correct " + advice


@pytest.mark.parametrize("wanted", [None, "Crew"])
def test_an_object_of_the_wanted_name_may_be_deleted(wanted):
    check_deletable("team", 7, "Crew", wanted, by_name=False)
