# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame of every module: from its arguments to items, and from their outcomes to one result, without secrets."""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
import typing as t
from dataclasses import replace

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.warnings import get_warning_messages

from .._grafana import connection as _connection
from .._grafana import secrets as _secrets
from .._grafana.client import HAS_REQUESTS
from .._grafana.cloud import client_for
from .._grafana.connection import Connection, OrgChoice
from .._grafana.errors import BadInput, GrafanaError
from . import arguments as _arguments
from .items import CHANGED, FAILED, NOT_RUN, OK, Item, Outcome, find_duplicates, listed, one_error
from .options import HANDED_OVER, HANDOVER, TENANTS, Spec, argument_spec, items_of, place
from .resource import AnyResource, OfOrg
from .run import Mode, Run
from .watchdog import ParentWatch

#: How many failed items the message of a failed batch quotes; all of them are in ``results``.
QUOTED_FAILURES = 5
_ORG_OPTIONS = ("org_id", "org_name")


class GrafanaModule(AnsibleModule):
    """An ``AnsibleModule`` that removes ``batch`` before Ansible checks the arguments, and never prints or logs its arguments.

    Ansible rejects bad arguments before it has collected the secret ones, prints all of them at ``-vvv``, and writes them to
    syslog: there it masks secrets only where they look in the log as in the task, without an escaped quote, backslash or
    line end.
    """

    def __init__(self, **kwargs: t.Any) -> None:
        self.raw_batch: t.Any = None
        #: The tenant of each item, if the items come from a file with tenants.
        self.owners: list[str] = []
        self.handover: dict[str, t.Any] | None = None
        self._no_stack: list[str] = []
        self._malformed: BadInput | None = None
        super().__init__(supports_check_mode=True, **kwargs)  # type: ignore[no-untyped-call]
        if self._malformed is not None:
            self.fail(self._malformed)

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        # This collection refuses a malformed batch itself: with the item's position, and without its values.
        self.raw_batch = self.params.pop("batch", None)
        self._hide_items()
        # Options of other modules may come from module_defaults of the action group; connection() refuses them.
        for name in _connection.CLOUD_SPEC:
            if name not in self.argument_spec and self.params.pop(name, None) not in (None, ""):
                self._no_stack.append(name)
        # Passed by this collection's action plugins; not an option for users.
        self.handover = self.params.pop(HANDOVER, None)
        self.hide(*_arguments.secrets_of(self.argument_spec, self.params))
        self._malformed = _arguments.parsed(self.argument_spec, self.params)
        # Parsing has turned text into dictionaries, in which each secret is a value of its own.
        self.hide(*_arguments.secrets_of(self.argument_spec, self.params))

    def _hide_items(self) -> None:
        """Mask the secrets of the batch."""
        for entry in self.raw_batch if isinstance(self.raw_batch, list) else ():
            if isinstance(entry, dict):
                self.hide(*_arguments.secrets_of(self.argument_spec.get("batch", {}).get("options", {}), entry))

    def read_tenants(self, source: _arguments.Source) -> None:
        """Take the items from the file that the options name, if they name one. Raises :class:`BadInput`."""
        made = _arguments.from_tenants(self.params, self.raw_batch, source)
        if made is not None:
            self.owners, self.raw_batch = [owner for owner, _item in made], [item for _owner, item in made]
            self._hide_items()

    def log(self, msg: t.Any, log_args: t.Any = None) -> None:
        """Write *msg* to syslog or the journal. Ansible's note of the invocation, with *log_args*, names the options only."""
        if log_args is not None:
            given = sorted(name for name, value in self.params.items() if value is not None)
            msg = "Invoked with the options %s" % ", ".join(given)
        self._mask(msg)
        super().log(msg)  # type: ignore[no-untyped-call]

    def exit_json(self, **kwargs: t.Any) -> t.NoReturn:
        kwargs.update(self._handed_over())
        kwargs["invocation"] = {"module_args": {}}
        self._mask(kwargs)
        super().exit_json(**kwargs)
        raise AssertionError("exit_json returned")

    def fail_json(self, msg: str, **kwargs: t.Any) -> t.NoReturn:
        kwargs.update(self._handed_over())
        kwargs["invocation"] = {"module_args": {}}
        kwargs.setdefault("failure", BadInput(msg).failure())  # Ansible's own check of the arguments
        self._mask(msg, kwargs, traceback.format_exc())  # Ansible may add the traceback to the result
        super().fail_json(msg, **kwargs)
        raise AssertionError("fail_json returned")

    def _handed_over(self) -> dict[str, t.Any]:
        """Return what the action plugin has to store, also if the module fails."""
        handed = (self.handover or {}).get(HANDED_OVER)
        return {HANDED_OVER: handed} if handed else {}

    def fail(self, problem: GrafanaError, **kwargs: t.Any) -> t.NoReturn:
        """Fail with *problem*: as text in ``msg``, as data in ``failure``."""
        self.fail_json(problem.message, failure=problem.failure(), **kwargs)

    def hide(self, *secrets: str | None) -> None:
        """Mask *secrets*, in all their forms, in everything that this module prints from now on."""
        _secrets.remember(*secrets)
        for secret in secrets:
            if secret:
                # The other forms of a long secret follow in _mask, where they occur.
                self.no_log_values.update(_secrets.forms(secret) if len(secret) < _secrets.LEAST else (secret,))

    def _mask(self, *values: t.Any) -> None:
        """Mask all forms of secrets that occur in *values* or in a warning."""
        self.no_log_values.update(_secrets.occurring(*values, get_warning_messages()))

    def connection(self) -> Connection:
        """Return the connection that options and environment describe, and mask its secrets. Raises :class:`BadInput`."""
        if self._no_stack:
            raise BadInput(
                "%s cannot be used with %s: the Cloud API manages only the service accounts of a stack and their tokens; set url "
                "to the stack's own address and token to a key of the stack (and %s to the empty string in this task, if "
                "module_defaults set it)" % (" and ".join(self._no_stack), self._name, " and ".join(self._no_stack))
            )
        connection = _connection.from_options(self.params, identity_needed=not self._keys_in_items())
        self.hide(*connection.secrets())
        return connection

    def _keys_in_items(self) -> bool:
        """Tell whether every item of the batch has its own key (``token_file``)."""
        batch = self.raw_batch if isinstance(self.raw_batch, list) else []
        return bool(batch) and all(isinstance(item, dict) and item.get("token_file") for item in batch)

    def shows(self) -> bool:
        """Return whether the user looks at what changes (check mode, ``--diff``), so that details may cost requests."""
        return bool(self.check_mode or self._diff)

    def plans_missing(self) -> bool:
        """Return whether, in check mode of a whole play, an earlier task may be about to create what is missing."""
        return bool(self.check_mode and self.params["missing_parent"] == "plan")


