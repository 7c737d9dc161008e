# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates and removes complete tenants: all of their steps in one run of a module.

The items of all steps are checked before the first request. A step starts when the one before has ended for all tenants, and
leaves out the tenants that failed.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._dashboards.resource import KIND as DASHBOARD
from .._datasources.resource import KIND as DATA_SOURCE
from .._engine.batch import QUOTED_FAILURES, Batch, answer_of
from .._engine.items import CHANGED, FAILED, NOT_RUN, OK, Item, Outcome, listed
from .._engine.module import GrafanaModule, connection_spec, guarded
from .._engine.options import BATCH, TENANTS, argument_spec, type_name
from .._engine.progress import Progress
from .._engine.resource import AnyResource, Kind
from .._engine.run import Mode, Run
from .._folders.resource import KIND as FOLDER
from .._grafana.connection import Connection
from .._grafana.errors import BadInput, GrafanaError
from .._grafana.orgs import Org, OrgFinder
from .._grafana.versions import LOGIN_PER_ORG
from .._orgs.members import KIND as MEMBER
from .._orgs.organizations import KIND as ORGANIZATION
from .._orgs.service_accounts import KIND as ACCOUNT
from .._preferences.resource import KIND as PREFERENCE
from .._sinks.registry import OPTIONS as SINK
from .._teams.resource import KIND as TEAM
from .._tokens.resource import KIND as TOKEN
from .._users.resource import KIND as USER
from .check import check_tenants
from .items import Rules
from .outcomes import by_step, failed_tenants, missing_users
from .shape import check_shape
from .source import rules_of
from .spec import SPEC, check_options
from .steps import Tenant
from .tokens import PART_OF_STEP

if t.TYPE_CHECKING:
    from .._grafana.client import Client


#: Up to Grafana 10.4.0 the name of an account stays in use after its organization is deleted, so the account is deleted first. A
#: caller who may delete the organization, but not the account, goes on: this step has no result of its own.
_FIRST = "removed_accounts"
#: What the steps manage, in their order, see ``STEPS``; users of removed organizations have a task of their own.
_KINDS: dict[str, Kind] = {
    _FIRST: ACCOUNT,
    "organizations": ORGANIZATION,
    "users": USER,
    "members": MEMBER,
    "teams": TEAM,
    "data_sources": DATA_SOURCE,
    "service_accounts": ACCOUNT,
    "tokens": TOKEN,
    "folders": FOLDER,
    "dashboards": DASHBOARD,
    "preferences": PREFERENCE,
}
_CHOICES = [name for name in _KINDS if name != _FIRST]

OPTIONS: dict[str, dict[str, t.Any]] = {
    **TENANTS,
    "batch": {"type": "list", "elements": "dict"},
    "steps": {"type": "list", "elements": "str", "choices": _CHOICES, "default": _CHOICES},
    "sink": {"type": "dict", "options": SINK},
    "on_undeletable": dict(ORGANIZATION.options["on_undeletable"]),
    "fail_fast": BATCH["fail_fast"],
    "on_failure": BATCH["on_failure"],
    "results": BATCH["results"],
}


def manage_tenants() -> None:
    """Run the module."""
    guarded(_manage, _module())


def _module() -> GrafanaModule:
    spec = {**connection_spec(cloud=False), **OPTIONS}
    return GrafanaModule(argument_spec=spec, entry_options=SPEC, without_effect=("missing_parent",))


def _manage(module: GrafanaModule) -> None:
    # An earlier step decides whether an organization exists: what is missing is planned in check mode, and gone if it is absent.
    module.params["missing_parent"] = "plan"
    rules = rules_of(module.params)
    given = _tenants(module)
    check_options(given)
    check_tenants(given, rules)
    work = _Work(module, module.connection(), given, rules)
    answer = work.answer()
    failures = [entry for step in answer["steps"].values() for entry in step["results"] if entry["status"] == FAILED]
    for step in answer["steps"].values():
        step["results"] = listed(step["results"], module.params["results"])
    if not failures:
        module.exit_json(**answer)
    message = _message(failures, answer["summary"]["total"])
    if module.params["on_failure"] == "report":
        module.exit_json(msg=message, **answer)
    failure = {"code": "items_failed", "message": message, "details": dict(answer["summary"])}
    module.fail_json(message, failure=failure, **answer)


