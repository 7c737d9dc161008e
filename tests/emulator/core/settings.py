# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's settings, by ``section.key``, with the defaults that matter here."""

from __future__ import annotations

DEFAULTS = {
    "users.auto_assign_org": "true",
    "users.auto_assign_org_role": "Viewer",
    "auth.disable_login_form": "false",
    "auth.api_key_max_seconds_to_live": "-1",
    "auth.basic.enabled": "true",
    "auth.anonymous.enabled": "false",
    "auth.anonymous.org_name": "Main Org.",
    "auth.anonymous.org_role": "Viewer",
    "auth.anonymous.hide_version": "false",
    "auth.proxy.enabled": "false",
    "auth.proxy.header_name": "X-WEBAUTH-USER",
    "auth.jwt.enabled": "false",
    "auth.jwt.header_name": "X-JWT-Assertion",
    "security.disable_brute_force_login_protection": "true",
    "security.cookie_secure": "false",
    "security.admin_user": "admin",
    "service_accounts.token_expiration_day_limit": "-1",
    "dashboards.versions_to_keep": "20",
    "dashboards.min_refresh_interval": "5s",
    "quota.enabled": "false",
    "quota.org_user": "10",
    "quota.org_dashboard": "100",
    "quota.org_data_source": "10",
    "quota.org_api_key": "10",
    "quota.org_alert_rule": "100",
    "quota.user_org": "10",
    "quota.global_org": "-1",
    "quota.global_user": "-1",
}

#: What the Cloud API knows of this server, if it is a stack of Grafana Cloud (``cloud.stack`` is its slug); Grafana itself
#: has no such settings, and tells none of them.
CLOUD = {
    "cloud.stack": "",
    "cloud.token": "",
    "cloud.scopes": "stacks:read,stack-service-accounts:write",
    "cloud.status": "active",
    "cloud.stack_url": "",
    "cloud.starting_seconds": "0",
    "cloud.settling_seconds": "0",
}


#: The name of the server's program, if it is another one than that of the recorded servers.
PROGRAM = {"program.name": ""}


class Settings:
    """Reads settings as what they mean."""

    def __init__(self, changed: dict[str, str] | None = None) -> None:
        self.values = {**DEFAULTS, **CLOUD, **PROGRAM, **{key: str(value) for key, value in (changed or {}).items()}}

    def on(self, name: str) -> bool:
        """Tell whether a switch is on."""
        return self.values.get(name, "false").lower() in ("true", "1", "yes", "on")

    def number(self, name: str) -> int:
        """Return a number."""
        return int(self.values[name])

    def seconds(self, name: str) -> float:
        """Return a time."""
        return float(self.values[name])

    def text(self, name: str) -> str:
        """Return a text."""
        return self.values[name]

    def sections(self) -> dict[str, dict[str, str]]:
        """Return them as ``GET /api/admin/settings`` does: by section."""
        found: dict[str, dict[str, str]] = {}
        for name, value in self.values.items():
            section, _dot, key = name.rpartition(".")
            if section in ("cloud", "program"):
                continue
            found.setdefault(section, {})[key] = value
        return found