def _end(number: int, _frame: t.Any) -> t.NoReturn:
    """End the module after a signal, through all ``finally`` blocks."""
    raise SystemExit(128 + number)


def guarded(work: t.Callable[[GrafanaModule], None], module: GrafanaModule) -> None:
    """Run *work*; report any exception as a failure of the module, with the secrets masked."""
    if not HAS_REQUESTS:
        module.fail_json(missing_required_lib("requests"), failure={"code": "missing_library", "message": "requests"})
    with contextlib.suppress(ValueError):  # not the main thread, where signals go
        # A module that Ansible or AWX ends must still log out.
        signal.signal(signal.SIGTERM, _end)
    try:
        work(module)
    except GrafanaError as problem:
        module.fail(problem)
    except (AssertionError, SystemExit, KeyboardInterrupt):
        raise
    except Exception as problem:  # pylint: disable=broad-except
        # An exception that Ansible prints itself would not be masked.
        lines = traceback.format_exception(type(problem), problem, sys.exc_info()[2])
        module.fail_json(
            "this is a bug of orgsmith.grafana: %s: %s" % (type(problem).__name__, problem),
            failure={"code": "bug", "message": str(problem), "details": {"traceback": "".join(lines[-4:])}},
        )


def connection_spec(cloud: bool) -> dict[str, t.Any]:
    """Return the connection options; *cloud* adds those for a stack of Grafana Cloud."""
    return {**_connection.ARGUMENT_SPEC, **(_connection.CLOUD_SPEC if cloud else {})}


def manage(
    resource_of: t.Callable[[GrafanaModule], AnyResource],
    options: Spec,
    in_org: bool = True,
    cloud: bool = False,
    named_by: str = "",
    of_task: t.Sequence[str] = (),
    tenants: _arguments.Source | None = None,
) -> None:
    """Run a module that manages one kind of object, one or a batch.

    *cloud* tells whether it works with the Cloud API, too. *named_by* is the option that identifies an object by itself: an item
    of a batch that is a string is its value. The *options* with the names *of_task* are not options of an item. *tenants* reads
    the items from a file with tenants.
    """
    connection = connection_spec(cloud)
    whole = argument_spec(options, in_org, named_by, of_task)
    module = GrafanaModule(argument_spec={**connection, **whole, **(TENANTS if tenants else {})})
    guarded(lambda m: _manage(m, resource_of, options, whole, named_by, tenants), module)


