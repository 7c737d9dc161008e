# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role org_bootstrap's arithmetic: from tenants to the batches of its steps, and back to who failed."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleFilterError

from ..module_utils._grafana.connection import OrgChoice
from ..module_utils._grafana.errors import GrafanaError
from ..module_utils._sinks.base import KeyOwner, Shared
from ..module_utils._sinks.file import FileSink
from ..module_utils._text.durations import seconds

#: The steps in their order, and where their objects stand in an organization of the role.
STEPS = ("organizations", "members", "service_accounts", "tokens", "dashboards")
#: What an organization has beside the options of its own module.
_PARTS = ("members", "service_accounts", "dashboards")
#: Roles whose tokens can write dashboards.
_WRITERS = ("Editor", "Admin")

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
) -> list[Item]:
    """Return the batch of the step *kind* for all *organizations* that did not fail at an *earlier* one.

    *sink* is where the keys go of tokens that do not say so themselves, *renew_before* how long before its end a token is
    due that does not say so; one that does not live so long is due in the last third of its life.
    """
    if kind not in STEPS:
        raise AnsibleFilterError("kind has to be one of %s, not %r" % (", ".join(STEPS), kind))
    if kind == STEPS[0]:
        _check(organizations, dashboards_as, sink)
    lost = {entry["organization"] for entry in failures(organizations, earlier)}
    found: list[Item] = []
    for tenant in organizations:
        if tenant["name"] not in lost:
            found.extend(_of_tenant(tenant, kind, folder, dashboards_as, sink))
    if kind == "tokens" and renew_before:
        found = [_renewed(item, renew_before) for item in found]
    return found


def _renewed(token: Item, renew_before: t.Any) -> Item:
    """Return *token* with a time before its end at which it is due, shorter than its life."""
    if token.get("renew_before") is not None or token.get("state") == "absent":
        return token
    lifetime = token.get("seconds_to_live")
    try:
        span = seconds(renew_before, "renew_before")
        lives = None if lifetime in (None, "", "max") else seconds(lifetime, "seconds_to_live")
    except GrafanaError as problem:
        raise AnsibleFilterError("%s: token %s: %s" % (token["org_name"], token.get("name"), problem.message)) from None
    return {**token, "renew_before": span if not lives or span < lives else lives // 3}


def _check(organizations: t.Sequence[Tenant], dashboards_as: str, sink: Tenant | None) -> None:
    """Raise for what cannot be: two tenants of one name, keys without a place, dashboards that nobody could write."""
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
                    "organization %s: token %s of %s has no place for its key: give it dest or sink, or all of them "
                    "org_bootstrap_sink" % (tenant["name"], token["name"], account["name"])
                )
        if dashboards_as == "token" and tenant.get("dashboards"):
            _writer(tenant, "", sink)


def _tokens(tenant: Tenant) -> t.Iterator[tuple[Tenant, Tenant]]:
    """Yield each token of a tenant with its account."""
    for account in tenant.get("service_accounts") or ():
        for token in account.get("tokens") or ():
            yield account, token


def _of_tenant(tenant: Tenant, kind: str, folder: str, dashboards_as: str, sink: Tenant | None) -> t.Iterator[Item]:
    """Yield the items of one tenant."""
    org = {"org_name": tenant["name"]}
    if tenant.get("state") == "absent" and kind != STEPS[0]:
        return
    if kind == "organizations":
        yield {key: value for key, value in tenant.items() if key not in _PARTS}
    elif kind == "members":
        for member in tenant.get("members") or ():
            yield {**org, **member}
    elif kind == "service_accounts":
        for account in tenant.get("service_accounts") or ():
            yield {**org, **{key: value for key, value in account.items() if key != "tokens"}}
    elif kind == "tokens":
        for account, token in _tokens(tenant):
            yield {**org, "service_account": account["name"], **_stored(token, folder, sink)}
    else:
        writer = _writer(tenant, folder, sink) if dashboards_as == "token" and tenant.get("dashboards") else {}
        for dashboard in tenant.get("dashboards") or ():
            yield {**org, **writer, **_placed(_placed(dashboard, "path", folder), "directory", folder)}


