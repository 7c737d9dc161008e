# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards that a server cannot convert to the API version that was asked for, for example because an element is missing."""

from __future__ import annotations

import typing as t

from .._grafana.client import segment
from .._grafana.kubernetes import DASHBOARDS, collection
from .._grafana.scope import Scope


def with_spec(scope: Scope, entry: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """Return the object *entry*, read again in its stored version if its conversion failed.

    The server then answers 200 with ``spec: null``, so without title, and ``status.conversion`` names the stored version
    (seen at 12.4.3 and 13.1.0-pre).
    """
    conversion = (entry.get("status") or {}).get("conversion") or {}
    version = conversion.get("storedVersion")
    if entry.get("spec") or not conversion.get("failed") or not version:
        return entry
    path = collection(scope, DASHBOARDS, str(version), "dashboards")
    found = scope.client.find("%s/%s" % (path, segment(str(entry["metadata"]["name"]))), org=scope.org_id)
    return entry if found is None else t.cast("dict[str, t.Any]", found)
