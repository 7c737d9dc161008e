# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module; if keys go into a vault file, which only the control node can write, stores them there.

Steps: plan (the module in check mode), save the names of the new tokens in the vault, create and test the tokens (the
module), store their keys, delete the replaced tokens (the module). The module returns keys encrypted, and the plugin removes
them from the result.
"""

from __future__ import annotations

import os
import typing as t
from dataclasses import replace

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._engine.items import listed
from ..module_utils._engine.options import BATCH, HANDED_OVER, HANDOVER, TENANTS
from ..module_utils._engine.options import check as checked
from ..module_utils._grafana.errors import BadInput, GrafanaError
from ..module_utils._grafana.secrets import in_result
from ..module_utils._sinks.handover import HandoverSink
from ..plugin_utils._progress import ProgressAction

if t.TYPE_CHECKING:
    from ..plugin_utils._vault.action import TaskVault

Result = dict[str, t.Any]

#: Options of a token; the task that deletes unstored tokens does not use them.
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
    "tenants",
    "tenants_file",
    "tenants_rules",
)


class ActionModule(ProgressAction):
    """The action plugin."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Run the module, store the keys, and return the module's result."""
        try:
            self._refuse_key_in_job()
            self._read_tenants()
            vault = self._task_vault(task_vars)
            if vault is None:
                return self._run_module(task_vars)
            if self._task.async_val:
                raise BadInput("the sink ansible_vault needs a controller that waits for the module: remove async")
            with vault.opened(self._task.check_mode):
                return self._run_with_vault(vault, task_vars)
        except GrafanaError as problem:
            failed = {"failed": True, "changed": False, "msg": problem.message, "failure": problem.failure()}
            return t.cast(Result, in_result(failed))

    def _refuse_key_in_job(self) -> None:
        """Raise :class:`BadInput` for ``return_key`` in a job that Ansible does not wait for: the job's file keeps the key."""
        batch = self._task.args.get("batch")
        tokens = [self._task.args, *(item for item in (batch if isinstance(batch, list) else ()) if isinstance(item, dict))]
        wanted = any(boolean(token.get("return_key") or False, strict=False) for token in tokens)
        if wanted and self._task.async_val and not self._task.poll:
            raise BadInput(
                "return_key cannot be used with async and poll: 0: the key would stay in the status file of the job on the host; "
                "remove async, or store the key with dest or sink",
                code="key_would_show",
            )

    def _read_tenants(self) -> None:
        """Replace ``tenants_file`` by the batch that it describes, if keys of its tokens go into vault files.

        The module reads the file itself otherwise. Raises :class:`BadInput`, also if the file is on another host.
        """
        args = self._task.args
        if not args.get("tenants_file") or args.get("batch") is not None:
            return
        local = getattr(self._connection, "transport", None) == "local"
        default = isinstance(args.get("sink"), dict) and args["sink"].get("type") == HandoverSink.type
        if default and not local:
            raise BadInput(
                "the sink ansible_vault cannot be used with tenants_file on another host, because the control node has to read "
                "the file: use connection: local, or another sink"
            )
        if not local or not (default or self._mentions_vault(args)):
            return
        from ..module_utils._tenants.source import from_file  # pylint: disable=import-outside-toplevel
        from ..module_utils._tenants.tokens import TOKENS  # pylint: disable=import-outside-toplevel

        spec = {**TENANTS, "sink": {"type": "dict"}}
        given = checked({name: value for name, value in args.items() if name in spec}, spec)
        batch = [item for _tenant, item in from_file(TOKENS)({**dict.fromkeys(spec), **given})]
        self._task.args = {**{name: value for name, value in args.items() if name not in spec}, "batch": batch}

    def _mentions_vault(self, args: Result) -> bool:
        """Tell whether a token of the file may have a sink of this type. The module reports a file that cannot be read."""
        from ..module_utils._tenants.source import tenants_path  # pylint: disable=import-outside-toplevel

        try:
            with open(tenants_path(args), encoding="utf-8") as file:
                return HandoverSink.type in file.read()
        except (OSError, UnicodeDecodeError):
            return False

    def _run_module(self, task_vars: t.Any) -> Result:
        # ansible-core's action plugins have no annotations.
        run: t.Callable[..., Result] = super().run
        return run(None, task_vars)

    def _task_vault(self, task_vars: t.Any) -> TaskVault | None:
        """Return the vault entries of the task's tokens, ``None`` if no key goes into a vault file."""
        if HandoverSink.type not in repr(self._task.args):
            return None
        # Ansible compiles what is imported, in the process of each task, and few tasks have keys in a vault file.
        from ..plugin_utils._vault.action import TaskVault  # pylint: disable=import-outside-toplevel

        vault = TaskVault(self._task.args, self._loader, self._module_environment())
        return vault if vault.entries else None

    def _run_with_vault(self, vault: TaskVault, task_vars: t.Any) -> Result:
        """Run the steps of the plugin; return the result with the entries that the option ``results`` asks for."""
        args, check = dict(self._task.args), bool(self._task.check_mode)
        chosen = args.get("results")
        chosen = chosen.split(",") if isinstance(chosen, str) else chosen
        if isinstance(chosen, list) and all(one in BATCH["results"]["choices"] for one in chosen):
            args["results"] = ["all"]  # the plugin compares the results of its runs
            return _listed(self._steps(vault, args, check, task_vars), chosen)
        return self._steps(vault, args, check, task_vars)  # without the option, or the module refuses its value

    def _steps(self, vault: TaskVault, args: Result, check: bool, task_vars: t.Any) -> Result:
        """Run the module as often as needed; return the merged results of its runs, with all entries."""
        planned = self._execute(args, vault.message(), True, task_vars)
        if check or not planned.get("changed"):
            return _public(planned)
        vault.add_pending(self._new_tokens(planned, vault))
        created = self._execute(args, vault.message(), False, task_vars)
        handed_over = created.pop(HANDED_OVER, None) or {}
        try:
            new_keys = vault.store(handed_over)
        except GrafanaError:
            self._delete_unstored(args, handed_over, vault.in_stack, task_vars)
            raise
        cleaned = created
        if new_keys:
            # The module finds the stored tokens and deletes the replaced ones. It must not create tokens: their keys would
            # not be stored.
            cleaned = self._execute(self._without_rotation(args), vault.message(over=True), False, task_vars)
        vault.keep_previous(self._waiting(created, cleaned, vault))
        return _public(self._merged(planned, created, cleaned) if new_keys else created)

    def _without_rotation(self, args: Result) -> Result:
        """Return *args* with options that never create a token for an existing one."""
        changed = {**args, "rotate": "never", "prove": "never"}
        if isinstance(args.get("batch"), list):
            changed["batch"] = [{**item, "rotate": "never", "prove": "never"} for item in args["batch"]]
        return changed

    def _new_tokens(self, planned: Result, vault: TaskVault) -> dict[str, Result]:
        """Return the tokens that the module is going to create, by entry, each with ``name`` and ``was``."""
        tokens = {}
        for entry in _entries(planned):
            token = entry.get("token") or {}
            # A result has "was" only for a token that the module creates.
            if token.get("dest") in vault.entries and "was" in token:
                tokens[str(token["dest"])] = token
        return tokens

    def _waiting(self, created: Result, cleaned: Result, vault: TaskVault) -> dict[str, t.Any]:
        """Return the replaced tokens that still exist, by entry, for the tokens that succeeded in both runs."""
        waiting = {}
        for first, second in zip(_entries(created), _entries(cleaned)):
            token = second.get("token") or {}
            succeeded = all(one.get("status") in ("ok", "changed") for one in (first, second))
            if token.get("dest") in vault.entries and succeeded:
                waiting[str(token["dest"])] = token.get("waiting") or []
        return waiting

    def _merged(self, planned: Result, created: Result, cleaned: Result) -> Result:
        """Return the result of the run that created tokens, merged with that of the run that deleted the replaced ones."""
        return _merged(created, cleaned)

    def _module_environment(self) -> dict[str, str]:
        """Return the environment of the module, with the variables that the task sets."""
        of_task: dict[str, t.Any] = {}
        self._compute_environment_string(of_task)
        return {**os.environ, **{name: str(value) for name, value in of_task.items()}}

    def _execute(self, args: Result, message: Result, check: bool, task_vars: t.Any, name: str | None = None) -> Result:
        """Run the task's module, or the module *name*, once, with *message* and in check mode or not."""
        check_mode, self._task.check_mode = self._task.check_mode, check
        try:
            result = self._execute_module(
                module_name=name or self._task.action, module_args={**args, HANDOVER: message}, task_vars=task_vars
            )
        finally:
            self._task.check_mode = check_mode
        return result

    def _delete_unstored(self, args: Result, handed_over: t.Mapping[str, t.Any], in_stack: bool, task_vars: t.Any) -> None:
        """Delete the new tokens, whose keys could not be stored."""
        from ..module_utils._sinks.base import Metadata  # pylint: disable=import-outside-toplevel

        items, stored = [], {}
        for number, entry in enumerate(handed_over.values()):
            known = Metadata.parse(dict(entry.get("metadata") or {}))
            if known is None or known.token_id is None:
                continue
            sink = {"type": HandoverSink.type, "path": "discarded", "variable": "token_%d" % number}
            # Tokens that the new one replaces keep their keys, so the metadata must not name them.
            alone = replace(known, base_name=known.name, previous=(), pending=())
            stored["discarded#token_%d" % number] = {"metadata": alone.plain(), "there": True}
            items.append(
                {
                    "org_id": None if in_stack else known.org_id,  # a stack is one organization, and its tasks name none
                    "service_account": known.service_account_id,
                    "name": known.name,
                    "state": "absent",
                    "sink": sink,
                }
            )
        if items:
            plain = {name: value for name, value in args.items() if name not in _OF_A_TOKEN}
            message = {"pad": "", "stored": stored}
            self._execute({**plain, "batch": items}, message, False, task_vars, "orgsmith.grafana.grafana_sa_token")


