# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that share a service account, and accounts that exist already."""

from __future__ import annotations

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("tree-sitter-hcl needs Python 3.10 or newer, which every control node has", allow_module_level=True)

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Adopted, Consolidated, Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import first_apply, second_apply

from .samples import CLOUD, COUNT, EACH, MIGRATION, ONE, TOKEN
from .trees import after, plan, why_not


def checked(options, **files):
    """Check the options and plan, as the module does."""
    options.check()
    return plan(options, **files)


PAIR = ONE + "\n" + ONE.replace('"x"', '"y"').replace('"n"', '"m"')
SHARED = (Consolidated("ci", ("grafana_api_key.x", "grafana_api_key.y"), "CI"),)


def test_consolidated():
    use = "locals {\n  a = [grafana_api_key.x.role, grafana_api_key.y.name, grafana_api_key.y.key]\n}\n"
    new = after(Options(consolidate=SHARED), keys=PAIR, main=use)
    assert new["keys.tf"] == (
        'resource "grafana_service_account" "ci" {\n  name = "CI"\n  role = "Viewer"\n}\n\n'
        'resource "grafana_service_account_token" "x" {\n  name               = "n-token"\n'
        "  service_account_id = grafana_service_account.ci.id\n}\n\n"
        'resource "grafana_service_account_token" "y" {\n  name               = "m-token"\n'
        "  service_account_id = grafana_service_account.ci.id\n}\n"
    )
    tokens = "grafana_service_account_token.y.name, grafana_service_account_token.y.key"
    assert new["main.tf"] == f"locals {{\n  a = [grafana_service_account.ci.role, {tokens}]\n}}\n"


def test_consolidated_instances():
    each = 'resource "grafana_api_key" "x" {\n  for_each = var.keys\n  name     = each.key\n  role     = "Viewer"\n}\n'
    use = 'locals {\n  a = grafana_api_key.x["a"].role\n  b = grafana_api_key.x\n}\n'
    group = (Consolidated("ci", ("grafana_api_key.x",), "ci"),)
    new = after(Options(consolidate=group), keys=each, main=use)
    assert "  a = grafana_service_account.ci.role\n" in new["main.tf"]
    extra = "{ role = grafana_service_account.ci.role, org_id = grafana_service_account.ci.org_id }"
    assert "  b = { for name, token in %s : name => merge(token, %s) }\n" % (TOKEN, extra) in new["main.tf"]
    assert "  service_account_id = grafana_service_account.ci.id\n" in new["keys.tf"]


def test_comments_of_consolidated_keys():
    first = "# one\n" + ONE.replace("  role", "  # why\n  role").replace('"Viewer"', '"Viewer" # reads')
    new = after(Options(consolidate=SHARED), keys=first + "\n# two\n" + ONE.replace('"x"', '"y"'))["keys.tf"]
    assert [line.strip() for line in new.splitlines() if "#" in line] == ["# one", "# why", "# reads", "# two"]


@pytest.mark.parametrize(
    ("files", "group", "words"),
    [
        (PAIR.replace("Viewer", "Editor", 1), SHARED[0], "all keys of account ci must have the same role"),
        (PAIR.replace('role = "Viewer"', 'role = "Viewer"\n  org_id = 2', 1), SHARED[0], "must have the same org_id"),
        (EACH, Consolidated("ci", ("grafana_api_key.x",), "ci"), "differs between its instances"),
        (PAIR, Consolidated("ci", ("grafana_api_key.z",), "ci"), "there is no grafana_api_key.z"),
        (PAIR, Consolidated("ci", ("grafana_folder.x",), "ci"), "there is no grafana_folder.x"),
        (
            ONE + CLOUD,
            Consolidated("ci", ("grafana_api_key.x", "grafana_cloud_stack_api_key.x"), "ci"),
            "have different resource types",
        ),
        (PAIR + 'resource "grafana_service_account" "ci" {\n}\n', SHARED[0], "grafana_service_account.ci exists already"),
        (PAIR, Consolidated("c i", ("grafana_api_key.x",), "ci"), "cannot be the name of a resource"),
        (PAIR, Consolidated("ci", ("grafana_api_key.x",), '"'), "the account's name"),
    ],
)
def test_what_cannot_be_consolidated(files, group, words):
    options = Options(consolidate=(group,))
    with pytest.raises(BadInput) as refused:
        checked(options, main=files)
    assert words in refused.value.message


