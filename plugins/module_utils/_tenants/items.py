# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules by which tenants become the items of a module: one :class:`Part` for each kind of object."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._grafana.errors import BadInput
from .steps import PARTS, Item, Tenant

#: The logins of users who do not exist (yet), by organization.
Missing = t.Mapping[str, t.Collection[str]]


@dataclass(frozen=True)
class Rules:
    """What the items depend on beside the tenants: where relative paths start, who writes dashboards, the default sink, and
    which users do not exist."""

    folder: str = ""
    dashboards_as: str = "caller"
    sink: Tenant | None = None
    missing: Missing = field(default_factory=dict)


Maker = t.Callable[[Tenant, Rules], t.Iterator[Item]]
#: The name of a tenant, and an item that it needs.
Made = tuple[str, Item]


def nothing(_tenant: Tenant, _rules: Rules) -> t.Iterator[Item]:
    """Yield no item."""
    return iter(())


@dataclass(frozen=True)
class Part:
    """One kind of object of the tenants: what yields the items of a tenant, and those of a tenant that is to be removed."""

    present: Maker = nothing
    absent: Maker = nothing

    def of(self, tenants: t.Sequence[Tenant], rules: Rules) -> list[Made]:
        """Return the items of all *tenants*, without users who do not exist. Raises :class:`BadInput`."""
        made: list[Made] = []
        for tenant in tenants:
            name = tenant["name"]
            missing = rules.missing.get(name)
            for item in self._made(tenant, rules):
                made.append((name, without_users(item, missing) if missing else item))
        return made

    def is_needed(self, tenants: t.Sequence[Tenant], rules: Rules) -> bool:
        """Tell whether any of the *tenants* has such an object."""
        return any(True for tenant in tenants for _item in self._made(tenant, rules))

    def _made(self, tenant: Tenant, rules: Rules) -> t.Iterator[Item]:
        return (self.absent if is_absent(tenant) else self.present)(tenant, rules)


class Users(Part):
    """The users that the members of present tenants create, each once, with the first tenant as organization."""

    def of(self, tenants: t.Sequence[Tenant], rules: Rules) -> list[Made]:
        """Return the users. Raises :class:`BadInput` for a user whom two tenants describe differently."""
        found: dict[str, Item] = {}
        for tenant in tenants:
            for login, user in _created(tenant):
                own = {"initial_org_name": tenant["name"], "on_existing": "keep"}
                first = found.setdefault(login.casefold(), {**user, **own})
                if {**first, **user} != first or len(first) != len(user) + len(own):
                    raise BadInput(
                        "organizations %s and %s create user %s with different values: give create the same values, or give it "
                        "once" % (first["initial_org_name"], tenant["name"], login)
                    )
        return [(user["initial_org_name"], user) for user in found.values()]

    def is_needed(self, tenants: t.Sequence[Tenant], rules: Rules) -> bool:
        """Tell whether a member of any of the *tenants* is created."""
        return any(True for tenant in tenants for _user in _created(tenant))


def _created(tenant: Tenant) -> t.Iterator[tuple[str, Item]]:
    """Yield the login and the options of each user that the members of a present tenant create."""
    for member in () if is_absent(tenant) else tenant.get("members") or ():
        if not member.get("create") or member.get("state") == "absent":
            continue
        renamed = {"password": "user_password"}
        user = {renamed.get(name, name): value for name, value in member["create"].items() if value is not None}
        login = str(member["login"])
        yield login, {("email" if "@" in login else "login"): login, **user}


def is_absent(tenant: Tenant) -> bool:
    """Tell whether a tenant is to be removed."""
    return bool(tenant.get("state") == "absent")


def logins_of(tenant: Tenant) -> list[str]:
    """Return the logins of the members that *tenant* names, without those that are to be removed."""
    return [str(member["login"]) for member in tenant.get("members") or () if member.get("state") != "absent"]


def without_users(item: Item, missing: t.Collection[str]) -> Item:
    """Return an item without the users who do not exist: members and admins of a team, and entries of permissions."""
    shorter = {name: [login for login in item[name] if login not in missing] for name in ("members", "admins") if item.get(name)}
    if item.get("permissions"):
        shorter["permissions"] = [entry for entry in item["permissions"] if entry.get("user") not in missing]
    return {**item, **shorter}


def _organization(tenant: Tenant, _rules: Rules) -> t.Iterator[Item]:
    yield {name: value for name, value in tenant.items() if name not in PARTS}


def _listed(part: str, *left_out: str) -> Maker:
    """Return a function that yields the entries of a *part* of the tenant, without the options of another step."""

    def made(tenant: Tenant, _rules: Rules) -> t.Iterator[Item]:
        for entry in tenant.get(part) or ():
            yield {"org_name": tenant["name"], **{name: value for name, value in entry.items() if name not in left_out}}

    return made


def _folders(tenant: Tenant, _rules: Rules) -> t.Iterator[Item]:
    for entry in tenant.get("folders") or ():
        options = _folder_at(entry) if isinstance(entry, str) else entry
        if not isinstance(options, t.Mapping):
            raise BadInput("organization %s: a folder has to be a path or a dictionary, not %r" % (tenant["name"], entry))
        yield {"org_name": tenant["name"], **options}


def _folder_at(path: str) -> Item:
    """Return the folder at a path of titles, whose parents are created, too."""
    parent, slash, title = path.rpartition("/")
    return {"title": title, "parent": parent, "create_parents": True} if slash else {"title": title}


def _removed_accounts(tenant: Tenant, _rules: Rules) -> t.Iterator[Item]:
    for account in tenant.get("service_accounts") or ():
        yield {"org_name": tenant["name"], "name": account["name"], "state": "absent"}


def _preferences(tenant: Tenant, _rules: Rules) -> t.Iterator[Item]:
    if tenant.get("preferences"):
        yield {"org_name": tenant["name"], **tenant["preferences"]}


ORGANIZATIONS = Part(_organization, _organization)
USERS = Users()
MEMBERS = Part(_listed("members", "create"))
TEAMS = Part(_listed("teams"))
DATA_SOURCES = Part(_listed("data_sources"))
ACCOUNTS = Part(_listed("service_accounts", "tokens"))
#: The accounts of tenants that are removed go before their organizations.
REMOVED_ACCOUNTS = Part(absent=_removed_accounts)
ACCOUNTS_OR_REMOVED = Part(ACCOUNTS.present, REMOVED_ACCOUNTS.absent)
FOLDERS = Part(_folders)
PREFERENCES = Part(_preferences)
