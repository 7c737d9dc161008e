# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alignment as by ``terraform fmt``, version constraints, and the secrets that a diff hides."""

from __future__ import annotations

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("tree-sitter-hcl needs Python 3.10 or newer, which every control node has", allow_module_level=True)

from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.diff import hidden, unified
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.layout import aligned
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.versions import admitted

#: Texts as `terraform fmt` 1.11 writes them.
CLEAN = [
    "a   = 1\nbcd = 2\n\ne = 3\n",
    "a   = 1 # x\nbcd = 22 # y\n".replace("1 #", "1  #"),
    "a = 1\n# between\nbcd = 2\n",
    "a = [\n  1,\n]\nbcd = 2\n",
    "a   = [1]\nbcd = 2\n",
    "a   = { b = 1 }\nbcd = 2\n",
    "a = {\n  b   = 1 # x\n  cde = 2 # y\n}\n",
    "a   = <<E\nx = 1\nE\nbcd = 2\n",
    'a   = "${b}c" # x\nbcd = 1       # y\n',
    'block "x" { # x\n  a = 1     # y\n}\n',
    "a   = 1 /* x */\nbcd = 2 /* y */\n",
    "ä   = 1\nbcd = 2\n",
]


@pytest.mark.parametrize("text", CLEAN)
def test_aligned_text_stays(text):
    assert aligned("x.tf", text.encode()).decode() == text


@pytest.mark.parametrize("text", CLEAN)
def test_text_without_alignment_is_aligned(text):
    single_spaces = "\n".join(line[: len(line) - len(line.lstrip())] + " ".join(line.split()) for line in text.split("\n"))
    assert aligned("x.tf", single_spaces.encode()).decode() == text


@pytest.mark.parametrize(
    ("constraint", "first", "end"),
    [
        ("1.2.3", (1, 2, 3), (1, 2, 4)),
        ("= v1.2.3", (1, 2, 3), (1, 2, 4)),
        ("~> 2.19", (2, 19, 0), (3, 0, 0)),
        ("~> 2.19.1", (2, 19, 1), (2, 20, 0)),
        ("~> 2", (2, 0, 0), (3, 0, 0)),
        (">= 2.0, < 3.0", (2, 0, 0), (3, 0, 0)),
        ("> 2.0.0, <= 2.5", (2, 0, 1), (2, 5, 1)),
        ("!= 2.5.0", (0, 0, 0), (10**9,)),
        (">= 3.0.0-rc1", (3, 0, 0), (10**9,)),
    ],
)
def test_constraints(constraint, first, end):
    assert admitted(constraint) == (first, end)


@pytest.mark.parametrize("constraint", ["", "latest", "~> a", "1.2.3.4"])
def test_invalid_constraints(constraint):
    assert admitted(constraint) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('auth = "admin:pass"', 'auth = "********"'),
        ('  db_password = "x"', '  db_password = "********"'),
        ('"token" : "x"', '"token" : "********"'),
        ('x = "glsa_0123456789abcdef_12345678"', 'x = "********"'),
        ('x = "eyJrIjoiT0tT"', 'x = "********"'),
        ('auth = "${var.a}"', 'auth = "${var.a}"'),
        ("auth = var.a", "auth = var.a"),
        ('name = "token"', 'name = "token"'),
        ('resource "grafana_service_account_token" "x" {', 'resource "grafana_service_account_token" "x" {'),
    ],
)
def test_secrets_are_hidden(before, after):
    assert hidden(before) == after
    assert unified("x.tf", None, before.encode()).splitlines()[3] == "+" + after


def test_diff():
    shown = unified("a/x.tf", b"a = 1\n", b"a = 2")
    assert shown == "--- a/a/x.tf\n+++ b/a/x.tf\n@@ -1 +1 @@\n-a = 1\n+a = 2\n\\ No newline at end of file\n"
    assert unified("x.tf", b"a = 1\n", None).startswith("--- a/x.tf\n+++ /dev/null\n")
