# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter org_runs: one run for each server, from hosts that are organizations."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._playbooks.runs import org_runs

ONE, TWO = "http://one", "http://two"
HOSTS = {
    "a": {"grafana_org_name": "a", "grafana_org_id": 2, "grafana_url": ONE},
    "b@two": {"grafana_org_name": "b", "grafana_org_id": 2, "grafana_url": TWO},
    "b@one": {"grafana_org_name": "b", "grafana_org_id": "3", "grafana_url": ONE},
    "5": {"grafana_org_name": "5", "grafana_org_id": 7, "grafana_url": ONE},
    "b again": {"grafana_org_name": "b", "grafana_org_id": 3, "grafana_url": ONE},
}


@pytest.mark.parametrize(
    ("wanted", "expected", "elsewhere"),
    [
        (None, [("a", ONE, ["a", "b", "5"]), ("b@two", TWO, ["b"])], []),
        ("all", [("a", ONE, ["a", "b", "5"]), ("b@two", TWO, ["b"])], []),
        (["b"], [("b@two", TWO, ["b"]), ("b@one", ONE, ["b"])], []),
        ([2, "5"], [("a", ONE, ["a", "5"]), ("b@two", TWO, ["b"])], []),
        (["a", 5, "c", True], [("a", ONE, ["a"])], [5, "c", True]),
        (["c"], [], ["c"]),
    ],
)
def test_one_run_for_each_server(wanted, expected, elsewhere):
    found = org_runs(list(HOSTS), HOSTS, wanted)
    assert [(run["host"], run["url"], run["names"]) for run in found["runs"]] == expected
    assert [run["environment"] for run in found["runs"]] == [{"GRAFANA_URL": url} for _host, url, _names in expected]
    assert found["elsewhere"] == elsewhere


def test_hosts_of_tenants_files():
    files = {"a": "/one.yml", "b": "/two.yml", "c": "/one.yml"}
    hosts = {name: {"grafana_org_name": name, "grafana_tenants_file": file} for name, file in files.items()}
    runs = org_runs(list(hosts), hosts)["runs"]
    assert [(run["host"], run["tenants_file"], run["names"]) for run in runs] == [
        ("a", "/one.yml", ["a", "c"]),
        ("b", "/two.yml", ["b"]),
    ]
    assert [run["environment"] for run in runs] == [{}, {}]


def test_hosts_with_connections_of_their_own():
    """A run has the variables of one host, so hosts with other credentials are another run."""
    admin, other = {"username": "admin", "password": "S3CRET"}, {"token": "S3CRET-2"}
    connections = {"a": admin, "b": None, "c": dict(reversed(admin.items())), "d": other, "e": {}}
    hosts = {name: {"grafana_org_name": name, "grafana_url": ONE, "grafana_connection": one} for name, one in connections.items()}
    found = org_runs(list(hosts), hosts)
    assert [run["names"] for run in found["runs"]] == [["a", "c"], ["b", "e"], ["d"]]
    assert "S3CRET" not in str(found)


def test_a_connection_that_is_no_dictionary():
    with pytest.raises(AnsibleFilterError, match="grafana_connection of host a has to be a dictionary") as caught:
        org_runs(["a"], {"a": {"grafana_org_name": "a", "grafana_connection": "token=S3CRET"}})
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_local_host_without_an_organization(name):
    (run,) = org_runs([name], {name: {}}, ["a"])["runs"]
    assert (run["host"], run["names"]) == (name, None)


def test_a_host_whose_name_add_host_splits_does_not_stand_for_a_server():
    hosts = {name: {"grafana_org_name": name} for name in ("team:80", "Main Org. 2")}
    (run,) = org_runs(list(hosts), hosts)["runs"]
    assert (run["host"], run["names"]) == ("Main Org. 2", ["team:80", "Main Org. 2"])
    with pytest.raises(AnsibleFilterError, match=r"reads the ends of these hosts' names as ports.*: team:80"):
        org_runs(["team:80"], hosts)


def test_hosts_that_are_no_organizations():
    hosts = {**HOSTS, **{f"web-{number}": {} for number in range(7)}}
    with pytest.raises(AnsibleFilterError, match=r"7 of 12 hosts have no variable grafana_org_name.*web-4 and 2 more"):
        org_runs(list(hosts), hosts)
