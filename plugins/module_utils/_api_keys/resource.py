# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How API keys are read, made, stored and removed, on servers that still have them."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import BaseResource, Change, View
from .._grafana.connection import OrgChoice, text
from .._grafana.errors import BadInput, GrafanaError, Refused, Stale, Unauthorized
from .._grafana.roles import ROLES, check_role
from .._grafana.scope import Scope
from .._sinks import registry as _sink_types
from .._sinks.base import NOTHING, KeyOwner, Metadata, Shared, Sink, Stored
from .._sinks.places import SinkClaims
from .._text.durations import iso, moment, seconds
from .._tokens.api import prove
from .._tokens.resource import Task
from .api import LIST_CAP, ApiKey, Spelt, abilities_of, delete_key, list_keys, spelt
from .errors import explain, list_is_cut, name_taken, token_named, unmakable
from .making import KeyMaking
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

OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "role": {"type": "str", "choices": ROLES},
    "seconds_to_live": {"type": "raw", "no_log": False},
    "dest": {"type": "path"},
    "sink": {"type": "dict", "options": _sink_types.OPTIONS},
    "replace": {"type": "str", "choices": [NEVER, WHEN_NEEDED], "default": NEVER},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

#: The words of the list of an organization's keys in a scope.
_KEYS = "api keys"

THE_END = (
    "Grafana makes no API keys from 11.3 on, and those that nobody has migrated stop to work with 12.1: plan the move to service "
    "accounts, with grafana_apikey_migrate"
)


