# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys, on servers that still have them: how they are read, created, tested, stored and deleted."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.fields import Field, Fields
from .._engine.resource import Change, Kind, Resource, View
from .._grafana.connection import OrgChoice, text
from .._grafana.errors import BadInput, GrafanaError, Refused, Stale, Unauthorized
from .._grafana.roles import ROLES, check_role
from .._grafana.scope import Scope
from .._sinks import registry as _sink_types
from .._sinks.base import NOTHING, KeyOwner, Metadata, Shared, Sink, Stored
from .._sinks.claims import SinkClaims
from .._text.durations import age, iso, seconds
from .._tokens.api import check_key, longest_api_key
from .._tokens.errors import check_lifetime
from .._tokens.task import Task
from .api import LIST_CAP, ApiKey, Spelt, abilities_of, delete_key, gone, list_keys, spelt
from .errors import explain, list_is_cut, name_taken, token_named, unmakable
from .issue import KeyIssue
from .plan import (
    NEVER,
    REASONS,
    WHEN_NEEDED,
    DesiredKey,
    KeyState,
    KeyWork,
    created,
    foreign,
    known,
    plan,
    remembered,
    removable,
    view,
)

FIELDS = Fields(
    Field("name", {"type": "raw"}, text),
    Field("role", {"type": "str", "choices": ROLES}),
    Field(
        "seconds_to_live",
        {"type": "raw", "no_log": False},
        lambda value, option: None if value == "" else seconds(value, option),
        attribute="lifetime",
    ),
    Field("replace", {"type": "str", "choices": [NEVER, WHEN_NEEDED], "default": NEVER}, default=NEVER),
    Field("state", {"type": "str", "choices": ["present", "absent"], "default": "present"}, default="present"),
)

OPTIONS: dict[str, dict[str, t.Any]] = {
    **FIELDS.spec(),
    "dest": {"type": "path"},
    "allow_ephemeral": {"type": "bool"},
    "sink": {"type": "dict", "options": _sink_types.OPTIONS},
}

#: The cache key of an organization's list of keys in a scope.
_KEYS = "api keys"

THE_END = (
    "Grafana creates no API keys from 11.3 on, and accepts no unmigrated ones from 12.1 on: plan the move to service accounts, "
    "with grafana_apikey_migrate"
)


