# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to a controller (AWX or Automation Platform) with one identity."""

from __future__ import annotations

import os
import threading
import typing as t
from urllib.parse import urlencode

from .._grafana import credentials
from .._grafana.errors import BadInput
from .private_files import StoreError
from .web import TIMEOUT, Api, Reply, checked_secret, secret_of, verification

#: Paths of the API: in AWX and older controllers, and behind the gateway of the platform.
_ROOTS = ("/api/v2", "/api/controller/v2")


class Controller:
    """Sends requests to a controller with one identity. *hide* masks a secret in all output."""

    def __init__(self, options: t.Mapping[str, t.Any], hide: t.Callable[[str], None]) -> None:
        url = options.get("url") or _environment("HOST")
        if not url:
            raise BadInput("sink awx_credential needs url, or CONTROLLER_HOST")
        skip = (_environment("VERIFY_SSL") or "").lower() in ("false", "no", "0")
        url = str(url) if "://" in str(url) else "https://%s" % url
        self.api = Api(
            "the controller", url, verification(options, "CONTROLLER_CA_PATH", skip), float(options.get("timeout") or TIMEOUT)
        )
        self._headers = {"Authorization": _identity(options, hide)}
        self._root: str | None = None
        self._lock = threading.Lock()
        self._named: dict[tuple[str, str], list[dict[str, t.Any]]] = {}

    def __call__(self, method: str, path: str, body: t.Any = None) -> Reply:
        """Send a request for *path* below the API's root. Raises :class:`StoreError` for any status other than 2xx."""
        path = self._find_root() + path
        reply = self.api(method, path, body, self._headers)
        if reply.status in (200, 201):
            self.api.field(method, path, reply, dict)
        if not 200 <= reply.status < 300:
            advice = {401: "check the token, or username and password", 403: "this user lacks the permission"}.get(
                reply.status, ""
            )
            raise self.api.refused(method, path, reply, advice)
        return reply

    def results(self, path: str, **query: str) -> list[dict[str, t.Any]]:
        """Return the entries of a list. Raises :class:`StoreError` if the answer is not a list of the controller."""
        if query:
            path += "?" + urlencode(query)
        found = self.api.field("GET", path, self("GET", path), list, "results")
        return [one for one in found if isinstance(one, dict)]

    def named(self, kind: str, name: str) -> list[dict[str, t.Any]]:
        """Return the objects with this *name*; *kind* is organizations or credential_types. A task asks once for each."""
        if (kind, name) not in self._named:
            found = self.results("/%s/" % kind, name=name)
            self._named[kind, name] = [one for one in found if one.get("name") == name]
        return self._named[kind, name]

    def number(self, path: str, entry: dict[str, t.Any], name: str = "id") -> int:
        """Return the number *name* of an object. Raises :class:`StoreError` if it is not a number."""
        return self.api.field("GET", path, Reply(200, entry), int, name)

    def _find_root(self) -> str:
        with self._lock:
            if self._root is None:
                roots = [root for root in _ROOTS if self.api("GET", root + "/ping/").status == 200]
                if not roots:
                    raise StoreError(
                        "%s is not a controller: it has neither %s; check sink.url" % (self.api.url, " nor ".join(_ROOTS))
                    )
                self._root = roots[0]
            return self._root


def _environment(name: str) -> str | None:
    """Return the environment variable CONTROLLER_*name* or TOWER_*name*, as the collection awx.awx reads them."""
    return os.environ.get("CONTROLLER_" + name) or os.environ.get("TOWER_" + name) or None


def _secret(name: str) -> str | None:
    """Return the secret in an environment variable as :func:`_environment`. Raises :class:`BadInput` for a line end in it."""
    value = _environment(name)
    return checked_secret(value, "CONTROLLER_" + name) if value else None


def _identity(options: t.Mapping[str, t.Any], hide: t.Callable[[str], None]) -> str:
    """Return the header Authorization for the identity in the options, else in the environment. Raises :class:`BadInput`."""
    token, username, password = secret_of(options, "token"), options.get("username"), secret_of(options, "password")
    if token and (username or password):
        raise BadInput("sink awx_credential has two identities, a token and a user: keep one")
    if not token and not (username or password):
        token, username, password = _secret("OAUTH_TOKEN"), _environment("USERNAME"), _secret("PASSWORD")
    if token:
        hide(token)
        return "Bearer " + token
    password = password or _secret("PASSWORD")
    if not username or not password:
        raise BadInput(
            "sink awx_credential needs an identity: token, token_file, or username and password (CONTROLLER_OAUTH_TOKEN, ...)"
        )
    hide(password)
    basic = credentials.basic(credentials.one_line(username, "sink.username"), password)
    hide(basic)
    return "Basic " + basic
