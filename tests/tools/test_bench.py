# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: its table, its page, and Terraform as a contender. Nothing is measured here."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bench(monkeypatch):
    """The modules of tests/bench, which find each other beside the program."""
    monkeypatch.syspath_prepend(str(ROOT / "tests/bench"))
    return SimpleNamespace(
        **{name: importlib.import_module(name) for name in ("rows", "page", "terraform", "benchmark", "machine")}
    )


def rows_of(bench, *found):
    return [bench.rows.Row(*one) for one in found]


def test_one_table_with_ratios_first(bench):
    rows = rows_of(
        bench,
        ("tenants", 1, "first", "community.grafana", 4.0, 16),
        ("tenants", 10, "first", "community.grafana", 40.0, 160),
        ("tenants", 1000, "first", "ours", 80.0, 11000),
        ("tenants", 1000, "first", "requests", 64.0, 10000),
        ("tenants", 1000, "first", "terraform", 320.0, None, True),
        ("dashboards", 1, "nothing to do", "ours", 2.0),
    )
    lines = bench.rows.table(rows).splitlines()
    assert lines[0].startswith("| what | run | ours to requests | ours to Terraform | community.grafana to ours | ours |")
    assert lines[2:] == [
        "| 1 tenant | first |  |  |  |  |  |  | 4.0 s |  |  |  |",
        "| 10 tenants | first |  |  |  |  |  |  | 40.0 s |  |  |  |",
        "| 1,000 tenants (file) | first | 1.25 | > 0.25 | ≈ 50.00 "
        "| 80.0 s | 64.0 s | > 320.0 s | ≈ 4,000.0 s |  | 11,000 | 10,000 |",
        "| 1 dashboard | nothing to do |  |  |  | 2.0 s |  |  |  |  |  |  |",
    ]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param([(10, 20.0)], None, id="one-point-is-no-line"),
        pytest.param([(10, 20.0), (20, 30.0)], 110.0, id="line"),
        pytest.param([(1, 900.0), (10, 20.0), (20, 30.0)], 110.0, id="the-two-largest"),
        pytest.param([(10, 30.0), (20, 20.0)], 20.0, id="never-less"),
        pytest.param([(10, 20.0), (20, 30.0, True)], None, id="a-run-that-was-ended"),
    ],
)
def test_extrapolation(bench, known, expected):
    rows = [bench.rows.Row("tenants", size, "first", "terraform", seconds, 10 * size, *cut) for size, seconds, *cut in known]
    found = list(bench.rows.extrapolated([*rows, bench.rows.Row("tenants", 100, "first", "ours", 1.0)]))
    assert [row.seconds for row in found if row.size == 100] == ([] if expected is None else [pytest.approx(expected)])
    assert all(row.guessed and row.asked == 10 * row.size for row in found)


def test_results_that_were_interrupted_can_be_read(bench, tmp_path):
    rows = rows_of(bench, ("tenants", 1, "first", "ours", 4.0, 16))
    bench.page.save(tmp_path / "some" / "real.json", {"server": "real Grafana"}, rows)
    assert bench.page.load(tmp_path / "some" / "real.json") == ({"server": "real Grafana"}, rows)
    assert [path.name for path in (tmp_path / "some").iterdir()] == ["real.json"]


def test_the_page_shows_the_published_results(bench):
    text = bench.page.PAGE.read_text(encoding="utf-8")
    assert bench.page.rendered(text) == text, 'run: make bench ARGS="--render"'
    assert text.count("BEGIN GENERATED (make bench)") == 2


def test_what_else_runs(bench):
    assert "CPUs" in bench.machine.described()
    assert bench.machine.others(0.01).startswith("load average ")


@pytest.fixture
def terraform(bench, monkeypatch, tmp_path):
    """Terraform with a binary that notes its arguments and exits as ``code`` says."""
    binary = tmp_path / "terraform"
    binary.write_text(
        '#!/bin/sh\necho "$1 $GRAFANA_AUTH $TF_CLI_CONFIG_FILE" >> "$(dirname "$0")/calls"\nexit "${BENCH_CODE:-0}"\n'
    )
    binary.chmod(0o755)
    monkeypatch.setattr(bench.terraform, "BINARY", str(binary))
    monkeypatch.setattr(bench.terraform, "MIRROR", "/mirror")
    return bench.terraform


def test_terraform_runs_the_code(bench, terraform, monkeypatch, tmp_path):
    target = bench.benchmark.Target("http://grafana.test", "admin", "secret", counted=False)
    account = {"name": "a-0", "role": "Editor", "tokens": [{"name": "ci"}]}
    tenants = [{"name": "a-0", "service_accounts": [account], "dashboards": [{"dashboard": {"uid": "overview"}}]}]
    code = terraform.Code(tmp_path / "code", target, 30)
    code.write(terraform.of_tenants(tenants, "bench@example.org"))
    code.apply()
    code.plan()
    settings = tmp_path / "code/terraformrc"
    assert "/mirror" in settings.read_text()
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls == [f"{word} admin:secret {settings}" for word in ("init", "apply", "plan")]
    written = json.loads((tmp_path / "code/main.tf.json").read_text())
    assert written["locals"]["tenants"] == {"a-0": {"account": "a-0"}}
    assert written["resource"]["grafana_organization"]["tenant"]["editors"] == ["bench@example.org"]
    monkeypatch.setenv("BENCH_CODE", "2")  # plan -detailed-exitcode: there is something to do
    with pytest.raises(SystemExit, match="terraform plan failed"):
        code.plan()


def test_sizes(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tests/bench"))
    sizes = importlib.import_module("bench").sizes
    assert sizes("100,1,10,1") == [1, 10, 100]
    assert sizes("") == []
    with pytest.raises(argparse.ArgumentTypeError):
        sizes("0,1")
