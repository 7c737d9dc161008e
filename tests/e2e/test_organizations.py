# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks on inventories whose hosts are organizations, with answers of surveys, and what they report with set_stats."""

from __future__ import annotations

import json

import pytest
import yaml

from e2e import needles
from e2e.conftest import BY_A_TOKEN, PASSWORD, ROOT
from modules.api_keys.old_keys import Old

PLAYBOOKS = ROOT / "playbooks"
ODD = "Team {{ 1 + 1 }}: a"


class Fleet:
    """Sites, and an inventory whose hosts are their organizations."""

    def __init__(self, site):
        self.site = site
        self.inventory = site.folder / "inventory.yml"

    def hosts(self, variables):
        """Write the inventory; *variables* of a host by its name, which is the organization's by default."""
        hosts = {
            host: {"grafana_org_name": host, "ansible_connection": "local", "ansible_python_interpreter": "/nowhere", **one}
            for host, one in variables.items()
        }
        text = yaml.safe_dump({"all": {"hosts": hosts}}).replace("{{ 1 + 1 }}", '{{ "{{ 1 + 1 }}" }}')
        self.inventory.write_text(text)

    def play(self, name, *words, environment=None, **variables):
        """Run a playbook on all hosts; text in *variables* is marked unsafe, as AWX does it."""
        lines = [
            f"{variable}: {'!unsafe ' if isinstance(value, str) else ''}{json.dumps(value)}\n"
            for variable, value in {"orgs_hosts": "all", **variables}.items()
        ]
        answers = self.site.write("answers.yml", "".join(lines))
        words = ("-i", str(self.inventory), "-e", f"@{answers}", *words)
        environment = {"ANSIBLE_SHOW_CUSTOM_STATS": "1", **(environment or {})}
        return self.site.play(PLAYBOOKS / f"{name}.yml", *words, environment=environment)


@pytest.mark.by_core
def test_slices_of_a_tenants_file(sites):
    """A slice makes its own tenants, with one run of the role, and reports them; a survey's answers are text."""
    site = sites()
    fleet, tenants = Fleet(site), site.tenants(3)
    for tenant in tenants:
        del tenant["members"], tenant["dashboards"], tenant["service_accounts"][0]["tokens"][0]["dest"]
    site.write("tenants.json", {"org_bootstrap_organizations": tenants})
    fleet.hosts({tenant["name"]: {"grafana_tenants_file": "tenants.json"} for tenant in tenants})
    sink = "type: file\npath: " + str(site.keys / "{org_name}")
    answers = {"org_bootstrap_sink": sink, "org_bootstrap_tenants": "", "awx_job_id": 7, "awx_workflow_job_id": 6}
    run = fleet.play("bootstrap_orgs", "--limit", "tenant-0,tenant-2", **answers).ok()
    found = run.stats["orgsmith_bootstrap"]
    assert (found["finished"], found["created"], found["failed"]) == (True, 2, 0)
    assert found["created_organizations"] == ["tenant-0", "tenant-2"]
    assert run.stats["orgsmith_bootstrap_job_7"] == found
    assert run.text.count("TASK [orgsmith.grafana.org_bootstrap : Tenants]") == 1
    assert sorted(site.emulator.orgs()) == ["Main Org.", "tenant-0", "tenant-2"]
    answers["org_bootstrap_tenants"] = "tenant-1\n\ntenant-2\n"
    rotated = fleet.play("rotate_tokens", rotate_purge="expired\nunlisted", **answers).failed()
    found = rotated.stats["orgsmith_rotate"]
    assert (found["kept"], found["failed"], found["finished"]) == (1, 1, True)
    assert "tenant-1" in found["failures"][0]
    keys = [(site.keys / name).read_text().strip() for name in ("tenant-0", "tenant-2")]
    assert needles.in_text(keys, run.text + rotated.text) == []


def test_tenants_as_yaml_text(sites):
    """The hosts select tenants of a survey's answer; what fails is reported."""
    site = sites()
    fleet = Fleet(site)
    fleet.hosts({ODD: {"grafana_url": site.url}, "bad": {"grafana_url": site.url}})
    tenants = [{"name": ODD}, {"name": "bad", "teams": [{"name": "t", "members": ["nobody"]}]}, {"name": "elsewhere"}]
    run = fleet.play("bootstrap_orgs", org_bootstrap_organizations=yaml.safe_dump(tenants)).failed()
    found = run.stats["orgsmith_bootstrap"]
    assert found["created_organizations"] == [ODD, "bad"]
    assert found["failed_organizations"] == ["bad"]
    assert "bad" in found["failures"][0]
    assert sorted(site.emulator.orgs()) == sorted(["Main Org.", ODD, "bad"])


