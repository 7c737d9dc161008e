# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References to keys, as tables: the expression before, and the expression after."""

from __future__ import annotations

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("tree-sitter-hcl needs Python 3.10 or newer, which every control node has", allow_module_level=True)

from .samples import ACCOUNT, CLOUD, COUNT, EACH, ONE, TOKEN
from .trees import after

EXTRA = "{ name = %s.name, role = %s.role, org_id = %s.org_id }"
BY_NAME = "{ for name, token in %s : name => merge(token, %s) }" % (TOKEN, EXTRA.replace("%s", ACCOUNT + "[name]"))
BY_INDEX = "[for index, token in %s : merge(token, %s)]" % (TOKEN, EXTRA.replace("%s", ACCOUNT + "[index]"))


@pytest.mark.parametrize(
    ("block", "before", "expected"),
    [
        (ONE, "grafana_api_key.x.key", f"{TOKEN}.key"),
        (ONE, "grafana_api_key.x.id", f"{TOKEN}.id"),
        (ONE, "grafana_api_key.x.expiration", f"{TOKEN}.expiration"),
        (ONE, "grafana_api_key.x.seconds_to_live", f"{TOKEN}.seconds_to_live"),
        (ONE, "grafana_api_key.x.name", f"{ACCOUNT}.name"),
        (ONE, "grafana_api_key.x.role", f"{ACCOUNT}.role"),
        (ONE, "grafana_api_key.x.org_id", f"{ACCOUNT}.org_id"),
        (ONE, 'grafana_api_key.x["key"]', f'{TOKEN}["key"]'),
        (ONE, "grafana_api_key.x[*].role", f"{ACCOUNT}[*].role"),
        (ONE, "[grafana_api_key.x.key, grafana_api_key.x.role]", f"[{TOKEN}.key, {ACCOUNT}.role]"),
        (ONE, 'grafana_api_key.x.key != "" ? 1 : 0', f'{TOKEN}.key != "" ? 1 : 0'),
        (ONE, '"a ${grafana_api_key.x.key} b"', f'"a ${{{TOKEN}.key}} b"'),
        (ONE, '"%{if grafana_api_key.x.role == "Admin"}a%{endif}"', f'"%{{if {ACCOUNT}.role == "Admin"}}a%{{endif}}"'),
        (ONE, "grafana_api_key.x", f"merge({TOKEN}, {EXTRA.replace('%s', ACCOUNT)})"),
        (ONE, "grafana_api_key.x[var.attribute]", f"merge({TOKEN}, {EXTRA.replace('%s', ACCOUNT)})[var.attribute]"),
        (ONE, "grafana_api_key.x[*]", f"[merge({TOKEN}, {EXTRA.replace('%s', ACCOUNT)})]"),
        (ONE, "{ (grafana_api_key.x.name) = grafana_api_key.x.key }", f"{{ ({ACCOUNT}.name) = {TOKEN}.key }}"),
        (EACH, 'grafana_api_key.x["a"].key', f'{TOKEN}["a"].key'),
        (EACH, "grafana_api_key.x[each.key].role", f"{ACCOUNT}[each.key].role"),
        (EACH, "grafana_api_key.x.a.key", f"{TOKEN}.a.key"),
        (EACH, "values(grafana_api_key.x)[*].key", f"values({TOKEN})[*].key"),
        (EACH, "values(grafana_api_key.x)[0].role", f"values({ACCOUNT})[0].role"),
        (EACH, "keys(grafana_api_key.x)", f"keys({TOKEN})"),
        (EACH, "length(grafana_api_key.x)", f"length({TOKEN})"),
        (EACH, "{ for k, v in grafana_api_key.x : k => v.key }", f"{{ for k, v in {TOKEN} : k => v.key }}"),
        (EACH, "{ for k, v in grafana_api_key.x : k => v.role }", f"{{ for k, v in {TOKEN} : k => {ACCOUNT}[k].role }}"),
        (EACH, "[for v in grafana_api_key.x : v.name]", f"[for name, v in {TOKEN} : {ACCOUNT}[name].name]"),
        (EACH, "[for v in grafana_api_key.x : [v.name, name]]", f"[for name_, v in {TOKEN} : [{ACCOUNT}[name_].name, name]]"),
        (EACH, "[for v in grafana_api_key.x : v]", f"[for v in {BY_NAME} : v]"),
        (EACH, "[for v in grafana_api_key.x : [for v in [1] : v.key]]", f"[for v in {BY_NAME} : [for v in [1] : v.key]]"),
        (EACH, "grafana_api_key.x", BY_NAME),
        (
            EACH,
            'grafana_api_key.x["a"]',
            f'merge({TOKEN}["a"], {EXTRA})'.replace("%s", f'{ACCOUNT}["a"]'),
        ),
        (EACH, "jsonencode(values(grafana_api_key.x))", f"jsonencode(values({BY_NAME}))"),
        (COUNT, "grafana_api_key.x[0].key", f"{TOKEN}[0].key"),
        (COUNT, "grafana_api_key.x.0.key", f"{TOKEN}.0.key"),
        (COUNT, "grafana_api_key.x[*].key", f"{TOKEN}[*].key"),
        (COUNT, "grafana_api_key.x.*.role", f"{ACCOUNT}.*.role"),
        (COUNT, "one(grafana_api_key.x[*].key)", f"one({TOKEN}[*].key)"),
        (COUNT, "[for v in grafana_api_key.x : v.name]", f"[for index, v in {TOKEN} : {ACCOUNT}[index].name]"),
        (COUNT, "grafana_api_key.x", BY_INDEX),
        (COUNT, "grafana_api_key.x[*]", BY_INDEX),
        (COUNT, '"%{for v in grafana_api_key.x}${v.key}%{endfor}"', f'"%{{for v in {TOKEN}}}${{v.key}}%{{endfor}}"'),
        # Code that only looks like a reference.
        (ONE, "var.grafana_api_key.x.key", "var.grafana_api_key.x.key"),
        (ONE, '"grafana_api_key.x.key"', '"grafana_api_key.x.key"'),
        (ONE, "{ grafana_api_key = 1 }", "{ grafana_api_key = 1 }"),
        (ONE, "[for grafana_api_key in [] : grafana_api_key.x.key]", "[for grafana_api_key in [] : grafana_api_key.x.key]"),
        (ONE, "grafana_api_key.other.key", "grafana_api_key.other.key"),
        (ONE, "grafana_cloud_api_key.x.key", "grafana_cloud_api_key.x.key"),
    ],
)
def test_references(block, before, expected):
    code = "locals {\n  a = %s # grafana_api_key.x.key\n}\n"
    assert after(keys=block, main=code % before)["main.tf"] == code % expected


