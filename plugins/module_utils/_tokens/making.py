# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a token is made, proven and stored, in the order that loses no key: probe, note, make, prove, store."""

from __future__ import annotations

import contextlib
import time
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime

from .._grafana.errors import Conflict, Forbidden, GrafanaError, NotFound, Refused
from .._grafana.scope import Scope
from .._orgs.service_accounts import Account
from .._sinks.base import Metadata, Previous, Stored, fingerprint
from .._sinks.private_files import UNSETTLED
from .._text.durations import after as end_of
from .._text.durations import iso
from .api import delete_token, list_tokens, prove
from .errors import name_taken, over_limit
from .model import LONGEST, DesiredToken, Token, TokenState
from .names import names
from .options import check_renewal
from .plan import TokenWork

#: Further names that are tried when one is taken elsewhere in the org.
_MORE_NAMES = 20
#: How long to wait, in seconds, before a stack is asked again for the first token of an account.
_SETTLING = (1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Making:
    """One token that is about to be made.

    *stored* is what its place holds now, *asked* the names of this account that were asked for in this run and got no
    answer; *longest* returns the server's limit of lifetimes.
    """

    scope: Scope
    desired: DesiredToken
    work: TokenWork
    stored: Stored
    account: Account
    hide: t.Callable[[str], None]
    warn: t.Callable[[str], None]
    longest: t.Callable[[Scope], int | None]
    asked: set[str]

    def run(self) -> TokenState:
        """Make it, and return what is there then. What fails on the way leaves nothing behind."""
        sink, client = self.desired.sink, self.scope.client
        if sink is not None:
            sink.probe()
        lifetime = self._lifetime()
        made_at = client.now()
        made, noted = self._post(lifetime)
        key = str(made["key"])
        if not self.desired.return_key:
            self.hide(key)
        metadata = self._metadata(made, key, made_at, lifetime)
        try:
            if self._prove(key, str(metadata.name)):
                metadata = replace(metadata, proved=iso(client.now()))
            now = sink.write(key, metadata, noted) if sink else Stored(metadata, metadata.fingerprint)
        except GrafanaError as problem:
            if problem.code == UNSETTLED:
                raise  # the key may be where it belongs
            # Nobody has this key: leave no token behind that works.
            self._discard(int(made["id"]), noted)
            raise
        new = Token(int(made["id"]), str(made["name"]), metadata.created, metadata.expires)
        return replace(
            self.work.state,
            tokens=(*self.work.state.tokens, new),
            stored=now,
            refused=None,
            replaced=self.work.verdict,
            key=key if self.desired.return_key else None,
        )

    def _lifetime(self) -> int | None:
        """Return the lifetime in seconds; ``max`` is what the server says."""
        if self.desired.lifetime != LONGEST:
            return self.desired.lifetime
        found = self.longest(self.scope)
        if found is None:
            self.warn("this server limits no lifetime, or does not tell it: with seconds_to_live: max tokens never expire")
        check_renewal(found, self.desired.renew_before)
        return found

    def _prove(self, key: str, name: str) -> bool:
        """Test the key where that is wanted and possible; tell whether it was. Raises what the server refuses it with."""
        if self.desired.prove == "never":
            return False
        if self.account.disabled:
            self.warn("service account %s is disabled: its token %s cannot be proven" % (self.account.name, name))
            return False
        prove(self.scope, key)
        return True

    def _metadata(self, made: t.Mapping[str, t.Any], key: str, now: datetime, lifetime: int | None) -> Metadata:
        """Return what is remembered of the new key, and of the tokens that it replaces, for a run that ends before they go."""
        work, sink = self.work, self.desired.sink
        known = Metadata(
            token_id=int(made["id"]),
            name=str(made["name"]),
            service_account_id=self.account.id,
            service_account=self.account.name,
            org_id=self.scope.org_id,
            org_name=self.scope.org.name if self.scope.org else None,
            server=self.scope.client.connection.url,
            created=iso(now),
            expires=end_of(now, lifetime),
            fingerprint=fingerprint(key),
            pending=work.pending,
            noted=work.state.known.noted if work.pending else None,
            previous=work.waiting,
        )
        if sink is not None and sink.locks and not sink.deferred:
            return replace(known, pending=(*work.pending, *(entry.name for entry in work.doomed)))
        alive = tuple(Previous(entry.id, entry.name, iso(now)) for entry in work.doomed if entry.alive)
        return replace(known, previous=(*work.waiting, *alive))

    def _discard(self, token_id: int, noted: Stored) -> None:
        """Delete the token, and take back the note that it was to be made."""
        with contextlib.suppress(GrafanaError):
            delete_token(self.scope, self.account.id, token_id)
            sink = self.desired.sink
            if sink is not None and not sink.deferred and sink.read().fingerprint == self.stored.fingerprint:
                sink.remember(self.stored.metadata, noted)

    def _post(self, lifetime: int | None) -> tuple[t.Any, Stored]:
        """Make the token under the first name that is free in the whole organization.

        Return the server's answer, and what the sink holds now: with a note that this name was about to be made.
        """
        path = "/api/serviceaccounts/%d/tokens" % self.account.id
        offered = names(str(self.desired.name), self.desired.name_template, self.work.state.now)
        name, noted = "", self.stored
        for _attempt in range(_MORE_NAMES):
            name = next(one for one in offered if name or one == self.work.name)
            noted = self._note(noted, name)
            body: dict[str, t.Any] = {"name": name}
            if lifetime is not None:
                body["secondsToLive"] = lifetime
            self.asked.add(name)
            try:
                made = self._asked(path, body)
            except (Conflict, Forbidden, NotFound, Refused) as problem:
                self.asked.discard(name)
                if name_taken(problem) and (name != self.desired.name or self._in_account(name)):
                    continue
                if self.desired.sink is not None and not self.desired.sink.deferred:
                    self.desired.sink.remember(self.stored.metadata, noted)
                raise
            self.asked.discard(name)
            return made, noted
        raise Refused("all names from %s to %s are taken" % (self.work.name, name), code="name_taken")

    def _asked(self, path: str, body: t.Mapping[str, t.Any]) -> t.Any:
        """Return the answer that has the new key.

        Right after an account was made, the Cloud API may refuse its first token with 400, and take it a moment later.
        """
        for pause in (*_SETTLING, None):
            try:
                return self.scope.client.post(path, body, org=self.scope.org_id)
            except Refused as problem:
                if pause is None or not self._settling(problem):
                    raise
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _settling(self, problem: GrafanaError) -> bool:
        """Tell whether a refusal may be that of an account which was made a moment ago: it has no token yet."""
        unexplained = problem.status == 400 and not name_taken(problem) and not over_limit(problem)
        return unexplained and self.scope.client.connection.cloud_stack is not None and not self.work.state.tokens

    def _note(self, noted: Stored, name: str) -> Stored:
        """Write down the name of a token before it is made; this also shows that the place can be written to."""
        sink, was = self.desired.sink, self.stored.metadata
        if sink is None or sink.deferred:
            return noted
        if was is not None and (was.org_id, was.service_account_id) == (self.scope.org_id, self.account.id):
            known = was
        else:
            known = Metadata(org_id=self.scope.org_id, service_account_id=self.account.id)
        # A key that cannot be read again is uncertain from here on until it is stored.
        kept = known.fingerprint if sink.readable else None
        pending = (*known.pending, name)
        return sink.remember(replace(known, pending=pending, noted=iso(self.scope.client.now()), fingerprint=kept), noted)

    def _in_account(self, name: str) -> bool:
        """Tell whether another run has just given this account a token of that name."""
        return any(entry.name == name for entry in list_tokens(self.scope, self.account.id))