EMPTY = {
    f"org_bootstrap_{name}": "" for name in ("missing_members", "on_undeletable", "join_org", "dashboards_as", "confirm_removal")
}


@pytest.mark.by_core
@pytest.mark.parametrize("source", ["list", "file"])
def test_empty_answers_are_the_defaults(site, source):
    """As without them, the tenant is made, and its missing member fails at the end."""
    board = {"dashboard": {"uid": "overview", "title": "Overview", "panels": []}}
    tenants = [{"name": source, "members": [{"login": "nobody", "role": "Editor"}], "dashboards": [board]}]
    variables = {"org_bootstrap_organizations": tenants}
    if source == "file":
        variables = {"org_bootstrap_tenants_file": str(site.write("tenants.json", tenants))}
    environment = {"ANSIBLE_SHOW_CUSTOM_STATS": "1"}
    run = site.play(PLAYBOOKS / "bootstrap_orgs.yml", environment=environment, **variables, **EMPTY).failed()
    report = run.stats["orgsmith_bootstrap"]
    assert (report["created_organizations"], report["failed_organizations"]) == ([source], [source])
    assert "no user has the login or e-mail nobody" in report["failures"][0]
    assert site.emulator.dashboard(site.emulator.orgs()[source], "overview")["dashboard"]["title"] == "Overview"


def test_empty_answers_of_one_tenant(site):
    file = str(site.keys / "empty")
    run = site.play(PLAYBOOKS / "bootstrap_org.yml", org_name="empty", key_file=file, **EMPTY).ok()
    assert run.recap["failed"] == 0
    org = site.emulator.orgs()["empty"]
    assert site.emulator.creator(org, "production-overview").startswith(BY_A_TOKEN)


@pytest.mark.by_core
@pytest.mark.parametrize(
    ("name", "variables", "words"),
    [
        ("bootstrap_org", {"members": "a: 1"}, "the variable members has to be a list"),
        ("bootstrap_orgs", {}, "no tenants: set org_bootstrap_organizations or org_bootstrap_tenants_file"),
        ("rotate_tokens", {"org_bootstrap_organizations": "a: 1"}, "org_bootstrap_organizations has to be a list of tenants"),
        ("migrate_api_keys", {"migrate_expect_done": "perhaps"}, "the variable migrate_expect_done has to be true or false"),
        ("migrate_api_keys", {"migrate_sink": "- a"}, "the variable migrate_sink has to be a dictionary"),
        ("teardown_org", {"key_sink": "- a"}, "the variable key_sink has to be a dictionary"),
        ("upgrade_guard", {"target_version": "x"}, "target_version must be a version of Grafana"),
        ("migrate_terraform", {"terraform_strict": "perhaps"}, "the variable terraform_strict has to be true or false"),
    ],
)
def test_a_wrong_variable_is_one_error(site, name, variables, words):
    """The report has the error too, and making the report does not fail once more for the same reason."""
    run = site.play(PLAYBOOKS / f"{name}.yml", environment={"ANSIBLE_SHOW_CUSTOM_STATS": "1"}, **variables).failed()
    assert [words in line for line in run.text.splitlines() if line.startswith("fatal: ")].count(True) == 1
    (report,) = run.stats.values()
    assert report["finished"] is False
    # Before ansible-core 2.19 an error begins with the templates around it, and the report cuts long texts.
    assert [words in failure or failure.endswith("…") for failure in report["failures"]] == [True]


@pytest.fixture
def two(sites):
    """An inventory of two servers, with the API keys of three organizations."""
    one, other = Old(sites("9.3.2")), Old(sites("10.4.3"))
    one.key("a", "ci")
    one.key("b", "ci")
    other.key("a", ODD)
    fleet = Fleet(one.server)
    urls = {"a@one": one.server.url, "b": one.server.url, "a@other": other.server.url}
    fleet.hosts({host: {"grafana_org_name": host[0], "grafana_url": url} for host, url in urls.items()})
    return fleet, one, other


