# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test interface: what tests may ask of the server they run on, and do to it, beside using its API.

The emulator (:mod:`servers.embedded`) and a real server (:mod:`servers.real`) both implement it. Tests use nothing else of
either, so that one test runs on both.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request that has arrived: *path* is without the query, and without the prefix of a server with a sub-path."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Token:
    """A token of a service account, as the API lists it."""

    id: int
    name: str
    org_id: int
    account_id: int


class TestServer(ABC):
    """A server on loopback, empty at first. Use it as a context manager.

    ``url`` is its address, ``version`` the version that the test has asked for.
    """

    __test__ = False  # the name begins with Test; pytest must not collect it

    url: str
    version: str

    # Its life

    @abstractmethod
    def start(self) -> None:
        """Start, and return when requests are answered."""

    @abstractmethod
    def stop(self) -> None:
        """Stop."""

    @abstractmethod
    def reset(self) -> None:
        """Become an empty server again, without faults and counts; the address stays."""

    @abstractmethod
    def upgrade(self, to: str) -> None:
        """Become a newer version with the same data."""

    # Requests

    @abstractmethod
    def stats(self) -> dict[str, Any]:
        """Return ``{"requests", "routes": [{"method", "route", "count"}]}`` since the start or the last reset.

        A route is a template such as ``/api/orgs/{org_id}/users``. Requests by :meth:`ask` do not count.
        """

    @abstractmethod
    def fault(self, wanted: dict[str, Any]) -> None:
        """Let requests fail: see :class:`emulator.faults.Fault` for the fields of *wanted*."""

    @abstractmethod
    def clear_faults(self) -> None:
        """Remove all faults."""

    @abstractmethod
    def watch(self, hook: Callable[[Seen], None] | None) -> None:
        """Call *hook* with each request before it is answered; the answer waits for it. ``None`` ends that."""

    @abstractmethod
    def send(self, method: str, path: str, body: Any, org_id: int) -> tuple[int, bytes]:
        """Make a request as the server's admin, which is not counted, watched or failed; return status and body."""

    # What no request does

    @abstractmethod
    def configure(self, settings: dict[str, str]) -> None:
        """Change settings of the running server. A real server cannot do that: the test is skipped as ``setting``."""

    @abstractmethod
    def advance(self, seconds: float) -> None:
        """Let time pass. A real server waits for short times; for long ones its tokens and sessions become older."""

    @abstractmethod
    def revoke(self, token_id: int) -> None:
        """Revoke a token as Grafana's secret scanning does."""

    @abstractmethod
    def replace_key(self, token_id: int) -> None:
        """Give a token another key, as happens when an older database is restored. Nobody has the new key."""

    @abstractmethod
    def keys(self) -> list[str]:
        """Return the keys of all tokens and API keys that were created since the start or the last reset."""

    # What the API says

    def ask(self, method: str, path: str, body: Any = None, org_id: int = 0) -> Any:
        """Make a request with :meth:`send`, and return the parsed answer. Raises :class:`AssertionError` unless it is a 2xx."""
        status, content = self.send(method, path, body, org_id)
        assert 200 <= status < 300, f"{method} {path}: {status} {content!r}"
        return json.loads(content) if content else None

    def orgs(self) -> dict[str, int]:
        """Return the ids of all organizations by name."""
        return {org["name"]: org["id"] for org in self.ask("GET", "/api/orgs?perpage=10000")}

    def accounts(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (organization id, service account) for all organizations."""
        for org_id in self.orgs().values():
            found = self.ask("GET", "/api/serviceaccounts/search?perpage=1000", org_id=org_id)
            for account in found["serviceAccounts"]:
                yield org_id, account

    def tokens(self) -> list[Token]:
        """Return the tokens of all service accounts of all organizations."""
        found = []
        for org_id, account in self.accounts():
            listed = self.ask("GET", f"/api/serviceaccounts/{account['id']}/tokens", org_id=org_id)
            found += [Token(one["id"], one["name"], org_id, account["id"]) for one in listed]
        return found

    def token_names(self) -> list[str]:
        """Return the names of :meth:`tokens`, sorted."""
        return sorted(token.name for token in self.tokens())

    def api_keys(self) -> list[str]:
        """Return the names of the API keys of all organizations; from 12.3 on servers have none."""
        found = []
        for org_id in self.orgs().values():
            status, content = self.send("GET", "/api/auth/keys?includeExpired=true", None, org_id)
            assert status in (200, 404), (status, content)
            found += [key["name"] for key in json.loads(content)] if status == 200 else []
        return found

    def dashboard(self, org_id: int, uid: str) -> dict[str, Any] | None:
        """Return a dashboard as ``{"dashboard", "meta"}``, or ``None`` if there is none."""
        status, content = self.send("GET", f"/api/dashboards/uid/{uid}", None, org_id)
        assert status in (200, 404), (status, content)
        found: dict[str, Any] = json.loads(content)
        return found if status == 200 else None

    def creator(self, org_id: int, uid: str) -> str:
        """Return who created a dashboard: a login, or from 12.0 on ``service-account:UID`` or ``user:UID``."""
        if self.version.startswith(("8.", "9.", "10.", "11.")):
            return str(self.ask("GET", f"/api/dashboards/uid/{uid}", org_id=org_id)["meta"]["createdBy"])
        namespace = "default" if org_id == 1 else f"org-{org_id}"
        path = f"/apis/dashboard.grafana.app/v1beta1/namespaces/{namespace}/dashboards/{uid}"
        return str(self.ask("GET", path, org_id=org_id)["metadata"]["annotations"]["grafana.app/createdBy"])

    def sessions(self) -> list[int]:
        """Return the ids of the admin's open sessions."""
        return [session["id"] for session in self.ask("GET", "/api/user/auth-tokens")]

    def end_sessions(self) -> None:
        """End the admin's open sessions."""
        for number in self.sessions():
            self.ask("POST", "/api/user/revoke-auth-token", {"authTokenId": number})
