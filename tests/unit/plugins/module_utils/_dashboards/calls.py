# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about dashboards of an organization, and the objects in them."""

from __future__ import annotations

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice

from ..conftest import Call

ORG = OrgChoice(id=2)
HEADERS = {"X-Grafana-Org-Id": "2"}
APIS = "/apis/dashboard.grafana.app/v0alpha1/namespaces/org-2/dashboards"
OURS, FIRST = "[orgsmith.grafana]", "/api/dashboards/uid/a/versions/1"


def call(method, path, **expected):
    return Call(method, path, headers=HEADERS, **expected)


def thing(uid="a", tags=(), message=OURS, rv="5", generation=3, **notes):
    """An object of ``/apis``."""
    found = {"grafana.app/createdBy": "user:x", "grafana.app/updatedBy": "user:y", **notes}
    if message:
        found["grafana.app/message"] = message
    metadata = {"name": uid, "resourceVersion": rv, "generation": generation, "annotations": found}
    metadata["labels"] = {"grafana.app/deprecatedInternalID": "7", "team": "ops"}
    return {"kind": "Dashboard", "apiVersion": "x/v0alpha1", "metadata": metadata, "spec": body(uid, tags)}


def body(uid="a", tags=()):
    return {"title": uid.upper(), "tags": list(tags)}
