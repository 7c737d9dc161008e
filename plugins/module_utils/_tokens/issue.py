# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a secret is created and stored, in the order that loses none: probe, note, create, test, store.

:class:`Issue` is that order; :class:`TokenIssue` fills it in for tokens of service accounts.
"""

from __future__ import annotations

import abc
import contextlib
import time
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime

from .._grafana.errors import Conflict, Forbidden, GrafanaError, NotFound, Refused
from .._grafana.scope import Scope
from .._orgs.service_accounts import Account
from .._sinks.base import Metadata, Previous, Sink, Stored, fingerprint
from .._sinks.private_files import UNSETTLED
from .._text.durations import after as end_of
from .._text.durations import iso
from .api import check_key, delete_token, list_tokens
from .errors import name_taken, over_limit
from .model import LONGEST, DesiredToken, Token, TokenState
from .names import names
from .options import check_renewal
from .plan import TokenWork

#: How many names are tried if other accounts of the organization have the first ones.
_MOST_NAMES = 20
#: Waits in seconds before a Grafana Cloud stack is asked again for the first token of an account.
_SETTLING = (1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Issued:
    """A secret that was created and stored: the server's id and name of it, its metadata, and what the sink stores now."""

    id: int
    name: str
    key: str
    metadata: Metadata
    stored: Stored


class Issue(abc.ABC):
    """Creates one secret and stores it. *stored* is what the sink stores before; *hide* masks a text in the module's output."""

    def __init__(self, scope: Scope, sink: Sink | None, stored: Stored, hide: t.Callable[[str], None]) -> None:
        self.scope, self.sink, self.stored, self.hide = scope, sink, stored, hide

    @abc.abstractmethod
    def create(self) -> tuple[t.Mapping[str, t.Any], Stored]:
        """Note the name in the sink and create the secret; return the server's answer, and what the sink stores then."""

    @abc.abstractmethod
    def metadata(self, answer: t.Mapping[str, t.Any], created: datetime) -> Metadata:
        """Return the metadata of the new secret, without ``fingerprint`` and ``proved``."""

    @abc.abstractmethod
    def test(self, key: str, name: str) -> bool:
        """Test the key; tell whether that was possible. Raises the server's refusal."""

    @abc.abstractmethod
    def delete(self, number: int) -> None:
        """Delete the secret with this id from the server."""

    def run(self) -> Issued:
        """Create the secret, test it and store it. A failure leaves no secret behind that the sink does not store."""
        if self.sink is not None:
            self.sink.probe()
        created = self.scope.client.now()
        answer, noted = self.create()
        key, number = str(answer["key"]), int(answer["id"])
        self.hide(key)
        metadata = replace(self.metadata(answer, created), fingerprint=fingerprint(key))
        try:
            if self.test(key, str(metadata.name)):
                metadata = replace(metadata, proved=iso(self.scope.client.now()))
            stored = self.sink.write(key, metadata, noted) if self.sink else Stored(metadata, metadata.fingerprint)
        except GrafanaError as problem:
            if problem.code != UNSETTLED:  # otherwise the sink may store the key
                self._discard(number, noted)
            raise
        return Issued(number, str(metadata.name), key, metadata, stored)

    def _discard(self, number: int, noted: Stored) -> None:
        """Delete the secret, which nothing stores, and remove the note about it from the sink."""
        with contextlib.suppress(GrafanaError):
            self.delete(number)
            sink = self.sink
            if sink is not None and not sink.deferred and sink.read().fingerprint == self.stored.fingerprint:
                sink.remember(self.stored.metadata, noted)


