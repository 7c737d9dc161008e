# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server accepts the caller's credential, decided by its answer to ``GET /api/user``.

With anonymous access, servers from 10.x on answer a rejected credential as they answer a caller without one; with an
authentication proxy, as they answer the user whom a header names. ``GET /api/user`` answers 401 to an anonymous caller on every
version, and 200, 403 or 404 to an accepted credential (recorded: settings ``anonymous``, ``anonymous-viewer``, ``auth-proxy``).
"""

from __future__ import annotations

import contextlib
import threading
import typing as t

from .connection import Connection
from .errors import Forbidden, NotFound, NotGrafana, Unauthorized, public_url

#: The path that decides it.
USER_PATH = "/api/user"
#: How the uid of a caller begins that is a service account or an API key; a user's uid begins with neither.
_KEYS = ("service-account:", "api-key:")
#: How a key of Grafana begins; a token that begins otherwise can be a JWT, which identifies a user.
_GRAFANA_KEYS = ("glsa_", "eyJrIjoi")

User = t.Mapping[str, t.Any]


class Acceptance:
    """Finds out, once for a client, whether the server accepts its credential; usable from several threads.

    *prove* returns whether a login has proved it, *ask* returns the body of ``GET /api/user``. Set *tested* for a client that
    tests a key.
    """

    def __init__(self, connection: Connection, prove: t.Callable[[], bool], ask: t.Callable[[], t.Any]) -> None:
        self.tested = False
        self._connection, self._prove, self._ask = connection, prove, ask
        self._lock = threading.RLock()
        self._accepted = False
        self._rejected: Unauthorized | None = None
        self._user: User | None = None
        self._user_known = False

    def confirm(self) -> None:
        """Raise :class:`Unauthorized` if the server does not accept the credential.

        The other threads wait, and a rejected credential is not sent again: wrong passwords lock the user out.
        """
        if self._accepted:
            return
        with self._lock:
            if self._rejected is not None:
                raise self._rejected
            if self._accepted:
                return
            try:
                if not self._prove():
                    self._read_user()
            except Unauthorized as problem:
                self._rejected = problem if problem.status == 200 else rejected(self._connection, problem)
                raise self._rejected from None
            self._accepted = True

    def user(self) -> User | None:
        """Return the user, read once; ``None`` if the server accepts the credential, but does not show the caller."""
        self.confirm()
        with self._lock:
            if not self._user_known:
                self._read_user()
            return self._user

    def _read_user(self) -> None:
        user = None
        with contextlib.suppress(Forbidden, NotFound):
            user = check_user(self._connection, self._ask(), self.tested)
        self._user, self._user_known = user, True


def credential(connection: Connection) -> str:
    """Return the kind and the source of the credential for messages; never the credential itself."""
    identity = connection.identity
    source = " (%s)" % identity.source if identity.source else ""
    if identity.kind == "password":
        return "the password of user %s%s" % (identity.username, source)
    if identity.kind == "token":
        return "the token%s" % source
    names = connection.identity_headers() or sorted(connection.headers)
    parts = ["the identity in the headers %s" % ", ".join(names)] if names else []
    if connection.client_cert:
        parts.append("the client certificate %s" % connection.client_cert)
    return " and ".join(parts) or "a request without credentials"


def rejected(connection: Connection, problem: Unauthorized) -> Unauthorized:
    """Return the error for a credential that the server rejects in its answer *problem*."""
    message, message_id = problem.details.get("server_message"), problem.details.get("message_id")
    anonymous = " and treats the caller as anonymous" if message == "Unauthorized" and message_id is None else ""
    return Unauthorized(
        "the server %s does not accept %s%s: %s"
        % (public_url(connection.url), credential(connection), anonymous, problem.message),
        code=problem.code,
        **problem.details,
    )


def check_user(connection: Connection, user: t.Any, tested: bool) -> User:
    """Return *user*, the body of a 200 to ``GET /api/user``, if it does not show another caller than the task's.

    If *tested*, the client tests a key, and only a service account or an API key is the expected caller. Raises
    :class:`NotGrafana` for a body that is not an object, and :class:`Unauthorized` for another caller: a header, or a client
    certificate, identifies it.
    """
    where = public_url(connection.url + USER_PATH)
    if not isinstance(user, dict):
        raise NotGrafana(
            "GET %s answered 200 with something that is not a user: check url and its sub-path" % where,
            method="GET",
            url=where,
            status=200,
        )
    if _is_another(connection, user, tested):
        raise Unauthorized(
            "the server %s does not accept %s, and takes the caller from the headers or the client certificate: it is user %s; "
            "correct the credential, or remove what identifies another caller (%s)"
            % (
                public_url(connection.url),
                credential(connection),
                user.get("login"),
                ", ".join(connection.identity_headers()) or "client_cert",
            ),
            method="GET",
            url=where,
            status=200,
        )
    return user


def _is_another(connection: Connection, user: User, tested: bool) -> bool:
    """Return whether *user* is another caller than the one that the identity of *connection* names."""
    identity = connection.identity
    beside = bool(connection.identity_headers() or connection.client_cert)
    if identity.kind == "token" and (tested or (beside and str(identity.token).startswith(_GRAFANA_KEYS))):
        return not str(user.get("uid") or "").startswith(_KEYS)
    if identity.kind == "password" and beside:
        names = [str(user.get(name) or "").lower() for name in ("login", "email")]
        return str(identity.username).lower() not in names
    return False


__all__ = ["USER_PATH", "Acceptance", "User", "check_user", "credential", "rejected"]
