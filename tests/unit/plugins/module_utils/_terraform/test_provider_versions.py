# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of the provider: where each apply pins them, and what the second apply removes and refuses."""

from __future__ import annotations

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("tree-sitter-hcl needs Python 3.10 or newer, which every control node has", allow_module_level=True)

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import second_apply

from .samples import MIGRATION, ONE, PINNED, VERSIONS
from .trees import after, plan


@pytest.mark.parametrize(
    ("version", "first", "second"),
    [
        ('\n      version = "~> 2.9"', "~> 2.19", "~> 3.22"),
        ('\n      version = ">= 1.0"', "~> 2.19", "~> 3.22"),
        ('\n      version = "2.19.0"', "2.19.0", "~> 3.22"),
        ('\n      version = ">= 2.19.1, < 3"', ">= 2.19.1, < 3", "~> 3.22"),
        ('\n      version = ">= 3.7"', "~> 2.19", "~> 3.22"),
        ("", "~> 2.19", "~> 3.22"),
    ],
)
def test_pins(version, first, second):
    text = VERSIONS.replace("source =", "source  =" if version else "source =") % version
    new = after(main=ONE, versions=text)
    assert new["versions.tf"] == PINNED % first
    last = after(which=second_apply, **{name.replace("/", "__"): text for name, text in new.items()})
    assert last["versions.tf"] == PINNED % second
    assert MIGRATION not in last


def test_second_leaves_a_newer_provider_alone():
    token = 'resource "grafana_service_account_token" "x" {\n}\n'
    assert plan(which=second_apply, main=token, versions=PINNED % ">= 4.1")[1].files == {}
    assert plan(which=second_apply, main=token, versions=PINNED % "~> 2.0")[1].files != {}
    # A tree without keys and tokens.
    assert plan(which=second_apply, main='resource "grafana_folder" "x" {\n}\n', versions=PINNED % "~> 2.0")[1].files == {}


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ('terraform {\n  required_version = ">= 1.7"\n}\n', None),
        (
            'terraform {\n  required_providers {\n    grafana = "~> 2.0"\n  }\n}\n',
            'terraform {\n  required_providers {\n    grafana = "~> 2.19"\n  }\n}\n',
        ),
        (
            'terraform {\n  required_providers {\n    g = { source = "grafana/grafana" }\n  }\n}\n',
            'terraform {\n  required_providers {\n    g = { source = "grafana/grafana", version = "~> 2.19" }\n  }\n}\n',
        ),
        (
            'terraform {\n  required_providers {\n    a = "1"\n  }\n}\n',
            'terraform {\n  required_providers {\n    a = "1"\n    grafana = {\n      source  = "grafana/grafana"\n'
            '      version = "~> 2.19"\n    }\n  }\n}\n',
        ),
    ],
)
def test_where_the_pin_is_written(before, expected):
    new = after(main=ONE, versions=before)["versions.tf"]
    if expected is None:
        expected = before[:-2] + '  required_providers {\n    grafana = {\n      source  = "grafana/grafana"\n'
        expected += '      version = "~> 2.19"\n    }\n  }\n}\n'
    assert new == expected


def test_a_module_keeps_a_constraint_that_admits_the_pin():
    call = 'module "m" {\n  source = "./m"\n}\n'
    new = after(main=call, m__main=ONE, m__versions=PINNED % ">= 2.0")
    assert new["m/versions.tf"] == PINNED % ">= 2.0"
    assert new["versions.tf"] == "terraform {\n  required_providers {\n" + (PINNED % "~> 2.19").partition("providers {\n")[2]
    narrow = after(main=call, m__main=ONE, m__versions=PINNED % "< 2.5")
    assert narrow["m/versions.tf"] == PINNED % "~> 2.19"


def test_versions_in_provider_blocks():
    code = 'provider "grafana" {\n  url     = var.url\n  version = "%s" # old\n}\n'
    assert after(main=ONE, p=code % "1.9.0")["p.tf"] == code % "~> 2.19"
    assert after(main=ONE, p=code % "~> 2.1")["p.tf"] == code % "~> 2.1"


def test_roots_without_keys_are_not_pinned():
    new = after(a__main=ONE, a__versions=PINNED % "2.1.0", b__versions=PINNED % "2.1.0")
    assert new["a/versions.tf"] == PINNED % "~> 2.19"
    assert new["b/versions.tf"] == PINNED % "2.1.0"


def test_terraform_without_removed_blocks():
    _sources, planned = plan(main=ONE, versions='terraform {\n  required_version = "~> 1.5.0"\n}\n')
    assert [(one.line, one.what) for one in planned.not_rewritten] == [(2, "required_version")]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"main": ONE}, "main.tf:1 (grafana_api_key.x)"),
        ({"b.tf.json": '{"a": "${grafana_api_key.x.key}"}'}, "b.tf.json:1"),
        ({"main": 'resource "grafana_cloud_api_key" "x" {\n}\n'}, "access_policy"),
    ],
)
def test_second_refuses_keys(files, words):
    with pytest.raises(BadInput) as refused:
        plan(which=second_apply, **files)
    assert words in refused.value.message
    assert refused.value.code == "keys_left"


def test_second_keeps_blocks_that_users_added():
    new = after(main=ONE)
    new[MIGRATION] += "\n# ours\nremoved {\n  from = terraform_data.x\n}\n"
    last = after(which=second_apply, **new)
    assert last[MIGRATION].endswith("for the second apply.\n\n# ours\nremoved {\n  from = terraform_data.x\n}\n")
    assert "grafana_api_key." not in last[MIGRATION]
