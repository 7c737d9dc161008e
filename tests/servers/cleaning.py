# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test has left on a real server, and how to delete it by the API: that takes less time than a new server.

A server may be used again if everything that was written to it lies in organizations that are deleted, or is a user or a
service account that is deleted. New ones get new ids, so that nothing which the server remembers of the old ones (permissions
are cached for up to a minute) applies to them. Whatever else was written, as dashboards of organization 1, calls for a new
server. So does a server that cannot delete organizations, as 13.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

#: Makes a request as the server's admin: (method, path, body, organization id) to (status, body).
Send = Callable[[str, str, Any, int], tuple[int, bytes]]

#: Requests that write nothing which outlives the deletion of users, service accounts and organizations other than the first.
#: ``{other}`` is the id of an organization other than the first, ``{user}`` that of a user other than the admin.
_HARMLESS = [
    ("POST", "/login"),
    ("POST", "/api/user/auth-tokens/rotate"),
    ("POST", "/api/user/revoke-auth-token"),
    ("POST", "/api/orgs"),
    ("PUT|PATCH|POST|DELETE", "/api/orgs/{other}(/.*)?"),
    ("POST", "/api/orgs/1/users"),
    ("PATCH|DELETE", "/api/orgs/1/users/{user}"),
    ("POST", "/api/user/using/.*"),
    ("POST", "/api/users/[0-9]+/using/.*"),
    ("POST", "/api/admin/users"),
    ("PUT|POST|DELETE", "/api/admin/users/{user}(/.*)?"),
    ("POST|PATCH|DELETE", "/api/serviceaccounts(/.*)?"),
]
_NAMES = {"{other}": "(?!1(?:/|$))[0-9]+", "{user}": "(?!1(?:/|$))[0-9]+"}
#: Routes whose writes do not belong to the organization that the header names.
_OF_THE_SERVER = re.compile(r"/api/(admin|orgs|users?)/")
#: A namespace of ``/apis`` is an organization.
_NAMESPACE = re.compile(r"/namespaces/org-(?!1(?:/|$))[0-9]+/")


def _compiled(methods: str, path: str) -> re.Pattern[str]:
    for name, pattern in _NAMES.items():
        path = path.replace(name, pattern)
    return re.compile(f"(?:{methods}) {path}")


_PATTERNS = [_compiled(*one) for one in _HARMLESS]


class Traces:
    """What was written since the server was empty."""

    def __init__(self) -> None:
        self.any = False
        #: The first write that only a new server makes undone.
        self.lasting = ""
        self._keys_elsewhere: set[str] = set()

    def add(self, method: str, path: str, headers: Any) -> None:
        """Note a request."""
        if method in ("GET", "HEAD"):
            return
        self.any = True
        harmless = any(one.fullmatch(f"{method} {path}") for one in _PATTERNS)
        if not self.lasting and not harmless and not self._elsewhere(path, headers):
            self.lasting = f"{method} {path}"

    def add_key(self, key: str, headers: Any) -> None:
        """Note a token or API key that a request with *headers* has created."""
        if _other_org(headers):
            self._keys_elsewhere.add(key)

    def _elsewhere(self, path: str, headers: Any) -> bool:
        """Tell whether a request writes into an organization other than the first."""
        if _OF_THE_SERVER.match(path):
            return False
        key = headers.get("Authorization", "").removeprefix("Bearer ")
        return _other_org(headers) or key in self._keys_elsewhere or bool(_NAMESPACE.search(path))

    def cleaned(self, send: Send) -> bool:
        """Delete everything that was written; return whether the server is as good as new."""
        if not self.any:
            return True
        return not self.lasting and _delete(send)


def _other_org(headers: Any) -> bool:
    return headers.get("X-Grafana-Org-Id") not in (None, "", "0", "1")


def _delete(send: Send) -> bool:
    """Delete all organizations but the first, all users but the admin, and all service accounts of the first organization."""

    def listed(path: str) -> Any:
        status, content = send("GET", path, None, 1)
        return json.loads(content) if status == 200 else None

    def gone(path: str) -> bool:
        return send("DELETE", path, None, 1)[0] in (200, 404)

    orgs, users = listed("/api/orgs?perpage=10000"), listed("/api/users?perpage=10000")
    accounts = listed("/api/serviceaccounts/search?perpage=10000")
    if orgs is None or users is None:
        return False
    paths = [f"/api/serviceaccounts/{one['id']}" for one in (accounts or {}).get("serviceAccounts", ())]
    paths += [f"/api/orgs/{org['id']}" for org in orgs if org["id"] != 1]
    paths += [f"/api/admin/users/{user['id']}" for user in users if user["id"] != 1]
    if send("POST", "/api/user/using/1", {}, 1)[0] != 200 or not all(gone(path) for path in paths):
        return False
    sessions = listed("/api/user/auth-tokens")
    return sessions is not None and all(
        send("POST", "/api/user/revoke-auth-token", {"authTokenId": one["id"]}, 1)[0] == 200 for one in sessions
    )
