# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unusual Terraform code: text that the rewriting must survive, and the number of parses for many keys."""

from __future__ import annotations

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("tree-sitter-hcl needs Python 3.10 or newer, which every control node has", allow_module_level=True)

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform import hcl
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.diff import hidden
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Consolidated, Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import first_apply, second_apply

ONE = 'resource "grafana_api_key" "%s" {\n  name = "n"\n  role = "Viewer"\n}\n'
SPLIT = (
    'resource "grafana_service_account" "x" {\n  name = "n"\n  role = "Viewer"\n}\n\n'
    'resource "grafana_service_account_token" "x" {\n  name               = "n-token"\n'
    "  service_account_id = grafana_service_account.x.id\n}\n"
)


def rewritten(text):
    """Return the text of main.tf after the first run. Check that the run rewrites everything."""
    plan = first_apply({"main.tf": text.encode()}, Options())
    assert plan.not_rewritten == []
    return plan.files["main.tf"].decode()


@pytest.mark.parametrize("before", ["\ufeff", "/* the pipeline */ ", "  /* indented */ "])
def test_what_is_before_a_block_on_its_line_is_not_repeated(before):
    new = rewritten(before + ONE % "x")
    assert new.startswith(before + 'resource "grafana_service_account" "x" {')
    assert new.count(before.strip()) == 1


@pytest.mark.parametrize("number", ["1.5E-3", "1e+3", "2E6", "1.5e-3"])
def test_numbers_with_an_exponent(number):
    code = "locals {\n  a = %s\n}\n" % number
    assert rewritten(ONE % "x" + code) == SPLIT + code


@pytest.mark.parametrize("block", ["module {", 'module {\n  source = "./x"', "resource {", "provider {", "removed {", "import {"])
def test_blocks_without_labels_stay(block):
    code = block + "\n}\n"
    assert rewritten(ONE % "x" + code) == SPLIT + code


def test_an_empty_requirement_gets_source_and_version():
    new = rewritten(ONE % "x" + "terraform {\n  required_providers {\n    grafana = {}\n  }\n}\n")
    assert '    grafana = { source = "grafana/grafana", version = "~> 2.19" }\n' in new


def test_a_computed_requirement_is_refused():
    code = ONE % "x" + "terraform {\n  required_providers {\n    grafana = merge({}, {})\n  }\n}\n"
    with pytest.raises(BadInput, match="the requirement for grafana in required_providers is computed"):
        first_apply({"main.tf": code.encode()}, Options())


def test_the_number_of_parses_does_not_depend_on_the_number_of_keys(monkeypatch):
    parsed = []
    parse = hcl.Document.__init__
    monkeypatch.setattr(
        hcl.Document, "__init__", lambda self, path, source: (parsed.append(len(source)), parse(self, path, source))[1]
    )

    def large_parses(keys):
        """Return how often a text with all keys is parsed."""
        code = "".join(ONE % ("k%d" % number) for number in range(keys))
        parsed.clear()
        first_apply({"main.tf": code.encode()}, Options())
        return sum(size >= len(code) for size in parsed)

    assert large_parses(12) == large_parses(3)


@pytest.mark.parametrize(
    "code",
    [
        'auth = "admin:S3cret"',
        'auth = "${var.user}:S3cret"',
        '{ "secure": { "password": "S3cret" } }',
        "# password: S3cret",
        'url = "https://admin:S3cret@grafana.example.com"',
        'url = "https://admin:p@S3cret@grafana.example.com"',
        "a = <<-EOT\n  S3cret\n  EOT",
        'a = "say \\"hi\\" S3cret"',
        'http_headers = {\n  X-Other = "S3cret"\n}',
        'token = join("", [\n  "S3cret",\n])',
        'value = "glsa_S3cretS3cret"',
    ],
)
def test_the_diff_hides_secrets(code):
    shown = hidden(code + '\nname = "visible"\n')
    assert "S3cret" not in shown
    assert shown.endswith('name = "visible"\n')
    assert shown.count("\n") == code.count("\n") + 2


@pytest.mark.parametrize(
    "code", ["auth = var.auth", 'auth = "${var.auth}"', "value = grafana_service_account_token.x.key", 'role = "Viewer"']
)
def test_the_diff_shows_references(code):
    assert hidden(code) == code


def notes(text, options=None):
    """Return the notes of the first run for main.tf."""
    return first_apply({"main.tf": text.encode()}, options or Options()).notes


def test_no_note_names_a_token_of_a_key_that_stays():
    provider = 'provider "grafana" {\n  alias = "a"\n  auth  = grafana_api_key.x.key\n}\n'
    assert len(notes(ONE % "x" + provider)) == 1
    assert notes((ONE % "x").replace('"n"', "timestamp()") + provider) == []