class TokenIssue(Issue):
    """Creates one token of a service account.

    *longest* returns the server's limit of lifetimes. *asked* are the names that this run asked for in this account and got
    no answer about.
    """

    def __init__(
        self,
        scope: Scope,
        desired: DesiredToken,
        work: TokenWork,
        stored: Stored,
        hide: t.Callable[[str], None],
        longest: t.Callable[[Scope], int | None],
        asked: set[str],
    ) -> None:
        super().__init__(scope, desired.sink, stored, hide if not desired.return_key else lambda _key: None)
        self.desired, self.work, self.account = desired, work, t.cast(Account, work.state.account)
        self._longest, self._asked = longest, asked
        self._lifetime: int | None = None

    def issue(self) -> TokenState:
        """Create the token; return the state afterwards."""
        new = self.run()
        token = Token(new.id, new.name, new.metadata.created, new.metadata.expires)
        return replace(
            self.work.state,
            tokens=(*self.work.state.tokens, token),
            stored=new.stored,
            refused=None,
            replaced=self.work.verdict,
            issued=token,
            key=new.key if self.desired.return_key else None,
        )

    def create(self) -> tuple[t.Mapping[str, t.Any], Stored]:
        """Create the token under the first name that is free in the whole organization."""
        self._lifetime = self._lifetime_in_seconds()
        offered = names(str(self.desired.name), self.desired.name_template, self.work.state.now)
        name, noted = "", self.stored
        for _attempt in range(_MOST_NAMES):
            name = next(one for one in offered if name or one == self.work.name)
            noted = self._note(noted, name)
            self._asked.add(name)
            try:
                answer = self._post(name)
            except (Conflict, Forbidden, NotFound, Refused) as problem:
                self._asked.discard(name)
                if name_taken(problem) and (name != self.desired.name or self._in_account(name)):
                    continue
                if self.sink is not None and not self.sink.deferred:
                    self.sink.remember(self.stored.metadata, noted)
                raise
            self._asked.discard(name)
            return answer, noted
        raise Refused("all names from %s to %s are taken" % (self.work.name, name), code="name_taken")

    def _lifetime_in_seconds(self) -> int | None:
        """Return the lifetime, for ``max`` the server's limit."""
        if self.desired.lifetime != LONGEST:
            return self.desired.lifetime
        found = self._longest(self.scope)
        if found is None:
            self.scope.warn(
                "this server has no limit of lifetimes, or does not report it: with seconds_to_live: max tokens never expire"
            )
        check_renewal(found, self.desired.renew_before)
        return found

    def _note(self, noted: Stored, name: str) -> Stored:
        """Write the name of a token into the metadata before it is created; this also shows that the sink can be written to."""
        was = self.stored.metadata
        if self.sink is None or self.sink.deferred:
            return noted
        if was is not None and (was.org_id, was.service_account_id) == (self.scope.org_id, self.account.id):
            known = was
        else:
            known = Metadata(org_id=self.scope.org_id, service_account_id=self.account.id)
        # If the sink does not return keys, it is uncertain from here on which key it stores.
        unchanged = known.fingerprint if self.sink.readable else None
        pending = (*known.pending, name)
        now = iso(self.scope.client.now())
        return self.sink.remember(replace(known, pending=pending, noted=now, fingerprint=unchanged), noted)

    def _post(self, name: str) -> t.Mapping[str, t.Any]:
        """Return the answer with the new key.

        Right after an account was created, the Cloud API may refuse its first token with 400, and create it a moment later.
        """
        path = "/api/serviceaccounts/%d/tokens" % self.account.id
        body: dict[str, t.Any] = {"name": name}
        if self._lifetime is not None:
            body["secondsToLive"] = self._lifetime
        for pause in (*_SETTLING, None):
            try:
                return t.cast("dict[str, t.Any]", self.scope.client.post(path, body, org=self.scope.org_id))
            except Refused as problem:
                if pause is None or not self._settling(problem):
                    raise
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _settling(self, problem: GrafanaError) -> bool:
        """Tell whether a refusal may be that of an account without tokens, which was created a moment ago."""
        unexplained = problem.status == 400 and not name_taken(problem) and not over_limit(problem)
        return unexplained and self.scope.client.connection.cloud_stack is not None and not self.work.state.tokens

    def _in_account(self, name: str) -> bool:
        """Tell whether another run has just given this account a token of that name."""
        return any(entry.name == name for entry in list_tokens(self.scope, self.account.id))

    def metadata(self, answer: t.Mapping[str, t.Any], created: datetime) -> Metadata:
        """Return the metadata, with the tokens that the new one replaces, in case the run ends before it deletes them."""
        work, sink = self.work, self.sink
        known = Metadata(
            token_id=int(answer["id"]),
            name=str(answer["name"]),
            base_name=self.desired.name,
            service_account_id=self.account.id,
            service_account=self.account.name,
            org_id=self.scope.org_id,
            org_name=self.scope.org.name if self.scope.org else None,
            server=self.scope.client.connection.url,
            created=iso(created),
            expires=end_of(created, self._lifetime),
            pending=work.pending,
            noted=work.state.known.noted if work.pending else None,
            previous=work.waiting,
        )
        if sink is not None and sink.locks and not sink.deferred:
            return replace(known, pending=(*work.pending, *(entry.name for entry in work.to_delete)))
        # Expired ones only if a later run has to delete them: a purge may delete hundreds.
        later = sink is not None and sink.deferred
        replaced = [entry for entry in work.to_delete if entry.alive or later or entry == work.state.stored_token]
        return replace(known, previous=(*work.waiting, *(Previous(entry.id, entry.name, iso(created)) for entry in replaced)))

    def test(self, key: str, name: str) -> bool:
        """Test the key if the task wants that and the account is enabled."""
        if self.desired.prove == "never":
            return False
        if self.account.disabled:
            self.scope.warn("service account %s is disabled: its token %s cannot be tested" % (self.account.name, name))
            return False
        check_key(self.scope, key, self.account)
        return True

    def delete(self, number: int) -> None:
        """Delete the token."""
        delete_token(self.scope, self.account.id, number)