class ApiKeys(Resource[DesiredKey, KeyState, KeyWork]):
    """API keys; one list serves all items of an organization."""

    kind = "api_key"
    requests_each = 4

    def __init__(self, task: Task) -> None:
        self._task = task
        self._shared = Shared(task.hide, {})
        self._claims = SinkClaims(task.check)
        #: Keys that this run asked for and got no answer about; each organization has one thread.
        self._unanswered: set[tuple[int, str]] = set()

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredKey:
        """Return the desired key. Raises :class:`BadInput`, also for a sink that cannot store a key."""
        values = FIELDS.parsed(options)
        if not (values["name"] or "").strip():
            raise BadInput("name of the API key is missing")
        if (options.get("sink") or {}).get("type") == "ansible_vault":
            raise BadInput(
                "sink: API keys cannot be stored in files of ansible-vault, only tokens of grafana_sa_token can: use another "
                "type, or a token"
            )
        owner = KeyOwner(options.get("org") or OrgChoice(), None, values["name"])
        desired = DesiredKey(**values, sink=_sink_types.chosen(options, owner, self._shared))
        if desired.sink is not None:
            self._claims.claim(desired.sink, "API key %s" % desired.name)
            if desired.state == "present":
                self._claims.check(desired.sink)
        return desired

    def hints(self, desired: DesiredKey) -> t.Sequence[str]:
        """Warn of a key in a git work tree."""
        return self._claims.hints(desired.sink) if desired.sink is not None and desired.state == "present" else ()

    def identity(self, desired: DesiredKey) -> t.Hashable:
        """Return the name."""
        return desired.name

    def label(self, desired: DesiredKey) -> str:
        """Return the name."""
        return desired.name

    # Reading.

    def read(self, scope: Scope, desired: DesiredKey) -> KeyState:
        """Return what the sink stores, and the key as the server lists it.

        In this order: a list that is older than the stored key would lack a key that another run has just stored.
        """
        stored = desired.sink.read() if desired.sink is not None else NOTHING
        if stored.key:
            self._task.hide(stored.key)
        if desired.state == "present":
            check_role(scope.client, desired.role)
        keys = self._keys(scope, stored)
        found = next((key for key in keys or () if key.name == desired.name), None)
        state = KeyState(
            scope.where(),
            scope.org_id,
            found,
            stored,
            cut=len(keys or ()) >= LIST_CAP,
            unanswered=(scope.org_id, desired.name) in self._unanswered,
            now=scope.client.now(),
        )
        state = self._without(scope, desired, state, keys) if found is None else state
        if desired.state == "absent":
            return state
        if keys is not None:
            scope.warn(THE_END)
        if keys is None or abilities_of(scope.client.version()).creates is False:
            state = replace(state, unmakable=unmakable(scope, desired, state))
        return self._tested(scope, desired, state)

    def _keys(self, scope: Scope, stored: Stored) -> list[ApiKey] | None:
        """Return the organization's keys, ``None`` on a server that has no API keys any more."""

        def load() -> list[ApiKey] | None:
            return list_keys(scope)

        keys: list[ApiKey] | None = scope.cached(_KEYS, load)
        about = stored.metadata or Metadata()
        ours = about.token_id is not None and about.service_account_id is None and about.org_id == scope.org_id
        if keys is not None and ours and about.token_id not in {key.id for key in keys}:
            keys = scope.refresh(_KEYS, load)  # the cached list may be older than the stored key
        if len(keys or ()) >= LIST_CAP:
            scope.warn(
                "%s has %d API keys or more, but Grafana's list ends there: the module sees the others only after some of "
                "these are deleted" % (scope.where(), LIST_CAP)
            )
        return keys

    def _without(self, scope: Scope, desired: DesiredKey, state: KeyState, keys: list[ApiKey] | None) -> KeyState:
        """Find out why the server does not list a key: the list is cut, or the key is a token now."""
        if state.cut and (desired.state == "absent" or known(desired, state).token_id is not None):
            raise list_is_cut(scope, desired)
        ends = keys is None or abilities_of(scope.client.version()).creates is False
        if desired.state == "absent" or ends:
            state = replace(state, heir=token_named(scope, desired.name, migrated=True))
        if desired.state == "absent":
            self._warn_of_absent(scope, desired, state, keys)
        return state

    def _warn_of_absent(self, scope: Scope, desired: DesiredKey, state: KeyState, keys: list[ApiKey] | None) -> None:
        """Warn if an absent API key still works as a token."""
        if state.heir is not None:
            scope.warn(
                "API key %s of %s is now a token of service account %s (id %d), and its key works: to end that, remove the "
                "account with grafana_service_account, or the token with grafana_sa_token; the stored key is not removed"
                % (desired.name, state.where, state.heir.name, state.heir.id)
            )
        elif keys is None:
            scope.warn("%s has no API keys any more (Grafana 12.1 or later): nothing to delete" % scope.client.connection.url)

    def _tested(self, scope: Scope, desired: DesiredKey, state: KeyState) -> KeyState:
        """Test a stored key if the metadata does not show which key it is.

        A key contains its name and its organization. If those are right and the server accepts the key, it is the listed key,
        as its name is unique. Two servers that were set up alike have the same ids: if the metadata names another address,
        only the key itself shows whether it is the same server.
        """
        key, about = state.stored.key, state.stored.metadata
        if state.found is None or state.found.expired or key is None or foreign(desired, state):
            return state
        if remembered(desired, state):
            if about is None or about.server == scope.client.connection.url:
                return state
        elif spelt(key) != Spelt(desired.name, scope.org_id):
            return state
        return replace(state, works=_works(scope, key))

    # Planning.

    def foresee(self, scope: Scope, desired: DesiredKey) -> KeyState | None:
        """Return no key. Raises for what the run would refuse, above all for a server that creates no API keys."""
        check_role(scope.client, desired.role)
        if abilities_of(scope.client.version()).creates is False:
            raise gone(scope.client, "create API key %s" % desired.name)
        if desired.sink is not None and not scope.new:
            self._check_creation(scope, desired, desired.sink)
        return None

    def _check_creation(self, scope: Scope, desired: DesiredKey, sink: Sink) -> None:
        """Raise for a sink that cannot be written, and for a lifetime that the server refuses."""
        self._claims.probe(sink)
        longest = scope.cached("lifetime", lambda: longest_api_key(scope))
        check_lifetime("API key %s" % desired.name, desired.lifetime, longest)

    def plan(self, desired: DesiredKey, current: KeyState | None) -> Change[KeyWork] | None:
        """Return what has to change. Raises for what is impossible or not allowed."""
        return plan(desired, current or KeyState())

    def precheck(
        self, scope: Scope, desired: DesiredKey, current: KeyState | None, change: Change[KeyWork] | None
    ) -> tuple[KeyState | None, Change[KeyWork] | None]:
        """Warn of a key that never expires; in check mode raise if the sink, or a token with the name, prevents the key."""
        if change is None or not change.work.make:
            return current, change
        if desired.lifetime is None:
            scope.warn(
                "API key %s has no seconds_to_live and never expires: set a lifetime, or 0 if this is intended" % desired.name
            )
        if scope.check and desired.sink is not None:
            self._check_creation(scope, desired, desired.sink)
            taken = name_taken(scope, desired) if change.work.old is None else None
            if taken is not None:
                raise taken
        return current, change

    # Writing.

    def apply(self, scope: Scope, desired: DesiredKey, change: Change[KeyWork]) -> KeyState | None:
        """Create, test and store the key; or complete the metadata; or delete it."""
        work = change.work
        try:
            if desired.sink is None:
                self._delete(scope, desired, work)
                return None
            with desired.sink.locked():
                stored = self._read_again(scope, desired.sink, work.state)
                if desired.state == "absent":
                    self._delete(scope, desired, work)
                    return None
                if work.adopt:
                    return self._adopt(scope, desired, work, stored)
                state = KeyIssue(scope, desired, work, stored, self._task.hide, self._unanswered).issue()
                _update_cache(scope, work.old, state.found)
                return state
        except BaseException:
            scope.invalidate()
            raise

    def _read_again(self, scope: Scope, sink: Sink, state: KeyState) -> Stored:
        """Return what the sink stores. Raises :class:`Stale` if another run has changed it since *state* was read."""
        stored = sink.read()
        same = (stored.metadata, stored.fingerprint) == (state.stored.metadata, state.stored.fingerprint)
        if same and stored.metadata is not None and stored.metadata.pending:
            # A run that noted the name may have created the key after this run listed them, and died.
            listed = {key.id for key in list_keys(scope) or () if key.name in stored.metadata.pending}
            same = listed == ({state.found.id} if state.found else set())
        if not same:
            raise Stale("another run has stored a key in %s in the meantime" % sink.where)
        return stored

    def _delete(self, scope: Scope, desired: DesiredKey, work: KeyWork) -> None:
        """Delete the key, and then the stored one."""
        if work.old is not None and work.old.id is not None:
            delete_key(scope, work.old.id)
            _update_cache(scope, work.old, None)
        if desired.sink is not None and removable(desired, work.state):
            desired.sink.remove()

    def _adopt(self, scope: Scope, desired: DesiredKey, work: KeyWork, stored: Stored) -> KeyState:
        """Write the metadata of the stored key, and nothing else."""
        state, found = work.state, t.cast(ApiKey, work.state.found)
        about = known(desired, state)
        # A run that noted the key, and died after storing it, created it at that time.
        made = created(desired, state) or (about.noted if desired.name in about.pending else None)
        org = scope.org
        metadata = Metadata(
            token_id=found.id,
            name=found.name,
            org_id=scope.org_id,
            org_name=org.name if org else None,
            server=scope.client.connection.url if state.works else about.server,
            created=made,
            expires=found.expires,
            fingerprint=stored.fingerprint,
            proved=iso(scope.client.now()) if state.works else about.proved,
        )
        return replace(state, stored=t.cast(Sink, desired.sink).remember(metadata, stored))

    # Reporting.

    def explain(self, scope: Scope, desired: DesiredKey, problem: GrafanaError) -> GrafanaError:
        """Explain a name that is taken, a limit of the server, and a server that creates no API keys."""
        return explain(scope, desired, problem)

    def view(self, desired: DesiredKey, current: KeyState, change: Change[KeyWork]) -> View:
        """Return name, role and sink."""
        return view(desired, current.found.role) if current.found else {}

    def result(self, scope: Scope, desired: DesiredKey, current: KeyState) -> View | None:
        """Return what is known about the key, never the key itself."""
        found = current.found
        if desired.state == "absent" or found is None:
            return None
        shown: View = scope.shown()
        made = created(desired, current)
        shown.update(found.shown(), created=made, age=age(made, current.now), cut=current.cut)
        if desired.sink is not None:
            shown.update(dest=desired.sink.where, fingerprint=current.stored.fingerprint)
        if current.was in REASONS:
            shown.update(was=current.was, reason=REASONS[current.was])
        return shown

    def cleanup_without_org(self, desired: DesiredKey, check: bool) -> View:
        """Remove the stored key of an API key whose organization does not exist any more; another stored key stays."""
        sink = desired.sink
        stored = sink.read() if sink is not None else NOTHING
        about = stored.metadata or Metadata()
        ours = about.service_account_id is None and about.name in (None, desired.name)
        if sink is None or not stored.there or not ours:
            return {}
        if not check:
            sink.remove()
        return {"name": desired.name, "dest": sink.where}


def _update_cache(scope: Scope, old: ApiKey | None, new: ApiKey | None) -> None:
    """Keep the cached list of keys up to date for the next items of the same organization."""
    keys = scope.cached(_KEYS, list)
    if keys is not None:
        keys[:] = [key for key in keys if old is None or key.id != old.id] + ([new] if new else [])


def _works(scope: Scope, key: str) -> bool:
    """Tell whether the server accepts *key* in this organization. Counts as a use of the key."""
    try:
        check_key(scope, key)
    except (Unauthorized, Refused):
        return False
    return True


def _api_keys(module: t.Any) -> ApiKeys:
    """Return the resource, which masks keys in the output of *module*."""
    return ApiKeys(Task(module.hide, module.check_mode, module.no_log, module.plans_missing()))


#: How the module manages API keys.
KIND = Kind(_api_keys, OPTIONS)
