# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the role org_bootstrap: the batch of each step for all tenants, and the failed tenants from the results."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._grafana.connection import OrgChoice
from ..module_utils._grafana.download import is_address
from ..module_utils._grafana.errors import GrafanaError
from ..module_utils._sinks.base import KeyOwner, Shared
from ..module_utils._sinks.container import ends_here
from ..module_utils._sinks.file import FileSink
from ..module_utils._sinks.handover import HandoverSink
from ..module_utils._text.durations import seconds
from ._paths import absolute_sink, with_absolute

#: The steps of the role in their order.
STEPS = ("organizations", "members", "service_accounts", "tokens", "dashboards")
#: Entries of a tenant that are not options of the module grafana_org.
_PARTS = ("members", "service_accounts", "dashboards")
#: Options of dashboards that are paths; the first two may also be an address.
_PATHS = ("path", "dashboard_url", "directory")
#: Roles of accounts whose tokens may write dashboards.
_WRITERS = ("Editor", "Admin")

#: Connection plugins that run modules in a container.
_INTO_CONTAINERS = ("buildah", "docker", "docker_api", "kubectl", "oc", "podman")

Tenant = t.Mapping[str, t.Any]
Item = dict[str, t.Any]


def items(
    organizations: t.Sequence[Tenant],
    kind: str,
    earlier: t.Sequence[t.Mapping[str, t.Any]] = (),
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
    if kind not in STEPS:
        raise AnsibleFilterError("kind has to be one of %s, not %r" % (", ".join(STEPS), kind))
    if kind == STEPS[0]:
        _check(organizations, dashboards_as, sink)
    failed = {entry["organization"] for entry in failures(organizations, earlier)}
    batch: list[Item] = []
    for tenant in organizations:
        if tenant["name"] not in failed:
            batch.extend(_tenant_items(tenant, kind, folder, dashboards_as, sink))
    if kind == "tokens" and renew_before:
        batch = [_with_renewal(item, renew_before) for item in batch]
    if kind == "tokens" and ephemeral_on is not None:
        batch = [item for item in batch if _may_end(item, ephemeral_on.rpartition(".")[2])]
    return batch


def _may_end(token: Item, connection: str) -> bool:
    """Tell whether the key of *token* may end with a container: this one, or that of the host behind *connection*.

    Only the module, which runs on that host, knows more; a path may also be a template here.
    """
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


def _with_renewal(token: Item, renew_before: t.Any) -> Item:
    """Return *token* with the option ``renew_before``, which is shorter than the token's lifetime."""
    if token.get("renew_before") is not None or token.get("state") == "absent":
        return token
    lifetime = token.get("seconds_to_live")
    try:
        span = seconds(renew_before, "renew_before")
        limit = None if lifetime in (None, "", "max") else seconds(lifetime, "seconds_to_live")
    except GrafanaError as problem:
        raise AnsibleFilterError("%s: token %s: %s" % (token["org_name"], token.get("name"), problem.message)) from None
    return {**token, "renew_before": span if not limit or span < limit else limit // 3}


def _check(organizations: t.Sequence[Tenant], dashboards_as: str, sink: Tenant | None) -> None:
    """Raise for two tenants with one name, tokens without a sink, and dashboards that no token may write."""
    seen: set[str] = set()
    for tenant in organizations:
        if tenant["name"] in seen:
            raise AnsibleFilterError("two organizations have the name %s" % tenant["name"])
        seen.add(tenant["name"])
        if tenant.get("state") == "absent":
            continue
        for account, token in _tokens(tenant):
            absent = token.get("state") == "absent"
            if not (absent or token.get("dest") or token.get("sink") or sink):
                raise AnsibleFilterError(
                    "organization %s: token %s of %s has no destination for its key: set its dest or sink, or set "
                    "org_bootstrap_sink for all tokens" % (tenant["name"], token["name"], account["name"])
                )
        if dashboards_as == "token" and tenant.get("dashboards"):
            _writer(tenant, "", sink)


def _tokens(tenant: Tenant) -> t.Iterator[tuple[Tenant, Tenant]]:
    """Yield each (service account, token) of a tenant."""
    for account in tenant.get("service_accounts") or ():
        for token in account.get("tokens") or ():
            yield account, token


def _tenant_items(tenant: Tenant, kind: str, folder: str, dashboards_as: str, sink: Tenant | None) -> t.Iterator[Item]:
    """Yield the batch items of one tenant for the step *kind*."""
    org = {"org_name": tenant["name"]}
    if tenant.get("state") == "absent" and kind != STEPS[0]:
        return
    if kind == "organizations":
        yield {name: value for name, value in tenant.items() if name not in _PARTS}
    elif kind == "members":
        for member in tenant.get("members") or ():
            yield {**org, **member}
    elif kind == "service_accounts":
        for account in tenant.get("service_accounts") or ():
            yield {**org, **{name: value for name, value in account.items() if name != "tokens"}}
    elif kind == "tokens":
        for account, token in _tokens(tenant):
            yield {**org, "service_account": account["name"], **_with_sink(token, folder, sink)}
    else:
        writer = _writer(tenant, folder, sink) if dashboards_as == "token" and tenant.get("dashboards") else {}
        for dashboard in tenant.get("dashboards") or ():
            paths = [name for name in _PATHS if not is_address(dashboard.get(name))]
            yield {**org, **writer, **with_absolute(dashboard, paths, folder)}


def _with_sink(token: Tenant, folder: str, sink: Tenant | None) -> Item:
    """Return *token* with its own sink or the default *sink*, and with absolute paths."""
    if token.get("dest"):
        return with_absolute(token, ("dest",), folder)
    chosen = token.get("sink") or sink
    if not chosen:
        return dict(token)
    return {**token, "sink": absolute_sink(chosen, folder)}


def _writer(tenant: Tenant, folder: str, sink: Tenant | None) -> Item:
    """Return, as ``token_file``, the key file of the tenant's first token that may write dashboards. Raises without one."""
    for account, token in _tokens(tenant):
        if account.get("role") in _WRITERS:
            path = _key_file(tenant, account, _with_sink(token, folder, sink))
            if path:
                return {"token_file": path}
    raise AnsibleFilterError(
        "organization %s has dashboards, but no token that may write them: with org_bootstrap_dashboards_as: token it "
        "needs a service account with the role Editor or Admin that has a token whose key is in a file" % tenant["name"]
    )


def _key_file(tenant: Tenant, account: Tenant, token: Item) -> str | None:
    """Return the file with the key of *token*, or ``None`` if the key is not in a file."""
    if token.get("dest"):
        return str(token["dest"])
    sink = token.get("sink") or {}
    if sink.get("type") != FileSink.type:
        return None
    owner = KeyOwner(OrgChoice(name=tenant["name"]), account["name"], token["name"])
    try:
        return FileSink(sink, owner, Shared(lambda secret: None, {})).path
    except (GrafanaError, KeyError) as problem:
        raise AnsibleFilterError("organization %s, token %s: %s" % (tenant["name"], token["name"], problem)) from None


def failures(organizations: t.Sequence[Tenant], results: t.Sequence[t.Mapping[str, t.Any]]) -> list[Item]:
    """Return an entry for each failed object: ``organization``, ``step``, ``code``, ``message``, and all in one as ``text``.

    *results* are the results of the first steps, in order.
    """
    failed: list[Item] = []
    for step, result in zip(STEPS, results):
        for entry in (result or {}).get("results") or ():
            if entry.get("status") == "failed":
                failure = entry.get("failure") or {}
                name = organizations[entry["index"]]["name"] if step == "organizations" else entry.get("org_name")
                code, message = failure.get("code"), failure.get("message")
                text = "%s, %s: %s" % (name, step.replace("_", " "), message)
                failed.append({"organization": name, "step": step, "code": code, "message": message, "text": text})
    return failed


def summary(results: t.Sequence[Tenant]) -> Item:
    """Return a summary of the *results* of grafana_sa_token: lists of tokens by outcome, and how many were ``kept``.

    ``made`` lists the names of new tokens, ``rotated`` those of tokens that replace others, ``cleaned`` those of deleted tokens
    with the reason, ``waiting`` those of replaced tokens that still exist, and ``failed`` the organizations with their errors.
    """
    outcomes: dict[str, t.Any] = {"made": [], "rotated": [], "cleaned": [], "waiting": [], "failed": [], "kept": 0}
    for entry in results:
        token = entry.get("token") or {}
        org = entry.get("org_name") or entry.get("org_id")
        # The token is null if its state is absent.
        account = token.get("service_account")
        name = _path(org, account, token.get("name"))
        outcomes["cleaned"] += [
            "%s (%s)" % (_path(org, account, one["name"]), one["reason"]) for one in entry.get("deleted") or ()
        ]
        if entry.get("status") == "failed":
            outcomes["failed"].append("%s: %s" % (org, (entry.get("failure") or {}).get("message")))
            continue
        outcomes["waiting"] += [_path(org, account, one["name"]) for one in token.get("waiting") or ()]
        if token.get("was"):
            outcomes["made" if token["was"] == "absent" else "rotated"].append(name)
        elif token.get("name"):
            outcomes["kept"] += 1
    return outcomes


def _path(*parts: t.Any) -> str:
    """Return organization, account and name as one text."""
    return " / ".join(str(part) for part in parts if part is not None)
