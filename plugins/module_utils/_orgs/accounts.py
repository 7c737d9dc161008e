# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts: what a task wants, what the server has, and the logins that the server derives from names."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from .._engine.fields import Field, Fields
from .._grafana.account_logins import logins, slug
from .._grafana.errors import BadInput, GrafanaError, Refused
from .._grafana.roles import ROLES
from .._grafana.scope import Scope
from .._permissions.model import DesiredPermissions, PermissionState

#: What the server stores of an account beside its name. A new account gets the least privilege.
FIELDS = Fields(
    Field("role", {"type": "str", "choices": ROLES}, server="role", initial="Viewer"),
    Field("disabled", {"type": "bool"}, server="isDisabled", initial=False),
)


@dataclass(frozen=True)
class DesiredAccount:
    """A service account as a task wants it.

    *fields* are those of FIELDS by option; ``None`` leaves the field as it is, and takes its initial value for a new account.
    """

    name: str
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    state: str = "present"
    recreate: bool = False
    permissions: DesiredPermissions | None = None


@dataclass(frozen=True)
class Account:
    """A service account as the server has it.

    *fields* are those of FIELDS by option. *tokens* is the number of its tokens. The Cloud API cannot change accounts
    (*fixed*), and its search returns id and name only (not *whole*). *permissions* are read if the task names some.
    """

    id: int
    name: str
    login: str
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    tokens: int = 0
    uid: str | None = None
    fixed: bool = False
    whole: bool = True
    permissions: PermissionState | None = None

    @classmethod
    def from_api(cls, entry: t.Mapping[str, t.Any]) -> Account:
        """Return an account of the API: of a search, of ``GET /api/serviceaccounts/:id`` or of the answer to a POST."""
        return cls(
            id=int(entry["id"]),
            name=str(entry.get("name") or ""),
            login=str(entry.get("login") or ""),
            fields=FIELDS.from_server(entry),
            tokens=int(entry.get("tokens") or 0),
            uid=entry.get("uid"),
            whole="role" in entry,
        )

    @property
    def role(self) -> str:
        """The role in the organization; empty if it is unknown."""
        return str(self.fields.get("role") or "")

    @property
    def disabled(self) -> bool:
        """Whether the keys of all its tokens are refused."""
        return bool(self.fields.get("disabled"))

    def with_fields(self, **fields: t.Any) -> Account:
        """Return the account with other fields."""
        return replace(self, fields={**self.fields, **fields})


@dataclass(frozen=True)
class AccountWork:
    """What ``apply`` does: to which account (``None``: a new one), and which fields it writes.

    *permissions* has the ids of those whom the permissions of a new account name.
    """

    current: Account | None
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    permissions: PermissionState | None = None


def login_taken(scope: Scope, name: str, accounts: t.Sequence[Account], **details: t.Any) -> GrafanaError | None:
    """Return the error for a login that one of *accounts* has; ``None`` if it is free."""
    mine = logins(scope, name)
    taken = [entry for entry in accounts if entry.login in mine or (not entry.whole and slug(entry.name) == slug(name))]
    if not taken:
        return None
    return Refused(
        "service account %s cannot be created in %s: its login %s belongs to the account named %s (id %d); logins are "
        "lower case with dashes for spaces, so similar names collide: use that name, or a more different one"
        % (name, scope.where(), taken[0].login or mine[1], taken[0].name, taken[0].id),
        code="login_taken",
        **details,
    )


def check_name(name: str, source: str) -> None:
    r"""Raise :class:`BadInput` if *name* has a backslash; *source* says which option it comes from.

    Such a name is a mistake in quoting: ``\\1`` in YAML without quotes results in a name with ``\1``.
    """
    if "\\" in name:
        raise BadInput("%s: the service account's name '%s' has a backslash: choose a name without it" % (source, name))


__all__ = ["FIELDS", "Account", "AccountWork", "DesiredAccount", "check_name", "login_taken", "logins", "slug"]