@pytest.mark.by_core
def test_plan_approval_migration_and_verification(two):
    """Both servers at once, as the nodes of a workflow pass their reports on; what nobody approved is reported."""
    fleet, one, other = two
    plan = fleet.play("migrate_api_keys", "--check", migrate_orgs="a\nnowhere\n", migrate_mode="", confirm="false").ok()
    found = plan.stats["orgsmith_migrate"]
    assert (found["planned"], found["left"], found["done"], found["organizations"]) == (True, 2, False, 2)
    assert sorted(found["servers"]) == sorted([one.server.url, other.server.url])
    assert found["not_among_the_hosts"] == ["nowhere"] * 2
    assert any(ODD in step for step in found["steps"])
    one.key("a", "late")
    approved = {"migrate_orgs": "a", "confirm": "true", "orgsmith_migrate": found}
    refused = fleet.play("migrate_api_keys", "--limit", "a@one", migrate_on_drift="fail", **approved).failed()
    assert refused.stats["orgsmith_migrate"]["changed_since_the_approval"] == [f"a at {one.server.url}"]
    assert one.listed("a") == ["ci", "late"]
    assert other.listed("a") == [ODD]
    verified = fleet.play("migrate_api_keys", "--limit", "a@one,b", migrate_orgs="a\nb", migrate_expect_done="yes").failed()
    found = verified.stats["orgsmith_migrate"]
    assert (found["left"], sorted(found["failures"])) == (3, [f"not migrated: API key {name}" for name in ("ci", "ci", "late")])
    assert one.listed("b") == ["ci"]
    run = fleet.play(
        "migrate_api_keys", confirm="true", migrate_expect_done="", orgsmith_migrate=plan.stats["orgsmith_migrate"]
    ).ok()
    found = run.stats["orgsmith_migrate"]
    assert (found["done"], found["migrated"], found["left"]) == (True, 4, 0)
    assert found["changed_since_the_approval"] == [f"a at {one.server.url}", f"b at {one.server.url}"]
    assert one.all_work()
    assert needles.in_text([*one.secrets.values(), *other.secrets.values()], run.text + plan.text) == []


@pytest.mark.by_core
def test_each_server_with_credentials_of_its_own(sites):
    """They come from variables of groups; the password in the environment is wrong."""
    one, two = sites("10.4.3"), sites("12.4.3")
    boss = {"login": "boss", "email": "boss@example.org", "name": "boss", "password": "long-enough-1", "OrgId": 1}
    made = two.api("POST", "/api/admin/users", boss)
    two.api("PUT", f"/api/admin/users/{made['id']}/permissions", {"isGrafanaAdmin": True})
    fleet = Fleet(one)
    local = {"ansible_connection": "local", "ansible_python_interpreter": "/nowhere"}
    groups = {
        name: {
            "hosts": {org: {"grafana_org_name": org, **local} for org in orgs},
            "vars": {"grafana_url": site.url, "grafana_connection": connection},
        }
        for name, site, orgs, connection in (
            ("one", one, ["a", "b"], {"username": "admin", "password": "{{ lookup('ansible.builtin.env', 'ONE_PASSWORD') }}"}),
            ("two", two, ["c"], {"username": "boss", "password": "{{ lookup('ansible.builtin.env', 'TWO_PASSWORD') }}"}),
        )
    }
    fleet.inventory.write_text(yaml.safe_dump({"all": {"children": groups}}))
    environment = {"GRAFANA_PASSWORD": "wrong", "ONE_PASSWORD": PASSWORD, "TWO_PASSWORD": boss["password"]}
    answers = {"key_file": str(one.keys / "{org_name}"), "confirm": "true"}
    made = fleet.play("bootstrap_org", environment=environment, **answers).ok()
    assert sorted(made.stats["orgsmith_bootstrap"]["created_organizations"]) == ["a", "b", "c"]
    assert [sorted(site.emulator.orgs()) for site in (one, two)] == [["Main Org.", "a", "b"], ["Main Org.", "c"]]
    gone = fleet.play("teardown_org", "-vvv", environment=environment, **answers).ok()
    assert gone.stats["orgsmith_teardown"]["deleted"] == 3
    assert needles.in_text([PASSWORD, boss["password"]], made.text + gone.text) == []