def _stored(token: Tenant, folder: str, sink: Tenant | None) -> Item:
    """Return *token* with a place for its key, files made absolute."""
    if token.get("dest"):
        return _placed(token, "dest", folder)
    chosen = token.get("sink") or sink
    if not chosen:
        return dict(token)
    option = {"file": "path", "ansible_vault": "path", "command": "metadata_path"}.get(chosen.get("type", ""))
    return {**token, "sink": _placed(chosen, option, folder) if option else dict(chosen)}


def _placed(entry: Tenant, option: str, folder: str) -> Item:
    """Return *entry* with the path in *option* made absolute."""
    placed = dict(entry)
    if placed.get(option):
        path = os.path.expanduser(placed[option])
        placed[option] = path if os.path.isabs(path) else os.path.join(folder, path)
    return placed


def _writer(tenant: Tenant, folder: str, sink: Tenant | None) -> Item:
    """Return the key file of the first token of the tenant that can write dashboards."""
    for account, token in _tokens(tenant):
        if account.get("role") in _WRITERS:
            path = _key_file(tenant, account, _stored(token, folder, sink))
            if path:
                return {"token_file": path}
    raise AnsibleFilterError(
        "organization %s has dashboards, and no token that could write them: with org_bootstrap_dashboards_as: token it "
        "needs a service account with the role Editor or Admin, and a token of it whose key is in a file" % tenant["name"]
    )


def _key_file(tenant: Tenant, account: Tenant, token: Item) -> str | None:
    """Return the file that the key of *token* is in, if it is in one."""
    if token.get("dest"):
        return str(token["dest"])
    sink = token.get("sink") or {}
    if sink.get("type") != FileSink.type:
        return None
    place = KeyOwner(OrgChoice(name=tenant["name"]), account["name"], token["name"])
    try:
        return FileSink(sink, place, Shared(lambda secret: None, {})).path
    except (GrafanaError, KeyError) as problem:
        raise AnsibleFilterError("organization %s, token %s: %s" % (tenant["name"], token["name"], problem)) from None


def failures(organizations: t.Sequence[Tenant], results: t.Sequence[t.Mapping[str, t.Any]]) -> list[Item]:
    """Return what failed: organization, step, code, message, and all that as text.

    *results* are those of the first steps, in order.
    """
    found: list[Item] = []
    for step, result in zip(STEPS, results):
        for entry in (result or {}).get("results") or ():
            if entry.get("status") == "failed":
                failure = entry.get("failure") or {}
                name = organizations[entry["index"]]["name"] if step == "organizations" else entry.get("org_name")
                code, message = failure.get("code"), failure.get("message")
                words = "%s, %s: %s" % (name, step.replace("_", " "), message)
                found.append({"organization": name, "step": step, "code": code, "message": message, "text": words})
    return found


def summary(results: t.Sequence[Tenant]) -> Item:
    """Return what became of tokens: names of those *made*, *rotated*, *cleaned* up after, *waiting*, *failed*; *kept* counts.

    *results* are those of grafana_sa_token. A token that waits has predecessors that are still in use, or kept for a while;
    a failed one is the name and what went wrong.
    """
    found: dict[str, t.Any] = {"made": [], "rotated": [], "cleaned": [], "waiting": [], "failed": [], "kept": 0}
    for entry in results:
        token = entry.get("token") or {}
        org = entry.get("org_name") or entry.get("org_id")
        # Of one that is not to be there nothing is told but its organization.
        name = " / ".join(str(part) for part in (org, token.get("service_account"), token.get("name")) if part is not None)
        if entry.get("status") == "failed":
            found["failed"].append("%s: %s" % (org, (entry.get("failure") or {}).get("message")))
            continue
        if token.get("waiting"):
            found["waiting"].append(name)
        if entry.get("status") == "changed":
            found["made" if token.get("was") == "absent" else "rotated" if token.get("was") else "cleaned"].append(name)
        elif entry.get("status") == "ok" and token:
            found["kept"] += 1
    return found