def _entries(result: t.Mapping[str, t.Any]) -> t.Iterator[t.Mapping[str, t.Any]]:
    """Yield the results of the items of a batch, or the result itself."""
    yield from result.get("results") or [result]


def _merged(created: Result, cleaned: Result) -> Result:
    """Return the result *created*, merged with the result *cleaned* of the run that deleted replaced tokens."""
    if cleaned.get("failed") and "results" not in cleaned:
        return {**cleaned, "changed": True}
    if "results" not in created:
        token = {**(cleaned.get("token") or {}), **_reason(created)}
        return {**created, "token": token, "deleted": _deleted(created, cleaned), "warnings": _warnings(created, cleaned)}
    results = []
    for first, second in zip(created["results"], cleaned.get("results") or created["results"]):
        if first["status"] == "changed" and second["status"] == "failed":
            results.append({**second, "diff": first.get("diff")})
        elif first["status"] == "changed" and first.get("token"):
            token = {**(second.get("token") or first["token"]), **_reason(first)}
            results.append({**first, "token": token, "deleted": _deleted(first, second)})
        else:
            results.append(first)
    counts = {status: sum(one["status"] == status for one in results) for status in ("ok", "changed", "failed", "not_run")}
    summary = {**counts, "total": len(results)}
    merged = {**created, "results": results, "summary": summary, "warnings": _warnings(created, cleaned)}
    if cleaned.get("failed") and not created.get("failed"):
        merged.update(failed=True, msg=cleaned.get("msg"), failure=cleaned.get("failure"))
    return merged


def _deleted(*entries: t.Mapping[str, t.Any]) -> list[t.Any]:
    """Return the tokens that several runs of the module deleted."""
    return [token for entry in entries for token in entry.get("deleted") or ()]


def _reason(entry: t.Mapping[str, t.Any]) -> Result:
    """Return why the module created the token, as far as *entry* has that."""
    token = entry.get("token") or {}
    return {name: token[name] for name in ("was", "reason") if name in token}


def _warnings(*results: Result) -> list[t.Any]:
    """Return the warnings of several runs without repetitions; from ansible-core 2.19 on they are objects, not text."""
    warnings: dict[str, t.Any] = {}
    for result in results:
        for one in result.get("warnings") or []:
            warnings.setdefault(str(getattr(getattr(one, "event", None), "msg", one)), one)
    return list(warnings.values())


def _listed(result: Result, which: list[str]) -> Result:
    """Return *result* with the entries of ``results`` that the option ``results`` asks for."""
    return {**result, "results": listed(result["results"], which)} if "results" in result else result


def _public(result: Result) -> Result:
    """Return *result* without the keys that the module hands over to this plugin."""
    result.pop(HANDED_OVER, None)
    return result
