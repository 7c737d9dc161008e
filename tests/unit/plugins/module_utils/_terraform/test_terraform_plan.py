# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rewriting of Terraform code, as tables: text before, text after, or why it is not rewritten."""

from __future__ import annotations

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("tree-sitter-hcl needs Python 3.10 or newer, which every control node has", allow_module_level=True)

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import first_apply

from .samples import CLOUD, COUNT, EACH, MIGRATION, ONE, PINNED
from .trees import after, plan, why_not

BLOCKS = [
    (
        "comments, groups and blank lines",
        """\
# above
resource "grafana_api_key" "x" { # beside
  # the name
  name = "n" # says who
  /* of many
     lines */
  role = "Viewer" // reads

  # alone

  # for a day
  seconds_to_live = 86400 # a day

  # last
} # end
""",
        """\
# above
resource "grafana_service_account" "x" { # beside
  # the name
  name = "n" # says who
  /* of many
     lines */
  role = "Viewer" // reads

  # alone

  # last
}

resource "grafana_service_account_token" "x" {
  name               = "n-token"
  service_account_id = grafana_service_account.x.id

  # for a day
  seconds_to_live = 86400 # a day
}                         # end
""",
    ),
    (
        "lifecycle and provisioner",
        """\
resource "grafana_api_key" "x" {
  provider = grafana.other
  name     = "n"
  role     = "Viewer"

  lifecycle {
    # never
    prevent_destroy      = true
    ignore_changes       = [seconds_to_live, name, org_id]
    replace_triggered_by = [terraform_data.clock]

    postcondition {
      condition     = self.key != ""
      error_message = "No key."
    }
  }

  provisioner "local-exec" {
    command = "store"
    environment = {
      KEY = self.key
    }
  }
}
""",
        """\
resource "grafana_service_account" "x" {
  provider = grafana.other
  name     = "n"
  role     = "Viewer"

  lifecycle {
    # never
    prevent_destroy = true
    ignore_changes  = [name, org_id]
  }
}

resource "grafana_service_account_token" "x" {
  provider           = grafana.other
  name               = "n-token"
  service_account_id = grafana_service_account.x.id

  lifecycle {
    prevent_destroy      = true
    ignore_changes       = [seconds_to_live, name]
    replace_triggered_by = [terraform_data.clock]

    postcondition {
      condition     = self.key != ""
      error_message = "No key."
    }
  }

  provisioner "local-exec" {
    command = "store"
    environment = {
      KEY = self.key
    }
  }
}
""",
    ),
    (
        "only the token has a lifecycle",
        """\
resource "grafana_api_key" "x" {
  name = "n"
  role = "Viewer"

  # Not what the server says.
  lifecycle {
    ignore_changes = [seconds_to_live]
  }
}
""",
        """\
resource "grafana_service_account" "x" {
  name = "n"
  role = "Viewer"
}

resource "grafana_service_account_token" "x" {
  name               = "n-token"
  service_account_id = grafana_service_account.x.id

  # Not what the server says.
  lifecycle {
    ignore_changes = [seconds_to_live]
  }
}
""",
    ),
    (
        "arguments of many lines, and one key in the other",
        """\
resource "grafana_api_key" "x" {
  for_each = {
    a = "Viewer"
    # the second
    b = grafana_api_key.x2.role
  }
  name = each.key
  role = each.value
}

resource "grafana_api_key" "x2" {
  name = var.a ? "a" : "b"
  role = "Viewer"
}
""",
        """\
resource "grafana_service_account" "x" {
  for_each = {
    a = "Viewer"
    # the second
    b = grafana_service_account.x2.role
  }
  name = each.key
  role = each.value
}

resource "grafana_service_account_token" "x" {
  for_each = {
    a = "Viewer"
    # the second
    b = grafana_service_account.x2.role
  }
  name               = "${each.key}-token"
  service_account_id = grafana_service_account.x[each.key].id
}

resource "grafana_service_account" "x2" {
  name = var.a ? "a" : "b"
  role = "Viewer"
}

resource "grafana_service_account_token" "x2" {
  name               = "${var.a ? "a" : "b"}-token"
  service_account_id = grafana_service_account.x2.id
}
""",
    ),
]


@pytest.mark.parametrize(("before", "expected"), [case[1:] for case in BLOCKS], ids=[case[0] for case in BLOCKS])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_blocks(before, expected, newline):
    new = after(main=before.replace("\n", newline), versions=PINNED % "~> 2.19")
    assert new["main.tf"] == expected.replace("\n", newline)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ('"n"', '"n-s"'),
        ('"n-${var.a}"', '"n-${var.a}-s"'),
        ("var.name", '"${var.name}-s"'),
        ('join("-", [\n    "a",\n    "b",\n  ])', 'format("%s-s", join("-", [\n    "a",\n    "b",\n  ]))'),
    ],
)
def test_names_of_tokens(name, expected):
    new = after(Options(token_suffix="-s"), main=ONE.replace('"n"', name))["main.tf"]
    assert "  name               = %s\n" % expected in new or "  name = %s\n" % expected in new
    assert "  name = %s\n" % name in new


def test_no_suffix():
    assert after(Options(token_suffix=""), main=ONE)["main.tf"].count('= "n"\n') == 2


