# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of grafana_apikey_migrate for tests of the report."""

from __future__ import annotations

import zlib

NOW = "2026-11-25T12:00:00Z"
#: Texts that look like keys. No report may contain them.
NEEDLES = ("glsa_0123456789abcdefghijABCDEFGHIJ01_1a2b3c4d", "eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWmNrMkZYbk==")
#: Names that try to break the markup of a page.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src="http://evil.example/x.png" onerror=alert(1)>',
    "</style></title><h1>broken</h1>",
    "pipe | and `code` and **bold** and [link](http://evil.example)",
    "line\nbreak\r\n# heading\n| a | b |",
    "\u202egnp.exe\u202c and \u2066isolated",
    "שלום עולם",
    "nul\x00 bell\x07 escape\x1b[31m",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "lone \ud800 surrogate \ufffe",
    "https://evil.example www.evil.example <https://evil.example>",
    "&lt;b&gt; &amp; &#60;",
    "very long " + "x" * 3000,
    "",
    "    indented",
    "1. first",
    "- item",
)


def key(name, outcome="migrated", **changes):
    """Return a key of a result after a run with this *outcome*."""
    number = zlib.crc32(repr(name).encode()) % 1000
    action = {"migrated": "migrate", "reissued": "reissue", "deleted": "delete", "kept": "keep", "failed": "migrate"}[outcome]
    has_token = outcome in ("migrated", "reissued")
    account = {"name": "sa-autogen-" + name, "login": "sa-autogen-1-" + name, "role": "Editor", "disabled": False}
    return {
        "id": number,
        "name": name,
        "role": "Editor",
        "expires": "2027-01-01T00:00:00Z",
        "expired": False,
        "last_used": "2026-11-20T08:00:00Z",
        "action": action,
        "status": {"failed": "failed", "kept": "ok"}.get(outcome, "changed"),
        "service_account": {"id": number, **account} if has_token else None,
        "role_after": "Editor" if has_token else None,
        "token": {"id": number, "name": name, "expires": "2027-01-01T00:00:00Z"} if has_token else None,
        "deleted": outcome == "deleted",
        **({"failure": {"code": "collision", "message": "the login is taken", "details": {}}} if outcome == "failed" else {}),
        **changes,
    }


def org(name, *keys, **changes):
    """Return an organization of a result."""
    failed = any(one["status"] == "failed" for one in keys)
    changed = any(one["status"] == "changed" for one in keys)
    return {
        "index": 0,
        "status": "failed" if failed else "changed" if changed else "ok",
        "org_id": 7,
        "org_name": name,
        "found": "listed" if keys else "none",
        "cut": False,
        "api_keys": list(keys),
        "service_accounts": [],
        **changes,
    }


def result(*organizations, **changes):
    """Return a result without a summary; reports then count the sums themselves."""
    return {
        "changed": True,
        "mode": "server",
        "server": {"url": "https://grafana.example.org", "version": "9.3.2", "api_keys": "listed", "migrates_at_start": False},
        "organizations": [{**one, "index": index} for index, one in enumerate(organizations)],
        **changes,
    }


def hostile():
    """Return a result in which all names are hostile, and all messages contain a key."""
    secret = " ".join(NEEDLES)
    organizations = []
    for number, name in enumerate(HOSTILE):
        failure = {"code": name, "message": name + secret, "details": {name: [secret], secret: name}}
        account = {"id": number, "name": name + secret, "login": name, "role": name, "disabled": True, "tokens": 1}
        organizations.append(
            org(
                name,
                key(name, role=name, expires=name, last_used=name, reason=name + secret),
                key(name + "2", "failed", failure=failure),
                key(name + secret, "kept", reason=secret),
                key(name, "reissued", service_account=account, role_after=name, token={"id": 1, "name": name, "dest": name}),
                service_accounts=[{**account, "adopted": False, "failure": failure, "becomes": {"name": name, "role": name}}],
                failure=failure,
                found=name,
            )
        )
    proofs = [
        {"source": name, "works": False, "reason": name, "message": name + secret, "org_name": name, "service_account": name}
        for name in HOSTILE
    ]
    server = {"url": "https://admin:hunter2@grafana.example.org/?" + secret, "version": HOSTILE[0], "api_keys": HOSTILE[1]}
    return result(*organizations, verified=proofs, server=server, mode=HOSTILE[0])