def _manage(
    module: GrafanaModule,
    resource_of: t.Callable[[GrafanaModule], AnyResource],
    options: Spec,
    whole: Spec,
    named_by: str,
    tenants: _arguments.Source | None,
) -> None:
    if tenants is not None:
        module.read_tenants(tenants)
    resource = resource_of(module)
    connection = module.connection()
    items = _items(module, resource, options, whole, connection, named_by)
    batch = module.raw_batch is not None or items[0].source is not None
    mode = Mode(module.check_mode, module.params["fail_fast"], module.params["missing_parent"])
    client = client_for(connection, ParentWatch())
    run = Run(resource, client, mode)
    try:
        outcomes = run.all(items) if items else []
    finally:
        client.close()
        run.warnings.show(module.warn)
    if batch:
        _exit_batch(module, resource, outcomes)
    _exit_single(module, resource, outcomes[0])


def _items(
    module: GrafanaModule, resource: AnyResource, options: Spec, whole: Spec, connection: Connection, named_by: str
) -> list[Item]:
    """Return the items of the task, validated without the server; *whole* is the argument spec. Raises :class:`BadInput`."""
    own = {name: value for name, value in module.params.items() if name in options and value is not None}
    parts = resource.by_org(own)
    if module.raw_batch is None and parts is not None:
        items = _items_of_orgs(resource, parts)
    elif module.raw_batch is None:
        resource.prepare([own])
        items = _expanded(resource, {**own, "org": connection.org}, Item(0, connection.org, None))
    else:
        entries = items_of(module.raw_batch, dict(whole["batch"]["options"]), own, named_by, module.owners)
        resource.prepare(entries)
        items = _items_of_batch(module, resource, entries, connection)
    resource.check_task([item.desired for item in items])
    return items


def _items_of_orgs(resource: AnyResource, parts: t.Sequence[OfOrg]) -> list[Item]:
    """Return the items of several organizations. Raises one :class:`BadInput` for all of them."""
    items: list[Item] = []
    problems: list[BadInput] = []
    for part in parts:
        try:
            found = _expanded(resource, {**part.options, "org": part.org}, Item(len(items), part.org, None))
            items += [replace(item, source="%s/%s" % (part.directory, item.source)) for item in found]
        except BadInput as problem:
            problems.append(problem)
    if problems:
        raise one_error(problems)
    return items


def _items_of_batch(
    module: GrafanaModule, resource: AnyResource, entries: t.Sequence[dict[str, t.Any]], connection: Connection
) -> list[Item]:
    """Return the items of ``batch``, whose options are *entries*. Raises :class:`BadInput`."""
    items: list[Item] = []
    problems: list[BadInput] = []
    owners = dict(enumerate(module.owners))
    for index, entry in enumerate(entries):
        org = _connection.choose_org(entry, "options of the item") or connection.org
        try:
            _check_place(entry, connection)
            wanted = {name: value for name, value in entry.items() if name not in _ORG_OPTIONS}
            first = Item(len(items), org, None, entry.get("token_file"), batch=index, tenant=owners.get(index))
            items += _expanded(resource, {**wanted, "org": org}, first)
        except GrafanaError as problem:
            where = place(index, module.raw_batch[index], module.owners)
            problems.append(BadInput("%s: %s" % (where, problem.message), code=problem.code, **problem.details))
    twice = find_duplicates(resource, items)
    problems += [twice] if twice is not None else []
    if problems:
        raise one_error(problems)
    return items


def _expanded(resource: AnyResource, options: dict[str, t.Any], first: Item) -> list[Item]:
    """Return the items that *options* describe, numbered from *first* on. Raises :class:`BadInput`."""
    several = resource.expand(options)
    if several is None:
        return [replace(first, desired=resource.parse(options))]
    return [
        replace(first, index=first.index + number, desired=desired, source=source)
        for number, (source, desired) in enumerate(several)
    ]


