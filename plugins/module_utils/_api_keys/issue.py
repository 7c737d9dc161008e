# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an API key is created and stored: probe, note, request, delete the old key, create, test, store.

The new key is requested while the old one still has the name. So the server refuses everything that it refuses before the
old key is deleted, and only the taken name remains as a reason.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import replace
from datetime import datetime

from .._grafana.errors import QUESTIONS, Conflict, GrafanaError, Refused, Unauthorized
from .._grafana.scope import Scope
from .._sinks.base import Metadata, Sink, Stored
from .._text.durations import after as end_of
from .._text.durations import iso
from .._tokens.api import check_key
from .._tokens.issue import Issue
from .api import ApiKey, delete_key
from .plan import DesiredKey, KeyState, KeyWork, known


class KeyIssue(Issue):
    """Creates one API key; *asked* are organization and name of keys that this run asked for and got no answer about."""

    def __init__(
        self,
        scope: Scope,
        desired: DesiredKey,
        work: KeyWork,
        stored: Stored,
        hide: t.Callable[[str], None],
        asked: set[tuple[int, str]],
    ) -> None:
        super().__init__(scope, desired.sink, stored, hide)
        self.desired, self.work = desired, work
        self._asked, self._place = asked, (scope.org_id, desired.name)
        self._deleted = False

    def issue(self) -> KeyState:
        """Create the key; return the state afterwards."""
        try:
            new = self.run()
        except GrafanaError as problem:
            if self._deleted and not isinstance(problem, QUESTIONS):
                self.scope.warn(
                    "API key %s of %s was deleted to be replaced, and then creating the new one failed: run the task again, as "
                    "no key has this name now" % (self.desired.name, self.scope.where())
                )
            raise
        found = ApiKey(new.id, self.desired.name, self.work.role, new.metadata.expires)
        return replace(self.work.state, found=found, stored=new.stored, works=None, was=self.work.was)

    def create(self) -> tuple[t.Mapping[str, t.Any], Stored]:
        """Create the key; delete the old one first if only that one has the name."""
        noted = self._note()
        try:
            return self._post_or_replace(), noted
        except GrafanaError as problem:
            if self._place not in self._asked:
                # The server has answered that it created no key.
                with contextlib.suppress(GrafanaError):
                    t.cast(Sink, self.sink).remember(self.stored.metadata, noted)
            raise problem from None

    def _note(self) -> Stored:
        """Write the name of the key into the metadata before it is created; this also shows that the sink can be written to."""
        about = replace(
            known(self.desired, self.work.state),
            name=self.desired.name,
            org_id=self.scope.org_id,
            pending=(self.desired.name,),
            noted=iso(self.scope.client.now()),
        )
        return t.cast(Sink, self.sink).remember(about, self.stored)

    def _post_or_replace(self) -> t.Mapping[str, t.Any]:
        try:
            return self._post()
        except Conflict:
            old = self.work.old
            if old is None or old.id is None:
                raise
            delete_key(self.scope, old.id)
            self._deleted = True
            return self._post()

    def _post(self) -> t.Mapping[str, t.Any]:
        """Request the key once; its name stays in *asked* if the key may exist although no answer arrived."""
        body: dict[str, t.Any] = {"name": self.desired.name, "role": self.work.role}
        if self.desired.lifetime is not None:
            body["secondsToLive"] = self.desired.lifetime
        self._asked.add(self._place)
        try:
            answer: t.Mapping[str, t.Any] = self.scope.client.post("/api/auth/keys", body, org=self.scope.org_id)
        except GrafanaError as problem:
            if isinstance(problem, Conflict) or not isinstance(problem, QUESTIONS):
                self._asked.discard(self._place)
            raise
        self._asked.discard(self._place)
        return answer

    def metadata(self, answer: t.Mapping[str, t.Any], created: datetime) -> Metadata:
        """Return the metadata of the new key."""
        return Metadata(
            token_id=int(answer["id"]),
            name=self.desired.name,
            org_id=self.scope.org_id,
            org_name=self.scope.org.name if self.scope.org else None,
            server=self.scope.client.connection.url,
            created=iso(created),
            expires=end_of(created, self.desired.lifetime),
        )

    def test(self, key: str, name: str) -> bool:
        """Send a request with the key. Raises :class:`Refused` if the server does not accept it."""
        try:
            check_key(self.scope, key)
        except Unauthorized as problem:  # of the new key, not of the caller
            raise Refused(
                "the server created API key %s of %s and refuses its key: %s" % (name, self.scope.where(), problem.message),
                code="unproven",
            ) from None
        return True

    def delete(self, number: int) -> None:
        """Delete the key."""
        delete_key(self.scope, number)