class ApiKeys(BaseResource):
    """The resource; one list serves all items of an org."""

    kind = "api_key"
    requests_each = 4

    def __init__(self, task: Task) -> None:
        self._task = task
        self._shared = Shared(task.hide, {})
        self._places = SinkClaims(task.warn, task.check)
        self._warn = self._places.warn
        #: Names that were asked for without an answer, by organization; each organization is in one thread.
        self._unanswered: set[tuple[int, str]] = set()

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredKey:
        """Return what is desired. Raises :class:`BadInput`, and for a place that cannot be."""
        name = options.get("name")
        if name is None or not text(name, "name").strip():
            raise BadInput("name of the API key is missing")
        lifetime = options.get("seconds_to_live")
        if (options.get("sink") or {}).get("type") == "ansible_vault":
            raise BadInput(
                "sink: API keys do not go into files of ansible-vault, which the tokens of grafana_sa_token do: use another "
                "type, or a token"
            )
        desired = DesiredKey(
            name=name,
            role=options.get("role"),
            lifetime=None if lifetime is None or lifetime == "" else seconds(lifetime, "seconds_to_live"),
            sink=_sink_types.chosen(options, KeyOwner(options.get("org") or OrgChoice(), None, name), self._shared),
            state=options.get("state", "present"),
            replace=options.get("replace") or NEVER,
        )
        if desired.sink is not None:
            self._places.claim(desired.sink, "API key %s" % name)
        if desired.state == "present" and desired.sink is not None:
            self._places.look_at(desired.sink)
        return desired

    def identity(self, desired: DesiredKey) -> t.Hashable:
        """Return the name."""
        return desired.name

    def label(self, desired: DesiredKey) -> str:
        """Return the name."""
        return desired.name

    # What is there.

    def read(self, scope: Scope, desired: DesiredKey) -> KeyState:
        """Return what the place holds, and what the server lists.

        In this order: a list that is older than what is stored would lack a key that another run has just stored.
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
            self._warn(THE_END)
        if keys is None or abilities_of(scope.client.version()).creates is False:
            state = replace(state, unmakable=unmakable(scope, desired, state))
        return self._asked(scope, desired, state)

    def _keys(self, scope: Scope, stored: Stored) -> list[ApiKey] | None:
        """Return the keys of the org, ``None`` where the server has none any more."""

        def load() -> list[ApiKey] | None:
            return list_keys(scope)

        keys: list[ApiKey] | None = scope.cached(_KEYS, load)
        about = stored.metadata or Metadata()
        ours = about.token_id is not None and about.service_account_id is None and about.org_id == scope.org_id
        if keys is not None and ours and about.token_id not in {key.id for key in keys}:
            keys = scope.refresh(_KEYS, load)  # the list may be that of an earlier item
        if len(keys or ()) >= LIST_CAP:
            self._warn(
                "%s has %d API keys or more, and Grafana's list ends there: the others cannot be seen until some of these "
                "are gone" % (scope.where(), LIST_CAP)
            )
        return keys

    def _without(self, scope: Scope, desired: DesiredKey, state: KeyState, keys: list[ApiKey] | None) -> KeyState:
        """Look where a key is that the server does not list: beyond the end, or a token by now."""
        if state.cut and (desired.state == "absent" or known(desired, state).token_id is not None):
            raise list_is_cut(scope, desired)
        ends = keys is None or abilities_of(scope.client.version()).creates is False
        if desired.state == "absent" or ends:
            state = replace(state, heir=token_named(scope, desired.name, migrated=True))
        if desired.state == "absent":
            self._tell_of_the_absent(scope, desired, state, keys)
        return state

    def _tell_of_the_absent(self, scope: Scope, desired: DesiredKey, state: KeyState, keys: list[ApiKey] | None) -> None:
        """Warn where a key that is no API key may work all the same."""
        if state.heir is not None:
            self._warn(
                "API key %s of %s is the token of service account %s (id %d) now, and its key works: to end that, remove the "
                "account with grafana_service_account, or the token with grafana_sa_token; what is stored of it stays"
                % (desired.name, state.where, state.heir.name, state.heir.id)
            )
        elif keys is None:
            self._warn("%s has no API keys any more (Grafana 12.1 or later): none to delete" % scope.client.connection.url)

    def _asked(self, scope: Scope, desired: DesiredKey, state: KeyState) -> KeyState:
        """Ask the server about a stored key where what is remembered does not tell.

        A key spells its name and its organization. One that is spelt as it should be and works is the listed key, as its
        name is unique. Two servers that were set up alike have the same ids: where another address is remembered, only the
        key itself can tell.
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

    # What follows.

    def plan(self, desired: DesiredKey, current: KeyState | None) -> Change | None:
        """Return what has to be done. Raises for what may not be done."""
        change = plan(desired, current or KeyState())
        if change is not None and change.data.make and desired.lifetime is None:
            self._warn(
                "API key %s has no seconds_to_live and never expires: set a lifetime, or 0 to say that this is meant"
                % desired.name
            )
        return change

    def precheck(self, scope: Scope, desired: DesiredKey, change: Change) -> None:
        """A place that cannot be written to, and a token that has the name, would stop the run."""
        if desired.sink is None or not change.data.make:
            return
        self._places.ask(desired.sink.probe)
        if change.data.old is None:
            taken = name_taken(scope, desired)
            if taken is not None:
                raise taken

    # The work.

    def apply(self, scope: Scope, desired: DesiredKey, change: Change) -> KeyState | None:
        """Make, prove and store, or remember, or delete."""
        work: KeyWork = change.data
        try:
            if desired.sink is None:
                self._delete(scope, desired, work)
                return None
            with desired.sink.locked():
                stored = self._still(scope, desired.sink, work.state)
                if desired.state == "absent":
                    self._delete(scope, desired, work)
                    return None
                if work.adopt:
                    return self._adopt(scope, desired, work, stored)
                making = KeyMaking(scope, desired, work, stored, self._task.hide, self._warn, self._unanswered)
                state = making.run()
                _keep(scope, work.old, state.found)
                return state
        except BaseException:
            scope.invalidate()
            raise

    def _still(self, scope: Scope, sink: Sink, state: KeyState) -> Stored:
        """Return what the place holds; raise :class:`Stale` if another run has been at work since *state* was read."""
        stored = sink.read()
        same = (stored.metadata, stored.fingerprint) == (state.stored.metadata, state.stored.fingerprint)
        if same and stored.metadata is not None and stored.metadata.pending:
            # A run that noted the name may have made the key after this one looked, and died.
            listed = {key.id for key in list_keys(scope) or () if key.name in stored.metadata.pending}
            same = listed == ({state.found.id} if state.found else set())
        if not same:
            raise Stale("another run has stored a key in %s meanwhile" % sink.where)
        return stored

    def _delete(self, scope: Scope, desired: DesiredKey, work: KeyWork) -> None:
        """Delete the key, and then what is stored of it."""
        if work.old is not None and work.old.id is not None:
            delete_key(scope, work.old.id)
            _keep(scope, work.old, None)
        if desired.sink is not None and removable(desired, work.state):
            desired.sink.remove()

    def _adopt(self, scope: Scope, desired: DesiredKey, work: KeyWork, stored: Stored) -> KeyState:
        """Remember what the stored key is, and nothing else."""
        state, found = work.state, t.cast(ApiKey, work.state.found)
        about = known(desired, state)
        # A run that noted the key and died after it was stored made it then.
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

    # What is told.

    def explain(self, scope: Scope, desired: DesiredKey, problem: GrafanaError) -> GrafanaError:
        """Say who has the name, which limit is in the way, or that this server makes no keys."""
        return explain(scope, desired, problem)

    def view(self, desired: DesiredKey, current: KeyState, change: Change) -> View:
        """Return name, role and place."""
        return view(desired, current.found.role) if current.found else {}

    def result(self, scope: Scope | None, desired: DesiredKey, current: KeyState) -> View | None:
        """Return the key with what is known of it, never the secret."""
        found = current.found
        if desired.state == "absent" or found is None:
            return None
        shown: View = dict(scope.org.shown()) if scope and scope.org else {}
        shown.update(id=found.id, name=found.name, role=found.role, expires=found.expires, expired=found.expired)
        made = created(desired, current)
        began = moment(made)
        age = None if began is None else max(0, int((current.now - began).total_seconds()))
        shown.update(last_used=found.last_used, created=made, age=age, cut=current.cut)
        if desired.sink is not None:
            shown.update(dest=desired.sink.where, fingerprint=current.stored.fingerprint)
        if current.was in REASONS:
            shown.update(was=current.was, reason=REASONS[current.was])
        return shown

    def cleanup_without_org(self, desired: DesiredKey) -> Change | None:
        """The key of an organization that is gone is of no use any more; that of something else stays."""
        sink = desired.sink
        stored = sink.read() if sink is not None else NOTHING
        about = stored.metadata or Metadata()
        ours = about.service_account_id is None and about.name in (None, desired.name)
        if sink is None or not stored.there or not ours:
            return None
        return Change("delete", {"name": desired.name, "dest": sink.where}, {}, sink.remove)


def _keep(scope: Scope, old: ApiKey | None, new: ApiKey | None) -> None:
    """Keep the list of keys as it is now, for the next items of the same org."""
    keys = scope.cached(_KEYS, list)
    if keys is not None:
        keys[:] = [key for key in keys if old is None or key.id != old.id] + ([new] if new else [])


def _works(scope: Scope, key: str) -> bool:
    """Tell whether the server takes *key* in this org. Moves its last use."""
    try:
        prove(scope, key)
    except (Unauthorized, Refused):
        return False
    return True