def _tenants(module: GrafanaModule) -> list[Tenant]:
    """Return the tenants of the task, with the shape that the steps expect. Raises :class:`BadInput`."""
    if module.params["tenants_file"] is not None:
        from .file import chosen, read_tenants  # pylint: disable=import-outside-toplevel
        from .source import tenants_path  # pylint: disable=import-outside-toplevel

        path = tenants_path(module.params)
        module.read_tenants(
            lambda params: [(str(tenant["name"]), dict(tenant)) for tenant in chosen(read_tenants(path), params["tenants"], path)]
        )
    elif module.params["tenants"] is not None:
        raise BadInput("tenants needs tenants_file")
    if not isinstance(module.raw_batch, list):
        if module.raw_batch is None:
            raise BadInput("set batch, or tenants_file, to the organizations")
        raise BadInput("batch has to be a list of organizations, not %s" % type_name(module.raw_batch))
    for number, tenant in enumerate(module.raw_batch):
        try:
            check_shape(number, tenant)
        except BadInput as problem:
            raise BadInput("batch: %s" % problem.message) from None
    return list(module.raw_batch)


def _message(failures: t.Sequence[dict[str, t.Any]], total: int) -> str:
    """Return the first failures as one text."""
    words = ["%s: %s" % (entry["tenant"], entry["failure"]["message"]) for entry in failures[:QUOTED_FAILURES]]
    more = len(failures) - len(words)
    return "%d of %d objects failed: %s%s" % (len(failures), total, "; ".join(words), "; and %d more" % more if more else "")


class _Work:
    """All steps of a task."""

    def __init__(self, module: GrafanaModule, connection: Connection, given: list[Tenant], rules: Rules) -> None:
        """Check the items of all steps. Raises :class:`BadInput`."""
        self._module, self._connection, self._tenants, self._rules = module, connection, given, rules
        wanted = set(module.params["steps"])
        wanted |= {_FIRST} if "organizations" in wanted else set()
        if "tokens" in wanted and PART_OF_STEP["vault_tokens"].is_needed(given, rules):
            raise BadInput(
                "grafana_tenants cannot store keys in the sink ansible_vault: use the role org_bootstrap, or choose steps "
                "without tokens and use grafana_sa_token for them"
            )
        self._prepared = [
            (name, *self._items(name, rules, given))
            for name in _KINDS
            if name in wanted and PART_OF_STEP[name].is_needed(given, rules)
        ]
        self._results: dict[str, dict[str, t.Any]] = {}
        self._known: dict[str, Org | None] = {}
        #: The names of the accounts that went before their organizations, by tenant.
        self._removed: dict[str, list[str]] = {}

    def _items(
        self, name: str, rules: Rules, tenants: t.Sequence[Tenant], resource: AnyResource | None = None
    ) -> tuple[AnyResource, list[Item]]:
        """Return the resource and the items of a step for *tenants*. Raises :class:`BadInput`.

        Without *resource* the step gets a new one.
        """
        kind, module = _KINDS[name], self._module
        resource = resource or kind.resource_of(module)
        made = PART_OF_STEP[name].of(tenants, rules)
        spec = argument_spec(kind.options, kind.in_org, kind.named_by, kind.of_task)["batch"]["options"]
        defaults = {"on_undeletable": module.params["on_undeletable"]} if name == "organizations" else {}
        batch = Batch([item for _owner, item in made], [owner for owner, _item in made])
        try:
            items = batch.items(resource, spec, self._connection, defaults, kind.named_by)
            resource.check_task([item.desired for item in items])
        except BadInput as problem:  # a tenant has several kinds of objects, and a message may name only an option
            where = "the step %s" % name.replace("_", " ")
            raise BadInput("%s: %s" % (where, problem.message), code=problem.code, **problem.details) from None
        return resource, items

    def answer(self) -> dict[str, t.Any]:
        """Run all steps; return the result of the module, with all entries. An error after a change fails the module."""
        module = self._module
        total = sum(len(items) for _name, _resource, items in self._prepared)
        with module.client(self._connection) as client:
            client.expect(sum(len(items) * resource.requests_each for _name, resource, items in self._prepared) + 1)
            progress = Progress(module.progress, total, lambda: client.pace.limit)
            for name, resource, items in self._prepared:
                if name == _FIRST and client.at_least(LOGIN_PER_ORG):
                    continue
                if module.params["fail_fast"] and any(result["summary"][FAILED] for result in self._results.values()):
                    counts = {OK: 0, CHANGED: 0, FAILED: 0, NOT_RUN: len(items), "total": len(items)}
                    self._results[name] = {"changed": False, "results": [], "summary": counts}
                    continue
                try:
                    self._run(client, progress, name, resource, items)
                except GrafanaError as problem:
                    if not any(result["changed"] for result in self._results.values()):
                        raise
                    module.fail(problem, **self._summed())
        return self._summed()

    def _run(self, client: Client, progress: Progress, name: str, resource: AnyResource, items: list[Item]) -> None:
        """Run one step for the tenants that no earlier step keeps from it."""
        failed = failed_tenants(self._tenants, by_step(self._results))
        missing = missing_users(self._results)
        total = len(items)
        if missing or (failed and name == "users"):  # several tenants may create one user, whose item names the first of them
            going_on = [tenant for tenant in self._tenants if tenant["name"] not in failed]
            # The resource of dashboards has downloaded their files. That of tokens would refuse each key as one that it knows.
            kept = resource if name == "dashboards" else None
            resource, items = self._items(name, replace(self._rules, missing=missing), going_on, kept)
        reached = [item for item in items if item.tenant not in failed]
        left_out = total - len(reached)
        mode = Mode(self._module.check_mode, self._module.params["fail_fast"] and name != _FIRST, "plan")
        run = Run(resource, client, mode, OrgFinder(client, self._known), progress=progress)
        try:
            outcomes = run.all(reached) if reached else []
        finally:
            run.warnings.show(self._module.warn)
        if name == _FIRST:
            self._removed = _names_of(resource, outcomes)
            return
        if name == "organizations":
            self._known = _orgs_of(outcomes)
            _add_removed(outcomes, self._removed)
        # Of thousands of objects, only what the result shows stays in memory.
        brief = self._module.params["results"] == ["brief"]
        result = answer_of(resource, outcomes, self._module.shows_diff, ["brief" if brief else "all"])
        result["summary"][NOT_RUN] += left_out
        result["summary"]["total"] += left_out
        self._results[name] = result
        if name == "members":
            _count_planned(result, by_step(self._results)["members"])

    def _summed(self) -> dict[str, t.Any]:
        """Return the results of the steps, and what all of them have together."""
        words = (OK, CHANGED, FAILED, NOT_RUN, "total")
        summary = {word: sum(result["summary"][word] for result in self._results.values()) for word in words}
        steps = {
            name: {part: result[part] for part in ("changed", "results", "summary")} for name, result in self._results.items()
        }
        diffs = [diff for result in self._results.values() for diff in result.get("diff", ())]
        shown = {"diff": diffs} if self._module.shows_diff else {}
        return {"changed": summary[CHANGED] > 0, "steps": steps, "summary": summary, **shown}