def huge(organizations=200, keys=5):
    """Return a result with many organizations; two in ten have a failed or a kept key."""
    found = []
    for number in range(organizations):
        names = ["%s-%d" % (word, number) for word in ("ci", "backup", "grafana-agent", "terraform", "report")[:keys]]
        outcomes = ["migrated"] * keys
        if number % 10 == 3:
            outcomes[1] = "failed"
        if number % 10 == 7:
            outcomes[-1] = "kept"
        found.append(org("tenant-%03d" % number, *map(key, names, outcomes), org_id=number + 1))
    return result(*found)


def customer():
    """Return a realistic result with all outcomes."""
    reissued = {"id": 91, "name": "replaces-billing", "expires": "2027-02-23T12:00:00Z", "created": "2026-11-25T11:58:00Z"}
    accounts = [
        {"id": 31, "name": "sa-autogen-ci", "login": "sa-autogen-7-ci", "role": "Editor", "tokens": 1, "adopted": False},
        {"id": 32, "name": "metrics", "login": "sa-autogen-7-prom", "role": "Viewer", "tokens": 1, "adopted": True},
    ]
    taken = "API key ci (id 12) of org Contoso cannot be migrated by the server: the service account sa-autogen-ci has its login"
    return result(
        org(
            "Acme Industries",
            key("ci", expires=None, token={"id": 12, "name": "ci", "expires": None}),
            key("prometheus-federation", role="Viewer", role_after="Viewer", last_used=None),
            key("terraform", role="Admin", role_after="Admin", last_used="2023-02-01T00:00:00Z"),
            service_accounts=accounts,
            org_id=7,
        ),
        org(
            "Contoso",
            key("ci", "failed", failure={"code": "collision", "message": taken, "details": {}}),
            key("old-dashboard-import", "deleted", expires="2025-03-01T00:00:00Z", expired=True, reason="it has expired"),
            key("snapshots", "kept", reason="not selected by the task", last_used=None),
            key("alerts", role="Editor", role_after="Viewer"),
            org_id=8,
        ),
        org(
            "Fabrikam",
            key(
                "billing",
                "reissued",
                service_account={"id": 90, "name": "billing", "login": "sa-8-billing", "role": "Editor", "disabled": False},
                token={**reissued, "dest": "/run/keys/Fabrikam/replaces-billing"},
                reason="used within the last 30 days",
            ),
            key("exports", "kept", expired=True, expires="2026-01-31T00:00:00Z", reason="not selected by the task"),
            org_id=9,
        ),
        org(
            "Initech",
            status="failed",
            org_id=10,
            failure={
                "code": "not_a_member",
                "message": "the caller is no member of org Initech, and what is in it is shown to members only: set join_org: "
                "true to join as Admin (server admins can), or let somebody add the caller",
                "details": {"org_id": 10},
            },
        ),
        org("Umbrella", org_id=11),
        org("Wayne Enterprises", org_id=12),
        verified=[
            {
                "source": "/run/keys/old-ci.key",
                "works": True,
                "worked_before": True,
                "as_expected": True,
                "reason": None,
                "message": None,
                "org_id": 7,
                "org_name": "Acme Industries",
                "service_account": "sa-autogen-ci",
                "api_key": "ci",
                "role": "Editor",
            },
            {
                "source": "/run/keys/alerts.key",
                "works": True,
                "worked_before": True,
                "as_expected": False,
                "reason": "other role",
                "message": "it has another role",
                "org_id": 8,
                "org_name": "Contoso",
                "service_account": "sa-autogen-alerts",
                "api_key": "alerts",
                "role": "Viewer",
            },
            {"source": "hashi_vault kv/grafana/reader", "works": False, "reason": "missing", "message": "there is no key"},
        ],
    )
