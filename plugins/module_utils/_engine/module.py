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
from .._grafana.client import HAS_REQUESTS, Client
from .._grafana.cloud import client_for
from .._grafana.connection import Connection
from .._grafana.errors import BadInput, GrafanaError
from .._grafana.pace import Pace
from . import arguments as _arguments
from .batch import Batch, answer_of, entry_of, expanded
from .items import CHANGED, Item, Outcome, one_error
from .options import HANDED_OVER, HANDOVER, TENANTS, Spec, argument_spec
from .progress import PROGRESS, Progress
from .resource import AnyResource, Kind, OfOrg
from .run import Mode, Run
from .watchdog import ParentWatch


class GrafanaModule(AnsibleModule):
    """An ``AnsibleModule`` that removes ``batch`` before Ansible checks the arguments, and never prints or logs its arguments.

    Ansible rejects bad arguments before it has collected the secret ones, prints all of them at ``-vvv``, and writes them to
    syslog: there it masks secrets only where they look in the log as in the task, without an escaped quote, backslash or
    line end.
    """

    def __init__(self, entry_options: Spec | None = None, without_effect: t.Sequence[str] = (), **kwargs: t.Any) -> None:
        """*entry_options* are the options of an entry of ``batch``, if they are not in the argument spec.

        The options with the names *without_effect* may come from ``module_defaults`` of the action group, and mean nothing here.
        """
        self._entry_options, self._without_effect = entry_options, without_effect
        self.raw_batch: t.Any = None
        #: The tenant of each item, if the items come from a file with tenants.
        self.owners: list[str] = []
        self.handover: dict[str, t.Any] | None = None
        self._no_stack: list[str] = []
        self._malformed: BadInput | None = None
        self.pace: Pace | None = None
        super().__init__(supports_check_mode=True, **kwargs)  # type: ignore[no-untyped-call]
        if self._malformed is not None:
            self.fail(self._malformed)

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        # This collection refuses a malformed batch itself: with the item's position, and without its values.
        self.raw_batch = self.params.pop("batch", None)
        self._hide_items()
        for name in self._without_effect:
            self.params.pop(name, None)
        # Options of other modules may come from module_defaults of the action group; connection() refuses them.
        for name in _connection.CLOUD_SPEC:
            if name not in self.argument_spec and self.params.pop(name, None) not in (None, ""):
                self._no_stack.append(name)
        # Passed by this collection's action plugins; not an option for users.
        self.handover = self.params.pop(HANDOVER, None)
        self.progress: t.Any = self.params.pop(PROGRESS, None)
        self.hide(*_arguments.secrets_of(self.argument_spec, self.params))
        self._malformed = _arguments.parsed(self.argument_spec, self.params)
        # Parsing has turned text into dictionaries, in which each secret is a value of its own.
        self.hide(*_arguments.secrets_of(self.argument_spec, self.params))

    def _hide_items(self) -> None:
        """Mask the secrets of the batch."""
        options = self._entry_options or self.argument_spec.get("batch", {}).get("options", {})
        for entry in self.raw_batch if isinstance(self.raw_batch, list) else ():
            if isinstance(entry, dict):
                self.hide(*_arguments.secrets_of(options, entry))

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
        kwargs.update(self._always())
        kwargs["invocation"] = {"module_args": {}}
        self._mask(kwargs)
        super().exit_json(**kwargs)
        raise AssertionError("exit_json returned")

    def fail_json(self, msg: str, **kwargs: t.Any) -> t.NoReturn:
        kwargs.update(self._always())
        kwargs["invocation"] = {"module_args": {}}
        kwargs.setdefault("failure", BadInput(msg).failure())  # Ansible's own check of the arguments
        self._mask(msg, kwargs, traceback.format_exc())  # Ansible may add the traceback to the result
        super().fail_json(msg, **kwargs)
        raise AssertionError("fail_json returned")

    def _always(self) -> dict[str, t.Any]:
        """Return what the action plugin has to store, and the numbers of a lowered pace; also for a module that fails."""
        handed = (self.handover or {}).get(HANDED_OVER)
        paced = self.pace.shown() if self.pace is not None else {}
        return {name: value for name, value in ((HANDED_OVER, handed), ("concurrency", paced)) if value}

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

    def client(self, connection: Connection) -> Client:
        """Return the client of the task, whose pace the result shows. It writes nothing once Ansible has ended."""
        client = client_for(connection, ParentWatch())
        self.pace = client.pace
        return client

    @property
    def shows_diff(self) -> bool:
        """Whether the result has to contain diffs."""
        return bool(self._diff)

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


