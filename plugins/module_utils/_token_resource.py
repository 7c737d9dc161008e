# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tokens are read, made, proven, stored and removed."""

from __future__ import annotations

import contextlib
import os
import typing as t
from dataclasses import replace

from ansible_collections.orgsmith.grafana.plugins.module_utils._connection import text
from ansible_collections.orgsmith.grafana.plugins.module_utils._durations import after as end_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._durations import iso, now, seconds
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import (
    BadInput,
    Conflict,
    Forbidden,
    GrafanaError,
    NotFound,
    Refused,
    Stale,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._reconcile import BaseResource, Change, View
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._secrets import (
    KeyFile,
    Metadata,
    fingerprint,
    git_work_tree,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._token_api import (
    LIST_CAP,
    account_of,
    delete_token,
    list_is_cut,
    list_tokens,
    prove,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._token_errors import explain_refusal, name_taken
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens import (
    VALID,
    DesiredToken,
    Token,
    TokenState,
    before,
    judge,
    numbered,
    plan,
    view,
)

#: Further names that are tried when a numbered one is taken elsewhere in the org.
_MORE_NAMES = 20


class Surroundings(t.NamedTuple):
    """What the resource needs to know of the task: how it hides, warns, and whether it only checks."""

    hide: t.Callable[[str], None]
    warn: t.Callable[[str], None]
    check: bool
    no_log: bool
    plan_missing: bool


class Tokens(BaseResource):
    """The resource; the accounts of an org are read once, the tokens of an account once."""

    kind = "token"
    requests_each = 4

    def __init__(self, task: Surroundings) -> None:
        self._task = task
        self._claimed: dict[t.Any, set[str]] = {}
        self._dests: dict[str, str] = {}
        self._warned: set[str] = set()

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredToken:
        """Return what is desired. Raises :class:`BadInput`, and for a ``dest`` that cannot be."""
        name, account = options.get("name"), options.get("service_account")
        if name is None or not text(name, "name").strip():
            raise BadInput("name of the token is missing")
        lifetime = options.get("seconds_to_live")
        desired = DesiredToken(
            service_account=_account_choice(account),
            name=name,
            lifetime=None if lifetime is None or lifetime == "" else seconds(lifetime, "seconds_to_live"),
            dest=_key_file(options.get("dest")),
            return_key=bool(options.get("return_key")),
            prove=options.get("prove") or "new",
            state=options.get("state", "present"),
        )
        if desired.return_key and not self._task.no_log and desired.state == "present":
            raise BadInput(
                "return_key needs no_log: true on the task, as the key would be printed otherwise", code="key_would_show"
            )
        self._claim(desired)
        if desired.state == "present":
            self._look_at(desired)
        return desired

    def _claim(self, desired: DesiredToken) -> None:
        """Remember which names and files the items of this task take."""
        self._claimed.setdefault(desired.service_account, set()).add(desired.name)
        if desired.dest is None:
            return
        for path in (desired.dest.path, desired.dest.metadata_path):
            if path in self._dests:
                raise BadInput(
                    "dest %s is that of token %s already: each key needs a file of its own" % (path, self._dests[path])
                )
            self._dests[path] = desired.name

    def _look_at(self, desired: DesiredToken) -> None:
        """Warn of what is allowed and unwise; refuse a place where a key cannot be put."""
        if desired.lifetime is None:
            self._warn(
                "token %s has no seconds_to_live and never expires: set a lifetime, or 0 to say that this is meant" % desired.name
            )
        if desired.dest is None:
            return
        tree = git_work_tree(desired.dest.path)
        if tree:
            self._warn("keys are stored in the git work tree %s: see that they are never committed" % tree)
        # In check mode an earlier task may be about to make the directory.
        if not self._task.check or os.path.isdir(os.path.dirname(desired.dest.path)):
            desired.dest.check()

    def _warn(self, message: str) -> None:
        if message not in self._warned and len(self._warned) < 20:
            self._task.warn(message)
        self._warned.add(message)

    def identity(self, desired: DesiredToken) -> t.Hashable:
        """Return account and base name."""
        return (desired.service_account, desired.name)

    def label(self, desired: DesiredToken) -> str:
        """Return account and base name."""
        return "%s of %s" % (desired.name, desired.service_account)

    def read(self, scope: Scope, desired: DesiredToken) -> TokenState:
        """Return what the server lists for the account, and what ``dest`` holds."""
        account = account_of(scope, desired.service_account)
        tokens: tuple[Token, ...] = ()
        if account is None:
            self._without_account(scope, desired)
        else:
            account_id = account.id
            tokens = tuple(scope.once("tokens %d" % account_id, lambda: list_tokens(scope, account_id)))
        state = TokenState(account, scope.org_id, tokens)
        if desired.dest is None:
            return state
        metadata, key = desired.dest.metadata(), desired.dest.key()
        if key:
            self._task.hide(key)
        stored = fingerprint(key) if key else None
        state = replace(state, metadata=metadata, stored=stored, there=desired.dest.exists())
        return self._asked(scope, desired, state, key)

    def _without_account(self, scope: Scope, desired: DesiredToken) -> None:
        if desired.state == "present" and not self._task.plan_missing:
            raise NotFound(
                "service account %s was not found in %s: create it first, with grafana_service_account"
                % (desired.service_account, scope.where()),
                code="account_not_found",
            )

    def _asked(self, scope: Scope, desired: DesiredToken, state: TokenState, key: str | None) -> TokenState:
        """Ask the server about a stored key where its word is needed: ``prove: always``, or another address.

        Two servers that were set up alike have the same ids: where the metadata names another address than
        this task does, only the key itself can tell whether it is the same server.
        """
        if desired.state != "present" or not key:
            return state
        found, verdict = judge(desired, state)
        if found is None and verdict == "gone" and len(state.tokens) >= LIST_CAP:
            raise list_is_cut(scope, desired)
        moved = state.metadata is not None and state.metadata.server != scope.client.connection.url
        if verdict != VALID or not (moved or desired.prove == "always"):
            return state
        if state.account is not None and state.account.disabled:
            return state
        try:
            prove(scope, key)
        except GrafanaError as problem:
            if problem.code in ("unauthorized", "unproven"):
                return replace(state, refused=True)
            raise
        return state

    def plan(self, desired: DesiredToken, current: TokenState | None) -> Change | None:
        """Return what has to be done. Raises for a key that would be lost."""
        others = self._claimed.get(desired.service_account, set()) - {desired.name}
        change = plan(desired, current or TokenState(None), others)
        makes = change is not None and change.action in ("create", "replace")
        if makes and not desired.dest and not desired.return_key:
            raise Refused(
                "token %s would have to be made, and its key would be lost: set dest (a file for it), or return_key "
                "with no_log: true on the task" % self.label(desired),
                code="no_place_for_key",
            )
        if change is not None:
            change.data = (*change.data, current)
        return change

    def foresee(self, scope: Scope, desired: DesiredToken, change: Change) -> None:
        """A place that cannot be written to would stop the run."""
        if desired.dest is not None and desired.state == "present" and os.path.isdir(os.path.dirname(desired.dest.path)):
            desired.dest.check()

    def apply(self, scope: Scope, desired: DesiredToken, change: Change) -> TokenState | None:
        """Make, prove, store, and only then delete what is replaced; or delete."""
        state: TokenState
        name, obsolete, state = change.data
        with desired.dest.locked() if desired.dest else contextlib.nullcontext():
            self._still(desired, state)
            if change.action in ("create", "replace"):
                state = self._make(scope, desired, state, name, obsolete)
            self._delete(scope, state, obsolete)
            if desired.dest is None:
                return None if change.action == "delete" else state
            if change.action == "delete":
                desired.dest.remove()
                return None
            if state.metadata is not None and state.metadata.pending:
                tidied = replace(state.metadata, pending=())
                desired.dest.remember(tidied)
                state = replace(state, metadata=tidied)
            return state

    def _still(self, desired: DesiredToken, state: TokenState) -> None:
        """Raise :class:`Stale` if another run has stored a key since *state* was read."""
        if desired.dest is None:
            return
        key = desired.dest.key()
        stored = fingerprint(key) if key else None
        if (desired.dest.metadata(), stored) != (state.metadata, state.stored):
            raise Stale("another run has stored a key in %s meanwhile" % desired.dest.path)

    def _make(self, scope: Scope, desired: DesiredToken, state: TokenState, name: str, obsolete: t.Sequence[Token]) -> TokenState:
        """Make a token, prove its key and store it. What fails on the way leaves nothing behind."""
        account = t.cast(Account, state.account)
        leftovers = tuple(entry.name for entry in obsolete)
        made_at = now()
        made = self._post(scope, desired, state, name)
        key = str(made["key"])
        if not desired.return_key:
            self._task.hide(key)
        metadata = Metadata(
            token_id=int(made["id"]),
            name=str(made["name"]),
            service_account_id=account.id,
            service_account=account.name,
            org_id=scope.org_id,
            org_name=scope.org.name if scope.org else None,
            server=scope.client.connection.url,
            created=iso(made_at),
            expires=end_of(made_at, desired.lifetime),
            fingerprint=fingerprint(key),
            pending=leftovers,
        )
        try:
            if desired.prove != "never" and not account.disabled:
                prove(scope, key)
            elif account.disabled:
                self._warn("service account %s is disabled: its token %s cannot be proven" % (account.name, name))
            if desired.dest is not None:
                desired.dest.store(key, metadata)
        except GrafanaError:
            # Nobody has this key: leave no token behind that works.
            with contextlib.suppress(GrafanaError):
                delete_token(scope, account.id, int(made["id"]))
            raise
        new = Token(int(made["id"]), str(made["name"]), metadata.created, metadata.expires)
        shown_key = key if desired.return_key else None
        return replace(
            state, tokens=(*state.tokens, new), metadata=metadata, stored=metadata.fingerprint, there=True, key=shown_key
        )

    def _post(self, scope: Scope, desired: DesiredToken, state: TokenState, name: str) -> t.Any:
        """Make the token under *name*, or under the next number where another account has taken that."""
        number = 1 if name == desired.name else int(name.rpartition("-")[2])
        account = t.cast(Account, state.account)
        before_it = state.metadata
        known = before_it or Metadata(org_id=scope.org_id, service_account_id=account.id)
        for attempt in range(_MORE_NAMES):
            name = numbered(desired.name, number + attempt)
            if desired.dest is not None:
                known = replace(known, pending=(*known.pending, name))
                desired.dest.remember(known, durable=False)  # this also proves that dest can be written to
            body: dict[str, t.Any] = {"name": name}
            if desired.lifetime is not None:
                body["secondsToLive"] = desired.lifetime
            try:
                return scope.client.post("/api/serviceaccounts/%d/tokens" % account.id, body, org=scope.org_id)
            except (Conflict, Forbidden, NotFound, Refused) as problem:
                if desired.dest is not None:
                    desired.dest.restore(before_it)
                if not name_taken(problem) or number + attempt == 1:
                    raise
        raise Refused("all names from %s to %s are taken" % (numbered(desired.name, number), name), code="name_taken")

    def _delete(self, scope: Scope, state: TokenState, obsolete: t.Sequence[Token]) -> None:
        """Delete *obsolete* tokens, which may be gone already."""
        if state.account is None:
            return
        for entry in obsolete:
            delete_token(scope, state.account.id, entry.id)
        scope.forget()

    def explain(self, scope: Scope, desired: DesiredToken, problem: GrafanaError) -> GrafanaError:
        """Say who has the name, or which limit of the server is in the way."""
        return explain_refusal(scope, desired, problem)

    def view(self, desired: DesiredToken, current: TokenState, change: Change) -> View:
        """Return name, account and place."""
        found, verdict = judge(desired, current)
        return view(desired, found.name, verdict) if found else {}

    def result(self, scope: Scope | None, desired: DesiredToken, current: TokenState) -> View | None:
        """Return the token that is present, with what is known of it; the key only if it was just made and wanted."""
        if desired.state == "absent":
            return None
        found, _verdict = judge(desired, current)
        if found is None:
            return None
        shown: View = dict(scope.org.shown()) if scope and scope.org else {}
        shown.update(id=found.id, name=found.name, created=found.created, expires=found.expires)
        shown["last_used"] = found.last_used
        if current.account is not None:
            shown.update(service_account_id=current.account.id, service_account=current.account.name)
        if desired.dest is not None:
            shown.update(dest=desired.dest.path, fingerprint=current.metadata.fingerprint if current.metadata else None)
        if current.key is not None:
            shown["key"] = current.key
        return shown

    def orphan(self, desired: DesiredToken) -> Change | None:
        """The files of a token whose organization is gone are of no use any more."""
        if desired.dest is None or not desired.dest.exists():
            return None
        return Change("delete", before(desired, TokenState(None, there=True), ()), {}, desired.dest.remove)


def _account_choice(value: t.Any) -> str | int:
    """Return the account as a name, or as an id for a number."""
    if value is None or value == "":
        raise BadInput("service_account, the name or the id of the account, is missing")
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return text(value, "service_account")


def _key_file(value: t.Any) -> KeyFile | None:
    return KeyFile(os.path.abspath(os.path.expanduser(str(value)))) if value else None
