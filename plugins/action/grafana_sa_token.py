# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module; where keys go into a vault file, which only the control node can write, stores them.

Plan (the module in check mode), note in the vault what is about to be made, make and prove, store, then let the module
delete what was replaced. A key comes from the module sealed, and never reaches the result.
"""

from __future__ import annotations

import os
import typing as t

from ansible.plugins.action.normal import ActionModule as NormalAction

from ..module_utils._engine.options import HANDED_OVER, HANDOVER
from ..module_utils._grafana.errors import BadInput, GrafanaError
from ..module_utils._sinks.base import Metadata
from ..module_utils._sinks.handover import HandoverSink
from ..plugin_utils._vault.action import Vaulted

Result = dict[str, t.Any]

#: Options of one token, which the discarding of another has no use for.
_OF_A_TOKEN = (
    "batch",
    "dest",
    "keep_previous",
    "max_tokens",
    "name",
    "org_id",
    "org_name",
    "purge",
    "renew_before",
    "return_key",
    "rotate",
    "service_account",
    "sink",
    "state",
)


class ActionModule(NormalAction):
    """The action plugin."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Return the module's result, with everything stored."""
        try:
            vaulted = self._vaulted(task_vars)
            if vaulted is None:
                return self._run_module(task_vars)
            if self._task.async_val:
                raise BadInput("the sink ansible_vault needs the controller to wait for the module: take async away")
            with vaulted.opened(self._task.check_mode):
                return self._with_vault(vaulted, task_vars)
        except GrafanaError as problem:
            return {"failed": True, "changed": False, "msg": problem.message, "failure": problem.failure()}

    def _run_module(self, task_vars: t.Any) -> Result:
        # ansible-core's action plugins have no annotations.
        run: t.Callable[..., Result] = super().run
        return run(None, task_vars)

    def _vaulted(self, task_vars: t.Any) -> Vaulted | None:
        """Return the places in vault files of the task's tokens, ``None`` where there is none."""
        vaulted = Vaulted(self._task.args, self._loader, self._around())
        return vaulted if vaulted.entries else None

    def _with_vault(self, vaulted: Vaulted, task_vars: t.Any) -> Result:
        args, check = dict(self._task.args), bool(self._task.check_mode)
        planned = self._module(args, vaulted.told(), True, task_vars)
        if check or not planned.get("changed"):
            return _shown(planned)
        vaulted.note(self._names(planned, vaulted))
        made = self._module(args, vaulted.told(), False, task_vars)
        handed = made.pop(HANDED_OVER, None) or {}
        try:
            fresh = vaulted.store(handed)
        except GrafanaError:
            self._discard(args, handed, vaulted.in_stack, task_vars)
            raise
        left = made
        if fresh:
            # What is stored now is present, and what it replaces is deleted. Nothing is made: nobody would store it.
            left = self._module(self._calm(args), vaulted.told(over=True), False, task_vars)
        vaulted.tidy(self._waiting(made, left, vaulted))
        return _shown(self._merged(planned, made, left) if fresh else made)

    def _calm(self, args: Result) -> Result:
        """Return *args* without anything that would make yet another token."""
        return _never_again(args)

    def _names(self, planned: Result, vaulted: Vaulted) -> dict[str, str]:
        """Return the names of the tokens that are about to be made, by place."""
        return _names(planned, vaulted)

    def _waiting(self, made: Result, left: Result, vaulted: Vaulted) -> dict[str, t.Any]:
        """Return the replaced tokens that are not deleted yet, by place, of every token that is well."""
        return _waiting(made, left, vaulted)

    def _merged(self, planned: Result, made: Result, left: Result) -> Result:
        """Return the result of making, with what the deletion of old tokens added to it."""
        return _merged(made, left)

    def _around(self) -> dict[str, str]:
        """Return the environment as the module sees it, with what the task sets in it."""
        of_task: dict[str, t.Any] = {}
        self._compute_environment_string(of_task)
        return {**os.environ, **{name: str(value) for name, value in of_task.items()}}

    def _module(self, args: Result, told: Result, check: bool, task_vars: t.Any, name: str | None = None) -> Result:
        """Run the module, or another one of the collection, once."""
        was, self._task.check_mode = self._task.check_mode, check
        try:
            result = self._execute_module(
                module_name=name or self._task.action, module_args={**args, HANDOVER: told}, task_vars=task_vars
            )
        finally:
            self._task.check_mode = was
        return t.cast(Result, result)

    def _discard(self, args: Result, handed: t.Mapping[str, t.Any], in_stack: bool, task_vars: t.Any) -> None:
        """Delete tokens whose keys could not be stored."""
        items, stored = [], {}
        for number, one in enumerate(handed.values()):
            known = Metadata.parse(dict(one.get("metadata") or {}))
            if known is None or known.token_id is None:
                continue
            sink = {"type": HandoverSink.type, "path": "discarded", "variable": "token_%d" % number}
            stored["discarded#token_%d" % number] = {"metadata": known.plain(), "there": True}
            items.append(
                {
                    "org_id": None if in_stack else known.org_id,  # a stack is one organization, and is told none
                    "service_account": known.service_account_id,
                    "name": known.name,
                    "state": "absent",
                    "sink": sink,
                }
            )
        if items:
            plain = {name: value for name, value in args.items() if name not in _OF_A_TOKEN}
            told = {"pad": "", "stored": stored}
            self._module({**plain, "batch": items}, told, False, task_vars, "orgsmith.grafana.grafana_sa_token")


