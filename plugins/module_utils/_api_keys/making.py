# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an API key is made, proven and stored, in the order that loses none: probe, note, ask, delete the old, make, prove, store.

The new key is asked for while the old one still has the name. So whatever the server refuses, it refuses before anything is
deleted, and only the taken name is left.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import replace

from .._grafana.errors import QUESTIONS, Conflict, GrafanaError, Refused, Unauthorized
from .._grafana.scope import Scope
from .._sinks.base import Metadata, Sink, Stored, fingerprint
from .._sinks.private_files import UNSETTLED
from .._text.durations import after as end_of
from .._text.durations import iso
from .._tokens.api import prove
from .api import ApiKey, delete_key
from .plan import DesiredKey, KeyState, KeyWork, known


class KeyMaking:
    """One API key that is about to be made; *stored* is what its place holds now.

    *asked* are the names that were asked for in this run and got no answer. *hide* masks the key, *warn* warns.
    """

    def __init__(
        self,
        scope: Scope,
        desired: DesiredKey,
        work: KeyWork,
        stored: Stored,
        hide: t.Callable[[str], None],
        warn: t.Callable[[str], None],
        asked: set[tuple[int, str]],
    ) -> None:
        self._scope, self._desired, self._work, self._stored = scope, desired, work, stored
        self._hide, self._warn, self._asked = hide, warn, asked
        self._sink = t.cast(Sink, desired.sink)
        self._deleted = False

    def run(self) -> KeyState:
        """Make it, and return what is there then. What fails on the way leaves no new key behind."""
        self._sink.probe()
        noted = self._note()
        made_at = self._scope.client.now()
        try:
            made = self._made(noted)
            key = str(made["key"])
            self._hide(key)
            expires = end_of(made_at, self._desired.lifetime)
            now = self._store(int(made["id"]), key, iso(made_at), expires, noted)
        except GrafanaError as problem:
            if self._deleted and not isinstance(problem, QUESTIONS):
                self._warn(
                    "API key %s of %s was deleted to be made again, and then this failed: run the task again, as there is no "
                    "key of this name now" % (self._desired.name, self._scope.where())
                )
            raise
        found = ApiKey(int(made["id"]), self._desired.name, self._work.role, expires)
        return replace(self._work.state, found=found, stored=now, works=None, was=self._work.was)

    def _note(self) -> Stored:
        """Write down that the key is about to be made; this also shows that the place can be written to."""
        about = known(self._desired, self._work.state)
        noted = replace(
            about,
            name=self._desired.name,
            org_id=self._scope.org_id,
            pending=(self._desired.name,),
            noted=iso(self._scope.client.now()),
        )
        return self._sink.remember(noted, self._stored)

    def _made(self, noted: Stored) -> t.Any:
        """Return the server's answer to the making, after the old key is deleted if it is in the way."""
        try:
            try:
                return self._post()
            except Conflict:
                old = self._work.old
                if old is None or old.id is None:
                    raise
                delete_key(self._scope, old.id)
                self._deleted = True
                return self._post()
        except GrafanaError as problem:
            if not self._open():
                # The server has said that it made no key.
                with contextlib.suppress(GrafanaError):
                    self._sink.remember(self._stored.metadata, noted)
            raise problem from None

    def _post(self) -> t.Any:
        """Ask for the key once; its name stays among the unanswered where it may have been made all the same."""
        body: dict[str, t.Any] = {"name": self._desired.name, "role": self._work.role}
        if self._desired.lifetime is not None:
            body["secondsToLive"] = self._desired.lifetime
        place = (self._scope.org_id, self._desired.name)
        self._asked.add(place)
        try:
            made = self._scope.client.post("/api/auth/keys", body, org=self._scope.org_id)
        except GrafanaError as problem:
            if isinstance(problem, Conflict) or not isinstance(problem, QUESTIONS):
                self._asked.discard(place)
            raise
        self._asked.discard(place)
        return made

    def _open(self) -> bool:
        """Tell whether a key may have been made of which no answer told."""
        return (self._scope.org_id, self._desired.name) in self._asked

    def _store(self, key_id: int, key: str, made_at: str, expires: str | None, noted: Stored) -> Stored:
        """Prove the key and store it; delete it where that fails, as nobody has it."""
        try:
            self._prove(key)
            org = self._scope.org
            metadata = Metadata(
                token_id=key_id,
                name=self._desired.name,
                org_id=self._scope.org_id,
                org_name=org.name if org else None,
                server=self._scope.client.connection.url,
                created=made_at,
                expires=expires,
                fingerprint=fingerprint(key),
                proved=iso(self._scope.client.now()),
            )
            return self._sink.write(key, metadata, noted)
        except GrafanaError as problem:
            if problem.code != UNSETTLED:  # then the key may be where it belongs
                self._discard(key_id, noted)
            raise

    def _prove(self, key: str) -> None:
        """Make a request with the key. Raises :class:`Refused` where the server does not take it."""
        try:
            prove(self._scope, key)
        except Unauthorized as problem:  # which is no word about the caller's own identity
            raise Refused(
                "the server made API key %s of %s and refuses its key: %s"
                % (self._desired.name, self._scope.where(), problem.message),
                code="unproven",
            ) from None

    def _discard(self, key_id: int, noted: Stored) -> None:
        """Delete the key, and take back the note that it was to be made."""
        with contextlib.suppress(GrafanaError):
            delete_key(self._scope, key_id)
            if self._sink.read().fingerprint == self._stored.fingerprint:
                self._sink.remember(self._stored.metadata, noted)
