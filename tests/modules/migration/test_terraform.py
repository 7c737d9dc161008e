# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""grafana_terraform_migrate on a tree as people have it, and on whatever a generator makes up."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import types
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform import files as _terraform_files
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform import module as _terraform
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.hcl import Block, Document, descendants, literal
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.keys import KINDS, META_ARGUMENTS
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.layout import out_of_line
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import first_apply, second_apply
from modules.conftest import Server

DATA = Path(__file__).resolve().parents[2] / "terraform"
SCHEMA = json.loads((DATA / "provider-schema.json").read_text())["resources"]
MODULE = "grafana_terraform_migrate"
TERRAFORM = shutil.which("terraform") or shutil.which("tofu")
#: Stands in the code and in the state: nothing that is printed may have it.
NEEDLE = "glsa_NeedleNeedleNeedleNeedleNeedle1_0badc0de"


class Code:
    """A copy of the tree, and the module run on it."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.folder = folder
        # The module sends no requests, so there is no server that could count them.
        no_server = types.SimpleNamespace(version=None, url=None, stats=lambda: {"routes": []})
        self.server = Server(no_server, monkeypatch)

    def run(self, **options):
        return self.server.run(MODULE, admin=None, path=str(self.folder), **options)

    def four(self, **options):
        return self.server.four(MODULE, admin=None, path=str(self.folder), **options)

    def files(self):
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()
        }

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def code(tmp_path, monkeypatch):
    """The tree before."""
    shutil.copytree(DATA / "before", tmp_path / "code")
    return Code(tmp_path / "code", monkeypatch)


@pytest.fixture
def empty(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    return Code(tmp_path / "code", monkeypatch)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


BEFORE, FIRST = tree(DATA / "before"), tree(DATA / "first")
KEY = 'resource "grafana_api_key" "x" {\n  name = "n"\n  role = "Viewer"\n}\n'


def documents(files):
    return [Document(path, text) for path, text in files.items() if path.endswith(".tf")]


def resources(files):
    return [block for document in documents(files) for block in document.blocks() if block.type == "resource"]


# What a run does.


def test_first_apply(code):
    """What is written is what lies beside the tree, which `terraform validate` has accepted."""
    runs = code.four()
    assert code.files() == FIRST
    assert [entry["address"] for entry in runs[1]["resources"]] == [
        "grafana_api_key.ci",
        "grafana_api_key.team",
        "grafana_api_key.agent",
        "grafana_cloud_stack_api_key.management",
        "grafana_cloud_stack_api_key.reader",
        "grafana_api_key.this",
    ]
    assert runs[0]["resources"] == runs[1]["resources"]
    lines = BEFORE["environments/production/main.tf"].decode().split("\n")
    first = runs[1]["resources"][0]
    assert lines[first["line"] - 1].startswith('resource "grafana_api_key" "ci"')
    assert {entry["path"]: entry["change"] for entry in runs[1]["files"]} == {
        "environments/production/grafana_api_keys_migration.tf": "created",
        "environments/production/main.tf": "changed",
        "environments/production/outputs.tf": "changed",
        "environments/production/providers.tf": "changed",
        "environments/production/versions.tf": "changed",
        "modules/stack/grafana_api_keys_migration.tf": "created",
        "modules/stack/main.tf": "changed",
        "modules/tenant/grafana_api_keys_migration.tf": "created",
        "modules/tenant/main.tf": "changed",
    }
    assert runs[3]["resources"] == runs[3]["files"] == []


def test_what_is_left_is_told_each_time(code):
    runs = code.four()
    told = [(one["file"].rpartition("/")[2], one["line"], one["what"]) for one in runs[0]["not_rewritten"]]
    assert told == [
        ("generated.tf.json", 4, "grafana_api_key.dashboards"),
        ("main.tf", 16, "grafana_api_key.stack"),
        ("main.tf", 21, "grafana_api_key.dashboards"),
        ("main.tf", 27, "grafana_api_key.rotating"),
    ]
    assert all(run["not_rewritten"] == runs[0]["not_rewritten"] for run in runs)
    assert ["-target=" in warning or "grafana_cloud_api_key" in warning for warning in runs[1]["warnings"]] == [True, True]


def test_second_apply(code):
    code.four()
    refused = code.run(apply="second")
    assert refused.failed
    assert refused.code == "keys_left"
    assert code.files() == FIRST
    shutil.rmtree(code.folder / "environments/legacy")
    main = code.folder / "environments/production/main.tf"
    text = main.read_text()
    assert "grafana_cloud_api_key" in code.run(apply="second")["msg"]
    start = text.index("# Publishes metrics.")
    main.write_text(text[:start] + text[text.index('resource "terraform_data" "agents"') :])
    before = code.files()
    runs = code.four(apply="second")
    changes = {entry["path"]: entry["change"] for entry in runs[1]["files"]}
    assert changes == {
        "environments/production/grafana_api_keys_migration.tf": "removed",
        "environments/production/versions.tf": "changed",
        "modules/stack/grafana_api_keys_migration.tf": "removed",
        "modules/tenant/grafana_api_keys_migration.tf": "removed",
        "modules/tenant/main.tf": "changed",
    }
    after = code.files()
    assert {path: text for path, text in after.items() if path not in changes} == {
        path: text for path, text in before.items() if path not in changes
    }
    assert b'version = "~> 3.22" # until' in after["environments/production/versions.tf"]
    assert code.run()["changed"] is False


def test_nothing_but_the_code_is_touched(code):
    os.chmod(code.folder / "environments/production/main.tf", 0o640)
    os.chmod(code.folder / "modules/tenant/main.tf", 0o755)
    state = code.write("environments/production/terraform.tfstate", json.dumps({"key": NEEDLE}))
    cache = code.write("environments/production/.terraform/modules/x/main.tf", KEY)
    lock = code.write("environments/production/.terraform.lock.hcl", "# grafana_api_key.x\n")
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (state, cache, lock)}
    runs = code.four()
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before} == before
    assert stat.S_IMODE((code.folder / "environments/production/main.tf").stat().st_mode) == 0o640
    assert stat.S_IMODE((code.folder / "modules/tenant/main.tf").stat().st_mode) == 0o755
    assert all(NEEDLE not in run.text for run in runs)
    assert [path for path in code.folder.rglob("*") if path.name.count(".") > 2] == [lock]


def test_check_writes_nothing_and_shows_the_diff_of_the_run(code):
    check = code.run(check=True)
    assert check["changed"]
    assert code.files() == BEFORE
    run = code.run()
    assert run["diff"] == check["diff"]
    shown = "".join(entry["prepared"] for entry in run["diff"])
    assert '-resource "grafana_api_key" "ci" { # used by every repository\n' in shown
    assert '+resource "grafana_service_account_token" "ci" {\n' in shown
    assert "diff" not in code.run(check=True, diff=False)


def test_secrets_in_code_are_not_shown(empty):
    """They should not be there, and often are."""
    empty.write(
        "main.tf", 'provider "grafana" {\n  auth = "admin:S3cret-word"\n}\n' + KEY + f'output "k" {{\n  value = "{NEEDLE}"\n}}\n'
    )
    for run in empty.four():
        assert NEEDLE not in run.text
        assert "S3cret-word" not in run.text
    assert NEEDLE in (empty.folder / "main.tf").read_text()


def test_strict(code):
    for check in (True, False):
        refused = code.run(strict=True, check=check)
        assert refused.failed
        assert refused.code == "not_rewritten"
        assert len(refused["not_rewritten"]) == 4
        assert refused["changed"] is False
    assert code.files() == BEFORE
    shutil.rmtree(code.folder / "environments/legacy")
    code.four(strict=True)


def test_consolidated_and_adopted(empty):
    empty.write("main.tf", KEY + "\n" + KEY.replace('"x"', '"y"').replace('"n"', '"m"'))
    keys = ["grafana_api_key.x", "grafana_api_key.y"]
    runs = empty.four(consolidate=[{"account": "ci", "keys": keys}], adopt=[{"address": "grafana_api_key.x", "id": "1:4"}])
    assert [entry["account"] for entry in runs[1]["resources"]] == ["grafana_service_account.ci"] * 2
    assert 'to = grafana_service_account.ci\n  id = "1:4"' in (empty.folder / "grafana_api_keys_migration.tf").read_text()


def test_bad_options(empty):
    empty.write("main.tf", KEY + KEY.replace('"x"', '"y"').replace("Viewer", "Editor"))
    before = empty.files()
    keys = ["grafana_api_key.x", "grafana_api_key.y"]
    refused = empty.run(consolidate=[{"account": "ci", "keys": keys}])
    assert refused.code == "not_alike"
    assert 'grafana_api_key.x has "Viewer", grafana_api_key.y has "Editor"' in refused["msg"]
    assert empty.run(token_suffix='"')["msg"].startswith("token_suffix")
    assert "provider_version" in empty.run(provider_version="newest")["msg"]
    assert empty.files() == before


# Files.


def test_no_directory(empty):
    empty.write("main.tf", KEY)
    for path in ("none", "main.tf"):
        refused = empty.server.run(MODULE, admin=None, path=str(empty.folder / path))
        assert "is not a directory" in refused["msg"]


def test_a_link_in_the_tree_stays_a_link(empty):
    shared = empty.write("shared/versions.tf", FIRST["environments/production/versions.tf"].decode().replace("~> 2.19", "~> 2.1"))
    for name in ("a", "b"):
        empty.write(f"{name}/main.tf", KEY)
        os.symlink("../shared/versions.tf", empty.folder / name / "versions.tf")
    empty.four()
    assert (empty.folder / "a/versions.tf").is_symlink()
    assert '"~> 2.19"' in shared.read_text()


def test_a_link_out_of_the_tree(empty, tmp_path):
    (tmp_path / "elsewhere.tf").write_text(KEY)
    os.symlink(tmp_path / "elsewhere.tf", empty.folder / "main.tf")
    for check in (True, False):
        assert "is a link to" in empty.run(check=check)["msg"]
    assert (tmp_path / "elsewhere.tf").read_text() == KEY
    os.symlink("nowhere", empty.folder / "broken.tf")
    assert "is a link to" in empty.run()["msg"]


def test_a_shared_file_that_would_change_in_two_ways(empty):
    empty.write("a/main.tf", KEY)
    empty.write("b/other.tf", "locals {\n  a = grafana_api_key.x.rule\n}\n")
    os.symlink("../a/main.tf", empty.folder / "b/main.tf")
    assert "two modules that need different texts" in empty.run()["msg"]
    assert (empty.folder / "a/main.tf").read_text() == KEY


def test_a_write_that_fails_changes_nothing(code, monkeypatch):
    def refuse(path, *_more):
        raise OSError(28, "No space left on device", path)

    monkeypatch.setattr(_terraform_files.os, "fsync", refuse)
    failed = code.run()
    assert failed.code == "cannot_write"
    assert "No space left on device" in failed["msg"]
    assert code.files() == BEFORE


def test_without_the_libraries(code, monkeypatch):
    monkeypatch.setattr(_terraform, "IMPORT_PROBLEM", "ImportError: No module named 'tree_sitter'")
    refused = code.run()
    assert refused.code == "missing_library"
    assert "tree-sitter-hcl" in refused["msg"]


def test_no_keys(empty):
    empty.write("main.tf", 'resource "grafana_folder" "x" {\n  title = "a"\n}\n')
    for options in ({}, {"apply": "second"}):
        assert empty.run(**options)["changed"] is False


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