def _check_place(entry: t.Mapping[str, t.Any], connection: Connection) -> None:
    """Raise :class:`BadInput` for an item that names an organization or a key, although the task is for a Grafana Cloud stack."""
    chosen = [name for name in (*_ORG_OPTIONS, "token_file") if entry.get(name)]
    if connection.cloud_stack is not None and chosen:
        raise BadInput(
            "%s cannot be used with cloud_stack: a stack is one organization, and the task's own token is used for all items"
            % " and ".join(chosen)
        )


def _entry(module: GrafanaModule, resource: AnyResource, outcome: Outcome) -> dict[str, t.Any]:
    """Return one outcome as a result shows it."""
    entry: dict[str, t.Any] = {"status": outcome.status, resource.kind: outcome.object, **outcome.notes}
    if outcome.status == CHANGED and outcome.change:
        entry["change"] = outcome.change
    if outcome.problem is not None:
        entry["failure"] = outcome.problem.failure()
    elif module._diff and outcome.status == CHANGED:  # pylint: disable=protected-access
        header = _header(resource, outcome)
        entry["diff"] = {
            "before": resource.diff(outcome.before),
            "after": resource.diff(outcome.after),
            "before_header": header,
            "after_header": header,
        }
    return entry


def _header(resource: AnyResource, outcome: Outcome) -> str:
    """Return the names of organization and object for the diff."""
    name = outcome.label or resource.label(outcome.item.desired)
    if not resource.in_org:
        return name
    org = (outcome.org.name or outcome.org.id) if outcome.org else outcome.item.org.name or outcome.item.org.id
    return "%s: %s" % (org, name) if org else name


def _exit_single(module: GrafanaModule, resource: AnyResource, outcome: Outcome) -> None:
    if outcome.problem is not None:
        report = module.params["on_failure"] == "report"
        if not report:
            module.fail(outcome.problem)
        module.exit_json(changed=False, msg=outcome.problem.message, **_entry(module, resource, outcome))
    module.exit_json(changed=outcome.status == CHANGED, **_entry(module, resource, outcome))


def _exit_batch(module: GrafanaModule, resource: AnyResource, outcomes: t.Sequence[Outcome]) -> None:
    results = []
    for outcome in outcomes:
        source = {} if outcome.item.source is None else {"file": outcome.item.source}
        entry = {"index": outcome.item.index, **source, **_entry(module, resource, outcome)}
        if outcome.item.tenant is not None:
            entry["tenant"] = outcome.item.tenant
        if outcome.status in (CHANGED, FAILED):
            entry["label"] = outcome.label or resource.label(outcome.item.desired)
        if resource.in_org:
            choice = outcome.item.org
            entry["org_id"] = outcome.org.id if outcome.org else choice.id
            entry["org_name"] = (outcome.org.name if outcome.org else None) or choice.name
        results.append(entry)
    counts = {status: sum(entry["status"] == status for entry in results) for status in (OK, CHANGED, FAILED, NOT_RUN)}
    summary = {**counts, "total": len(results)}
    shown = listed(results, module.params["results"])
    answer: dict[str, t.Any] = {"changed": counts[CHANGED] > 0, "results": shown, "summary": summary}
    if module._diff:  # pylint: disable=protected-access
        answer["diff"] = [entry["diff"] for entry in results if "diff" in entry]
    failed = [outcome for outcome in outcomes if outcome.problem is not None]
    if not failed:
        module.exit_json(**answer)
    message = "%d of %d failed: %s" % (len(failed), len(results), _quote(resource, failed))
    if module.params["on_failure"] == "report":
        module.exit_json(msg=message, **answer)
    failure = {"code": "items_failed", "message": message, "details": dict(summary)}
    module.fail_json(message, failure=failure, **answer)


def _quote(resource: AnyResource, failed: t.Sequence[Outcome]) -> str:
    """Return the first failures of a batch as one text."""
    words = []
    for outcome in failed[:QUOTED_FAILURES]:
        where = "" if outcome.item.source is not None or outcome.label is not None else outcome.item.where + ", "
        if resource.in_org and outcome.item.org != OrgChoice():
            where += "%s, " % outcome.item.org
        problem = outcome.problem.message if outcome.problem else ""
        name = outcome.label or resource.label(outcome.item.desired)
        # Many messages begin with the object: name it once.
        named = "%s %s" % (resource.kind.replace("_", " "), name) in problem
        words.append("%s%s" % (where, problem) if named else "%s%s: %s" % (where, name, problem))
    more = len(failed) - len(words)
    return "; ".join(words) + ("; and %d more" % more if more else "")
