# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of hosts, and how they survive Ansible's patterns and AWX."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from ansible.inventory.manager import split_host_pattern

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._inventory.names import Named, encoded, host_names

NAMES = {
    "tenant-1": "tenant-1",
    "Team A": "Team A",
    "R&D": "R&D",
    "ünï 日本": "ünï 日本",
    "100% sure": "100% sure",
    "100%25": "100%2525",
    "Team: A": "Team%3A A",
    "A,B": "A%2CB",
    "[1:3]": "%5B1%3A3%5D",
    "a*?": "a%2A%3F",
    "!boss": "%21boss",
    "&x": "%26x",
    "~x": "%7Ex",
    "@x": "%40x",
    "-x": "%2Dx",
    "../x": "%2E.%2Fx",
    " x ": "%20x%20",
    "a\tb": "a%09b",
    "{{ x }}": "%7B%7B x %7D%7D",
    "\u00a0x": "%C2%A0x",
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_a_host_name_has_nothing_that_is_interpreted(name, expected):
    assert encoded(name) == expected
    assert unquote(expected) == name
    # With a comma behind it, --limit takes the name as one pattern.
    assert split_host_pattern(expected + ",") == [expected]
    assert not re.search(r"^[!&~@.-]|[:\[\]{}*?/]", expected)


def test_different_names_have_different_host_names():
    tricky = [*NAMES, *NAMES.values(), "A%2CB", "A%252CB", "%", "%%", "%2", "%2:"]
    assert len({encoded(name) for name in tricky}) == len(set(tricky))


@pytest.mark.parametrize(
    ("orgs", "options", "expected"),
    [
        (["a s1", "b s1"], {}, ["a", "b"]),
        (["a s1", "a s2", "b s2"], {}, ["a@s1", "a@s2", "b"]),
        (["a s1", "A s1"], {}, ["a", "A"]),
        (["a s1", "b s2"], {"qualified": True}, ["a@s1", "b@s2"]),
        (["all s1", "ungrouped s1"], {}, ["all@s1", "ungrouped@s1"]),
        (["localhost s1", "127.0.0.1 s1"], {}, ["localhost@s1", "127.0.0.1@s1"]),
        (["prod s1"], {"reserved": ["prod"]}, ["prod@s1"]),
    ],
)
def test_host_names_are_names_of_organizations_or_name_a_server(orgs, options, expected):
    assert host_names([Named(*one.split(" ")) for one in orgs], **options) == expected


def test_two_organizations_are_never_one_host():
    with pytest.raises(BadInput, match="'a@s1' of s3 and organization 'a' of s1 would both be the host a@s1"):
        host_names([Named("a@s1", "s3"), Named("a", "s1"), Named("a", "s2")])
