# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users of a server: finding them by login or e-mail address, one by one or in one list."""

from __future__ import annotations

import threading
import typing as t

from .._grafana.client import Client
from .._grafana.errors import Forbidden
from .._grafana.users import look_up
from .._grafana.versions import CASELESS_LOGINS

#: Up to so many users are looked up one by one; above, one list is cheaper.
ONE_BY_ONE = 3
#: Users a page: one request for nearly every server.
USERS_PER_PAGE = 5000

#: An entry of the server: ``id``, ``login``, ``email`` and more.
Entry = t.Mapping[str, t.Any]


class Directory:
    """Finds users; usable from several threads. Service accounts are no users: neither list nor look-up has them (recorded)."""

    def __init__(self, client: Client, many: bool) -> None:
        #: Whether one list of all users serves the look-ups.
        self.many = many
        self._client = client
        self._lock = threading.RLock()
        self._found: dict[str, Entry | None] = {}
        self._listed: list[Entry] | None = None
        self._refused: Forbidden | None = None
        self._logins: dict[str, Entry] = {}
        self._emails: dict[str, Entry] = {}
        self._lower: set[str] = set()

    def find(self, text: str, fresh: bool = False) -> Entry | None:
        """Return the user with the login or, without one, the e-mail address *text*; a *fresh* one is asked for again."""
        with self._lock:
            if not fresh and text in self._found:
                return self._found[text]
            found = self._in_list(text) if self.many and not fresh else look_up(self._client, text)
            self._found[text] = found
            return found

    def _in_list(self, text: str) -> Entry | None:
        self.all()
        exact = self._logins.get(text) or self._emails.get(text)
        if exact is not None or text.lower() not in self._lower:
            return exact
        # From 10.0 on, logins that differ in case mean one user; before, they may be two. The server decides.
        return look_up(self._client, text)

    def all(self) -> list[Entry]:
        """Return all users; the list is asked for once. Raises :class:`Forbidden`."""
        with self._lock:
            if self._refused is not None:
                raise self._refused
            if self._listed is None:
                try:
                    self._listed = list(every_user(self._client))
                except Forbidden as problem:
                    self._refused = problem
                    raise
                self._logins = {str(entry["login"]): entry for entry in self._listed}
                self._emails = {str(entry["email"]): entry for entry in self._listed}
                self._lower = {name.lower() for name in (*self._logins, *self._emails)}
            return self._listed

    def caseless(self) -> bool:
        """Return whether the server compares logins without case. A server that hides its version counts as one that does."""
        return self._client.at_least(CASELESS_LOGINS) is not False


def every_user(client: Client) -> t.Iterator[Entry]:
    """Yield all users of the server. Raises :class:`Forbidden` for a caller who is no server admin."""
    return client.each("/api/users/search", inside=("users",), perpage=USERS_PER_PAGE, page=1)
