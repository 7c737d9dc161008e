# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tokens of tenants: where their keys go, when they are due, and which of them writes the dashboards; the dashboards.

The last of the tenants' parts, so the table of all is here, too.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.parsing.convert_bool import boolean

from .._grafana.errors import BadInput, GrafanaError
from . import items
from .items import Made, Part, Rules
from .paths import absolute_sink, with_absolute
from .steps import Item, Tenant

#: Options of dashboards that are paths; the first two may also be an address.
_PATHS = ("path", "dashboard_url", "directory")

#: Roles of accounts whose tokens may write dashboards.
_WRITERS = ("Editor", "Admin")
#: Permissions on a folder with which a token may write dashboards there.
_WRITING_PERMISSIONS = ("Edit", "Admin")
#: Connection plugins that run modules in a container.
_INTO_CONTAINERS = ("buildah", "docker", "docker_api", "kubectl", "oc", "podman")


def may_end(token: Item, connection: str) -> bool:
    """Tell whether the key of *token* may end with a container: this one, or that of the host behind *connection*, a plugin.

    Only the module, which runs on that host, knows more; a path may also be a template here.
    """
    # Ansible compiles what a filter imports in the process of each task, so functions import what only some tenants need.
    from .._sinks.container import ends_here  # pylint: disable=import-outside-toplevel
    from .._sinks.file import FileSink  # pylint: disable=import-outside-toplevel
    from .._sinks.handover import HandoverSink  # pylint: disable=import-outside-toplevel

    connection = connection.rpartition(".")[2]
    sink = token.get("sink") or {}
    holder = token if token.get("dest") else sink
    path = token.get("dest") or (sink.get("path") if sink.get("type") in (FileSink.type, HandoverSink.type) else None)
    if not path or token.get("state") == "absent":
        return False
    allowed = holder.get("allow_ephemeral")
    allowed = None if allowed is None else bool(boolean(allowed, strict=False))
    if connection == "local" or sink.get("type") == HandoverSink.type:
        return ends_here(str(path), allowed)
    return connection in _INTO_CONTAINERS and not allowed