def test_all_keys_of_an_account_stay_if_one_stays():
    reasons = why_not(Options(consolidate=SHARED), main=PAIR + "locals {\n  a = grafana_api_key.x.rule\n}\n")
    assert ("main.tf", 6, "grafana_api_key.y") in [reason[:3] for reason in reasons]


def test_adopted():
    call = 'module "m" {\n  source   = "./m"\n  for_each = toset(["a"])\n}\n'
    adopt = (Adopted('module.m["a"].grafana_api_key.x[0]', "1:7"), Adopted("grafana_api_key.x", "8"))
    new = after(Options(adopt=adopt), main=call + ONE, m__main=COUNT)
    assert new[MIGRATION].endswith(
        'import {\n  to = module.m["a"].grafana_service_account.x[0]\n  id = "1:7"\n}\n\n'
        'import {\n  to = grafana_service_account.x\n  id = "8"\n}\n'
    )
    assert "import" not in new["m/" + MIGRATION]
    last = after(which=second_apply, **{name.replace("/", "__"): text for name, text in new.items()})
    assert [path for path in last if path.endswith(MIGRATION)] == []
    # Another first apply with the same options changes nothing.
    assert first_apply({path: text.encode() for path, text in last.items()}, Options(adopt=adopt)).files == {}


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (CLOUD, "  lifecycle {\n    ignore_changes = [name]\n  }\n}\n"),
        (
            CLOUD.replace("}", "\n  lifecycle {\n    ignore_changes = [role]\n  }\n}"),
            "  lifecycle {\n    ignore_changes = [role, name]\n  }\n}\n",
        ),
        (
            CLOUD.replace("}", "\n  lifecycle {\n    prevent_destroy = true\n  }\n}"),
            "  lifecycle {\n    prevent_destroy = true\n    ignore_changes  = [name]\n  }\n}\n",
        ),
    ],
)
def test_an_adopted_account_of_a_stack_keeps_its_name(before, expected):
    """Terraform cannot rename the account: it would delete it, and with it the key that works."""
    new = after(Options(adopt=(Adopted("grafana_cloud_stack_api_key.x", "s:7"),)), main=before)["main.tf"]
    assert new.partition('\nresource "grafana_cloud_stack_service_account_token"')[0].rstrip("\n").endswith(expected.rstrip("\n"))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Adopted("grafana_folder.x", "1"), "is not the address of an API key"),
        (Adopted("grafana_api_key.x", "a:1"), "must be ID or ORGANIZATION:ID"),
        (Adopted("grafana_cloud_stack_api_key.x", "1"), "must be STACK:ID"),
        (Adopted("grafana_api_key.y", "1"), "there is no grafana_api_key.y"),
        (Adopted("module.z.grafana_api_key.x", "1"), "does not call a module z"),
        (Adopted("grafana_api_key.x[0]", "1"), "has no instances"),
    ],
)
def test_what_cannot_be_adopted(entry, words):
    options = Options(adopt=(entry,))
    with pytest.raises(BadInput) as refused:
        checked(options, main=ONE)
    assert words in refused.value.message


def test_adopted_twice_or_with_another_id():
    for entries in ([("grafana_api_key.x", "1"), ("grafana_api_key.x", "2")],):
        with pytest.raises(BadInput, match="imported twice"):
            plan(Options(adopt=tuple(Adopted(*entry) for entry in entries)), main=ONE)
    adopted = after(Options(adopt=(Adopted("grafana_api_key.x", "1"),)), main=ONE)
    with pytest.raises(BadInput, match="has an import block already, with the id 1 and not 2"):
        plan(Options(adopt=(Adopted("grafana_api_key.x", "2"),)), **adopted)


def test_adopted_after_the_account_of_a_stack_was_written():
    rewritten = after(main=CLOUD)
    with pytest.raises(BadInput, match="must ignore changes of its name"):
        plan(Options(adopt=(Adopted("grafana_cloud_stack_api_key.x", "s:1"),)), **rewritten)