def test_each_module_gets_removed_blocks_for_its_keys():
    call = 'module "m" {\n  source = "./m"\n}\n'
    new = after(main=call + ONE, m__main=COUNT)
    block = "removed {\n  from = grafana_api_key.x\n\n  lifecycle {\n    destroy = false\n  }\n}\n"
    assert [text.partition("\n\n")[2] for path, text in new.items() if path.endswith(MIGRATION)] == [block, block]
    assert sorted(new) == sorted([MIGRATION, "m/" + MIGRATION, "m/main.tf", "main.tf", "versions.tf"])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"main": ONE, "other": ONE}, "declared twice"),
        ({"main": ONE.replace("  role", "  rule")}, "has no argument rule"),
        ({"main": ONE.replace('  role = "Viewer"\n', "")}, "role is missing"),
        ({"main": ONE.replace("}", "  timeouts {}\n}")}, "has no block timeouts"),
        ({"main": ONE.replace('"n"', '"${uuid()}"')}, "uuid() returns different values"),
        ({"main": ONE.replace('"n"', "<<E\nn\nE")}, "the name is a heredoc"),
        ({"main": 'resource "grafana_api_key" "x" { name = "n" }\n'}, "on one line"),
        ({"x_override": ONE}, "override file"),
        (
            {"main": ONE + 'resource "grafana_service_account_token" "x" {\n}\n'},
            "grafana_service_account_token.x exists already",
        ),
        (
            {"main": ONE.replace("}", '  provisioner "local-exec" {\n    command = self.role\n  }\n}')},
            "self.role is an attribute of the account",
        ),
        ({"main": ONE.replace("}", "  lifecycle {\n    ignore_changes = [name, # a\n    role]\n  }\n}")}, "comments in the list"),
        ({"main": ONE + "locals {\n  a = grafana_api_key.x.rule\n}\n"}, "has no attribute rule"),
        ({"main": EACH + "locals {\n  a = grafana_api_key.x[*].key\n}\n"}, "a splat on a resource with for_each"),
        ({"main": ONE + "locals {\n  a = grafana_api_key[var.a].key\n}\n"}, "the code does not name the key"),
        ({"main": EACH + "locals {\n  a = grafana_api_key.x[grafana_api_key.x[0].role]\n}\n"}, "one reference is inside another"),
        ({"main": ONE + 'import {\n  to = grafana_api_key.x\n  id = "1"\n}\n'}, "cannot import"),
        ({"main": ONE, "b.tf.json": '{"locals": {"a": "${grafana_api_key.x.key}"}}'}, "JSON"),
        ({"main": ONE, "b": "locals {\n  a = = grafana_api_key.x.key\n}\n"}, "cannot be parsed"),
    ],
)
def test_code_that_is_not_rewritten(files, words):
    reasons = why_not(**files)
    assert words in " ".join(why for _file, _line, _what, why in reasons)
    # The plan reports the key too, not only the code that refers to it.
    assert "grafana_api_key.x" in [what for _file, _line, what, _why in reasons]


def test_one_key_is_rewritten_and_the_other_is_not():
    other = ONE.replace('"x"', '"y"')
    code = "locals {\n  a = [grafana_api_key.x.rule, grafana_api_key.x.key, grafana_api_key.y.key]\n}\n"
    sources, planned = plan(keys=ONE + other, main=code)
    assert planned.files["main.tf"].decode() == code.replace("grafana_api_key.y", "grafana_service_account_token.y")
    assert planned.files["keys.tf"].decode().startswith(ONE + 'resource "grafana_service_account" "y"')
    assert [(one.file, one.line) for one in planned.not_rewritten] == [("keys.tf", 1), ("main.tf", 2)]
    assert b"grafana_api_key.x\n" not in planned.files[MIGRATION]
    assert sources["keys.tf"].decode() == ONE + other


def test_tests_of_terraform_do_not_prevent_rewriting():
    _sources, planned = plan(
        **{"main": ONE, "x.tftest.hcl": 'run "a" {\n  assert {\n    condition = grafana_api_key.x.name == ""\n  }\n}\n'}
    )
    assert [(one.file, one.line, one.what) for one in planned.not_rewritten] == [("x.tftest.hcl", 3, "grafana_api_key.x")]
    assert "main.tf" in planned.files


def test_files_that_are_not_utf8():
    sources = {"main.tf": ONE.encode() + b"# \xff\n", "other.tf": b"# \xff\n"}
    planned = first_apply(sources, Options())
    assert planned.files == {}
    assert [one.why for one in planned.not_rewritten] == ["the file is not UTF-8"]


def test_moved_and_removed_blocks_stay():
    code = "moved {\n  from = grafana_api_key.old\n  to   = grafana_api_key.x\n}\n\nremoved {\n  from = grafana_api_key.gone\n}\n"
    assert after(keys=ONE, main=code)["main.tf"] == code


def test_provider_that_needs_a_new_token():
    _sources, planned = plan(keys=CLOUD, main='provider "grafana" {\n  auth = grafana_cloud_stack_api_key.x.key\n}\n')
    assert ["-target=grafana_cloud_stack_service_account_token.x" in note for note in planned.notes] == [True]


# Shared accounts, and existing accounts


def test_suffix_with_odd_characters():
    with pytest.raises(BadInput, match="token_suffix"):
        Options(token_suffix='"').check()
