# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards and folders, in the style of Kubernetes: ``/apis/dashboard.grafana.app`` and ``/apis/folder.grafana.app``."""

from __future__ import annotations

import json
from typing import Any

from .dashboard_store import Dashboard, Folder
from .dashboards import FIELDS
from .kubernetes_objects import (
    GROUP,
    LEGACY_FORM,
    failure,
    folder_object,
    list_of,
    manage,
    missing,
    namespace,
    object_of,
    resource_version,
    success,
    versions,
)
from .normalise import newest
from .permissions import Caller
from .profile import Profile
from .replies import Refusal, Reply, denied, ok
from .server import Request, route
from .state import uid as new_uid

FOLDER_NOTE = "grafana.app/folder"
MESSAGE_NOTE = "grafana.app/message"
DASHBOARDS = f"/apis/{GROUP}/{{version}}/namespaces/{{namespace}}/dashboards"
FOLDERS = "/apis/folder.grafana.app/{version}/namespaces/{namespace}/folders"


def there(profile: Profile) -> bool:
    return profile >= (11, 4)


def holed(request: Request) -> bool:
    """Tell whether this version serves the routes with holes: titles and folders unchecked, pages that lose rows."""
    return request.server.profile < (12, 0)


@route("GET", "/apis", there=there)
def groups(request: Request) -> Reply:
    return ok({"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(request.server.profile)]})


@route("GET", f"/apis/{GROUP}", there=there)
def group(request: Request) -> Reply:
    return ok({"kind": "APIGroup", "apiVersion": "v1", **_group(request.server.profile)})


def _group(profile: Profile) -> dict[str, Any]:
    known = [{"groupVersion": f"{GROUP}/{version}", "version": version} for version in versions(profile)]
    return {"name": GROUP, "versions": known, "preferredVersion": known[0]}


def _enter(request: Request, permission: str) -> int:
    """Return the org of the namespace, which the header has no say in. Raises :class:`Refusal`."""
    server, caller = request.server, request.caller
    if request.params["version"] not in versions(server.profile):
        raise Refusal(failure(404, "the server could not find the requested resource", "NotFound", {}))
    org_id = namespace(request.params["namespace"])
    allowed = _in_org(request, caller, org_id)
    if org_id is None or allowed is None:
        raise Refusal(failure(403, f"namespace {request.params['namespace']} is not allowed for this user", "Forbidden"))
    request.caller = allowed
    if not allowed.may(permission):
        kind = permission.partition(":")[0]
        text = f'{kind}.{GROUP} is forbidden: User "{caller.login}" cannot do this in the namespace'
        raise Refusal(failure(403, text, "Forbidden", {"group": GROUP, "kind": kind}))
    return org_id


def _in_org(request: Request, caller: Caller, org_id: int | None) -> Caller | None:
    """Return the caller as a member of the namespace's org, ``None`` for somebody who is none."""
    org = request.server.state.orgs.get(org_id or 0)
    if org is None:
        return None
    if caller.user is None:
        return caller if caller.org_id == org.id else None
    role = org.members.get(caller.user.id)
    return Caller(user=caller.user, org_id=org.id, role=role) if role is not None else None


@route("GET", DASHBOARDS, there=there)
def listed(request: Request) -> Reply:
    org_id = _enter(request, "dashboards:read")
    version = request.params["version"]
    found = request.server.store.dashboards(org_id)
    # Legacy storage lists by database id, newest first; unified storage by name.
    if request.server.profile >= (12, 1):
        found.sort(key=lambda one: one.uid)
    else:
        found.reverse()
    start = _continued(request.one("continue"))
    size = request.number("limit", 0) or len(found)
    page = found[start : start + size]
    more = str(start + size) if start + size < len(found) else None
    if holed(request) and start:
        page, more = [], None
    items = [object_of(request, one, version, listing=True) for one in page]
    return ok(list_of(request, "DashboardList", f"{GROUP}/{version}", items, more))


def _continued(token: str) -> int:
    try:
        return int(json.loads(token)) if token else 0
    except ValueError:
        raise Refusal(failure(400, "continue key is not valid", "BadRequest")) from None


@route("GET", DASHBOARDS + "/{name}", there=there)
def one(request: Request) -> Reply:
    org_id = _enter(request, "dashboards:read")
    found = request.server.store.dashboard(org_id, request.params["name"])
    if found is None:
        raise Refusal(missing("dashboards", request.params["name"]))
    return ok(object_of(request, found, request.params["version"]))


def _body(request: Request) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Return (metadata, spec, annotations) of an object. Raises :class:`Refusal`."""
    try:
        body = json.loads(request.body)
        metadata, spec = body.get("metadata") or {}, body.get("spec") or {}
        notes = metadata.get("annotations") or {}
        if not all(isinstance(part, dict) for part in (metadata, spec, notes)):
            raise ValueError
    except (ValueError, AttributeError):
        raise Refusal(failure(400, "the object provided is unrecognized", "BadRequest")) from None
    return metadata, spec, {name: str(value) for name, value in notes.items()}


def _check(request: Request, org_id: int, spec: dict[str, Any], notes: dict[str, str]) -> str:
    """Return the folder to write into. Raises for a title or a folder that is none."""
    folder = notes.get(FOLDER_NOTE, "")
    if holed(request):
        return folder
    if not str(spec.get("title") or "").strip():
        raise Refusal(failure(400, "Dashboard title cannot be empty", "BadRequest"))
    if folder and request.server.store.folder(org_id, folder) is None:
        raise Refusal(missing("folders", folder, "folder.grafana.app"))
    return folder


def _quota(request: Request, org_id: int, name: str) -> None:
    settings = request.server.settings
    most = settings.number("quota.org_dashboard")
    if not settings.on("quota.enabled") or not 0 <= most <= request.server.store.count(org_id):
        return
    text = f'dashboards.{GROUP} "{name}" is forbidden: Dashboard quota reached'
    raise Refusal(failure(403, text, "Forbidden", {"name": name, "group": GROUP, "kind": "dashboards"}))


@route("POST", DASHBOARDS, there=there)
def create(request: Request) -> Reply:
    org_id = _enter(request, "dashboards:create")
    metadata, spec, notes = _body(request)
    name = metadata.get("name") or f"{metadata.get('generateName', '')}{new_uid()}"
    folder = _check(request, org_id, spec, notes)
    if request.server.store.dashboard(org_id, name) is not None:
        details = {"name": name, "group": GROUP, "kind": "dashboards"}
        return failure(409, f'dashboards.{GROUP} "{name}" already exists', "AlreadyExists", details)
    _quota(request, org_id, name)
    return _made(request, org_id, name, spec, notes, folder)


def _made(request: Request, org_id: int, name: str, spec: dict[str, Any], notes: dict[str, str], folder: str) -> Reply:
    """Make a dashboard, and answer as its creation is answered."""
    version = request.params["version"]
    kept = {key: value for key, value in spec.items() if key not in FIELDS}
    if version == "v1beta1":
        kept = newest(kept)
    store = request.server.store
    made = store.add(org_id, name, kept, folder, request.caller.login, message=notes.get(MESSAGE_NOTE, ""), api=version)
    made.folder_half_set = holed(request)
    manage(request, made, spec, notes)
    return ok(object_of(request, made, version, written="created", posted=spec), 201)


@route("PUT", DASHBOARDS + "/{name}", there=there)
def put(request: Request) -> Reply:
    org_id = _enter(request, "dashboards:write")
    store, name = request.server.store, request.params["name"]
    metadata, spec, notes = _body(request)
    found = store.dashboard(org_id, name)
    if found is None and holed(request):
        return _crash(request)
    if found is None:
        folder = _check(request, org_id, spec, notes)
        _quota(request, org_id, name)
        return _made(request, org_id, name, spec, notes, folder)
    if metadata.get("resourceVersion") and metadata["resourceVersion"] != resource_version(request, found):
        text = (
            f'Operation cannot be fulfilled on dashboards.{GROUP} "{name}": the object has been modified; please apply '
            "your changes to the latest version and try again"
        )
        return failure(409, text, "Conflict", {"name": name, "group": GROUP, "kind": "dashboards"})
    folder = _check(request, org_id, spec, notes)
    return _replaced(request, found, spec, notes, folder)


def _replaced(request: Request, found: Dashboard, spec: dict[str, Any], notes: dict[str, str], folder: str) -> Reply:
    """Replace a dashboard, provisioned or not: nothing protects it here."""
    version = request.params["version"]
    kept = {key: value for key, value in spec.items() if key not in FIELDS}
    if version == "v1beta1":
        kept = newest(kept)
    before = found.spec
    request.server.store.replace(found, kept, folder, request.caller.login)
    found.message, found.api = notes.get(MESSAGE_NOTE, ""), version
    found.folder_half_set = holed(request)
    if not holed(request):
        found.provisioned = None  # the mark goes with the annotations
    manage(request, found, spec, notes, before)
    return ok(object_of(request, found, version, written="replaced", posted=spec))


def _crash(request: Request) -> Reply:
    """Return what 11.5 answers where a dashboard is missing."""
    return Reply(500, f'Internal Server Error: "{request.path}": Dashboard not found\n', "text/plain")


@route("DELETE", DASHBOARDS + "/{name}", there=there)
def delete(request: Request) -> Reply:
    org_id = _enter(request, "dashboards:delete")
    name = request.params["name"]
    found = request.server.store.dashboard(org_id, name)
    if found is None:
        return _crash(request) if holed(request) else missing("dashboards", name)
    if found.provisioned is not None:
        text = "provisioned dashboard cannot be deleted"
        return failure(500, text) if holed(request) else failure(400, text, "BadRequest")
    request.server.store.remove(found)
    return success(name, GROUP, "dashboards", found.object_uid)


@route("GET", FOLDERS, there=there)
def folders(request: Request) -> Reply:
    if holed(request):
        return Reply(404, {"paths": LEGACY_FORM})
    org_id = namespace(request.params["namespace"])
    allowed = _in_org(request, request.caller, org_id)
    if org_id is None or allowed is None or not allowed.may("folders:read"):
        raise Refusal(failure(403, "namespace is not allowed for this user", "Forbidden"))
    found: list[Folder] = request.server.store.folders(org_id)
    items = [folder_object(request, folder) for folder in found]
    return ok(list_of(request, "FolderList", "folder.grafana.app/v1beta1", items, None))


@route("GET", FOLDERS + "/{name}", there=there)
def folder(request: Request) -> Reply:
    if holed(request):
        return Reply(404, {"paths": LEGACY_FORM})
    org_id = namespace(request.params["namespace"])
    allowed = _in_org(request, request.caller, org_id)
    if org_id is None or allowed is None:
        raise Refusal(denied(request.server.profile, "folders:read"))
    found = request.server.store.folder(org_id, request.params["name"])
    if found is None:
        raise Refusal(missing("folders", request.params["name"], "folder.grafana.app"))
    return ok(folder_object(request, found))
