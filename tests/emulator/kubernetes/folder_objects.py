# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How folders look as objects of Kubernetes, by version."""

from __future__ import annotations

from typing import Any

from ..boards.store import SERVER_MANAGER, Folder
from ..core.profile import Profile
from ..core.server import Request
from ..core.state import stamp
from .objects import ID_LABEL, identity, namespace_of, shown_manager

GROUP = "folder.grafana.app"


def versions(profile: Profile) -> tuple[str, ...]:
    """Return the versions of the group that *profile* serves, the preferred one first."""
    return ("v1", "v1beta1") if profile >= (13, 0) else ("v1beta1",)


def preferred(profile: Profile) -> str:
    """Return the preferred version of the group."""
    return versions(profile)[0]


def stored_version(request: Request, folder: Folder) -> str:
    """Return the version in which a folder is stored, as which lists of every version show it."""
    default = preferred(request.server.profile)
    return next((folder.manager_apis.get(manager, default) for manager in folder.owners), default)


def own(folder: Folder, manager: str, names: set[str], generated: bool = False) -> None:
    """Remember which fields of the spec a manager set, and whether it asked for a generated name."""
    for owner, kept in folder.owners.items():
        if owner != manager:
            kept.difference_update(names)
    folder.owners.setdefault(manager, set()).update(names)
    if generated:
        folder.generated_by = manager


def folder_object(request: Request, folder: Folder, version: str = "") -> dict[str, Any]:
    """Return a folder as an object of *version*, or of the preferred one."""
    profile = request.server.profile
    api = f"{GROUP}/{version or preferred(profile)}"
    metadata: dict[str, Any] = {"name": folder.uid, "namespace": namespace_of(folder.org_id), "uid": folder.object_uid}
    metadata["resourceVersion"] = str(folder.resource_version)
    if profile.authorizer:
        metadata["generation"] = folder.version
    metadata["creationTimestamp"] = stamp(folder.created)
    metadata["labels"] = {ID_LABEL: str(folder.id), **folder.labels}
    body: dict[str, Any] = {"kind": "Folder", "apiVersion": api, "metadata": metadata}
    if profile.authorizer:
        metadata["annotations"] = _annotations(request, folder)
        metadata["managedFields"] = _managed(request, folder)
        values = {"title": folder.title, "description": folder.description}
        body["spec"] = {name: value for name, value in values.items() if name in folder.spec_names}
        return body
    path, uids = _path(request, folder)
    metadata["annotations"] = {
        **({"grafana.app/folder": folder.parent} if folder.parent else {}),
        "grafana.app/fullpath": path,
        "grafana.app/fullpathUIDs": uids,
        "grafana.app/updatedTimestamp": stamp(folder.updated),
    }
    body.update(spec={"title": folder.title, **({"description": folder.description} if folder.description else {})}, status={})
    return body


def _annotations(request: Request, folder: Folder) -> dict[str, str]:
    notes = {**folder.notes, "grafana.app/createdBy": identity(request, folder.created_by)}
    if folder.parent:
        notes["grafana.app/folder"] = folder.parent
    if folder.version > 1:
        notes["grafana.app/updatedBy"] = identity(request, folder.updated_by)
        notes["grafana.app/updatedTimestamp"] = stamp(folder.updated)
    return dict(sorted(notes.items()))


def _managed(request: Request, folder: Folder) -> list[dict[str, Any]]:
    """Return ``managedFields``: who set which fields and annotations."""
    entries = []
    owners = folder.owners or {SERVER_MANAGER: {"title", "description"}}
    for manager in sorted({*owners, *folder.note_owners}):
        metadata: dict[str, Any] = {}
        notes = sorted(folder.note_owners.get(manager, ()))
        if notes:
            metadata["f:annotations"] = {name if name == "." else f"f:{name}": {} for name in notes}
        if folder.labels and folder.labelled_by == manager:
            metadata["f:labels"] = {".": {}, **{f"f:{name}": {} for name in sorted(folder.labels)}}
        if folder.generated_by == manager:
            metadata["f:generateName"] = {}
        fields = {"f:metadata": metadata} if metadata else {}
        names = sorted(owners.get(manager, ()))
        if names:
            fields["f:spec"] = {f"f:{name}": {} for name in names}
        if fields:
            written = f"{GROUP}/{folder.manager_apis.get(manager, preferred(request.server.profile))}"
            who = shown_manager(request, manager)
            entry = {"manager": who, "operation": "Update", "apiVersion": written, "time": stamp(folder.updated)}
            entries.append({**entry, "fieldsType": "FieldsV1", "fieldsV1": fields})
    return entries


def _path(request: Request, folder: Folder) -> tuple[str, str]:
    """Return the titles and the uids of a folder and those above it."""
    found = [folder]
    while found[0].parent:
        parent = request.server.store.folder(folder.org_id, found[0].parent)
        if parent is None or parent in found:
            break
        found.insert(0, parent)
    return "/".join(one.title for one in found), "/".join(one.uid for one in found)
