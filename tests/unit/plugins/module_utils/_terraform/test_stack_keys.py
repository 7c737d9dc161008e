# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of provider 1 that belong to a stack of Grafana Cloud: ``grafana_api_key`` with ``cloud_stack_slug``."""

from __future__ import annotations

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("tree-sitter-hcl needs Python 3.10 or newer, which every control node has", allow_module_level=True)

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Adopted, Consolidated, Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import first_apply, second_apply

from .trees import after, plan

MIGRATION = "grafana_api_keys_migration.tf"
KEY = 'resource "grafana_api_key" "x" {\n  cloud_stack_slug = %s\n  name             = "n"\n  role             = "Viewer"\n}\n'
ONE = KEY % '"s"'
EACH = ONE.replace("{\n", "{\n  for_each         = var.keys\n", 1)
PLAIN = 'resource "grafana_api_key" "y" {\n  name = "m"\n  role = "Viewer"\n}\n'
ACCOUNT, TOKEN = "grafana_cloud_stack_service_account.x", "grafana_cloud_stack_service_account_token.x"


@pytest.mark.parametrize(
    ("before", "account", "token"),
    [
        pytest.param(
            "  # where\n  cloud_stack_slug = grafana_cloud_stack.a.slug # ours\n"
            '  name             = "n"\n  role             = "Viewer"\n  seconds_to_live  = 60\n',
            '  # where\n  stack_slug = grafana_cloud_stack.a.slug # ours\n  name       = "n"\n  role       = "Viewer"\n',
            '  stack_slug         = grafana_cloud_stack.a.slug\n  name               = "n-token"\n'
            f"  service_account_id = {ACCOUNT}.id\n  seconds_to_live    = 60\n",
            id="arguments",
        ),
        pytest.param(
            '  cloud_stack_slug = "s"\n  name             = "n"\n  role             = "Viewer"\n\n'
            "  lifecycle {\n    ignore_changes = [cloud_stack_slug, org_id, role, seconds_to_live]\n  }\n",
            '  stack_slug = "s"\n  name       = "n"\n  role       = "Viewer"\n\n'
            "  lifecycle {\n    ignore_changes = [stack_slug, role]\n  }\n",
            '  stack_slug         = "s"\n  name               = "n-token"\n'
            f"  service_account_id = {ACCOUNT}.id\n\n  lifecycle {{\n    ignore_changes = [stack_slug, seconds_to_live]\n  }}\n",
            id="ignore_changes",
        ),
    ],
)
def test_blocks(before, account, token):
    new = after(main='resource "grafana_api_key" "x" {\n%s}\n' % before)
    head = 'resource "grafana_cloud_stack_service_account%s" "x" {\n%s}\n'
    assert new["main.tf"] == head % ("", account) + "\n" + head % ("_token", token)
    assert "from = grafana_api_key.x\n" in new[MIGRATION]


def test_only_a_key_of_a_stack_has_a_stack_in_ignore_changes():
    lifecycle = "\n  lifecycle {\n    ignore_changes = [cloud_stack_slug]\n  }\n}\n"
    assert "lifecycle" not in after(main=PLAIN.replace("}\n", lifecycle))["main.tf"]


EXTRA = f"{{ name = {ACCOUNT}%s.name, role = {ACCOUNT}%s.role, cloud_stack_slug = %s.stack_slug }}"


@pytest.mark.parametrize(
    ("block", "before", "expected"),
    [
        (ONE, "grafana_api_key.x.key", f"{TOKEN}.key"),
        (ONE, "grafana_api_key.x.role", f"{ACCOUNT}.role"),
        (ONE, "grafana_api_key.x.cloud_stack_slug", f"{TOKEN}.stack_slug"),
        (ONE, 'grafana_api_key.x["cloud_stack_slug"]', f'{TOKEN}["stack_slug"]'),
        (ONE, "grafana_api_key.x[*].cloud_stack_slug", f"{TOKEN}[*].stack_slug"),
        (ONE, "grafana_api_key.x", f"merge({TOKEN}, {EXTRA % ('', '', TOKEN)})"),
        (EACH, 'grafana_api_key.x["a"].cloud_stack_slug', f'{TOKEN}["a"].stack_slug'),
        (EACH, "values(grafana_api_key.x)[*].cloud_stack_slug", f"values({TOKEN})[*].stack_slug"),
        (EACH, "[for v in grafana_api_key.x : v.cloud_stack_slug]", f"[for v in {TOKEN} : v.stack_slug]"),
        (
            EACH,
            "[for k, v in grafana_api_key.x : [v.cloud_stack_slug, v.role]]",
            f"[for k, v in {TOKEN} : [v.stack_slug, {ACCOUNT}[k].role]]",
        ),
        (
            EACH,
            "grafana_api_key.x",
            f"{{ for name, token in {TOKEN} : name => merge(token, {EXTRA % ('[name]', '[name]', 'token')}) }}",
        ),
    ],
)
def test_references(block, before, expected):
    code = "locals {\n  a = %s\n}\n"
    assert after(keys=block, main=code % before)["main.tf"] == code % expected