def test_a_changed_meaning_of_name_is_a_note():
    options = Options(consolidate=(Consolidated("shared", ("grafana_api_key.x",), "shared"),))
    code = ONE % "x" + "locals {\n  a = grafana_api_key.x.name\n}\n"
    assert notes(code, options) == ['main.tf:6: name was "n" and is now the name of its token, which ends with the suffix -token']
    assert notes(code) == []


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("a.tftest.hcl", 'variables {\n  grafana_api_key = "x"\n  a = var.grafana_api_key.x\n}\n', []),
        ("a.tftest.hcl", 'mock_resource "grafana_api_key" {\n}\noverride_resource {\n  target = grafana_api_key.x\n}\n', [1, 4]),
        ("a.tftest.hcl", 'a = "${grafana_cloud_stack_api_key["x"].key}"\n', [1]),
        ("a.tf.json", '{"variable": {"grafana_api_key": {}},\n "locals": {"a": "${var.grafana_api_key}"}}', []),
        ("a.tf.json", '{"resource": [\n{"x": {"y": {"grafana_api_key": "z"}}},\n{"grafana_api_key": {"x": {}}}]}', [3]),
        ("a.tf.json", '{"variable": {"grafana_api_key": {}},\n "resource": {"grafana_api_key": {}}}', [2]),
        ("a.tfvars.json", '{"grafana_api_key": "x"}', []),
        ("a.tf", 'variable "grafana_api_key" {\n  a = = 1\n}\n', []),
        ("a.tf", 'a = =\nresource "grafana_api_key" "x" {\n}\n', [2]),
    ],
)
def test_other_things_may_have_the_name_of_a_resource_type(path, text, lines):
    assert [one.line for one in first_apply({path: text.encode()}, Options()).not_rewritten] == lines


# What provider 3 no longer accepts

CLOUD = 'provider "grafana" {\n  url                       = var.url\n  %s = var.a # secret\n}\n'


def test_the_first_apply_renames_the_token_of_the_provider():
    before = 'provider "grafana" {\n  url           = var.url\n  cloud_api_key = var.a # secret\n}\n'
    assert rewritten(ONE % "x" + before) == SPLIT + CLOUD % "cloud_access_policy_token"


def test_without_keys_the_first_apply_changes_no_provider():
    code = 'provider "grafana" {\n  cloud_api_key = var.a\n}\n'
    assert first_apply({"main.tf": code.encode()}, Options()).files == {}


def test_a_provider_with_both_tokens_is_named():
    code = 'provider "grafana" {\n  cloud_api_key = var.a\n\n  cloud_access_policy_token = var.b\n}\n'
    plan = first_apply({"main.tf": (code + ONE % "x").encode()}, Options())
    assert [(one.line, one.what) for one in plan.not_rewritten] == [(2, "cloud_api_key")]
    assert plan.files["main.tf"].decode() == code + SPLIT
    with pytest.raises(BadInput, match=r"main\.tf:2 \(cloud_api_key"):
        second_apply({"main.tf": code.encode()}, Options())


@pytest.mark.parametrize(
    ("head", "argument"),
    [
        ('resource "grafana_annotation" "a"', "dashboard_id"),
        ('resource "grafana_dashboard_permission" "a"', "dashboard_id"),
        ('resource "grafana_report" "a"', "dashboard_id"),
        ('resource "grafana_data_source_permission" "a"', "datasource_id"),
        ('resource "grafana_library_panel" "a"', "folder_id"),
        ('resource "grafana_organization_preferences" "a"', "home_dashboard_id"),
        ('data "grafana_dashboard" "a"', "folder"),
        ('data "grafana_dashboards" "a"', "folder_ids"),
        ('data "grafana_library_panel" "a"', "folder_id"),
        ('data "grafana_organization_preferences" "a"', "home_dashboard_id"),
        ('data "grafana_oncall_action" "a"', "name"),
    ],
)
def test_the_second_apply_refuses_what_provider_3_does_not_accept(head, argument):
    code = "locals {\n  folder_id = 1\n}\n\n%s {\n  %s = 1\n}\n" % (head, argument)
    with pytest.raises(BadInput, match=r"a/main\.tf:[56] \("):
        second_apply({"a/main.tf": code.encode()}, Options())


def test_arguments_of_other_resources_stay():
    code = 'resource "grafana_folder" "a" {\n  org_id = 2\n}\n\nprovider "other" {\n  org_id = 2\n}\n'
    assert second_apply({"main.tf": code.encode()}, Options()).files == {}
