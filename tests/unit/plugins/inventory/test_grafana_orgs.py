# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin: hosts, their variables and groups, the cache, and servers that do not answer."""

from __future__ import annotations

import contextlib
import json

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.template import Templar

from ansible_collections.orgsmith.grafana.plugins.doc_fragments import connection
from ansible_collections.orgsmith.grafana.plugins.inventory import grafana_orgs
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Unauthorized, Unreachable
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._inventory.names import RESERVED, encoded
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._inventory.servers import Listing

NAME = "orgsmith.grafana.grafana_orgs"
DOCUMENTATION = [
    grafana_orgs.DOCUMENTATION,
    connection.ModuleDocFragment.INVENTORY,
    constructed.ModuleDocFragment.DOCUMENTATION,
    inventory_cache.ModuleDocFragment.DOCUMENTATION,
]
TWO = [
    {"name": "eu", "url": "https://eu.test", "token": "s3cr3t-token-of-eu"},
    {"name": "us", "url": "https://us.test", "username": "root", "password": "s3cr3t-{{ 'of' }}-us"},
]
EVIL = "{{ lookup('pipe', 'touch pwned') }}"


@pytest.fixture
def world(monkeypatch, tmp_path):
    """Stands in for the servers, and parses configurations."""
    return World(monkeypatch, tmp_path)


def loaded():
    """Return the plugin as Ansible's loader does, which is not there in unit tests: with the definitions of its options."""
    options = {}
    for text in DOCUMENTATION:
        options.update(yaml.safe_load(text)["options"])
    constants.config.initialize_plugin_configuration_definitions("inventory", NAME, options)
    plugin = grafana_orgs.InventoryModule()
    plugin._load_name, plugin._redirected_names = NAME, [NAME]
    return plugin


class World:
    def __init__(self, monkeypatch, folder):
        self.folder, self.asked, self.passwords, self.warnings = folder, [], [], []
        self.orgs = {"eu": [(1, "Main Org."), (2, "a")], "us": [(1, "Main Org."), (7, "b")]}
        monkeypatch.setattr(grafana_orgs, "listings", self.listings)

    def warning(self, text):
        self.warnings.append(text)

    def listings(self, servers):
        self.asked.append([server.name for server in servers])
        self.passwords += [server.connection.identity.password for server in servers]
        found = [self.orgs[server.name] for server in servers]
        return [Listing(one, False) if isinstance(one, list) else one for one in found]

    def parse(self, from_cache=True, **options):
        path = self.folder / "x.grafana_orgs.yml"
        path.write_text(json.dumps({"plugin": NAME, **options}), encoding="utf-8")
        plugin, inventory = loaded(), InventoryData()
        plugin.display = self
        assert plugin.verify_file(str(path))
        plugin.parse(inventory, DataLoader(), str(path), from_cache)
        with contextlib.suppress(AttributeError):  # as the inventory manager does, for plugins without a cache
            plugin.update_cache_if_changed()
        return inventory


def variables(inventory):
    """Return the host variables, without those that each inventory has."""
    ours = ("grafana", "ansible_connection", "ansible_python", "my")
    return {
        name: {key: value for key, value in host.get_vars().items() if key.startswith(ours) or key == "tenant"}
        for name, host in inventory.hosts.items()
    }


LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}


def test_hosts_of_two_servers(world):
    found = variables(world.parse(servers=TWO))
    assert found == {
        "Main Org.@eu": of("Main Org.", 1, "eu"),
        "a": of("a", 2, "eu"),
        "Main Org.@us": of("Main Org.", 1, "us"),
        "b": of("b", 7, "us"),
    }
    assert world.passwords == [None, "s3cr3t-of-us"]
    assert "s3cr3t" not in str(found)


def of(name, number, server):
    return {
        **LOCAL,
        "grafana_org_name": name,
        "grafana_org_id": number,
        "grafana_server": server,
        "grafana_url": f"https://{server}.test",
    }


def test_hosts_of_a_tenants_file(world):
    tenants = [{"name": "one", "members": [{"login": "x", "create": {"password": "s3cr3t"}}]}, {"name": "two", "state": "absent"}]
    (world.folder / "tenants.yml").write_text(json.dumps(tenants), encoding="utf-8")
    found = world.parse(
        tenants_file="tenants.yml",
        compose={"my_members": "tenant.members | default([]) | map(attribute='login') | join"},
        groups={"leaving": "tenant.state | default('present') == 'absent'"},
        keyed_groups=[{"key": "tenant.name", "prefix": "named"}],
        strict=True,
    )
    path = str(world.folder / "tenants.yml")
    assert variables(found) == {
        "one": {**LOCAL, "grafana_org_name": "one", "grafana_tenants_file": path, "my_members": "x"},
        "two": {**LOCAL, "grafana_org_name": "two", "grafana_tenants_file": path, "my_members": ""},
    }
    assert members(found) == {"leaving": ["two"], "named_one": ["one"], "named_two": ["two"]}


