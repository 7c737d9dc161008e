# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that never end, and small files that stand for very much, are refused before any write."""

from __future__ import annotations

import os

import pytest


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_path_that_is_not_a_regular_file(newest, tmp_path, kind):
    path = tmp_path / "dashboard.json"
    os.mkfifo(path) if kind == "pipe" else path.symlink_to("/dev/zero")
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", path=str(path))
    assert "it is not a regular file" in result["msg"]
    result = newest.fails("grafana_org", admin=False, token_file=str(path), name="tenant")
    assert "it is not a regular file" in result["msg"]


@pytest.mark.parametrize("repeat", ["[%s]", "{<<: [%s]}"], ids=["lists", "merge keys"])
def test_yaml_aliases_that_explode(newest, tmp_path, repeat):
    first = "a0: &a0 {x: 1}"
    lines = [f"a{n}: &a{n} " + repeat % ", ".join([f"*a{n - 1}"] * 10) for n in range(1, 30)]
    (tmp_path / "a.yaml").write_text("\n".join(["title: A", first, *lines]))
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", path=str(tmp_path / "a.yaml"))
    assert "because its YAML aliases repeat values" in result["msg"]


def test_a_yaml_alias_of_itself(newest):
    result = newest.fails("grafana_dashboard", content="title: A\npanels: &p [*p]\n")
    assert "alias is inside the value that it refers to" in result["msg"]


def test_links_between_directories(newest, tmp_path):
    """Twelve directories with links to each other have hundreds of millions of paths."""
    names = [f"d{number}" for number in range(12)]
    for name in names:
        (tmp_path / name).mkdir()
        for other in names:
            (tmp_path / name / other).symlink_to(tmp_path / other)
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", directory=str(tmp_path))
    assert "links may lead to the same ones again" in result["msg"]


def test_very_many_unclosed_placeholders(newest):
    text = "${a} " + "${" * 2_000_000
    exported = {"title": "A", "uid": "a", "__inputs": [{"name": "a", "type": "constant", "value": "x"}], "description": text}
    newest.run("grafana_dashboard", dashboard=exported, diff=False, check=True)


def test_the_name_of_an_account_with_a_backslash(newest):
    """No account gets such a name, but one that has it can be deleted."""
    with newest.writes_nothing():
        result = newest.fails("grafana_service_account", name=r"team-\1", role="Viewer")
    assert result.code == "bad_input"
    assert r"'team-\1' has a backslash" in result["msg"]
    newest.ok("grafana_service_account", name=r"team-\1", state="absent")


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("grafana_folder", {"title": "A", "uid": "a\nb"}),
        ("grafana_dashboard", {"dashboard": {"title": "A"}, "uid": "a\nb"}),
        ("grafana_org_user", {"login": "admin", "role": "Admin\n"}),
        ("grafana_service_account", {"name": "a", "role": "Admin\n"}),
        ("grafana_sa_token", {"service_account": "a", "name": "a", "seconds_to_live": "9" * 5000}),
        ("grafana_sa_token", {"service_account": "a", "name": "a", "name_template": "{name}\n{x}"}),
        ("grafana_sa_token", {"service_account": "a", "name": "a", "keep_previous": "until_unused=1d\nx"}),
        ("grafana_apikey_migrate", {"mode": "plan", "delete_keys": "after_proof\n"}),
        ("grafana_upgrade_guard_info", {"target_version": "13.1.0\n"}),
        ("grafana_upgrade_guard_info", {"target_version": "9" * 5000 + ".1"}),
    ],
)
def test_values_that_only_begin_well(newest, module, options):
    with newest.writes_nothing():
        result = newest.fails(module, **options)
    assert "bug" not in result["msg"]


@pytest.mark.parametrize("content", ['{"title":' + "[" * 500_000, '{"title": %s}' % ("9" * 100_000), "title: " + "[" * 100_000])
def test_documents_that_python_cannot_read(newest, content):
    result = newest.fails("grafana_dashboard", content=content)
    assert result.code == "bad_input"
    assert len(result["msg"]) < 1000
