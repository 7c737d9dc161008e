# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin that shows the progress of a module: which modules, when, and what."""

from __future__ import annotations

import json
import threading
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.orgsmith.grafana.plugins.plugin_utils import _progress
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._progress import SECONDS, VARIABLE, ProgressAction, seconds_of

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def shown(monkeypatch):
    """The lines that are shown; ``three`` is set after the third."""
    found = SimpleNamespace(lines=[], three=threading.Event())

    def display(text, stderr):
        assert stderr  # the standard output may be the JSON of a callback plugin
        found.lines.append(text)
        if len(found.lines) == 3:
            found.three.set()

    monkeypatch.setattr(_progress, "Display", lambda: SimpleNamespace(display=display))
    return found


def action(args, transport="local", become=None):
    """Return a plugin as Ansible makes it, as far as the plugin looks at it."""
    made = ProgressAction.__new__(ProgressAction)
    made._task = SimpleNamespace(args=args, action="orgsmith.grafana.grafana_org")
    made._connection = SimpleNamespace(transport=transport, become=become)
    return made


@pytest.fixture
def module(monkeypatch, tmp_path):
    """The runs of modules: their options; ``work`` is what a module does."""
    made = SimpleNamespace(options=[], work=lambda args: None)

    def execute(self, **options):
        made.options.append(options)
        made.work(options.get("module_args") or self._task.args)
        return {"changed": True}

    monkeypatch.setattr(NormalAction, "_execute_module", execute)
    monkeypatch.setattr(_progress.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    return made


@pytest.mark.parametrize(
    ("seconds", "place", "options", "expected"),
    [
        pytest.param(None, {}, {}, SECONDS, id="default"),
        pytest.param("3", {}, {"wrap_async": 0}, 3.0, id="variable"),
        pytest.param("0", {}, {}, None, id="off"),
        pytest.param(None, {"transport": "ssh"}, {}, None, id="elsewhere"),
        pytest.param(None, {"become": object()}, {}, None, id="another-user"),
        pytest.param(None, {}, {"wrap_async": 60}, None, id="async"),
    ],
)
def test_which_modules_are_watched(module, monkeypatch, tmp_path, seconds, place, options, expected):
    if seconds is not None:
        monkeypatch.setenv(VARIABLE, seconds)
    assert action({"name": "a"}, **place)._execute_module(task_vars={}, **options) == {"changed": True}
    (given,) = module.options
    if expected is None:
        assert "module_args" not in given
        return
    args = given["module_args"]
    assert (args["name"], args["_progress"]["seconds"]) == ("a", expected)
    assert Path(args["_progress"]["file"]).parent == tmp_path


def test_arguments_of_a_plugin_that_runs_the_module_itself(module):
    action({"name": "a"})._execute_module(
        module_name="orgsmith.grafana.grafana_sa_token", module_args={"name": "b"}, task_vars={}
    )
    assert module.options[0]["module_args"].pop("_progress")
    assert module.options == [{"module_name": "orgsmith.grafana.grafana_sa_token", "module_args": {"name": "b"}, "task_vars": {}}]


@pytest.mark.parametrize("fails", [False, True])
def test_lines(module, shown, monkeypatch, tmp_path, fails):
    def work(args):
        numbers = {"done": 1200, "total": 5000, "failed": 3, "concurrency": 4}
        Path(args["_progress"]["file"]).write_text(json.dumps(numbers))
        assert shown.three.wait(30)
        if fails:
            raise KeyboardInterrupt

    module.work = work
    monkeypatch.setenv(VARIABLE, "0.001")
    with pytest.raises(KeyboardInterrupt) if fails else nullcontext():
        action({})._execute_module(task_vars={"inventory_hostname": "here"})
    assert set(shown.lines) == {"progress: [here] grafana_org: 1200 of 5000 done, 3 failed, concurrency 4"}
    assert list(tmp_path.iterdir()) == []
    assert not any(thread.daemon and thread.name.endswith("(_show)") for thread in threading.enumerate())


def test_a_short_module_shows_nothing(module, shown):
    action({})._execute_module(task_vars={})
    assert shown.lines == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, 10), ("", 10), ("0", 0), ("2.5", 2.5), ("x", 10), ("-1", 10), ("nan", 10), ("inf", 10)],
)
def test_seconds(text, seconds):
    assert seconds_of(text) == seconds


def test_every_module_with_a_batch_has_the_plugin():
    routing = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["plugin_routing"]["modules"]
    assert {tuple(one.items()) for one in routing.values()} == {(("action_plugin", "orgsmith.grafana.grafana_dashboard"),)}
    own = {path.stem for path in (ROOT / "plugins/action").glob("*.py")}
    batches = {path.stem for path in (ROOT / "plugins/modules").glob("*.py") if "manage(" in path.read_text()}
    assert batches <= {*routing, *own}
    assert not own & set(routing)