def with_renewal(token: Item, renew_before: t.Any) -> Item:
    """Return *token* with the option ``renew_before``, which is shorter than the token's lifetime."""
    if token.get("renew_before") is not None or token.get("state") == "absent":
        return token
    from .._text.durations import seconds  # pylint: disable=import-outside-toplevel

    lifetime = token.get("seconds_to_live")
    try:
        span = seconds(renew_before, "renew_before")
        limit = None if lifetime in (None, "", "max") else seconds(lifetime, "seconds_to_live")
    except GrafanaError as problem:
        raise BadInput("%s: token %s: %s" % (token["org_name"], token.get("name"), problem.message)) from None
    return {**token, "renew_before": span if not limit or span < limit else limit // 3}


def tokens_of(tenant: Tenant) -> t.Iterator[tuple[Tenant, Tenant]]:
    """Yield each (service account, token) of a tenant."""
    for account in tenant.get("service_accounts") or ():
        for token in account.get("tokens") or ():
            yield account, token


def with_sink(token: Tenant, folder: str, sink: Tenant | None) -> Item:
    """Return *token* with its own sink or the default *sink*, and with absolute paths."""
    if token.get("dest"):
        return with_absolute(token, ("dest",), folder)
    chosen = token.get("sink") or sink
    if not chosen:
        return dict(token)
    return {**token, "sink": absolute_sink(chosen, folder)}


def writer_of(tenant: Tenant, folder: str, sink: Tenant | None) -> Item:
    """Return, as ``token_file``, the key file of the tenant's first token that may write dashboards. Raises without one."""
    for account, token in tokens_of(tenant):
        if account.get("role") in _WRITERS or _writes_in_a_folder(tenant, account):
            path = _key_file(tenant, account, with_sink(token, folder, sink))
            if path:
                return {"token_file": path}
    raise BadInput(
        "organization %s has dashboards, but no token that may write them: with org_bootstrap_dashboards_as: token it "
        "needs a service account that has the role Editor or Admin, or the permission Edit or Admin on one of the folders, and a "
        "token whose key is in a file" % tenant["name"]
    )


def _writes_in_a_folder(tenant: Tenant, account: Tenant) -> bool:
    """Tell whether the tenant gives an account permission to write in one of its folders."""
    entries = (
        entry
        for folder in tenant.get("folders") or ()
        if isinstance(folder, t.Mapping)
        for entry in folder.get("permissions") or ()
    )
    return any(
        entry.get("service_account") == account["name"] and entry.get("permission") in _WRITING_PERMISSIONS for entry in entries
    )


def _key_file(tenant: Tenant, account: Tenant, token: Item) -> str | None:
    """Return the file with the key of *token*, or ``None`` if the key is not in a file."""
    if token.get("dest"):
        return str(token["dest"])
    from .._grafana.connection import OrgChoice  # pylint: disable=import-outside-toplevel
    from .._sinks.base import KeyOwner, Shared  # pylint: disable=import-outside-toplevel
    from .._sinks.file import FileSink  # pylint: disable=import-outside-toplevel

    sink = token.get("sink") or {}
    if sink.get("type") != FileSink.type:
        return None
    owner = KeyOwner(OrgChoice(name=tenant["name"]), account["name"], token["name"])
    try:
        return FileSink(sink, owner, Shared(lambda secret: None, {})).path
    except (GrafanaError, KeyError) as problem:
        raise BadInput("organization %s, token %s: %s" % (tenant["name"], token["name"], problem)) from None


def _tokens(tenant: Tenant, rules: Rules) -> t.Iterator[Item]:
    for account, token in tokens_of(tenant):
        yield {"org_name": tenant["name"], "service_account": account["name"], **with_sink(token, rules.folder, rules.sink)}


def _removed_tokens(tenant: Tenant, rules: Rules) -> t.Iterator[Item]:
    """Yield the tokens whose keys are stored; without a sink nothing of a token is left after its organization."""
    for item in _tokens(tenant, rules):
        if item.get("dest") or item.get("sink"):
            yield {**item, "state": "absent"}


def _vault_tokens(tenant: Tenant, rules: Rules) -> t.Iterator[Item]:
    """Yield the tokens whose keys go into a file of ansible-vault, which only the control node can write."""
    from .._sinks.handover import HandoverSink  # pylint: disable=import-outside-toplevel

    for item in _tokens(tenant, rules):
        if not item.get("dest") and (item.get("sink") or {}).get("type") == HandoverSink.type:
            yield item


class _Whole(Part):
    """Whole tenants: the module that gets them leaves out the users who do not exist."""

    def of(self, tenants: t.Sequence[Tenant], rules: Rules) -> list[Made]:
        """Return the tenants as they are."""
        return [(tenant["name"], dict(tenant)) for tenant in tenants]


def _dashboards(tenant: Tenant, rules: Rules) -> t.Iterator[Item]:
    from .._grafana.download import is_address  # pylint: disable=import-outside-toplevel

    by_token = rules.dashboards_as == "token" and tenant.get("dashboards")
    writer = writer_of(tenant, rules.folder, rules.sink) if by_token else {}
    for dashboard in tenant.get("dashboards") or ():
        paths = [name for name in _PATHS if not is_address(dashboard.get(name))]
        yield {"org_name": tenant["name"], **writer, **with_absolute(dashboard, paths, rules.folder)}


#: A tenant that is removed: after its organization, the stored keys of its tokens.
TOKENS = Part(_tokens, _removed_tokens)
DASHBOARDS = Part(_dashboards)
#: Whole tenants, for the module that runs all steps.
WHOLE = _Whole()
#: What of the tenants each step needs; ``vault_tokens`` are those of the ``tokens`` that need a run of their own.
PART_OF_STEP: dict[str, Part] = {
    "organizations": items.ORGANIZATIONS,
    "users": items.USERS,
    "members": items.MEMBERS,
    "teams": items.TEAMS,
    "data_sources": items.DATA_SOURCES,
    "service_accounts": items.ACCOUNTS,
    "tokens": TOKENS,
    "vault_tokens": Part(_vault_tokens, _vault_tokens),
    "folders": items.FOLDERS,
    "dashboards": DASHBOARDS,
    "preferences": items.PREFERENCES,
    "removed_accounts": items.REMOVED_ACCOUNTS,
}
