# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module grafana_apikey_migrate: from its arguments to organizations, and from their outcomes to its result."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._api_keys.api import AUTOGEN, abilities_of
from .._engine.batch import QUOTED_FAILURES
from .._engine.items import CHANGED, FAILED, NOT_RUN, OK, Item, Outcome
from .._engine.module import GrafanaModule, connection_spec, guarded
from .._engine.options import HANDOVER
from .._engine.resource import View
from .._engine.run import Mode, Run
from .._engine.warnings import Warnings
from .._engine.watchdog import ParentWatch
from .._grafana.client import Client
from .._grafana.cloud import client_for
from .._grafana.connection import OrgChoice
from .._grafana.errors import BadInput, GrafanaError, Refused
from .._sinks.base import Shared
from .._tokens.task import Task
from .ledger import Ledger
from .options import LISTS, OPTIONS, PLAN, REISSUE, SERVER, MigrationOptions, wanted
from .plan import same_names
from .proof import Proof, Prover
from .resource import Migration

_FLOW: dict[str, dict[str, t.Any]] = {
    "fail_fast": {"type": "bool", "default": False},
    "on_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
}


class MigrationModule(GrafanaModule):
    """A module that removes its lists before Ansible checks the arguments, as they may contain secrets."""

    def __init__(self, **kwargs: t.Any) -> None:
        self.lists: dict[str, t.Any] = {}
        super().__init__(**kwargs)

    def _load_params(self) -> None:
        super()._load_params()
        self.lists = {name: self.params.pop(name, None) for name in LISTS}


def migrate_api_keys() -> None:
    """Run the module grafana_apikey_migrate."""
    spec = {**connection_spec(True), **OPTIONS, **_FLOW}
    module = MigrationModule(argument_spec=spec)
    guarded(lambda _module: _work(module), module)


def _work(module: MigrationModule) -> None:
    for old in module.lists["verify_keys"] or ():
        if isinstance(old, dict) and isinstance(old.get("key"), str):
            module.hide(old["key"].strip())
    connection = module.connection()
    want = wanted(module.params, module.lists, connection.org)
    plan_only = want.mode == PLAN
    kept: dict[t.Hashable, t.Any] = {} if module.handover is None else {HANDOVER: module.handover}
    task = Task(module.hide, module.check_mode, bool(module.no_log), True, module.handover)
    check = module.check_mode or plan_only
    if connection.cloud_stack is not None:
        _check_stack(want)
    client, warnings = client_for(connection, ParentWatch()), Warnings()
    module.pace = client.pace
    try:
        prover = Prover(client, Shared(module.hide, kept))
        prover.take(want.verify)
        migration = Migration(client, task, plan_only)
        before = prover.prove(want.verify) if want.verify and not check else None
        outcomes = _run(client, migration, want, Mode(check, module.params["fail_fast"]), warnings)
        proofs = prover.prove(want.verify)
        _unknown_names(module, want, migration.ledgers)
        result = _result(module, client, want, migration, outcomes, check)
    finally:
        client.close()
        warnings.show(module.warn)
    if want.verify:
        worked = [one.works for one in before] if before is not None else [None] * len(proofs)
        result["verified"] = [proof.view(was) for proof, was in zip(proofs, worked)]
    _exit(module, want, result, migration.ledgers, outcomes, proofs)


def _check_stack(want: MigrationOptions) -> None:
    """Raise :class:`BadInput` for what the Cloud API cannot do in a stack of Grafana Cloud."""
    if want.mode == SERVER:
        raise BadInput(
            "mode: server cannot be used with cloud_stack: the Cloud API does not migrate API keys, as those of all stacks are "
            "service accounts now; use mode: reissue with reissue_migrated, or with keys"
        )
    if want.adopt:
        raise BadInput(
            "adopt cannot be used with cloud_stack: the Cloud API cannot rename an account, or give it another role; set url to "
            "the stack's own address and token to a key of an Admin account of it"
        )
    if want.orgs != (OrgChoice(),):
        raise BadInput("orgs, org_id and org_name cannot be used with cloud_stack: a stack is one organization")


