# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``org_id`` moves from ``provider "grafana"`` to the resources and data sources that use this provider."""

from __future__ import annotations

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("tree-sitter-hcl needs Python 3.10 or newer, which every control node has", allow_module_level=True)

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import second_apply

from .trees import plan

PROVIDER = 'provider "grafana" {\n  url    = "u"\n  org_id = 2\n}\n'
PLAIN = 'provider "grafana" {\n  url = "u"\n}\n'
ALIAS = 'provider "grafana" {\n  alias  = "a"\n  org_id = grafana_organization.a.id\n}\n'
FOLDER = 'resource "grafana_folder" "x" {\n  title = "x"\n}\n'
MOVED = 'resource "grafana_folder" "x" {\n  org_id = %s\n  title  = "x"\n}\n'
CALL = 'module "%s" {\n  source = "./m"\n%s}\n'


def moved(**files):
    """Return the files that the second apply changes. Check that a second run changes nothing."""
    before, planned = plan(None, second_apply, **files)
    assert second_apply({**before, **planned.files}, Options()).files == {}
    return {path: text.decode() for path, text in planned.files.items()}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(PROVIDER + FOLDER, PLAIN + MOVED % "2", id="default provider"),
        pytest.param(
            PROVIDER.replace("\n", "\r\n") + FOLDER.replace("\n", "\r\n"), (PLAIN + MOVED % "2").replace("\n", "\r\n"), id="CRLF"
        ),
        pytest.param(
            ALIAS + FOLDER.replace("{\n", "{\n  provider = grafana.a # why\n\n"),
            'provider "grafana" {\n  alias = "a"\n}\nresource "grafana_folder" "x" {\n  provider = grafana.a # why\n'
            '  org_id   = grafana_organization.a.id\n\n  title = "x"\n}\n',
            id="alias",
        ),
        pytest.param(
            ALIAS + FOLDER,
            ALIAS.replace("  org_id = grafana_organization.a.id\n", "").replace("  =", " =") + FOLDER,
            id="unused alias",
        ),
        pytest.param(
            PROVIDER + 'data "grafana_team" "x" { name = "a" }\ndata "grafana_organization_preferences" "y" {}\n',
            PLAIN + 'data "grafana_team" "x" {\n  name   = "a"\n  org_id = 2\n}\n'
            'data "grafana_organization_preferences" "y" {\n  org_id = 2\n}\n',
            id="one line",
        ),
        pytest.param(
            'provider "grafana" { org_id = 2 }\n' + FOLDER, 'provider "grafana" {}\n' + MOVED % "2", id="provider on one line"
        ),
        pytest.param(
            'provider "grafana" {\n  # above\n  org_id = var.org # behind\n}\n' + FOLDER,
            'provider "grafana" {\n  # above\n  # behind\n}\n' + MOVED % "var.org",
            id="comments",
        ),
        pytest.param(PROVIDER + MOVED % "3", PLAIN + MOVED % "3", id="own organization"),
        pytest.param(
            PROVIDER + 'check "c" {\n  data "grafana_folder" "x" {\n    title = "x"\n  }\n}\n',
            PLAIN + 'check "c" {\n  data "grafana_folder" "x" {\n    org_id = 2\n    title  = "x"\n  }\n}\n',
            id="check",
        ),
    ],
)
def test_in_one_module(before, after):
    assert moved(main=before) == {"main.tf": after}


@pytest.mark.parametrize(
    "type_",
    [
        "organization",
        "user",
        "service_account_token",
        "cloud_stack",
        "cloud_stack_service_account",
        "cloud_stack_service_account_token",
        "cloud_access_policy",
        "oncall_schedule",
        "synthetic_monitoring_check",
    ],
)
def test_resources_that_need_no_organization(type_):
    block = 'resource "grafana_%s" "x" {\n  name = "x"\n}\n' % type_
    assert moved(main=PROVIDER + block)["main.tf"] == PLAIN + block


def test_every_type_with_an_organization():
    types = [
        ("resource", "rule_group"),
        ("resource", "role_assignment_item"),
        ("data", "dashboards"),
        ("data", "service_account"),
    ]
    blocks = "".join('%s "grafana_%s" "x" {\n}\n' % one for one in types)
    assert moved(main=PROVIDER + blocks)["main.tf"].count("  org_id = 2\n") == 4


@pytest.mark.parametrize(
    ("root", "module", "after"),
    [
        (PROVIDER + CALL % ("m", ""), FOLDER, MOVED % "2"),
        (
            ALIAS.replace("grafana_organization.a.id", '"2"') + CALL % ("m", "  providers = { grafana = grafana.a }\n"),
            FOLDER,
            MOVED % '"2"',
        ),
        (
            PROVIDER + CALL % ("m", "  providers = {\n    grafana.own = grafana # ours\n  }\n"),
            'resource "grafana_folder" "x" {\n  provider = grafana.own\n  title    = "x"\n}\n',
            'resource "grafana_folder" "x" {\n  provider = grafana.own\n  org_id   = 2\n  title    = "x"\n}\n',
        ),
        (PROVIDER + CALL % ("m", "") + CALL % ("n", ""), FOLDER, MOVED % "2"),
    ],
)
def test_in_other_modules(root, module, after):
    new = moved(main=root, m__main=module)
    assert new["m/main.tf"] == after
    assert "org_id" not in new["main.tf"]


