# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terraform code that grafana_terraform_migrate writes, for the tree and for whatever a generator makes up."""

from __future__ import annotations

import json
import shutil
import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.hcl import Block, Document, descendants, literal
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.keys import KINDS, META_ARGUMENTS
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.layout import out_of_line
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import first_apply, second_apply
from modules.migration.terraform_tree import BEFORE, DATA, FIRST, documents, resources

SCHEMA = json.loads((DATA / "provider-schema.json").read_text())["resources"]
TERRAFORM = shutil.which("terraform") or shutil.which("tofu")


# What is written.


def check_schema(files):
    """Each new block has the arguments that the provider takes, and each reference names an attribute that is there."""
    found = 0
    for block in resources(files):
        schema = SCHEMA.get(block.labels[0])
        if schema is None:
            continue
        found += 1
        arguments = set(block.attributes()) - META_ARGUMENTS
        assert arguments <= {name for name, what in schema.items() if what.get("required") or what.get("optional")}
        assert arguments >= {name for name, what in schema.items() if what.get("required")}
        for name in arguments:
            text = literal(block.document, block.attributes()[name])
            assert text is None or schema[name]["type"] == "string"
        ignored = [node for inner in block.blocks() for name, node in inner.attributes().items() if name == "ignore_changes"]
        for node in ignored:
            names = {block.document.text(inner) for inner in descendants(node) if inner.type == "variable_expr"}
            assert names <= set(schema) | {"all"}
    for document in documents(files):
        for reference in attributes_read(document):
            assert reference[1] in SCHEMA[reference[0]], reference
    return found


def attributes_read(document):
    """Yield type and attribute of ``TYPE.NAME[…].ATTRIBUTE``, for the new types."""
    for node in descendants(document.root):
        if node.type != "variable_expr" or document.text(node) not in SCHEMA:
            continue
        steps, following = [], node.next_sibling
        while following is not None and following.type in ("get_attr", "index", "splat"):
            inner = following.children[0].children if following.type == "splat" else [following]
            steps += [step for step in inner if step.type == "get_attr"]
            following = following.next_sibling
        if len(steps) > 1:
            yield document.text(node), document.text(steps[1].children[-1])


def check_layout(files):
    for document in documents(files):
        assert not document.broken, document.path
        assert out_of_line(document) == [], document.path
        if TERRAFORM:
            done = subprocess.run([TERRAFORM, "fmt", "-"], input=document.source, capture_output=True, check=True)
            assert done.stdout == document.source, document.path


def comments(files):
    return [document.text(node) for document in documents(files) for node in descendants(document.root) if node.type == "comment"]


def test_the_tree_was_clean():
    check_layout(BEFORE)


def test_every_block_fits_the_schema():
    assert check_schema(FIRST) == 12


def test_what_was_clean_is_clean():
    check_layout(FIRST)


def test_comments_are_kept():
    """All of them, in their order."""
    kept = {path: text for path, text in FIRST.items() if path in BEFORE}
    assert comments(kept) == comments(BEFORE)


def test_lines_that_say_nothing_of_keys_are_kept():
    """In order; what else there is in the new files came of a block or a reference."""
    for path, text in BEFORE.items():
        document = Document(path, text)
        if not path.endswith(".tf"):
            assert FIRST[path] == text
            continue
        lines = text.decode().split("\n")
        blocks = [block.node for block in document.blocks() if block.labels[:1] and block.labels[0] in KINDS]
        of_keys = {row for node in blocks for row in range(node.start_point[0], node.end_point[0] + 1)}
        # references, what loops read of them, and the pin
        spoken = ("_api_key.", "each.value.role", "each.value.name", "${key.name}", "version = ")
        kept = [line for row, line in enumerate(lines) if row not in of_keys and not any(word in line for word in spoken)]
        new = iter(FIRST[path].decode().split("\n"))
        assert [line for line in kept if line not in new] == []


