# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account and the organization that a credential belongs to, as the server reports them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .client import Client
from .errors import Forbidden

_ACCOUNT = "service-account:"


@dataclass(frozen=True)
class Caller:
    """What the server reports about the caller of a request; a field that it does not report is ``None``.

    *account* is the id of a service account, or its uid on servers where service accounts have uids.
    """

    login: str | None = None
    account: str | None = None
    org_id: int | None = None
    org_name: str | None = None

    @classmethod
    def from_api(cls, user: t.Mapping[str, t.Any]) -> Caller:
        """Return the caller from an answer of ``GET /api/user``."""
        uid = str(user.get("uid") or "")
        return cls(
            login=user.get("login"),
            account=uid[len(_ACCOUNT) :] if uid.startswith(_ACCOUNT) else None,
            org_id=user.get("orgId"),
        )


def ask_caller(client: Client, org_name: bool = False) -> Caller:
    """Return the caller that *client* authenticates as; with *org_name* also the name of the organization.

    An account with the role None may not read ``GET /api/org``. Raises :class:`Unauthorized` for a credential that the server
    does not accept, also with anonymous access enabled.
    """
    user = client.user()
    caller = Caller.from_api(user or {})
    if caller.org_id is not None and not org_name:
        return caller
    try:
        org = client.get("/api/org")
    except Forbidden:
        return caller
    return Caller(caller.login, caller.account, int(org["id"]), org.get("name"))


__all__ = ["Caller", "ask_caller"]
