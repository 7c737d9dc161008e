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
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Adopted, Consolidated, Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import first_apply, second_apply

from .trees import after, plan

ONE = 'resource "grafana_api_key" "x" {\n  name = "n"\n  role = "Viewer"\n}\n'
EACH = 'resource "grafana_api_key" "x" {\n  for_each = var.keys\n  name     = each.key\n  role     = each.value\n}\n'
COUNT = 'resource "grafana_api_key" "x" {\n  count = 2\n  name  = "n${count.index}"\n  role  = "Viewer"\n}\n'
CLOUD = 'resource "grafana_cloud_stack_api_key" "x" {\n  stack_slug = "s"\n  name       = "n"\n  role       = "Viewer"\n}\n'
MIGRATION = "grafana_api_keys_migration.tf"
VERSIONS = 'terraform {\n  required_providers {\n    grafana = {\n      source = "grafana/grafana"%s\n    }\n  }\n}\n'
PINNED = VERSIONS.replace("source =", "source  =") % '\n      version = "%s"'


def why_not(options=None, **files):
    """Check that the plan changes nothing, and return the reasons."""
    _sources, planned = plan(options, **files)
    assert planned.files == {}
    assert planned.resources == []
    return [(one.file, one.line, one.what, one.why) for one in planned.not_rewritten]


TOKEN, ACCOUNT = "grafana_service_account_token.x", "grafana_service_account.x"
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


# Versions


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


# Shared accounts, and existing accounts


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


def test_suffix_with_odd_characters():
    with pytest.raises(BadInput, match="token_suffix"):
        Options(token_suffix='"').check()
