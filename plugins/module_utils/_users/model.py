# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: what a task wants, and what the server has."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._engine.fields import Field, Fields
from .._engine.resource import View
from .._grafana.connection import OrgChoice, optional_number, text
from .._grafana.errors import BadInput

#: The least length of a password, in bytes, on a server without a stricter policy (8.5 to 13.1).
SHORTEST = 4


def _address(value: t.Any, option: str) -> str:
    """Return a login or an e-mail address. Raises :class:`BadInput` for an empty one, and for spaces at an end.

    Servers remove such spaces in updates, and up to 10.4 also in a new user (recorded).
    """
    found = text(value, option)
    if not found.strip():
        raise BadInput("%s is empty" % option)
    if found != found.strip():
        raise BadInput("%s %r begins or ends with a space: remove it" % (option, found))
    return found


_RAW = {"type": "raw"}
#: What the server stores of a user beside the login. The names are those of ``GET /api/users/:id``.
FIELDS = Fields(
    Field("email", _RAW, _address, server="email", initial=""),
    Field("name", _RAW, text, server="name", initial=""),
    Field("is_admin", {"type": "bool"}, server="isGrafanaAdmin", initial=False),
    Field("is_disabled", {"type": "bool"}, server="isDisabled", initial=False),
)

OPTIONS: dict[str, dict[str, t.Any]] = {
    "login": _RAW,
    **FIELDS.spec(),
    "user_password": {"type": "str", "no_log": True},
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "initial_org_name": _RAW,
    "initial_org_id": _RAW,
    "on_existing": {"type": "str", "choices": ["update", "keep"], "default": "update"},
    "orphans_only": {"type": "bool", "default": False},
    "ignored_orgs": {"type": "list", "elements": "raw"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


@dataclass(frozen=True)
class DesiredUser:
    """A user as a task wants it, found by *login* or, without one, by *email*.

    *fields* are those of FIELDS by option; ``None`` leaves the field as it is. With *always* an existing user gets *password*,
    too. A new user becomes a member of *initial_org*. With *keeps* an existing user is left as it is. With *orphans_only* an
    absent user stays who is a server admin, or a member of an organization that is not in *ignored_orgs*.
    """

    login: str | None
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)
    always: bool = False
    initial_org: OrgChoice = field(default_factory=OrgChoice)
    state: str = "present"
    keeps: bool = False
    orphans_only: bool = False
    ignored_orgs: tuple[str, ...] = ()

    @property
    def email(self) -> str | None:
        """The e-mail address."""
        return t.cast("str | None", self.fields.get("email"))

    @property
    def key(self) -> str:
        """The login or, without one, the e-mail address."""
        return self.login or self.email or ""

    @property
    def tests_password(self) -> bool:
        """Whether an existing user has to have the password."""
        return self.always and self.password is not None and self.state == "present"


@dataclass(frozen=True)
class CurrentUser:
    """A user as the server has it; *fields* are those of FIELDS by option.

    *labels* name the external logins (``LDAP``, ``SAML``, ``OAuth``, ``Auth Proxy``). *admin_synced* tells whether such a login
    sets ``is_admin``; ``None`` if the server does not say so (before 10.0). *org_id* is the active organization.

    *caseless* tells whether the server compares logins and e-mail addresses without case (from 10.0 on). *password_right* is
    ``None`` if it was not tested. *move_to* is the organization that the user has to be moved to (id, name), because the active
    one does not exist or is not the user's. *stays* tells whether the task asks for no change of this user.
    """

    id: int
    login: str
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    external: bool = False
    admin_synced: bool | None = False
    org_id: int = 0
    caseless: bool = True
    password_right: bool | None = None
    move_to: tuple[int, str] | None = None
    stays: bool = False

    @classmethod
    def from_api(cls, entry: t.Mapping[str, t.Any]) -> CurrentUser:
        """Return a user of ``GET /api/users/:id``."""
        labels = tuple(str(label) for label in entry.get("authLabels") or ())
        return cls(
            id=int(entry["id"]),
            login=str(entry.get("login") or ""),
            fields=FIELDS.from_server(entry),
            labels=labels,
            external=bool(entry.get("isExternal") or labels),
            admin_synced=entry.get("isGrafanaAdminExternallySynced"),
            org_id=int(entry.get("orgId") or 0),
        )

    @classmethod
    def from_list(cls, entry: t.Mapping[str, t.Any]) -> CurrentUser:
        """Return an entry of the list of all users, which lacks the active organization, and names one field otherwise."""
        return cls.from_api({**entry, "isGrafanaAdmin": entry["isAdmin"]})

    def view(self) -> View:
        """Return what a task manages, for the diff."""
        return {"login": self.login, **self.fields}

    def shown(self) -> View:
        """Return the user for a result."""
        return {"id": self.id, **self.view(), "auth_labels": list(self.labels)}


@dataclass(frozen=True)
class UserWork:
    """What ``apply`` does: to which user (``None``: a new one), and which fields it writes, by option.

    *password* tells whether it writes the password. *org_id* is the first organization of a new user.
    """

    current: CurrentUser | None
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    password: bool = False
    org_id: int | None = None


def parsed(options: t.Mapping[str, t.Any]) -> DesiredUser:
    """Return the user that *options* describe. Raises :class:`BadInput`."""
    login = options.get("login")
    fields = FIELDS.parsed(options)
    if login is None and fields["email"] is None:
        raise BadInput("login or email of the user is missing")
    password = options.get("user_password")
    if password is not None and len(password.encode("utf-8", "surrogatepass")) < SHORTEST:
        raise BadInput("user_password is too short: Grafana wants at least %d characters" % SHORTEST)
    always = options.get("update_password") == "always"
    if always and options.get("on_existing") == "keep":
        raise BadInput("update_password: always and on_existing: keep exclude each other: remove one of them")
    if always and password is None and options.get("state") != "absent":
        raise BadInput("update_password: always needs user_password")
    return DesiredUser(
        login=None if login is None else _address(login, "login"),
        fields=fields,
        password=password,
        always=always,
        initial_org=_initial_org(options),
        state=options.get("state") or "present",
        keeps=options.get("on_existing") == "keep",
        orphans_only=bool(options.get("orphans_only")),
        ignored_orgs=tuple(text(name, "ignored_orgs") for name in options.get("ignored_orgs") or ()),
    )


def _initial_org(options: t.Mapping[str, t.Any]) -> OrgChoice:
    name, number = options.get("initial_org_name"), options.get("initial_org_id")
    if name is not None and number is not None:
        raise BadInput("initial_org_name and initial_org_id exclude each other: set one of them")
    if name is not None and not text(name, "initial_org_name").strip():
        raise BadInput("initial_org_name is empty")
    return OrgChoice(optional_number(options, "initial_org_id"), name)
