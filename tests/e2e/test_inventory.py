# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin: what ansible-inventory prints, what AWX makes of it, and what a slice of a job sees."""

from __future__ import annotations

import json

import pytest

from standins.awx_inventory import Inventory

EVIL = "{{ lookup('pipe', 'touch pwned') }}"
NAMES = ["Team A", "Team: B", "R&D, Basel", "ünï", "localhost", "prod", EVIL, "[1:3]", "!x", "a/b"]
ALL_NAMES = "{{ ansible_play_hosts_all | map('extract', hostvars, 'grafana_org_name') }}"
#: Prints what the hosts of a slice are, in one task for all of them.
PLAY = [
    {
        "name": "A slice",
        "hosts": "{{ orgs_hosts }}",
        "gather_facts": False,
        "tasks": [
            {"name": "Show", "ansible.builtin.debug": {"msg": {"orgs": ALL_NAMES}}, "run_once": True},
            {"name": "Run on the control node", "ansible.builtin.ping": None, "run_once": True},
        ],
    }
]


@pytest.mark.by_core
def test_each_organization_is_in_one_slice_of_awx(site):
    for name in NAMES:
        site.api("POST", "/api/orgs", {"name": name})
    source = {"plugin": "orgsmith.grafana.grafana_orgs", "groups": {"prod": "grafana_org_id > 1"}, "exclude": ["Main Org."]}
    site.write("one.grafana_orgs.yml", source)
    found = site.command("ansible-inventory", "-i", "one.grafana_orgs.yml", "--list", "--export").ok()
    inventory = Inventory(_printed(found.text))
    assert sorted(_plain(host["grafana_org_name"]) for host in inventory.hosts.values()) == sorted(NAMES)
    # Only a name that looks like a template needs Ansible's mark; AWX shows everything else as it is.
    assert found.text.count("__ansible_unsafe") == 1

    slices = [inventory.slice(number, 3) for number in (1, 2, 3)]
    parts = [one["_meta"]["hostvars"].keys() for one in slices]
    assert sorted(name for part in parts for name in part) == sorted(inventory.hosts)

    site.write("play.yml", PLAY)
    shown = []
    for number in (1, 2):
        hosts = inventory.write(site.folder / f"slice-{number}", number, 2)
        run = site.play("play.yml", "-i", str(hosts), orgs_hosts="prod").ok()
        shown += _shown(run.text)
    assert sorted(shown) == sorted(NAMES)
    assert not (site.folder / "pwned").exists()


def _printed(text):
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


def _plain(value):
    return value["__ansible_unsafe"] if isinstance(value, dict) else value


def _shown(text):
    """Return the list after the word orgs in the output of debug."""
    return json.JSONDecoder().raw_decode(text.partition('"orgs": ')[2])[0]


def test_a_tenants_file_and_a_slice_by_limit(site):
    tenants = [{"name": f"tenant-{number}", "state": "present"} for number in range(4)]
    (site.folder / "inventories").mkdir()
    site.write("inventories/tenants.json", tenants)
    site.write("inventories/x.grafana_orgs.yml", {"plugin": "orgsmith.grafana.grafana_orgs", "tenants_file": "tenants.json"})
    words = ("--list", "--export", "--limit", "all[1:2]")
    found = site.command("ansible-inventory", "-i", "inventories/x.grafana_orgs.yml", *words).ok()
    hosts = _printed(found.text)["_meta"]["hostvars"]
    assert {name: one["grafana_tenants_file"] for name, one in hosts.items()} == {
        "tenant-1": "inventories/tenants.json",
        "tenant-2": "inventories/tenants.json",
    }


def test_a_server_that_refuses_the_password(site):
    site.write("bad.grafana_orgs.yml", {"plugin": "orgsmith.grafana.grafana_orgs"})
    environment = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", "GRAFANA_PASSWORD": "s3cr3t-and-wrong"}
    run = site.command("ansible-inventory", "-i", "bad.grafana_orgs.yml", "--list", "-vvv", environment=environment).failed()
    assert "401" in run.text
    assert "s3cr3t" not in run.text