def members(inventory):
    groups = {name: sorted(host.name for host in group.get_hosts()) for name, group in inventory.groups.items()}
    return {name: hosts for name, hosts in groups.items() if name not in ("all", "ungrouped")}


def test_hosts_and_groups_of_one_name(world):
    world.orgs["eu"] = [(1, "prod"), (2, "a_b"), (3, "all"), (4, "a b")]
    found = world.parse(
        servers=TWO[:1],
        groups={"prod": "true", "small": "grafana_org_id < 3"},
        keyed_groups=[{"key": "grafana_org_name", "separator": ""}],
    )
    assert list(found.hosts) == ["prod@eu", "a_b", "all@eu", "a b"]
    assert members(found) == {"prod": ["a b", "a_b", "all@eu", "prod@eu"], "small": ["a_b", "prod@eu"], "a_b": ["a b", "a_b"]}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"include": ["a*"]}, ["a", "ab"]),
        ({"exclude": ["a*", "Main *"]}, ["b", "A"]),
        ({"include": ["[ab]", "A"], "exclude": ["b"]}, ["a", "A"]),
        ({"include": ["nothing"]}, []),
        ({"include": ["a"], "qualified_names": True}, ["a@eu"]),
    ],
)
def test_filters(world, options, names):
    world.orgs["eu"] = [(1, "Main Org."), (2, "a"), (3, "ab"), (4, "b"), (5, "A")]
    assert list(world.parse(servers=TWO[:1], **options).hosts) == names


def test_the_name_of_an_organization_is_never_a_template(world):
    world.orgs["eu"] = [(1, EVIL), (2, "a")]
    found = world.parse(servers=TWO[:1], compose={"my_copy": "grafana_org_name"}, keyed_groups=[{"key": "grafana_org_name"}])
    evil, plain = (host.get_vars() for host in found.hosts.values())
    assert evil["grafana_org_name"] == evil["my_copy"] == EVIL
    assert "{" not in next(iter(found.hosts))
    template = grafana_orgs._trusted("{{ grafana_org_name }}{{ my_copy }}")
    shown = [Templar(DataLoader(), variables=one).template(template) for one in (evil, plain)]
    assert shown == [2 * EVIL, "aa"]


def test_the_cache_has_lists_only(world):
    options = {"servers": TWO, "cache": True, "cache_plugin": "jsonfile", "cache_connection": str(world.folder / "cache")}
    first = world.parse(**options)
    world.orgs["eu"].append((9, "new"))
    again = world.parse(**options)
    assert variables(first) == variables(again)
    assert world.asked == [["eu", "us"], []]
    written = "".join(path.read_text(encoding="utf-8") for path in (world.folder / "cache").iterdir())
    assert "Main Org." in written
    assert "s3cr3t" not in written
    # meta: refresh_inventory, and another caller, read again
    assert "new" in world.parse(from_cache=False, **options).hosts
    world.parse(**{**options, "servers": [{**TWO[1], "username": "other"}]})
    assert world.asked[2:] == [["eu", "us"], ["us"]]


def test_a_server_that_does_not_answer(world):
    world.orgs["us"] = Unreachable("no answer from https://us.test")
    with pytest.raises(AnsibleParserError, match="no answer from"):
        world.parse(servers=TWO)
    assert list(world.parse(servers=TWO, on_unreachable="warn").hosts) == ["Main Org.", "a"]
    assert world.warnings == ["the organizations of server us are missing: no answer from https://us.test"]
    world.orgs["us"] = Unauthorized("refused")
    with pytest.raises(AnsibleParserError, match="refused"):
        world.parse(servers=TWO, on_unreachable="warn")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tenant_file": "x", "compos": {}}, "these options do not exist: compos, tenant_file"),
        ({"tenants_file": "x", "servers": TWO, "token": "s3cr3t"}, "tenants_file cannot be used with servers, token"),
        ({"tenants_file": "missing.yml"}, "missing.yml: cannot be read"),
        ({"servers": [{**TWO[0], "tokn": "s3cr3t"}]}, "server eu has options that do not exist: tokn"),
    ],
)
def test_refused_without_a_secret(world, options, message):
    with pytest.raises(AnsibleParserError, match=message) as caught:
        world.parse(**options)
    assert "s3cr3t" not in str(caught.value)
    assert not world.asked


@pytest.mark.parametrize(
    ("name", "ours"),
    [("x.grafana_orgs.yml", True), ("grafana_orgs.yaml", True), ("grafana_orgs.json", False), ("tenants.yml", False)],
)
def test_names_of_configuration_files(tmp_path, name, ours):
    (tmp_path / name).write_text("{}", encoding="utf-8")
    assert loaded().verify_file(str(tmp_path / name)) is ours


def test_the_names_of_localhost_are_reserved():
    assert all(name in RESERVED or encoded(name) != name for name in constants.LOCALHOST)
