# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of folders share: versions, a tree, and what is done by hand."""

from __future__ import annotations

NESTED = ["11.5.1", "12.0.0-pre", "12.4.3", "13.1.0-pre"]
DESCRIBED = ["12.0.0-pre", "12.4.3", "13.1.0-pre"]
FLAT = ["8.5.15", "9.3.2", "10.4.3"]
TREE = [
    {"title": "Linux", "parent": "Operations/Hosts"},
    {"title": "Hosts", "parent": "Operations"},
    {"uid": "business", "title": "Business"},
    {"title": "Sales", "parent_uid": "business"},
    {"title": "Operations"},
]


def folder(server, uid, title, parent=None):
    body = {"uid": uid, "title": title, **({"parentUid": parent} if parent else {})}
    return server.api("POST", "/api/folders", body)


def dashboard(server, uid, title, folder_uid):
    return server.api("POST", "/api/dashboards/db", {"dashboard": {"uid": uid, "title": title}, "folderUid": folder_uid})


def titles(server):
    """Return the titles of all folders, with those above."""
    return sorted(
        "/".join(part for part in (one["parent"], one["title"]) if part)
        for one in server.ok("grafana_folder_info", diff=False)["folders"]
    )
