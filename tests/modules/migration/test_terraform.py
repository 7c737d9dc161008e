# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""grafana_terraform_migrate on a tree as people have it: what a run changes, shows and refuses."""

from __future__ import annotations

import json
import os
import shutil
import stat

from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform import module as _terraform
from modules.migration.terraform_tree import BEFORE, FIRST, KEY

#: Stands in the code and in the state: nothing that is printed may have it.
NEEDLE = "glsa_NeedleNeedleNeedleNeedleNeedle1_0badc0de"


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


def test_without_the_libraries(code, monkeypatch):
    monkeypatch.setattr(_terraform, "IMPORT_PROBLEM", "ImportError: No module named 'tree_sitter'")
    refused = code.run()
    assert refused.code == "missing_library"
    assert "tree-sitter-hcl" in refused["msg"]


def test_no_keys(empty):
    empty.write("main.tf", 'resource "grafana_folder" "x" {\n  title = "a"\n}\n')
    for options in ({}, {"apply": "second"}):
        assert empty.run(**options)["changed"] is False
