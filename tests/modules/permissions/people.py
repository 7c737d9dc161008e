# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization with people, and their permissions as texts."""

from __future__ import annotations


def entries(result, kind="folder"):
    """Return the own entries of a result as texts."""
    found = result[kind]["permissions"]
    return [" ".join(map(str, entry.values())) for entry in found if not entry.get("inherited")]


def inherited(result, kind="folder"):
    """Return the inherited entries of a result as texts."""
    return [" ".join(map(str, entry.values())) for entry in result[kind]["permissions"] if entry.get("inherited")]


def member(server, login, role="Viewer", org="tenant"):
    """Make a user who is a member of an organization, with an e-mail address."""
    server.user(login, email=login + "@example.com", OrgId=server.org_id(org))
    server.ok("grafana_org_user", org_name=org, login=login, role=role)


def peopled(server):
    """Return a server with an organization that has the Viewer alice and, from 9.1 on, the service account ci."""
    server.ok("grafana_org", name="tenant")
    member(server, "alice")
    if not server.version.startswith("8."):
        server.ok("grafana_service_account", org_name="tenant", name="ci")
    return server