def test_keys_with_and_without_stack_in_one_module():
    code = "locals {\n  a = [grafana_api_key.x.key, grafana_api_key.y.key]\n}\n"
    new = after(keys=ONE + PLAIN, main=code)
    assert new["main.tf"] == "locals {\n  a = [%s.key, grafana_service_account_token.y.key]\n}\n" % TOKEN


VARIABLE = 'variable "s" {\n%s}\n'
CALL = 'module "m" {\n  source = "./m"\n  s      = %s\n}\n'


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({"main": KEY % "null"}, "main.tf:2"),
        ({"main": KEY % "var.cloud ? var.s : null"}, "main.tf:2"),
        ({"main": KEY % "one(grafana_cloud_stack.a[*].slug)"}, "main.tf:2"),
        ({"main": KEY % "var.s", "v": VARIABLE % "  default = null\n"}, "v.tf:2"),
        ({"main": KEY % "var.s.slug", "v": VARIABLE % "  type = object({ slug = optional(string) })\n"}, "v.tf:2"),
        ({"main": KEY % "local.a", "v": "locals {\n  a = local.b\n  b = try(local.a, null)\n}\n"}, "v.tf:3"),
        ({"main": EACH.replace("var.keys", "{ a = null }").replace('"s"', "each.value")}, "main.tf:2"),
        ({"main": CALL % "null", "m__main": (KEY % "var.s") + VARIABLE % ""}, "main.tf:3"),
    ],
)
def test_a_stack_that_may_be_null(files, cause):
    _sources, planned = plan(**files)
    assert planned.files == {}
    assert [one.what for one in planned.not_rewritten] == ["grafana_api_key.x"]
    assert "cloud_stack_slug may be null (%s)" % cause in planned.not_rewritten[0].why


def test_a_stack_that_a_caller_gives():
    new = after(main=CALL % '"s"', m__main=(KEY % "var.s") + VARIABLE % "  type = string\n")
    assert "  stack_slug = var.s\n" in new["m/main.tf"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (ONE.replace("}", "  org_id = 1\n}"), "a key with cloud_stack_slug has no organization: remove org_id"),
        (ONE + "locals {\n  a = grafana_api_key.x.org_id\n}\n", "has no attribute org_id"),
        (
            ONE.replace("}", '  provisioner "local-exec" {\n    command = self.cloud_stack_slug\n  }\n}'),
            "self.cloud_stack_slug is stack_slug in the token",
        ),
        (ONE + 'resource "grafana_cloud_stack_service_account" "x" {\n}\n', f"{ACCOUNT} exists already"),
    ],
)
def test_what_is_not_after(code, words):
    planned = first_apply({"main.tf": code.encode()}, Options())
    assert planned.files == {}
    assert words in " ".join(one.why for one in planned.not_rewritten)


def test_adopted():
    options = Options(adopt=(Adopted("grafana_api_key.x", "s:7"),))
    options.check()
    new = after(options, main=ONE)
    assert new[MIGRATION].endswith('import {\n  to = %s\n  id = "s:7"\n}\n' % ACCOUNT)
    assert "ignore_changes = [name]" in new["main.tf"]
    last = second_apply({path: text.encode() for path, text in new.items()}, Options())
    assert last.files[MIGRATION] is None
    with pytest.raises(BadInput, match="must ignore changes of its name"):
        first_apply({path: text.encode() for path, text in after(main=ONE).items()}, options)


@pytest.mark.parametrize(("key", "id_", "form"), [(ONE, "7", "STACK:ID"), (PLAIN, "s:7", "ID or ORGANIZATION:ID")])
def test_import_ids_by_kind(key, id_, form):
    entry = Adopted("grafana_api_key." + ("x" if key is ONE else "y"), id_)
    with pytest.raises(BadInput, match="must be " + form):
        first_apply({"main.tf": key.encode()}, Options(adopt=(entry,)))


def test_consolidated():
    other = ONE.replace('"x"', '"y"').replace('"n"', '"m"')
    group = Consolidated("ci", ("grafana_api_key.x", "grafana_api_key.y"), "ci")
    code = after(Options(consolidate=(group,)), main=ONE + other)["main.tf"]
    account = '  stack_slug = "s"\n  name       = "ci"\n  role       = "Viewer"\n'
    assert code.startswith('resource "grafana_cloud_stack_service_account" "ci" {\n%s}\n' % account)
    assert code.count("service_account_id = grafana_cloud_stack_service_account.ci.id\n") == 2
    for second, words in (
        (PLAIN, "only some of them have cloud_stack_slug"),
        (other.replace('"s"', '"t"'), "must have the same stack"),
    ):
        with pytest.raises(BadInput, match=words):
            first_apply({"main.tf": (ONE + second).encode()}, Options(consolidate=(group,)))