def test_no_key_is_destroyed():
    """Each key that left the code is forgotten in its own module, and nothing else is."""
    for folder in ("environments/production", "modules/stack", "modules/tenant"):
        here = {path: text for path, text in BEFORE.items() if path.rpartition("/")[0] == folder}
        gone = [".".join(block.labels) for block in resources(here) if block.labels[0] in KINDS]
        document = Document("m", FIRST[folder + "/grafana_api_keys_migration.tf"])
        forgotten = [block.document.text(block.attributes()["from"]) for block in document.blocks()]
        assert forgotten == gone
        for block in document.blocks():
            (lifecycle,) = block.blocks()
            assert document.text(lifecycle.attributes()["destroy"]) == "false"


# Blocks that nobody thought of.

NAMES = st.sampled_from(['"n"', '"n-${var.a}"', "var.name", "local.names[0]", 'format("%s", var.a)', 'var.a ? "b" : "c"'])
REMARKS = st.sampled_from(["", "", "", " # beside", " // beside"])


@st.composite
def blocks(draw):
    """The text of a key, laid out as `terraform fmt` does."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    arguments = {"name": draw(NAMES), "role": '"Editor"'}
    if "stack_slug" in KINDS[kind].attributes:
        arguments["stack_slug"] = "var.slug"
    elif draw(st.booleans()):
        arguments["org_id"] = "grafana_organization.a.id"
    optional = {"seconds_to_live": "30 * 86400", "provider": "grafana.b", "depends_on": "[terraform_data.c]"}
    arguments.update({name: text for name, text in optional.items() if draw(st.booleans())})
    shape = draw(st.sampled_from([{}, {"count": "var.n"}, {"for_each": 'toset(["a"])'}]))
    lines = []
    for name in draw(st.permutations(sorted({**arguments, **shape}))):
        lines += draw(st.sampled_from([[], [], [""], ["  # above"], ["", "  # alone", ""]]))
        lines.append("  %s = %s%s" % (name, {**arguments, **shape}[name], draw(REMARKS)))
    if draw(st.booleans()):
        ignored = draw(st.lists(st.sampled_from(["name", "role", "seconds_to_live"]), min_size=1, unique=True))
        lines += ["", "  lifecycle {", "    ignore_changes = [%s]%s" % (", ".join(ignored), draw(REMARKS))]
        lines += draw(st.sampled_from([[], ["    # why", "    prevent_destroy = true"]]))
        lines.append("  }")
    text = "\n".join(['resource "%s" "x" {%s' % (kind, draw(REMARKS)), *lines, "}" + draw(REMARKS), ""])
    document = Document("x.tf", text.encode())
    for edit in sorted(out_of_line(document), reverse=True):
        document = Document("x.tf", document.source[: edit.start] + edit.text + document.source[edit.end :])
    return kind, document.source


@given(blocks())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_block(made):
    kind, source = made
    sources = {"main.tf": source, "use.tf": b"locals {\n  a = %s.x\n}\n" % kind.encode()}
    planned = first_apply(sources, Options())
    assert planned.not_rewritten == []
    new = {**sources, **planned.files}
    assert check_schema(new) == 2
    for document in documents(new):
        assert not document.broken, document.source
        assert out_of_line(document) == [], document.source.decode()
    assert sorted(comments({"main.tf": new["main.tf"]})) == sorted(comments({"main.tf": source}))
    assert first_apply(new, Options()).files == {}
    last = {path: text for path, text in {**new, **second_apply(new, Options()).files}.items() if text is not None}
    assert sorted(last) == ["main.tf", "use.tf", "versions.tf"]
    assert second_apply(last, Options()).files == {}
    account, token = [Block(block.document, block.node) for block in resources({"main.tf": new["main.tf"]})]
    assert (account.labels[0], token.labels[0]) == (KINDS[kind].account, KINDS[kind].token)
