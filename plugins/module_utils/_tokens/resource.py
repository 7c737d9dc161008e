# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tokens are read, made, proven, stored and removed."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import replace

from .._engine.options import HANDOVER
from .._engine.resource import BaseResource, Change, View
from .._grafana.errors import GrafanaError, NotFound, Refused, Stale
from .._grafana.scope import Scope
from .._orgs.service_accounts import Account
from .._sinks.base import NOTHING, Shared, Sink, Stored
from .._sinks.places import SinkClaims
from .api import LIST_CAP, account_of, delete_token, list_is_cut, list_tokens, longest, may_be_cut, number_of, refused
from .errors import explain_refusal
from .making import Making
from .model import REASONS, VALID, DesiredToken, Token, TokenState, never_used
from .options import desired_token
from .plan import TokenWork, before, others, plan, present, view

#: Further names that are tried when one is taken elsewhere in the org.
_MORE_NAMES = 20


class Task(t.NamedTuple):
    """What the resource needs to know of the task: how it hides, warns, and whether it only checks."""

    hide: t.Callable[[str], None]
    warn: t.Callable[[str], None]
    check: bool
    no_log: bool
    plan_missing: bool
    #: What the action plugin told of a vault's file, if it did.
    handover: dict[str, t.Any] | None = None


class Tokens(BaseResource):
    """The resource; the accounts of an org are read once, the tokens of an account once."""

    kind = "token"
    requests_each = 4

    def __init__(self, task: Task) -> None:
        self._task = task
        kept: dict[t.Hashable, t.Any] = {} if task.handover is None else {HANDOVER: task.handover}
        self._shared = Shared(task.hide, kept)
        self._places = SinkClaims(task.warn, task.check)
        self._warn = self._places.warn
        self._lock = threading.Lock()
        #: Names that were asked for without an answer, by organization and account.
        self._unanswered: dict[tuple[int | None, int], set[str]] = {}

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredToken:
        """Return what is desired. Raises :class:`BadInput`, and for a place that cannot be."""
        desired = desired_token(options, self._shared, self._task.no_log)
        if desired.sink is not None:
            self._places.claim(desired.sink, "token %s" % self.label(desired))
        if desired.state == "present" and desired.name is not None:
            self._look_at(desired)
        return desired

    def _look_at(self, desired: DesiredToken) -> None:
        """Warn of what is allowed and unwise; refuse a place where a key cannot be put."""
        if desired.lifetime is None:
            self._warn(
                "token %s has no seconds_to_live and never expires: set a lifetime, or 0 to say that this is meant" % desired.name
            )
        if desired.sink is not None:
            self._places.look_at(desired.sink)

    def identity(self, desired: DesiredToken) -> t.Hashable:
        """Return account and base name."""
        return (desired.service_account, desired.name)

    def label(self, desired: DesiredToken) -> str:
        """Return account and base name."""
        if desired.name is None:
            return "other tokens of %s" % desired.service_account
        return "%s of %s" % (desired.name, desired.service_account)

    def read(self, scope: Scope, desired: DesiredToken) -> TokenState:
        """Return what the sink holds, and what the server lists for the account.

        In this order: a list that is older than what is stored would lack a token that another run has just stored.
        """
        stored = desired.sink.read() if desired.sink is not None else NOTHING
        if stored.key:
            self._task.hide(stored.key)
        account = account_of(scope, desired.service_account)
        if account is None:
            self._without_account(scope, desired)
            return TokenState(None, scope.org_id, stored=stored, now=scope.client.now())
        account_id, key = account.id, "tokens %d" % account.id

        def load() -> list[Token]:
            return list_tokens(scope, account_id)

        tokens = scope.cached(key, load)
        known = stored.metadata
        if known is not None and known.service_account_id == account_id and known.token_id not in {one.id for one in tokens}:
            tokens = scope.refresh(key, load)  # the list may be that of an earlier item
        state = TokenState(
            account,
            scope.org_id,
            tuple(tokens),
            stored,
            refused=None if account.disabled else stored.refused,
            now=scope.client.now(),
            siblings=self._siblings(scope, desired, account),
            unanswered=frozenset(self._open(scope, account)),
        )
        self._look_at_cut(scope, account, state.tokens)
        return self._asked(scope, desired, state)

    def _siblings(self, scope: Scope, desired: DesiredToken, account: Account) -> tuple[DesiredToken, ...]:
        """Return the other tokens that this task wants of the same account."""
        return tuple(
            other
            for other in scope.wanted
            if other is not desired and other.name is not None and account_of(scope, other.service_account) == account
        )

    def _open(self, scope: Scope, account: Account) -> set[str]:
        """Return the names that were asked for in this run without an answer."""
        with self._lock:
            return self._unanswered.setdefault((scope.org_id, account.id), set())

    def _look_at_cut(self, scope: Scope, account: Account, tokens: t.Sequence[Token]) -> None:
        if may_be_cut(scope, account, len(tokens)):
            self._warn(
                "service account %s of %s has %s, and Grafana's list ends at %d: others cannot be seen until some of these "
                "are gone" % (account.name, scope.where(), number_of(account), LIST_CAP)
            )

    def _without_account(self, scope: Scope, desired: DesiredToken) -> None:
        if desired.state == "present" and not self._task.plan_missing:
            raise NotFound(
                "service account %s was not found in %s: create it first, with grafana_service_account"
                % (desired.service_account, scope.where()),
                code="account_not_found",
            )

    def _asked(self, scope: Scope, desired: DesiredToken, state: TokenState) -> TokenState:
        """Ask the server about a stored key where its word is needed: ``prove: always``, or another address.

        Two servers that were set up alike have the same ids: where the metadata names another address than
        this task does, only the key itself can tell whether it is the same server.
        """
        if desired.sink is None:
            return state
        found, verdict = present(desired, state)
        cut = state.account is not None and may_be_cut(scope, state.account, len(state.tokens))
        if found is None and verdict == "gone" and cut:
            raise list_is_cut(scope, desired)
        if desired.state != "present":
            return state
        moved = state.stored.metadata is not None and state.stored.metadata.server != scope.client.connection.url
        key = state.stored.key
        if verdict != VALID or not (moved or desired.prove == "always") or state.account is None:
            return state
        if state.account.disabled:
            self._warn("service account %s is disabled: its keys do not work until it is enabled" % state.account.name)
            return state
        if key is None and desired.sink.deferred:
            return state  # the controller has asked
        if key is None:
            self._warn("the key of %s cannot be tested: %s does not give it back" % (self.label(desired), desired.sink.where))
            return state
        return replace(state, refused=refused(scope, key, state.account))

    def plan(self, desired: DesiredToken, current: TokenState | None) -> Change | None:
        """Return what has to be done. Raises for a key that would be lost."""
        state = current or TokenState(None)
        change = plan(desired, state)
        if change is not None and change.data.name is not None and not desired.sink and not desired.return_key:
            raise Refused(
                "token %s would have to be made, and its key would be lost: set dest (a file for it), sink, or return_key "
                "with no_log: true on the task" % self.label(desired),
                code="no_place_for_key",
            )
        if change is not None and change.data.name is not None and (self._task.handover or {}).get("over"):
            return None  # the controller has stored what was made, and waits for no other key
        self._tell(desired, state, change)
        return change

    def _tell(self, desired: DesiredToken, state: TokenState, change: Change | None) -> None:
        """Warn of what a user would want to look into."""
        found, verdict = present(desired, state)
        if desired.state != "present" or desired.sink is None:
            return
        if verdict == VALID and found is not None and never_used(state, found):
            self._warn(
                "nobody has used token %s of %s since it was stored on %s: does its client have the right key, and ask in "
                "the right organization?" % (found.name, desired.service_account, found.created)
            )

    def precheck(self, scope: Scope, desired: DesiredToken, change: Change) -> None:
        """A place that cannot be written to would stop the run."""
        if desired.sink is not None and change.data.name is not None:
            self._places.ask(desired.sink.probe)

    def apply(self, scope: Scope, desired: DesiredToken, change: Change) -> TokenState | None:
        """Make, prove, store, and only then delete what is replaced; or delete."""
        work: TokenWork = change.data
        try:
            state = self._apply(scope, desired, work)
            self._purge_beyond_the_end(scope, desired, work.state)
            return state
        finally:
            scope.invalidate()

    def _apply(self, scope: Scope, desired: DesiredToken, work: TokenWork) -> TokenState | None:
        sink = desired.sink
        if sink is None:
            state = self._make(scope, desired, work, NOTHING) if work.name is not None else work.state
            self._delete(scope, state, work.doomed)
            return None if desired.state == "absent" else state
        with sink.locked():
            stored = self._still(scope, sink, work.state)
            if desired.state == "absent":
                self._delete(scope, work.state, work.doomed)
                sink.remove()
                return None
            state = replace(work.state, stored=stored)
            if work.name is not None:
                state = self._make(scope, desired, work, stored)
                if sink.deferred:
                    return state
            self._delete(scope, state, work.doomed)
            return self._tidied(sink, state, work)

    def _still(self, scope: Scope, sink: Sink, state: TokenState) -> Stored:
        """Return what the sink holds; raise :class:`Stale` if another run has been at work since *state* was read."""
        stored = sink.read()
        same = (stored.metadata, stored.fingerprint) == (state.stored.metadata, state.stored.fingerprint)
        if same and state.known.pending and state.account is not None:
            # A run that noted a name may have made the token after this one looked, and died.
            same = {entry.id for entry in list_tokens(scope, state.account.id)} == {entry.id for entry in state.tokens}
        if not same:
            raise Stale("another run has stored a key in %s meanwhile" % sink.where)
        return stored

    def _tidied(self, sink: Sink, state: TokenState, work: TokenWork) -> TokenState:
        """Forget what is deleted; where that is as dear as storing a key, the next key brings it about."""
        known = state.stored.metadata
        if known is None or not sink.locks or sink.deferred or state.elsewhere:
            return state
        tidy = replace(known, pending=work.pending, noted=known.noted if work.pending else None, previous=work.waiting)
        return state if tidy == known else replace(state, stored=sink.remember(tidy, state.stored))

    def _make(self, scope: Scope, desired: DesiredToken, work: TokenWork, stored: Stored) -> TokenState:
        """Make a token, prove its key and store it."""
        account = t.cast(Account, work.state.account)
        hide, asked = self._task.hide, self._open(scope, account)
        return Making(scope, desired, work, stored, account, hide, self._warn, self._longest, asked).run()

    def _longest(self, scope: Scope) -> int | None:
        """Return the longest lifetime that the server allows, asked once."""
        with self._lock:
            if "longest" not in self._shared.kept:
                self._shared.kept["longest"] = longest(scope)
            return t.cast("int | None", self._shared.kept["longest"])

    def _delete(self, scope: Scope, state: TokenState, doomed: t.Sequence[Token]) -> None:
        """Delete tokens, which may be gone already."""
        for entry in doomed:
            if state.account is not None:
                delete_token(scope, state.account.id, entry.id)

    def _purge_beyond_the_end(self, scope: Scope, desired: DesiredToken, state: TokenState) -> None:
        """Purge what the server's list did not show until some of it was gone."""
        while desired.purge and len(state.tokens) >= LIST_CAP:
            scope.invalidate()
            state = self.read(scope, desired)
            change = plan(desired, state)
            if change is None or change.action != "tidy":
                return
            self._delete(scope, state, change.data.doomed)

    def explain(self, scope: Scope, desired: DesiredToken, problem: GrafanaError) -> GrafanaError:
        """Say who has the name, or which limit of the server is in the way."""
        return explain_refusal(scope, desired, problem)

    def view(self, desired: DesiredToken, current: TokenState, change: Change) -> View:
        """Return name, account and place."""
        found, verdict = self._after(desired, current)
        return view(desired, found.name, verdict) if found else {}

    def _after(self, desired: DesiredToken, current: TokenState) -> tuple[Token | None, str]:
        """Return the token that is present after the work: one that was just made is due at no time."""
        return present(replace(desired, rotate="never"), current)

    def result(self, scope: Scope | None, desired: DesiredToken, current: TokenState) -> View | None:
        """Return the token that is present, with what is known of it; the key only if it was just made and wanted."""
        if desired.state == "absent" or desired.name is None:
            return None
        found, verdict = self._after(desired, current)
        if found is None:
            return None
        shown: View = dict(scope.org.shown()) if scope and scope.org else {}
        shown.update(id=found.id, name=found.name, created=found.created, expires=found.expires)
        shown["last_used"] = found.last_used
        if current.account is not None:
            shown.update(service_account_id=current.account.id, service_account=current.account.name)
        if current.replaced in REASONS:
            shown.update(was=current.replaced, reason=REASONS[current.replaced])
        if desired.sink is not None:
            known = current.known
            shown.update(dest=desired.sink.where, fingerprint=known.fingerprint, proved=known.proved)
            shown["never_used"] = never_used(current, found)
            rest = others(desired, current, found, verdict)
            shown["waiting"] = [{"id": one.id, "name": one.name, "replaced": one.replaced} for one in rest.waiting]
            shown["pending"] = [entry.name for entry in rest.pending]
        if current.key is not None:
            shown["key"] = current.key
        return shown

    def cleanup_without_org(self, desired: DesiredToken) -> Change | None:
        """The key of a token whose organization is gone is of no use any more."""
        sink = desired.sink
        if sink is None or not sink.read().there:
            return None
        gone = before(desired, TokenState(None, stored=Stored(there=True)), ())
        return Change("delete", gone, {}, sink.remove)
