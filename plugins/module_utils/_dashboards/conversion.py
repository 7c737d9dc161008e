# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts dashboards as the two routes return them."""

from __future__ import annotations

import typing as t

from .._grafana.kubernetes import FOLDER_NOTE, MANAGER_ID_NOTE, MANAGER_NOTE, MESSAGE_NOTE, NOTE, folder_uid, takes_edits
from .model import CurrentDashboard, comparable

#: The kind of manager that keeps its dashboards from deletion.
FILES = "classic-file-provisioning"


def from_object(entry: t.Mapping[str, t.Any]) -> CurrentDashboard:
    """Convert a Kubernetes-style dashboard object."""
    metadata = entry["metadata"]
    notes = metadata.get("annotations") or {}
    spec = entry.get("spec") or {}
    stored = ((entry.get("status") or {}).get("conversion") or {}).get("storedVersion")
    manager = _manager(notes)
    return CurrentDashboard(
        uid=str(metadata["name"]),
        title=str(spec.get("title") or ""),
        body=comparable(spec),
        folder_uid=folder_uid(notes.get(FOLDER_NOTE)),
        version=int(metadata.get("generation") or 0),
        provisioned=None if takes_edits(notes) else manager,
        manager=manager,
        deletable=notes.get(MANAGER_NOTE) != FILES,
        resource_version=str(metadata.get("resourceVersion") or ""),
        message=str(notes.get(MESSAGE_NOTE) or ""),
        notes=notes,
        labels=metadata.get("labels") or {},
        stored=str(stored or str(entry.get("apiVersion") or "").rpartition("/")[2]),
    )


def _manager(notes: t.Mapping[str, str]) -> str | None:
    """Return the manager of a dashboard, as "kind id path"; ``None`` if it has no manager."""
    kind = notes.get(MANAGER_NOTE)
    if not kind:
        return None
    parts = [kind, notes.get(MANAGER_ID_NOTE), notes.get(NOTE + "sourcePath")]
    return " ".join(part for part in parts if part)


def from_legacy(answer: t.Mapping[str, t.Any]) -> CurrentDashboard:
    """Convert an answer of ``GET /api/dashboards/uid/:uid``.

    Its ``provisioned`` is false for files that allow updates in the UI (``allowUiUpdates``), but it names the file.
    """
    meta, document = answer["meta"], answer["dashboard"]
    external = str(meta.get("provisionedExternalId") or "")
    number = document.get("id")
    provisioned = (external or "from a file") if meta.get("provisioned") else None
    return CurrentDashboard(
        uid=str(document.get("uid") or ""),
        title=str(document.get("title") or ""),
        body=comparable(document),
        folder_uid=folder_uid(meta.get("folderUid")),
        version=int(meta.get("version") or document.get("version") or 0),
        provisioned=provisioned,
        manager=provisioned or external or None,
        deletable=not external,
        can_save=meta.get("canSave"),
        number=number if isinstance(number, int) else None,
    )


__all__ = ["from_legacy", "from_object"]
