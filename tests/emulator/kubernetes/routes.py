# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards and folders, in the style of Kubernetes: ``/apis/dashboard.grafana.app`` and ``/apis/folder.grafana.app``."""

from __future__ import annotations

import json
import re
from typing import Any

from ..access.rules import DASHBOARDS as DASHBOARD_KIND
from ..boards.contents import text_in
from ..boards.dashboards import FIELDS, FOLDER_NOTE, MESSAGE_NOTE
from ..boards.normalise import cleaned_strings, newest
from ..boards.refresh import problem
from ..boards.search import visible_dashboards
from ..boards.store import Dashboard
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, ok
from ..core.server import Request, route
from ..core.state import uid as new_uid
from ..tenancy.quotas import limit, on
from .access import check_member, enter, require, require_readable, require_target, require_update
from .layouts import Unfit, stored
from .objects import (
    GRANT_NOTE,
    GRANT_REFUSED,
    GROUP,
    client_of,
    failure,
    keep,
    list_of,
    manage,
    missing,
    object_of,
    own_notes,
    resource_version,
    success,
    versions,
)

DASHBOARDS = f"/apis/{GROUP}/{{version}}/namespaces/{{namespace}}/dashboards"


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


def _enter(request: Request) -> int:
    """Return the org of the namespace. Raises :class:`Refusal` for a version that is not served, or who is no member."""
    if request.params["version"] not in versions(request.server.profile):
        raise Refusal(failure(404, "the server could not find the requested resource", "NotFound", {}))
    return enter(request, "dashboards", GROUP)


@route("GET", DASHBOARDS, there=there)
def listed(request: Request) -> Reply:
    _enter(request)
    check_member(request)
    version = request.params["version"]
    found = visible_dashboards(request)
    # Legacy storage lists by database id, newest first; unified storage by name.
    if request.server.profile >= (12, 1):
        found.sort(key=lambda one: one.uid)
    else:
        found.reverse()
    start = continued(request.one("continue"))
    size = request.number("limit", 0) or len(found)
    page = found[start : start + size]
    more = str(start + size) if start + size < len(found) else None
    if holed(request) and start:
        page, more = [], None
    items = [object_of(request, one, version, listing=True) for one in page]
    return ok(list_of(request, "DashboardList", f"{GROUP}/{version}", items, more))


def continued(token: str) -> int:
    try:
        return int(json.loads(token)) if token else 0
    except (ValueError, TypeError):
        raise Refusal(failure(400, "continue key is not valid", "BadRequest")) from None


@route("GET", DASHBOARDS + "/{name}", there=there)
def one(request: Request) -> Reply:
    org_id = _enter(request)
    found = request.server.store.dashboard(org_id, request.params["name"])
    if found is None:
        return missing("dashboards", request.params["name"])
    require_readable(request, found)
    return ok(object_of(request, found, request.params["version"]))