def _never_again(args: Result) -> Result:
    """Return *args* without anything that would make yet another token."""
    calm = {**args, "rotate": "never", "prove": "never"}
    if isinstance(args.get("batch"), list):
        calm["batch"] = [{**item, "rotate": "never", "prove": "never"} for item in args["batch"]]
    return calm


def _objects(result: t.Mapping[str, t.Any]) -> t.Iterator[t.Mapping[str, t.Any]]:
    """Yield the entries of a result: those of a batch, or the result itself."""
    yield from result.get("results") or [result]


def _names(planned: Result, vaulted: Vaulted) -> dict[str, str]:
    """Return the names of the tokens that are about to be made, by place."""
    found = {}
    for entry in _objects(planned):
        token = entry.get("token") or {}
        # Only what is to be made says what was there before.
        if token.get("dest") in vaulted.entries and "was" in token:
            found[str(token["dest"])] = str(token["name"])
    return found


def _waiting(made: Result, left: Result, vaulted: Vaulted) -> dict[str, t.Any]:
    """Return the replaced tokens that are not deleted yet, by place, of every token that is well."""
    found = {}
    for first, entry in zip(_objects(made), _objects(left)):
        token = entry.get("token") or {}
        well = all(one.get("status") in ("ok", "changed") for one in (first, entry))
        if token.get("dest") in vaulted.entries and well:
            found[str(token["dest"])] = token.get("waiting") or []
    return found


def _merged(made: Result, left: Result) -> Result:
    """Return the result of making, with what the deletion of old tokens added to it."""
    if left.get("failed") and "results" not in left:
        return {**left, "changed": True}
    if "results" not in made:
        return {**made, "token": {**(left.get("token") or {}), **_reason(made)}, "warnings": _warnings(made, left)}
    results = []
    for first, second in zip(made["results"], left.get("results") or made["results"]):
        if first["status"] == "changed" and second["status"] == "failed":
            results.append({**second, "diff": first.get("diff")})
        elif first["status"] == "changed" and first.get("token"):
            results.append({**first, "token": {**(second.get("token") or first["token"]), **_reason(first)}})
        else:
            results.append(first)
    counts = {status: sum(one["status"] == status for one in results) for status in ("ok", "changed", "failed", "not_run")}
    merged = {**made, "results": results, "summary": {**counts, "total": len(results)}, "warnings": _warnings(made, left)}
    if left.get("failed") and not made.get("failed"):
        merged.update(failed=True, msg=left.get("msg"), failure=left.get("failure"))
    return merged


def _reason(entry: t.Mapping[str, t.Any]) -> Result:
    token = entry.get("token") or {}
    return {name: token[name] for name in ("was", "reason") if name in token}


def _warnings(*results: Result) -> list[t.Any]:
    """Return the warnings of several runs, each once; from ansible-core 2.19 on they are no plain text."""
    found: dict[str, t.Any] = {}
    for result in results:
        for one in result.get("warnings") or []:
            found.setdefault(str(getattr(getattr(one, "event", None), "msg", one)), one)
    return list(found.values())


def _shown(result: Result) -> Result:
    """Return *result* without what is between the module and this plugin."""
    result.pop(HANDED_OVER, None)
    return result
