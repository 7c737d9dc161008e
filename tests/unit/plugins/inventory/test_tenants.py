# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants files: their names, what an inventory shows of them, and what it refuses without quoting it."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._tenants.spec import SPEC
from ansible_collections.orgsmith.grafana.plugins.module_utils._users.model import OPTIONS as OF_USERS
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._inventory.tenants import path_for, read, without_secret_options

YAML = """
- name: one
  members: [{login: alice, role: Editor}]
  data_sources:
    - {name: metrics, secure_json_data: {password: s3cr3t}}
- {name: !unsafe "{ two", state: absent}
"""


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (YAML, ["one", "{ two"]),
        ('[{"name": "a"}]', ["a"]),
        ('{"org_bootstrap_organizations": [{"name": "a"}]}', ["a"]),
        ("other: 1\norg_bootstrap_organizations:\n- name: a\n- name: A", ["a", "A"]),
        ("[{name: flow}]", ["flow"]),
        ("[]", []),
    ],
)
def test_names_of_tenants(tmp_path, content, names):
    path = tmp_path / "tenants.yml"
    path.write_text(content, encoding="utf-8")
    assert [tenant["name"] for tenant in read(str(path))] == names


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        ("$ANSIBLE_VAULT;1.1;AES256\n61", "is encrypted with ansible-vault"),
        ("- name: s3cr3t\n  x: [", r"is not valid YAML: line \d, column \d"),
        ("- {name: a, x: !vault s3cr3t}", "encrypted with ansible-vault"),
        ("s3cr3t", "has to be a list of organizations, or a dictionary with the key org_bootstrap_organizations"),
        ("- s3cr3t", "entry 0 has to be a dictionary"),
        ("- name: a\n- id: 3", "entry 1 needs a name"),
        ("- name: 007", "entry 0 needs a name, as a string"),
        ("- name: a\n- name: b\n- name: a", "two organizations have the name a"),
    ],
)
def test_refused_without_a_word_of_the_file(tmp_path, content, message):
    path = tmp_path / "tenants.yml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=message) as caught:
        read(str(path))
    assert "s3cr3t" not in str(caught.value)


def _secret(options):
    """Yield the names of the secret options in an argument spec."""
    for name, rule in options.items():
        if rule.get("no_log"):
            yield name
        yield from _secret(rule.get("options", {}))


def test_expressions_see_no_secret_option():
    names = [*_secret(SPEC), *_secret(OF_USERS), "http_headers", "headers"]
    assert "secure_json_data" in names
    assert "secret_id" in names
    tenant = {
        "name": "one",
        "service_accounts": [{"name": "ci", "tokens": [{"name": "ci", "sink": dict.fromkeys(names, "s3cr3t")}]}],
        "data_sources": [{"url": "https://me:s3cr3t@db", "json_data": {"note": "glsa_abcdefABCDEF123456_0badcafe"}}],
        "state": "absent",
    }
    shown = without_secret_options(tenant)
    assert shown["service_accounts"] == [{"name": "ci", "tokens": [{"name": "ci", "sink": {}}]}]
    assert shown["data_sources"] == [{"url": "https://***@db", "json_data": {"note": "***"}}]
    assert (shown["name"], shown["state"]) == ("one", "absent")


@pytest.mark.parametrize(
    ("path", "exported", "expected"),
    [
        ("tenants.yml", False, "{cwd}/inventories/tenants.yml"),
        ("tenants.yml", True, "inventories/tenants.yml"),
        ("../tenants.yml", True, "tenants.yml"),
        ("../../tenants.yml", True, "{cwd}/../tenants.yml"),
        ("/srv/tenants.yml", True, "/srv/tenants.yml"),
        ("/srv/tenants.yml", False, "/srv/tenants.yml"),
    ],
)
def test_a_path_works_in_the_working_directory_of_a_later_job(tmp_path, monkeypatch, path, exported, expected):
    project = tmp_path / "project"
    (project / "inventories").mkdir(parents=True)
    monkeypatch.chdir(project)
    expected = expected.replace("{cwd}/..", str(tmp_path)).replace("{cwd}", str(project))
    assert path_for(path, str(project / "inventories"), exported) == expected