def _run(client: Client, migration: Migration, want: MigrationOptions, mode: Mode, warnings: Warnings) -> list[Outcome]:
    """Migrate the keys of all organizations.

    To reissue keys, everything is planned first: a wrong sink, role or name of any key is refused before the first is created.
    """
    run = Run(migration, client, mode, warnings=warnings)
    items = _items(run, want)
    if want.how == REISSUE and not mode.check:
        planned = Run(migration, client, Mode(True, mode.fail_fast), run.org_finder, warnings).all(items)
        _refuse(planned)
        _refuse_same_names(client, migration)
    outcomes = run.all(items) if items else []
    if mode.check:
        _refuse_same_names(client, migration)
    return outcomes


def _items(run: Run, want: MigrationOptions) -> list[Item]:
    """Return an item for each organization of the task."""
    orgs = want.orgs
    if orgs is None:
        orgs = tuple(OrgChoice(id=org.id) for org in run.org_finder.all())
    return [
        Item(index, org, replace(want, given=tuple(key for key in want.given if key.org in (org, OrgChoice()))))
        for index, org in enumerate(orgs)
    ]


def _refuse(outcomes: t.Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if isinstance(outcome.problem, BadInput):
            raise outcome.problem


def _refuse_same_names(client: Client, migration: Migration) -> None:
    plans = {org_id: [record.plan for record in ledger.keys.values()] for org_id, ledger in migration.ledgers.items()}
    same_names(plans, client.version())


def _unknown_names(module: GrafanaModule, want: MigrationOptions, ledgers: t.Mapping[int, Ledger]) -> None:
    """Warn of keys that the task names, and that are neither API keys nor migrated."""
    seen: set[t.Any] = set()
    for ledger in ledgers.values():
        for record in ledger.keys.values():
            seen.update((record.plan.key.id, record.plan.key.name))
        seen.update(account.name.partition(AUTOGEN)[2] for account in ledger.accounts)
    unknown = [str(one) for one in (*sorted(want.selection.ids), *sorted(want.selection.names)) if one not in seen]
    if unknown:
        module.warn("no API key has the id or name %s: migrated before, deleted, or never created" % ", ".join(unknown))


def _result(
    module: GrafanaModule,
    client: Client,
    want: MigrationOptions,
    migration: Migration,
    outcomes: t.Sequence[Outcome],
    check: bool,
) -> View:
    entries = [_entry(module, migration, outcome, check) for outcome in outcomes]
    ledgers = list(migration.ledgers.values())
    version = client.version()
    abilities = abilities_of(version)
    gone = bool(ledgers) and all(ledger.found == "gone" for ledger in ledgers)
    result: View = {
        "changed": want.mode != PLAN and any(entry["status"] == CHANGED or entry.pop("touched", False) for entry in entries),
        "mode": want.mode,
        "server": {
            "url": client.connection.url,
            "version": None if version is None else str(version),
            "api_keys": "gone" if gone or abilities.lists is False else "listed",
            "migrates_at_start": bool(abilities.at_start),
        },
        "organizations": entries,
        "summary": _summary(ledgers, entries, check),
    }
    for entry in entries:
        entry.pop("touched", None)
    if module._diff:  # pylint: disable=protected-access
        result["diff"] = [entry["diff"] for entry in entries if "diff" in entry]
    return result


def _entry(module: GrafanaModule, migration: Migration, outcome: Outcome, check: bool) -> View:
    """Return one organization as the result shows it."""
    org = outcome.org
    choice = outcome.item.org
    entry: View = {
        "index": outcome.item.index,
        "status": outcome.status,
        "org_id": org.id if org else choice.id,
        "org_name": (org.name if org else None) or choice.name,
        **outcome.notes,
    }
    ledger = migration.ledgers.get(entry["org_id"]) if entry["org_id"] is not None else None
    if ledger is not None:
        entry.update(ledger.view(check))
        entry["touched"] = _touched(outcome, ledger, check)
        if outcome.status in (OK, CHANGED) and ledger.failed():
            entry["status"] = FAILED
        if ledger.problem is not None:
            entry["failure"] = ledger.problem.failure()
        if module._diff and (outcome.before or outcome.after):  # pylint: disable=protected-access
            header = "API keys of org %s" % (entry["org_name"] or entry["org_id"])
            headers = {"before_header": header, "after_header": header}
            entry["diff"] = {"before": outcome.before, "after": outcome.after, **headers}
    if outcome.problem is not None:
        entry["failure"] = outcome.problem.failure()
    return entry


def _touched(outcome: Outcome, ledger: Ledger, check: bool) -> bool:
    """Tell whether something changed, or in check mode would change, whatever else failed."""
    if outcome.status == CHANGED and (check or any(adoption.problem is None for adoption in ledger.adopted.values())):
        return True
    return any(record.done for record in ledger.keys.values())


def _summary(ledgers: t.Sequence[Ledger], entries: t.Sequence[View], check: bool) -> View:
    """Return the number of keys by result; in check mode, the expected numbers."""
    keys = [key for entry in entries for key in entry.get("api_keys") or ()]

    def count(action: str, *statuses: str) -> int:
        return sum(key["action"] == action and key["status"] in statuses for key in keys)

    return {
        "organizations": len(entries),
        "api_keys": len(keys),
        "migrated": count("migrate", CHANGED),
        "reissued": count("reissue", OK, CHANGED),
        "deleted": sum(bool(key["deleted"]) for key in keys),
        "kept": count("keep", OK),
        "failed": sum(key["status"] == FAILED for key in keys),
        "left": sum(ledger.left(check) for ledger in ledgers),
        "service_accounts": sum(len(entry.get("service_accounts") or ()) for entry in entries),
        "organizations_failed": sum(entry["status"] == FAILED for entry in entries),
    }


def _exit(
    module: GrafanaModule,
    want: MigrationOptions,
    result: View,
    ledgers: t.Mapping[int, Ledger],
    outcomes: t.Sequence[Outcome],
    proofs: t.Sequence[Proof],
) -> None:
    problems: list[tuple[str, GrafanaError]] = []
    for outcome in outcomes:
        where = _where(outcome)
        if outcome.problem is not None:
            problems.append((where, outcome.problem))
        elif want.mode != PLAN and outcome.status != NOT_RUN:
            ledger = ledgers.get(outcome.org.id) if outcome.org else None
            problems += [(where, problem) for problem in (ledger.failed() if ledger else ())]
    if want.mode != PLAN and not module.check_mode:
        problems += [("verify_keys", _broken(proof)) for proof in proofs if proof.reason is not None]
    if not problems:
        module.exit_json(**result)
    quoted = "; ".join("%s: %s" % (where, problem.message) for where, problem in problems[:QUOTED_FAILURES])
    more = len(problems) - QUOTED_FAILURES
    message = "%d failed: %s%s" % (len(problems), quoted, "; and %d more" % more if more > 0 else "")
    if module.params["on_failure"] == "report":
        module.exit_json(msg=message, **result)
    only = problems[0][1] if len(problems) == 1 else None
    failure = only.failure() if only else {"code": "items_failed", "message": message, "details": dict(result["summary"])}
    module.fail_json(only.message if only else message, failure=failure, **result)


def _where(outcome: Outcome) -> str:
    name = outcome.org.name if outcome.org and outcome.org.name else None
    return "org %s" % name if name else str(outcome.item.org)


def _broken(proof: Proof) -> GrafanaError:
    shown = proof.view(None)
    return Refused("the key from %s: %s" % (proof.old.source, shown["message"]), code="key_does_not_work", reason=proof.reason)
