# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role org_bootstrap's arithmetic: from tenants to the batches of its steps, and back to who failed."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleFilterError

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
) -> list[Item]:
    """Return the batch of the step *kind* for all *organizations* that did not fail at an *earlier* one."""
    if kind not in STEPS:
        raise AnsibleFilterError("kind has to be one of %s, not %r" % (", ".join(STEPS), kind))
    if kind == STEPS[0]:
        _check(organizations, dashboards_as)
    lost = {entry["organization"] for entry in failures(organizations, earlier)}
    found: list[Item] = []
    for tenant in organizations:
        if tenant["name"] not in lost:
            found.extend(_of_tenant(tenant, kind, folder, dashboards_as))
    return found


def _check(organizations: t.Sequence[Tenant], dashboards_as: str) -> None:
    """Raise for what cannot be: two tenants of one name, dashboards that no token of their tenant could write."""
    seen: set[str] = set()
    for tenant in organizations:
        if tenant["name"] in seen:
            raise AnsibleFilterError("two organizations have the name %s" % tenant["name"])
        seen.add(tenant["name"])
        if dashboards_as == "token" and tenant.get("dashboards"):
            _writer(tenant, "")


def _of_tenant(tenant: Tenant, kind: str, folder: str, dashboards_as: str) -> t.Iterator[Item]:
    """Yield the items of one tenant."""
    org = {"org_name": tenant["name"]}
    if kind == "organizations":
        yield {key: value for key, value in tenant.items() if key not in _PARTS}
    elif kind == "members":
        for member in tenant.get("members") or ():
            yield {**org, **member}
    elif kind == "service_accounts":
        for account in tenant.get("service_accounts") or ():
            yield {**org, **{key: value for key, value in account.items() if key != "tokens"}}
    elif kind == "tokens":
        for account in tenant.get("service_accounts") or ():
            for token in account.get("tokens") or ():
                yield {**org, "service_account": account["name"], **_placed(token, "dest", folder)}
    else:
        writer = _writer(tenant, folder) if dashboards_as == "token" and tenant.get("dashboards") else {}
        for dashboard in tenant.get("dashboards") or ():
            yield {**org, **writer, **_placed(dashboard, "path", folder)}


def _placed(entry: Tenant, option: str, folder: str) -> Item:
    """Return *entry* with the path in *option* made absolute."""
    placed = dict(entry)
    if placed.get(option):
        path = os.path.expanduser(placed[option])
        placed[option] = path if os.path.isabs(path) else os.path.join(folder, path)
    return placed


def _writer(tenant: Tenant, folder: str) -> Item:
    """Return the key file of the first token of the tenant that can write dashboards."""
    for account in tenant.get("service_accounts") or ():
        for token in account.get("tokens") or ():
            if account.get("role") in _WRITERS and token.get("dest"):
                return {"token_file": _placed(token, "dest", folder)["dest"]}
    raise AnsibleFilterError(
        "organization %s has dashboards, and no token that could write them: with org_bootstrap_dashboards_as: token it "
        "needs a service account with the role Editor or Admin, and a token of it with dest" % tenant["name"]
    )


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