def manage(kind: Kind, tenants: _arguments.Source | None = None) -> None:
    """Run a module that manages one *kind* of object, one or a batch. *tenants* reads the items from a file with tenants."""
    whole = argument_spec(kind.options, kind.in_org, kind.named_by, kind.of_task)
    module = GrafanaModule(argument_spec={**connection_spec(kind.cloud), **whole, **(TENANTS if tenants else {})})
    guarded(lambda m: _manage(m, kind, whole, tenants), module)


def _manage(module: GrafanaModule, kind: Kind, whole: Spec, tenants: _arguments.Source | None) -> None:
    if tenants is not None:
        module.read_tenants(tenants)
    resource = kind.resource_of(module)
    connection = module.connection()
    items = _items(module, resource, kind, whole, connection)
    batch = module.raw_batch is not None or items[0].source is not None
    mode = Mode(module.check_mode, module.params["fail_fast"], module.params["missing_parent"])
    with module.client(connection) as client:
        progress = Progress(module.progress, len(items), lambda: client.pace.limit)
        run = Run(resource, client, mode, progress=progress)
        try:
            outcomes = run.all(items) if items else []
        finally:
            run.warnings.show(module.warn)
    if batch:
        _exit_batch(module, resource, outcomes)
    _exit_single(module, resource, outcomes[0])


def _items(module: GrafanaModule, resource: AnyResource, kind: Kind, whole: Spec, connection: Connection) -> list[Item]:
    """Return the items of the task, validated without the server; *whole* is the argument spec. Raises :class:`BadInput`."""
    own = {name: value for name, value in module.params.items() if name in kind.options and value is not None}
    parts = resource.by_org(own)
    if module.raw_batch is None and parts is not None:
        items = _items_of_orgs(resource, parts)
    elif module.raw_batch is None:
        resource.prepare([own])
        items = expanded(resource, {**own, "org": connection.org}, Item(0, connection.org, None))
    else:
        batch = Batch(module.raw_batch, module.owners)
        items = batch.items(resource, whole["batch"]["options"], connection, own, kind.named_by)
    resource.check_task([item.desired for item in items])
    return items


def _items_of_orgs(resource: AnyResource, parts: t.Sequence[OfOrg]) -> list[Item]:
    """Return the items of several organizations. Raises one :class:`BadInput` for all of them."""
    items: list[Item] = []
    problems: list[BadInput] = []
    for part in parts:
        try:
            found = expanded(resource, {**part.options, "org": part.org}, Item(len(items), part.org, None))
            items += [replace(item, source="%s/%s" % (part.directory, item.source)) for item in found]
        except BadInput as problem:
            problems.append(problem)
    if problems:
        raise one_error(problems)
    return items


def _exit_single(module: GrafanaModule, resource: AnyResource, outcome: Outcome) -> None:
    if outcome.problem is not None:
        report = module.params["on_failure"] == "report"
        if not report:
            module.fail(outcome.problem)
        module.exit_json(changed=False, msg=outcome.problem.message, **entry_of(resource, outcome, module.shows_diff))
    module.exit_json(changed=outcome.status == CHANGED, **entry_of(resource, outcome, module.shows_diff))


def _exit_batch(module: GrafanaModule, resource: AnyResource, outcomes: t.Sequence[Outcome]) -> None:
    answer = answer_of(resource, outcomes, module.shows_diff, module.params["results"])
    message = answer.pop("msg", None)
    if message is None:
        module.exit_json(**answer)
    if module.params["on_failure"] == "report":
        module.exit_json(msg=message, **answer)
    failure = {"code": "items_failed", "message": message, "details": dict(answer["summary"])}
    module.fail_json(message, failure=failure, **answer)
