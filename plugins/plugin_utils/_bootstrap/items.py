# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The batch of each step of the role org_bootstrap, for all tenants.

Each step computes its batch in a process of its own, and Ansible compiles this file and all that it imports there. So a function
that only one step needs imports what it needs itself.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible.errors import AnsibleFilterError

from .._paths import with_absolute
from .results import Results, by_step, failed_tenants, pending_members
from .steps import KINDS, PARTS, Item, Tenant
from .tokens import may_end, tokens_of, with_renewal, with_sink, writer_of

#: Options of dashboards that are paths; the first two may also be an address.
_PATHS = ("path", "dashboard_url", "directory")


@dataclass(frozen=True)
class Wanted:
    """What the items of a tenant depend on: where relative paths start, who writes dashboards, and the default sink."""

    folder: str = ""
    dashboards_as: str = "caller"
    sink: Tenant | None = None


def items(
    organizations: t.Sequence[Tenant],
    kind: str,
    earlier: Results = (),
    folder: str = "",
    dashboards_as: str = "caller",
    sink: Tenant | None = None,
    renew_before: t.Any = None,
    ephemeral_on: str | None = None,
) -> list[Item]:
    """Return the batch of the step *kind* for all *organizations* that failed at no *earlier* step.

    *sink* and *renew_before* are defaults for tokens without these options. A token whose lifetime is shorter than
    *renew_before* is due in the last third of its lifetime. Relative paths start from *folder*. With *ephemeral_on*, the
    connection plugin of the host, only those tokens are returned whose key may end with a container. Raises
    ``AnsibleFilterError`` for invalid input.
    """
    if kind not in KINDS:
        raise AnsibleFilterError("kind has to be one of %s, not %r" % (", ".join(KINDS), kind))
    if kind == "organizations":
        _check(organizations, dashboards_as, sink)
    done = by_step(earlier)
    failed = failed_tenants(organizations, done)
    reached = [tenant for tenant in organizations if tenant["name"] not in failed]
    if kind == "users":
        return user_items(reached)
    pending = pending_members(done)
    wanted = Wanted(folder, dashboards_as, sink)
    batch: list[Item] = []
    for tenant in reached:
        made = (_OF_ABSENT if is_absent(tenant) else _OF_PRESENT).get(kind, _nothing)(tenant, wanted)
        missing = pending.get(tenant["name"])
        batch.extend((without_users(item, missing) for item in made) if missing else made)
    if kind == "tokens" and renew_before:
        batch = [with_renewal(item, renew_before) for item in batch]
    if kind == "tokens" and ephemeral_on is not None:
        batch = [item for item in batch if may_end(item, ephemeral_on.rpartition(".")[2])]
    return batch


def _check(organizations: t.Sequence[Tenant], dashboards_as: str, sink: Tenant | None) -> None:
    """Raise for two tenants with one name, tokens without a sink, dashboards that no token may write, and users who differ."""
    seen: set[str] = set()
    for tenant in organizations:
        if tenant["name"] in seen:
            raise AnsibleFilterError("two organizations have the name %s" % tenant["name"])
        seen.add(tenant["name"])
        if is_absent(tenant):
            continue
        _check_sinks(tenant, sink)
        if dashboards_as == "token" and tenant.get("dashboards"):
            writer_of(tenant, "", sink)
        _check_folders(tenant)
    user_items(organizations)


def _check_sinks(tenant: Tenant, sink: Tenant | None) -> None:
    """Raise for a token whose key has no destination."""
    for account, token in tokens_of(tenant):
        absent = token.get("state") == "absent"
        if not (absent or token.get("dest") or token.get("sink") or sink):
            raise AnsibleFilterError(
                "organization %s: token %s of %s has no destination for its key: set its dest or sink, or set "
                "org_bootstrap_sink for all tokens" % (tenant["name"], token["name"], account["name"])
            )


def _check_folders(tenant: Tenant) -> None:
    """Raise for a folder with wrong options: the argument spec of a role cannot check an entry that may also be a text."""
    if not tenant.get("folders"):
        return
    from ...module_utils._engine.options import check  # pylint: disable=import-outside-toplevel
    from ...module_utils._folders.plan import OPTIONS  # pylint: disable=import-outside-toplevel
    from ...module_utils._grafana.errors import GrafanaError  # pylint: disable=import-outside-toplevel

    for number, item in enumerate(_folders(tenant, Wanted())):
        try:
            check({name: value for name, value in item.items() if name != "org_name"}, OPTIONS)
        except GrafanaError as problem:
            raise AnsibleFilterError("organization %s, folders[%d]: %s" % (tenant["name"], number, problem.message)) from None


def is_absent(tenant: Tenant) -> bool:
    """Tell whether a tenant is to be removed."""
    return bool(tenant.get("state") == "absent")