@pytest.mark.parametrize(
    ("block", "before", "expected"),
    [
        (
            EACH,
            "  for_each = grafana_api_key.x\n  input    = each.value.key\n",
            f"  for_each = {TOKEN}\n  input    = each.value.key\n",
        ),
        (
            EACH,
            "  for_each = grafana_api_key.x\n  input    = [each.key, each.value.role]\n",
            f"  for_each = {TOKEN}\n  input    = [each.key, {ACCOUNT}[each.key].role]\n",
        ),
        (
            EACH,
            "  for_each = grafana_api_key.x\n  input    = each.value\n",
            f"  for_each = {BY_NAME}\n  input    = each.value\n",
        ),
        (ONE, "  depends_on = [grafana_api_key.x]\n", f"  depends_on = [{TOKEN}]\n"),
        (ONE, '  depends_on = ["grafana_api_key.x"]\n', f'  depends_on = ["{TOKEN}"]\n'),
        (
            ONE,
            "  lifecycle {\n    replace_triggered_by = [grafana_api_key.x, grafana_api_key.x.role]\n  }\n",
            f"  lifecycle {{\n    replace_triggered_by = [{TOKEN}, {ACCOUNT}.role]\n  }}\n",
        ),
        (
            COUNT,
            '  dynamic "y" {\n    for_each = grafana_api_key.x\n    content {\n      z = y.value.key\n    }\n  }\n',
            '  dynamic "y" {\n    for_each = %s\n    content {\n      z = y.value.key\n    }\n  }\n' % BY_INDEX,
        ),
        (
            ONE,
            "  a = <<-EOT\n    %{ if true ~}\n    ${grafana_api_key.x.key}\n    %{ endif ~}\n  EOT\n  b = 1\n",
            "  a = <<-EOT\n    %{ if true ~}\n    ${" + TOKEN + ".key}\n    %{ endif ~}\n  EOT\n  b = 1\n",
        ),
    ],
)
def test_references_in_resources(block, before, expected):
    code = 'resource "terraform_data" "a" {\n%s}\n'
    assert after(keys=block, main=code % before)["main.tf"] == code % expected


def test_references_of_a_stack():
    new = after(
        keys=CLOUD, main="locals {\n  a = [grafana_cloud_stack_api_key.x.key, grafana_cloud_stack_api_key.x.stack_slug]\n}\n"
    )
    token = "grafana_cloud_stack_service_account_token.x"
    assert new["main.tf"] == f"locals {{\n  a = [{token}.key, {token}.stack_slug]\n}}\n"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "locals {\n  a  = grafana_api_key.x.key # one\n  bc = 1                     # two\n}\n",
            f"locals {{\n  a  = {TOKEN}.key # one\n  bc = 1                                   # two\n}}\n",
        ),
        # Code that was not aligned before stays so.
        (
            "locals {\n  a = grafana_api_key.x.key # one\n  bc = 1 # two\n}\n",
            f"locals {{\n  a = {TOKEN}.key # one\n  bc = 1 # two\n}}\n",
        ),
        (
            "locals {\n  a = {\n    (grafana_api_key.x.name) = 1\n    (var.another_name_there) = 2\n  }\n}\n",
            f"locals {{\n  a = {{\n    ({ACCOUNT}.name) = 1\n    (var.another_name_there)         = 2\n  }}\n}}\n",
        ),
    ],
)
def test_alignment(before, expected):
    assert after(keys=ONE, main=before)["main.tf"] == expected