def _count_planned(result: dict[str, t.Any], entries: list[dict[str, t.Any]]) -> None:
    """Put the *entries*, of which some failures are planned changes, into the *result* of the members."""
    planned = sum(one["status"] == CHANGED for one in entries) - sum(one["status"] == CHANGED for one in result["results"])
    summary = result["summary"]
    summary[CHANGED], summary[FAILED] = summary[CHANGED] + planned, summary[FAILED] - planned
    result["results"], result["changed"] = entries, summary[CHANGED] > 0


def _names_of(resource: AnyResource, outcomes: t.Sequence[Outcome]) -> dict[str, list[str]]:
    """Return the names of the objects that a step has changed, by tenant."""
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.status == CHANGED:
            found.setdefault(str(outcome.item.tenant), []).append(resource.label(outcome.item.desired))
    return found


def _add_removed(outcomes: t.Sequence[Outcome], accounts: t.Mapping[str, list[str]]) -> None:
    """Add the *accounts* that went first, by tenant, to what was removed with the organizations."""
    for outcome in outcomes:
        names, removed = accounts.get(str(outcome.item.tenant)), outcome.notes.get("removed")
        if names and removed:
            removed = {**removed, "service_accounts": sorted({*removed.get("service_accounts", ()), *names})}
            outcome.notes["removed"] = removed
            outcome.before = {**outcome.before, "contents": removed}


def _orgs_of(outcomes: t.Sequence[Outcome]) -> dict[str, Org | None]:
    """Return the organizations as they are after their step, by the names of the tenants; ``None`` for one that is not there.

    In check mode that is one that would be created or deleted, too.
    """
    found: dict[str, Org | None] = {}
    for outcome in outcomes:
        if outcome.problem is None:
            number = (outcome.object or {}).get("id")
            found[str(outcome.item.tenant)] = None if number is None else Org(int(number), str(outcome.item.tenant))
    return found