def body_of(request: Request, wanted: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Return (metadata, spec, annotations) of an object of the API version *wanted*. Raises :class:`Refusal`."""
    try:
        body = json.loads(request.body)
        metadata, spec = body.get("metadata") or {}, body.get("spec") or {}
        notes = metadata.get("annotations") or {}
        texts = [metadata.get(name) or "" for name in ("name", "generateName", "namespace", "resourceVersion")]
        if not all(isinstance(part, dict) for part in (metadata, spec, notes)) or not all(isinstance(t, str) for t in texts):
            raise ValueError
    except (ValueError, AttributeError, RecursionError):
        raise Refusal(failure(400, "the object provided is unrecognized", "BadRequest")) from None
    if body.get("apiVersion") and body["apiVersion"] != wanted:
        text = f"the API version in the data ({body['apiVersion']}) does not match the expected API version ({wanted})"
        raise Refusal(failure(400, text, "BadRequest"))
    if metadata.get("namespace") and metadata["namespace"] != request.params["namespace"]:
        text = "the namespace of the provided object does not match the namespace sent on the request"
        raise Refusal(failure(400, text, "BadRequest"))
    name, path = metadata.get("name"), request.params.get("name")
    if path and name and name != path:
        text = f"the name of the object ({name}) does not match the name on the URL ({path})"
        raise Refusal(failure(400, text, "BadRequest"))
    return metadata, spec, {name: str(value) for name, value in notes.items()}


def _basics(request: Request, name: str, spec: dict[str, Any], message: str) -> str:
    """Return what is wrong with a dashboard's title, message, name or tags; empty for nothing."""
    title, tags = text_in(spec, "title"), spec.get("tags")
    newest_rules = request.server.profile >= (12, 1)
    if not title:
        return "Dashboard title cannot be empty"
    if len(title.encode()) > 5000:
        return "Dashboard title cannot contain more than 5 000 characters"
    if len(message.encode()) > 500 and newest_rules:
        return "message too long, max 500 characters"
    if not re.fullmatch("[a-zA-Z0-9_-]+", name):
        return "uid contains illegal characters"
    if len(name) > 40:
        return "uid too long, max 40 characters"
    wrong = problem(request.server.settings, spec.get("refresh", (spec.get("timeSettings") or {}).get("autoRefresh")))
    if not wrong and newest_rules and isinstance(tags, list) and any(isinstance(tag, str) and len(tag) > 50 for tag in tags):
        return "dashboard tag too long, max 50 characters"
    return wrong


def check(request: Request, org_id: int, name: str, spec: dict[str, Any], notes: dict[str, str]) -> str:
    """Return the folder to write into. Raises for what cannot be stored, or a folder that is none."""
    folder = notes.get(FOLDER_NOTE, "")
    if holed(request):
        return folder
    if not folder:
        check_member(request)
    wrong = _basics(request, name, spec, notes.get(MESSAGE_NOTE, ""))
    if wrong:
        raise Refusal(failure(400, wrong, "BadRequest"))
    old = request.server.store.dashboard(org_id, name)
    moved = old is None or old.folder_uid != folder
    known = request.server.store.folder(org_id, folder) is not None and not request.caller.stranger
    if folder and moved and request.server.profile.objects_only:
        require_target(request, folder)
    if folder and moved and not known and (old is None or not request.server.profile.authorizer):
        raise Refusal(missing("folders", folder, "folder.grafana.app"))
    return folder


def quota(request: Request, org_id: int, name: str) -> None:
    server = request.server
    if not on(server) or not 0 <= limit(server, "quota.org_dashboard", org_id) <= server.store.count(org_id):
        return
    text = f'dashboards.{GROUP} "{name}" is forbidden: Dashboard quota reached'
    raise Refusal(failure(403, text, "Forbidden", {"name": name, "group": GROUP, "kind": "dashboards"}))


@route("POST", DASHBOARDS, there=there)
def create(request: Request) -> Reply:
    org_id = _enter(request)
    metadata, spec, notes = body_of(request, f"{GROUP}/{request.params['version']}")
    name = metadata.get("name") or f"{metadata.get('generateName', '')}{new_uid()}"
    folder = check(request, org_id, name, spec, notes)
    if request.server.store.dashboard(org_id, name) is not None:
        details = {"name": name, "group": GROUP, "kind": "dashboards"}
        return failure(409, f'dashboards.{GROUP} "{name}" already exists', "AlreadyExists", details)
    return _made(request, org_id, name, metadata, spec, notes, folder)


def _made(
    request: Request,
    org_id: int,
    name: str,
    metadata: dict[str, Any],
    spec: dict[str, Any],
    notes: dict[str, str],
    folder: str,
) -> Reply:
    """Make a dashboard, and answer as its creation is answered."""
    version, grant = request.params["version"], notes.get(GRANT_NOTE, "")
    quota(request, org_id, name)
    if grant not in ("", "default") and not holed(request):
        return failure(500, GRANT_REFUSED)
    require(request, "dashboards:create", DASHBOARD_KIND, "", folder)
    kept = _kept(request, spec)
    store = request.server.store
    made = store.add(org_id, name, kept, folder, _writer(request), message=notes.get(MESSAGE_NOTE, ""), api=version)
    made.folder_half_set = holed(request)
    if holed(request):  # the version's row gets no message
        made.history[-1].message = ""
    keep(request, made, notes, metadata)
    manage(request, made, spec, notes)
    own_notes(made, client_of(request), None, notes)
    if grant and not folder and not holed(request):
        request.server.access.made(request.caller, DASHBOARD_KIND, name, folder, org_id)
    answer = object_of(request, made, version, written="created", posted=spec)
    if grant and holed(request):  # it means nothing there, and is not stored
        answer["metadata"]["annotations"][GRANT_NOTE] = grant
    return ok(answer, 201)


@route("PUT", DASHBOARDS + "/{name}", there=there)
def put(request: Request) -> Reply:
    org_id = _enter(request)
    store, name = request.server.store, request.params["name"]
    metadata, spec, notes = body_of(request, f"{GROUP}/{request.params['version']}")
    found = store.dashboard(org_id, name)
    if found is None:
        folder = check(request, org_id, name, spec, notes)
        return _made(request, org_id, name, metadata, spec, notes, folder)
    require_readable(request, found)
    if metadata.get("resourceVersion") and metadata["resourceVersion"] != resource_version(request, found):
        text = (
            f'Operation cannot be fulfilled on dashboards.{GROUP} "{name}": the object has been modified; please apply '
            "your changes to the latest version and try again"
        )
        return failure(409, text, "Conflict", {"name": name, "group": GROUP, "kind": "dashboards"})
    folder = check(request, org_id, name, spec, notes)
    require_update(request, found, folder)
    return _replaced(request, found, metadata, spec, notes, folder)


def _replaced(
    request: Request,
    found: Dashboard,
    metadata: dict[str, Any],
    spec: dict[str, Any],
    notes: dict[str, str],
    folder: str,
) -> Reply:
    """Replace a dashboard, provisioned or not: nothing protects it here."""
    version = request.params["version"]
    kept = _kept(request, spec)
    before, parent, marks, known = found.spec, found.version, found.marks(), found.client_notes()
    changed = request.server.store.replace(found, kept, folder, _writer(request))
    found.message, found.api = notes.get(MESSAGE_NOTE, ""), version
    found.folder_half_set = holed(request)
    if not holed(request):
        found.provisioned = None  # the mark goes with the annotations
    keep(request, found, notes, metadata)
    manage(request, found, spec, notes, before)
    own_notes(found, client_of(request), known, notes)
    request.server.store.written(found, parent, changed, marks, _writer(request))
    if holed(request):
        found.history[-1].message = ""
    answer = object_of(request, found, version, written="replaced", posted=spec)
    if request.server.profile.authorizer and not request.server.profile.objects_only and not changed and found.marks() == marks:
        del answer["metadata"]["resourceVersion"]  # nothing was stored
    return ok(answer)


def _kept(request: Request, spec: dict[str, Any]) -> dict[str, Any]:
    """Return what the server stores of *spec* in the API version that a client wrote."""
    version = request.params["version"]
    kept = cleaned_strings(request.server.profile, {key: value for key, value in spec.items() if key not in FIELDS})
    if version.startswith("v2"):
        try:
            return stored(version, request.server.profile >= (13, 0), kept)
        except Unfit as wrong:
            text = f'Dashboard in version "{version}" cannot be handled as a Dashboard: json: cannot unmarshal into {wrong}'
            raise Refusal(failure(400, text, "BadRequest")) from None
    return newest(kept) if version in ("v1", "v1beta1") else kept


def _writer(request: Request) -> str:
    """Return the login of who writes; 11.5 takes down users only."""
    return request.caller.login if request.caller.user or not holed(request) else ""


@route("DELETE", DASHBOARDS + "/{name}", there=there)
def delete(request: Request) -> Reply:
    org_id = _enter(request)
    name = request.params["name"]
    found = request.server.store.dashboard(org_id, name)
    if found is None:
        return missing("dashboards", name)
    require_readable(request, found)
    require(request, "dashboards:delete", DASHBOARD_KIND, name, found.folder_uid)
    if found.provisioned is not None:
        text = "provisioned dashboard cannot be deleted"
        return failure(500, text) if holed(request) else failure(400, text, "BadRequest")
    request.server.store.remove(found)
    return success(name, GROUP, "dashboards", found.object_uid)
