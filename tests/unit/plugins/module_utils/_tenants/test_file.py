# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with tenants: what they may contain, and what the errors say."""

from __future__ import annotations

import builtins
import json

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._tenants.file import chosen, read_tenants

SECRET = "n33dle"
JSON = json.dumps([{"name": "one"}, {"name": "two"}])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("t.json", JSON, [{"name": "one"}, {"name": "two"}]),
        ("t.yml", JSON, [{"name": "one"}, {"name": "two"}]),
        ("t.yml", "org_bootstrap_organizations:\n- name: one\nother: 5\n", [{"name": "one"}]),
        ("t.yml", "{org_bootstrap_organizations: [{name: one}]}", [{"name": "one"}]),
        ("t.yml", "- {name: one, since: 2026-11-27}", [{"name": "one", "since": "2026-11-27"}]),
        ("t.yml", "- {name: one, note: !unsafe '{{ x }}'}", [{"name": "one", "note": "{{ x }}"}]),
        (
            "t.yml",
            "- name: one\n  dashboards: [{dashboard: {legend: '{{ instance }}'}}]",
            [{"name": "one", "dashboards": [{"dashboard": {"legend": "{{ instance }}"}}]}],
        ),
    ],
)
def test_what_a_file_may_contain(tmp_path, name, text, expected):
    (tmp_path / name).write_text(text)
    assert read_tenants(str(tmp_path / name)) == expected


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("t.yml", "- name: a\n  members: [\n", "tenants_file_invalid", "is not valid YAML: line 3, column 1: "),
        ("t.yml", "- {name: a, password: *n33dle }", "tenants_file_invalid", "line 1, column 23: an alias"),
        ("t.yml", "- {name: a, password: !n33dle x}", "tenants_file_invalid", "line 1, column 23: a value has an unknown tag"),
        ("t.yml", "- {name: a, password: !vault x}", "tenants_file_invalid", "encrypted with ansible-vault (!vault)"),
        ("t.yml", "\x07", "tenants_file_invalid", "a character that YAML does not allow"),
        ("t.json", '[{"name": "n33dle" x}]', "tenants_file_invalid", "is not valid JSON: line 1, column 20: "),
        ("t.yml", "$ANSIBLE_VAULT;1.1;AES256\n6161", "tenants_file_encrypted", "only Ansible itself can decrypt it"),
        ("t.yml", "5", "tenants_file_invalid", "has to be a list of organizations"),
        ("t.yml", "other: n33dle", "tenants_file_invalid", "it is a dictionary without that key"),
        ("t.yml", "[n33dle]", "tenants_file_invalid", "entry 0 has to be a dictionary, not a string"),
        ("t.yml", "- {name: 12}", "tenants_file_invalid", "entry 0 needs a name, as a string"),
        ("t.yml", "- {name: a, members: n33dle}", "tenants_file_invalid", "organization a, members has to be a list"),
        ("t.yml", "- {name: a, members: [{role: n33dle}]}", "tenants_file_invalid", "members[0] needs a login"),
        (
            "t.yml",
            "- {name: a, service_accounts: [{name: n, tokens: [n33dle]}]}",
            "tenants_file_invalid",
            "[0].tokens[0] has to be",
        ),
        (
            "t.yml",
            "- {name: a, teams: [{name: '{{ n33dle }}'}]}",
            "tenants_file_template",
            "organization a, teams[0], name is a template",
        ),
    ],
)
def test_what_is_wrong_is_named_without_its_value(tmp_path, name, text, code, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput) as caught:
        read_tenants(str(tmp_path / name))
    assert caught.value.code == code
    assert said in caught.value.message
    assert str(tmp_path / name) in caught.value.message
    assert SECRET not in caught.value.message


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(BadInput, match=r"tenants_file .*t\.yml: cannot be read: No such file") as caught:
        read_tenants(str(tmp_path / "t.yml"))
    assert caught.value.code == "tenants_file_unreadable"


def test_without_pyyaml_json_still_works(tmp_path, monkeypatch):
    real = builtins.__import__

    def no_yaml(name, *more, **named):
        if name == "yaml":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", no_yaml)
    (tmp_path / "t.json").write_text(JSON)
    (tmp_path / "t.yml").write_text("- name: one")
    assert len(read_tenants(str(tmp_path / "t.json"))) == 2
    with pytest.raises(
        BadInput, match="has no PyYAML, which YAML needs: install PyYAML there, or write the file as JSON"
    ) as caught:
        read_tenants(str(tmp_path / "t.yml"))
    assert caught.value.code == "missing_library"


def test_chosen_tenants():
    tenants = [{"name": name} for name in ("one", "two", "three")]
    assert chosen(tenants, None, "f") == tenants
    assert chosen(tenants, [], "f") == []
    assert chosen(tenants, ["three", "one"], "f") == [{"name": "one"}, {"name": "three"}]
    with pytest.raises(BadInput, match="the file f has no organization named four, five") as caught:
        chosen(tenants, ["one", "four", "five", "four"], "f")
    assert caught.value.code == "unknown_tenants"
    with pytest.raises(BadInput, match="two organizations have the name one"):
        chosen([*tenants, {"name": "one"}], ["two"], "f")