def user_items(organizations: t.Sequence[Tenant]) -> list[Item]:
    """Return the users that the members of present tenants create, each once, with the first tenant as organization.

    Raises ``AnsibleFilterError`` for a user whom two tenants describe differently.
    """
    found: dict[str, Item] = {}
    for tenant in organizations:
        for member in () if is_absent(tenant) else tenant.get("members") or ():
            if not member.get("create") or member.get("state") == "absent":
                continue
            renamed = {"password": "user_password"}
            user = {renamed.get(name, name): value for name, value in member["create"].items() if value is not None}
            login = str(member["login"])
            user = {("email" if "@" in login else "login"): login, **user}
            own = {"initial_org_name": tenant["name"], "on_existing": "keep"}
            first = found.setdefault(login.casefold(), {**user, **own})
            if {**first, **user} != first or len(first) != len(user) + len(own):
                raise AnsibleFilterError(
                    "organizations %s and %s create user %s with different values: give create the same values, or give it once"
                    % (first["initial_org_name"], tenant["name"], login)
                )
    return list(found.values())


def without_users(item: Item, missing: t.Collection[str]) -> Item:
    """Return an item without the users who do not exist: members and admins of a team, and entries of permissions."""
    shorter = {name: [login for login in item[name] if login not in missing] for name in ("members", "admins") if item.get(name)}
    if item.get("permissions"):
        shorter["permissions"] = [entry for entry in item["permissions"] if entry.get("user") not in missing]
    return {**item, **shorter}


def _nothing(_tenant: Tenant, _wanted: Wanted) -> t.Iterator[Item]:
    return iter(())


def _organization(tenant: Tenant, _wanted: Wanted) -> t.Iterator[Item]:
    yield {name: value for name, value in tenant.items() if name not in PARTS}


def _listed(part: str, *left_out: str) -> t.Callable[[Tenant, Wanted], t.Iterator[Item]]:
    """Return a function that yields the entries of a *part* of the tenant, without the options of another step."""

    def made(tenant: Tenant, _wanted: Wanted) -> t.Iterator[Item]:
        for entry in tenant.get(part) or ():
            yield {"org_name": tenant["name"], **{name: value for name, value in entry.items() if name not in left_out}}

    return made


def _folders(tenant: Tenant, _wanted: Wanted) -> t.Iterator[Item]:
    for entry in tenant.get("folders") or ():
        options = _folder_at(entry) if isinstance(entry, str) else entry
        if not isinstance(options, t.Mapping):
            raise AnsibleFilterError(
                "organization %s: a folder has to be a path or a dictionary, not %r" % (tenant["name"], entry)
            )
        yield {"org_name": tenant["name"], **options}


def _folder_at(path: str) -> Item:
    """Return the folder at a path of titles, whose parents are created, too."""
    parent, slash, title = path.rpartition("/")
    return {"title": title, "parent": parent, "create_parents": True} if slash else {"title": title}


def _tokens(tenant: Tenant, wanted: Wanted) -> t.Iterator[Item]:
    for account, token in tokens_of(tenant):
        yield {"org_name": tenant["name"], "service_account": account["name"], **with_sink(token, wanted.folder, wanted.sink)}


def _removed_tokens(tenant: Tenant, wanted: Wanted) -> t.Iterator[Item]:
    """Yield the tokens whose keys are stored; without a sink nothing of a token is left after its organization."""
    for item in _tokens(tenant, wanted):
        if item.get("dest") or item.get("sink"):
            yield {**item, "state": "absent"}


def _removed_accounts(tenant: Tenant, _wanted: Wanted) -> t.Iterator[Item]:
    for account in tenant.get("service_accounts") or ():
        yield {"org_name": tenant["name"], "name": account["name"], "state": "absent"}


def _dashboards(tenant: Tenant, wanted: Wanted) -> t.Iterator[Item]:
    from ...module_utils._grafana.download import is_address  # pylint: disable=import-outside-toplevel

    by_token = wanted.dashboards_as == "token" and tenant.get("dashboards")
    writer = writer_of(tenant, wanted.folder, wanted.sink) if by_token else {}
    for dashboard in tenant.get("dashboards") or ():
        paths = [name for name in _PATHS if not is_address(dashboard.get(name))]
        yield {"org_name": tenant["name"], **writer, **with_absolute(dashboard, paths, wanted.folder)}


def _preferences(tenant: Tenant, _wanted: Wanted) -> t.Iterator[Item]:
    if tenant.get("preferences"):
        yield {"org_name": tenant["name"], **tenant["preferences"]}


#: What yields the items of a tenant, by kind.
_Makers = dict[str, t.Callable[[Tenant, Wanted], t.Iterator[Item]]]
_OF_PRESENT: _Makers = {
    "organizations": _organization,
    "members": _listed("members", "create"),
    "teams": _listed("teams"),
    "data_sources": _listed("data_sources"),
    "service_accounts": _listed("service_accounts", "tokens"),
    "tokens": _tokens,
    "folders": _folders,
    "dashboards": _dashboards,
    "preferences": _preferences,
}
#: A tenant that is removed: its accounts, its organization, and then the stored keys of its tokens.
_OF_ABSENT: _Makers = {
    "organizations": _organization,
    "removed_accounts": _removed_accounts,
    "tokens": _removed_tokens,
}