def test_a_module_with_a_provider_of_its_own_and_one_without_organization():
    plain = CALL % ("m", "  providers = { grafana = grafana.b }\n")
    other = 'provider "grafana" {\n  alias = "b"\n}\n'
    assert list(moved(main=PROVIDER + other + plain, m__main=FOLDER)) == ["main.tf"]
    assert (
        moved(main=PROVIDER + CALL % ("m", ""), m__main=PROVIDER.replace("2", "var.o") + FOLDER)["m/main.tf"]
        == PLAIN + MOVED % "var.o"
    )


OTHER = 'provider "grafana" {\n  alias  = "b"\n  org_id = 3\n}\n'
BY_B = CALL % ("n", "  providers = { grafana = grafana.b }\n")
REMOTE = 'module "r" {\n  source    = "example/r"\n%s}\n'


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {"main": PROVIDER.replace("2", "var.o") + CALL % ("m", ""), "m__main": FOLDER},
            r"main\.tf:3 .* m/main\.tf:1 .* another module",
        ),
        ({"main": PROVIDER + OTHER + CALL % ("m", "") + BY_B, "m__main": FOLDER}, "different organizations"),
        (
            {"main": PROVIDER + OTHER.replace("  org_id = 3\n", "") + CALL % ("m", "") + BY_B, "m__main": FOLDER},
            "different organizations",
        ),
        (
            {"main": PROVIDER + 'resource "grafana_slo" "x" {\n}\n'},
            r"main\.tf:3 .* main\.tf:5 \(grafana_slo\.x\) .* not known",
        ),
        ({"main": PROVIDER, "b.tf.json": '{"resource": {"grafana_folder": {}}}'}, r"b\.tf\.json:1"),
        ({"main": PROVIDER, "b.tf.json": '{"module": {"m": {"source": "./m"}}}'}, r"b\.tf\.json:1"),
        ({"main": PROVIDER, "b.tofu": CALL % ("m", "")}, r"b\.tofu:1"),
        ({"b.tf.json": '{"provider": {"grafana": {"org_id": 2}}}'}, r"b\.tf\.json:1 \(org_id"),
        ({"b.tftest.hcl": PROVIDER}, r"b\.tftest\.hcl:3 \(org_id"),
        ({"main": PROVIDER, "b.tftest.hcl": 'run "a" {\n  # grafana_folder.x\n}\n'}, r"b\.tftest\.hcl:2"),
        ({"main": PROVIDER, "b": 'resource "grafana_folder" "x" {\n'}, r"b\.tf:1"),
        (
            {"main": PROVIDER + REMOTE % "  providers = { grafana = grafana }\n"},
            r"main\.tf:3 .* main\.tf:5 \(module\.r\) gets this provider",
        ),
        ({"main": PROVIDER + FOLDER.replace("{\n", "{\n  provider = grafana.by[each.key]\n")}, "is not clear"),
        ({"override": PROVIDER}, "override file"),
        ({"main": PROVIDER.replace("2", "(\n    2\n  )")}, "several lines"),
    ],
)
def test_what_cannot_be_moved(files, words):
    with pytest.raises(BadInput, match=words):
        plan(None, second_apply, **files)


def test_a_remote_module_may_inherit_the_provider():
    _sources, planned = plan(None, second_apply, main=PROVIDER + REMOTE % "")
    assert planned.notes == [
        "main.tf:5 (module.r): org_id moved out of the provider block. If the code of this module has resources of Grafana, they "
        "need org_id too"
    ]


def test_files_that_do_not_use_the_provider():
    lock = 'provider "registry.terraform.io/grafana/grafana" {\n  version = "2.19.4"\n}\n'
    others = {
        ".terraform.lock.hcl": lock,
        "terragrunt.hcl": 'inputs = {\n  grafana_url = "u"\n}\n',
        "b.tf.json": '{"output": {}}',
    }
    assert moved(main=PROVIDER + FOLDER, **others) == {"main.tf": PLAIN + MOVED % "2"}


def test_many_ways_to_one_module():
    """Each module calls the next one twice: there are 2 ** 21 ways to the last module."""
    calls = "".join('module "%s" {\n  source = "../m%%d"\n}\n' % name for name in "ab")
    modules = {"m%d__main" % number: calls % (number + 1, number + 1) for number in range(20)}
    new = moved(**{"root__main": PROVIDER + calls % (0, 0), **modules, "m20__main": FOLDER})
    assert new == {"root/main.tf": PLAIN + calls % (0, 0), "m20/main.tf": MOVED % "2"}
