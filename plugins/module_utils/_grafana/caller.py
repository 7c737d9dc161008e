# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which account and organization the server takes a credential for."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .client import Client
from .errors import Forbidden

_ACCOUNT = "service-account:"


@dataclass(frozen=True)
class Caller:
    """What the server reports of the identity of a request; ``None`` stands for what it does not report.

    *account* is the id of a service account, or its uid where the server gives accounts uids of their own.
    """

    login: str | None = None
    account: str | None = None
    org_id: int | None = None
    org_name: str | None = None

    @classmethod
    def from_api(cls, user: t.Mapping[str, t.Any]) -> Caller:
        """Return the answer of ``GET /api/user`` as a value."""
        uid = str(user.get("uid") or "")
        return cls(
            login=user.get("login"),
            account=uid[len(_ACCOUNT) :] if uid.startswith(_ACCOUNT) else None,
            org_id=user.get("orgId"),
        )


def ask_caller(client: Client, org_name: bool = False) -> Caller:
    """Return whom the server takes *client* for; *org_name* asks for the name of the organization, too.

    ``GET /api/user`` tells whether a credential is accepted: 401 means that it is not, on every version, also where
    anonymous access is on. It answers service accounts from 11.5 on; 9.3 answers 404 and 10.4 answers 403. An account
    with the role None may not read ``GET /api/org``. Raises :class:`Unauthorized`.
    """
    try:
        user = client.find("/api/user")
    except Forbidden:
        user = None
    found = Caller.from_api(user or {})
    if found.org_id is not None and not org_name:
        return found
    try:
        org = client.get("/api/org")
    except Forbidden:
        return found
    return Caller(found.login, found.account, int(org["id"]), org.get("name"))


__all__ = ["Caller", "ask_caller"]
