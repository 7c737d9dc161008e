# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of service accounts: how they are read, created, tested, stored and deleted."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import replace

from .._engine.options import HANDOVER
from .._engine.resource import Change, Kind, Resource, View
from .._grafana.errors import GrafanaError, NotFound, Refused, Stale
from .._grafana.scope import Scope
from .._orgs.service_accounts import Account, check_support
from .._sinks.base import NOTHING, Shared, Sink, Stored
from .._sinks.claims import SinkClaims
from .api import account_of, delete_token, list_is_cut, list_tokens, longest, may_be_cut, number_of, refused
from .errors import check_creation, check_lifetime, explain_refusal
from .holder import with_holder
from .issue import TokenIssue
from .model import REASONS, REPLACE, DesiredToken, Token, TokenState, never_used
from .options import OPTIONS, desired_token
from .plan import TokenWork, before, others, plan, present
from .task import Task


class Tokens(Resource[DesiredToken, TokenState, TokenWork]):
    """Tokens; the accounts of an organization are read once, the tokens of an account once."""

    kind = "token"
    requests_each = 4

    def __init__(self, task: Task) -> None:
        self._task = task
        cache: dict[t.Hashable, t.Any] = {} if task.handover is None else {HANDOVER: task.handover}
        self._shared = Shared(task.hide, cache)
        self._claims = SinkClaims(task.check)
        self._lock = threading.Lock()
        #: Names of tokens that this run asked for and got no answer about, by organization and account.
        self._unanswered: dict[tuple[int | None, int], set[str]] = {}

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredToken:
        """Return the desired token. Raises :class:`BadInput`, also for a sink that cannot store a key."""
        desired = desired_token(options, self._shared, self._task.no_log)
        if (self._task.handover or {}).get("unread"):
            # The controller asks in check mode where keys go, before it reads what is stored there.
            desired = replace(desired, on_foreign=REPLACE)
        if desired.sink is not None:
            self._claims.claim(desired.sink, "token %s" % self.label(desired))
            if desired.state == "present" and desired.name is not None:
                self._claims.check(desired.sink)
        return desired

    def hints(self, desired: DesiredToken) -> t.Sequence[str]:
        """Warn of a token that never expires, and of a key in a git work tree."""
        if desired.state != "present" or desired.name is None:
            return ()
        found = [] if desired.sink is None else self._claims.hints(desired.sink)
        if desired.lifetime is None:
            found.append(
                "token %s has no seconds_to_live and never expires: set a lifetime, or 0 if this is intended" % desired.name
            )
        return found

    def identity(self, desired: DesiredToken) -> t.Hashable:
        """Return account and base name."""
        return (desired.service_account, desired.name)

    def label(self, desired: DesiredToken) -> str:
        """Return account and base name."""
        if desired.name is None:
            return "other tokens of %s" % desired.service_account
        return "%s of %s" % (desired.name, desired.service_account)

    def read(self, scope: Scope, desired: DesiredToken) -> TokenState:
        """Return what the sink stores, and the account's tokens as the server lists them.

        In this order: a list that is older than the stored key would lack a token that another run has just stored.
        """
        stored = desired.sink.read() if desired.sink is not None else NOTHING
        if stored.key:
            self._task.hide(stored.key)
        account = account_of(scope, desired.service_account)
        if account is None:
            self._without_account(scope, desired)
            return with_holder(scope, desired, TokenState(None, scope.org_id, stored=stored, **self._facts(scope)))
        state = TokenState(
            account,
            scope.org_id,
            tuple(self._listed(scope, account, stored)),
            stored,
            refused=None if account.disabled else stored.refused,
            siblings=self._siblings(scope, desired, account),
            unanswered=frozenset(self._unanswered_names(scope, account)),
            **self._facts(scope),
        )
        listed = len(state.tokens)
        if may_be_cut(scope, account, listed):
            scope.warn(
                "service account %s of %s has %s, but Grafana's list ends at %d: the module sees the others only after "
                "some of these are deleted" % (account.name, scope.where(), number_of(account, listed), listed)
            )
            if desired.sink is not None and state.unlisted:
                state = replace(state, cut=list_is_cut(scope, desired, listed))
            elif desired.state == "absent" and not any(desired.name in (None, entry.name) for entry in state.tokens):
                raise list_is_cut(scope, desired, listed)
        return with_holder(scope, desired, state)

    def _facts(self, scope: Scope) -> dict[str, t.Any]:
        """Return the fields of a state that are the same for all tokens of an organization."""
        return {
            "org_name": scope.org.name if scope.org else None,
            "server": scope.client.connection.url,
            "now": scope.client.now(),
        }

    def _listed(self, scope: Scope, account: Account, stored: Stored) -> list[Token]:
        """Return the tokens of *account*, from the cache unless it is older than the stored token."""
        key = "tokens %d" % account.id

        def load() -> list[Token]:
            return list_tokens(scope, account.id)

        tokens: list[Token] = scope.cached(key, load)
        known = stored.metadata
        if known is not None and known.service_account_id == account.id and known.token_id not in {one.id for one in tokens}:
            tokens = scope.refresh(key, load)
        return tokens

    def _siblings(self, scope: Scope, desired: DesiredToken, account: Account) -> tuple[DesiredToken, ...]:
        """Return the other tokens that this task wants of the same account."""
        return tuple(
            other
            for other in scope.wanted
            if other is not desired and other.name is not None and account_of(scope, other.service_account) == account
        )

    def _unanswered_names(self, scope: Scope, account: Account) -> set[str]:
        """Return the names of tokens of *account* that this run asked for and got no answer about."""
        with self._lock:
            return self._unanswered.setdefault((scope.org_id, account.id), set())

    def _without_account(self, scope: Scope, desired: DesiredToken) -> None:
        if desired.state == "present" and not self._task.plan_missing:
            raise NotFound(
                "service account %s was not found in %s: create it first, with grafana_service_account"
                % (desired.service_account, scope.where()),
                code="account_not_found",
            )

    def foresee(self, scope: Scope, desired: DesiredToken) -> TokenState | None:
        """Return no token. Raises for a server without service accounts, a lifetime or a sink that the run would refuse."""
        check_support(scope)
        if desired.sink is not None and desired.state == "present" and desired.name is not None:
            self._claims.probe(desired.sink)
            check_lifetime("token %s" % self.label(desired), desired.lifetime, self._longest(scope))
        return None

    def plan(self, desired: DesiredToken, current: TokenState | None) -> Change[TokenWork] | None:
        """Return what has to change. Raises :class:`Refused` for a new key that nothing would store."""
        change = plan(desired, current or TokenState(None))
        if change is None or change.work.name is None:
            return change
        if not desired.sink and not desired.return_key:
            raise Refused(
                "token %s would be created, and its key would be lost: set dest (a file for it), sink, or return_key "
                "with no_log: true on the task" % self.label(desired),
                code="no_place_for_key",
            )
        # The controller has stored this key already, and will not store another one.
        return None if self._handed_over else change

    @property
    def _handed_over(self) -> bool:
        """Whether the controller has stored the keys of this task."""
        return bool((self._task.handover or {}).get("over"))

    def precheck(
        self, scope: Scope, desired: DesiredToken, current: TokenState | None, change: Change[TokenWork] | None
    ) -> tuple[TokenState | None, Change[TokenWork] | None]:
        """Test the stored key if needed; in check mode also ask what the server and the sink would refuse."""
        if current is None or desired.sink is None:
            return current, change
        if desired.state != "present":
            return self._precheck_removal(scope, desired, desired.sink, current, change)
        # With another address of the server, a key that is due may be that of another server.
        untested = change is None or change.action == "tidy" or (current.moved and current.stored_token is not None)
        if untested and not self._handed_over:
            tested = self._tested(scope, desired, desired.sink, current)
            if tested is not current:
                current, change = tested, self.plan(desired, tested)
            if change is None or change.work.name is None:
                self._warn_of_unused(scope, desired, current)
        if scope.check and change is not None and change.work.name is not None:
            self._claims.probe(desired.sink)
            check_creation(scope, desired, change.work.name, self._longest(scope))
        return current, change

    def _precheck_removal(
        self, scope: Scope, desired: DesiredToken, sink: Sink, current: TokenState, change: Change[TokenWork] | None
    ) -> tuple[TokenState | None, Change[TokenWork] | None]:
        """Test the stored key if its metadata names another server; report a key that is not stored."""
        if change is not None and current.moved and current.stored_token is not None:
            current = self._tested(scope, desired, sink, current)
            change = self.plan(desired, current)
        if change is not None and not current.stored.there:
            scope.warn("token %s: no key was stored in %s" % (self.label(desired), sink.where))
        return current, change

    def _tested(self, scope: Scope, desired: DesiredToken, sink: Sink, state: TokenState) -> TokenState:
        """Send a request with the stored key, for ``prove: always`` or another address of the server.

        Two servers that were set up alike have the same ids: if the metadata names another address than the task, only the
        key itself shows whether it is the same server.
        """
        if state.account is None or not (state.moved or desired.prove == "always"):
            return state
        if state.moved:
            scope.warn(
                "the metadata of %s names the server %s, and this task uses %s: the module takes them for two addresses of one "
                "server if the server accepts the key" % (sink.where, state.known.server, state.server)
            )
        if state.account.disabled:
            scope.warn("service account %s is disabled: its keys do not work until it is enabled" % state.account.name)
            return state
        key = state.stored.key
        if key is None:
            if not sink.deferred:  # the controller has tested it
                scope.warn("the key of %s cannot be tested: %s does not return it" % (self.label(desired), sink.where))
            return state
        why = refused(scope, key, state.account)
        return state if why == state.refused else replace(state, refused=why)

    def _warn_of_unused(self, scope: Scope, desired: DesiredToken, state: TokenState) -> None:
        token = state.stored_token
        if token is not None and never_used(state, token):
            scope.warn(
                "token %s of %s has not been used since it was stored on %s: check that its client has the right key and "
                "sends it to the right organization" % (token.name, desired.service_account, token.created)
            )

    def apply(self, scope: Scope, desired: DesiredToken, change: Change[TokenWork]) -> TokenState | None:
        """Create, test and store the token, and only then delete what it replaces; or delete it."""
        try:
            if change.work.state.cut is not None and desired.state == "present":
                return self._purge_and_apply(scope, desired, change.work)
            state = self._apply(scope, desired, change.work)
            return state if state is None else self._purge_unlisted(scope, desired, state)
        finally:
            scope.invalidate()

    def _purge_and_apply(self, scope: Scope, desired: DesiredToken, work: TokenWork) -> TokenState:
        """Purge until the server lists the stored token or all tokens, and then make the change that is needed."""
        state = self._delete(scope, work.state, work.delete)
        while True:
            scope.invalidate()
            state = replace(self.read(scope, desired), deleted=state.deleted)
            change = self.plan(desired, state)
            if change is None:
                return state
            if state.cut is None:
                return t.cast(TokenState, self._apply(scope, desired, change.work))
            state = self._delete(scope, state, change.work.delete)

    def _apply(self, scope: Scope, desired: DesiredToken, work: TokenWork) -> TokenState | None:
        sink = desired.sink
        if sink is None:
            state = self._issue(scope, desired, work, NOTHING) if work.name is not None else work.state
            state = self._delete(scope, state, work.delete)
            return None if desired.state == "absent" else state
        if desired.state == "absent" and not work.state.stored.there:
            self._delete(scope, work.state, work.delete)  # the directory of a file may be missing, too
            return None
        with sink.locked():
            stored = self._read_again(scope, sink, work.state)
            if desired.state == "absent":
                self._delete(scope, work.state, work.delete)
                sink.remove()
                return None
            state = replace(work.state, stored=stored)
            if work.name is not None:
                state = self._issue(scope, desired, work, stored)
                if sink.deferred:
                    return state
            state = self._delete(scope, state, work.delete)
            return self._without_deleted(sink, state, work)

    def _read_again(self, scope: Scope, sink: Sink, state: TokenState) -> Stored:
        """Return what the sink stores. Raises :class:`Stale` if another run has changed it since *state* was read."""
        stored = sink.read()
        same = (stored.metadata, stored.fingerprint) == (state.stored.metadata, state.stored.fingerprint)
        if same and state.known.pending and state.account is not None:
            # A run that noted a name may have created the token after this run listed them, and died.
            same = {entry.id for entry in list_tokens(scope, state.account.id)} == {entry.id for entry in state.tokens}
        if not same:
            raise Stale("another run has stored a key in %s in the meantime" % sink.where)
        return stored

    def _without_deleted(self, sink: Sink, state: TokenState, work: TokenWork) -> TokenState:
        """Remove deleted tokens from the metadata. Without a lock this waits until the next key is stored."""
        known = state.stored.metadata
        if known is None or not sink.locks or sink.deferred or state.elsewhere:
            return state
        updated = replace(known, pending=work.pending, noted=known.noted if work.pending else None, previous=work.waiting)
        return state if updated == known else replace(state, stored=sink.remember(updated, state.stored))

    def _issue(self, scope: Scope, desired: DesiredToken, work: TokenWork, stored: Stored) -> TokenState:
        """Create a token, test its key and store it."""
        asked = self._unanswered_names(scope, t.cast(Account, work.state.account))
        return TokenIssue(scope, desired, work, stored, self._task.hide, self._longest, asked).issue()

    def _longest(self, scope: Scope) -> int | None:
        """Return the longest lifetime that the server allows; read once."""
        with self._lock:
            if "longest" not in self._shared.kept:
                self._shared.kept["longest"] = longest(scope)
            return t.cast("int | None", self._shared.kept["longest"])

    def _delete(self, scope: Scope, state: TokenState, tokens: t.Sequence[tuple[Token, str]]) -> TokenState:
        """Delete tokens, which may not exist any more; return *state* with them as deleted."""
        for entry, _why in tokens:
            if state.account is not None:
                delete_token(scope, state.account.id, entry.id)
        return replace(state, deleted=(*state.deleted, *tokens))

    def _purge_unlisted(self, scope: Scope, desired: DesiredToken, state: TokenState) -> TokenState:
        """Purge the tokens that the server lists only after others were deleted; return *state* with them as deleted."""
        listed = state
        while desired.purge and listed.account is not None and may_be_cut(scope, listed.account, len(listed.tokens)):
            scope.invalidate()
            listed = self.read(scope, desired)
            change = plan(desired, listed)
            if change is None or change.action != "tidy":
                break
            state = self._delete(scope, state, change.work.delete)
        return state

    def explain(self, scope: Scope, desired: DesiredToken, problem: GrafanaError) -> GrafanaError:
        """Explain a name that is taken, and a limit of the server."""
        return explain_refusal(scope, desired, problem)

    def view(self, desired: DesiredToken, current: TokenState, change: Change[TokenWork]) -> View:
        """Return name, account and sink; the name may differ from the planned one, which another account may have."""
        return change.after if current.issued is None else {**change.after, "name": current.issued.name}

    def result(self, scope: Scope, desired: DesiredToken, current: TokenState) -> View | None:
        """Return the present token; its key only if this run created it and the task wants it."""
        if desired.state == "absent" or desired.name is None:
            return None
        # A token that was just created is not due.
        found, verdict = present(replace(desired, rotate="never"), current)
        if found is None:
            return None
        shown: View = scope.shown()
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
            shown["waiting"] = [one.plain() for one in rest.waiting]
            shown["pending"] = [entry.name for entry in rest.pending]
        if current.key is not None:
            shown["key"] = current.key
        return shown

    def notes(self, desired: DesiredToken, current: TokenState | None, change: Change[TokenWork]) -> View:
        """Return the deleted tokens, each with the reason."""
        deleted = change.work.delete if current is None else current.deleted
        return {"deleted": [{"id": entry.id, "name": entry.name, "reason": why} for entry, why in deleted]}

    def cleanup_without_org(self, desired: DesiredToken, check: bool) -> View:
        """Remove the stored key of a token whose organization does not exist any more: nothing accepts it."""
        sink = desired.sink
        if sink is None or not sink.read().there:
            return {}
        if not check:
            sink.remove()
        return before(desired, TokenState(None, stored=Stored(there=True)), ())


def _tokens(module: t.Any) -> Tokens:
    """Return the resource, which masks keys in the output of *module*."""
    return Tokens(Task(module.hide, module.check_mode, module.no_log, module.plans_missing(), module.handover))


#: How the module manages tokens.
KIND = Kind(_tokens, OPTIONS, cloud=True)
