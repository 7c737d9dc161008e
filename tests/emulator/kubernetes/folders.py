# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders, in the style of Kubernetes: ``/apis/folder.grafana.app``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..access.rules import FOLDERS, rules_of
from ..boards.folder_contents import directly_inside
from ..boards.folder_moves import CIRCLE, deeper
from ..boards.folders import CREATE, DEEPEST, DELETE, WRITE, chain, visible
from ..boards.store import Folder
from ..core.replies import Refusal, Reply, ok
from ..core.server import Handler, Request, route
from ..core.state import uid as new_uid
from .access import allows, check_member, enter, require, require_readable, require_role
from .folder_objects import GROUP, folder_object, own, stored_version, versions
from .objects import GRANT_NOTE, GRANT_REFUSED, LEGACY_FORM, client_of, failure, keep, list_of, missing, own_notes, success
from .routes import body_of, continued, holed, there

BASE = f"/apis/{GROUP}/{{version}}/namespaces/{{namespace}}/folders"
FOLDER_NOTE = "grafana.app/folder"


def folders_route(method: str, template: str) -> Callable[[Handler], Handler]:
    """Register a handler of folders, which 11.5 answers with the paths that it knows."""

    def register(handler: Handler) -> Handler:
        def known(request: Request) -> Reply:
            if not holed(request):
                return handler(request)
            if request.method == "POST" and not request.caller.is_admin:
                require_role(request, FOLDERS, GROUP)
            return Reply(404, {"paths": LEGACY_FORM})

        return route(method, template, there=there)(known)

    return register


def _enter(request: Request) -> int:
    if request.params["version"] not in versions(request.server.profile):
        raise Refusal(failure(404, "the server could not find the requested resource", "NotFound", {}))
    return enter(request, FOLDERS, GROUP)


def _found(request: Request) -> Folder:
    """Return the folder in the path. Raises where there is none, or the caller may not read it."""
    found = request.server.store.folder(_enter(request), request.params["name"])
    if found is None:
        raise Refusal(missing("folders", request.params["name"], GROUP))
    require_readable(request, found)
    return found


@folders_route("GET", f"/apis/{GROUP}")
def group(request: Request) -> Reply:
    known = [{"groupVersion": f"{GROUP}/{version}", "version": version} for version in versions(request.server.profile)]
    return ok({"kind": "APIGroup", "apiVersion": "v1", "name": GROUP, "versions": known, "preferredVersion": known[0]})


# Reads


@folders_route("GET", BASE)
def folders(request: Request) -> Reply:
    _enter(request)
    check_member(request)
    found = visible(request)
    if request.server.profile.authorizer:
        found.sort(key=lambda one: one.uid)
    start = continued(request.one("continue"))
    size = request.number("limit", 0) or len(found)
    more = str(start + size) if start + size < len(found) else None
    items = [folder_object(request, folder, stored_version(request, folder)) for folder in found[start : start + size]]
    return ok(list_of(request, "FolderList", f"{GROUP}/{request.params['version']}", items, more))


@folders_route("GET", BASE + "/{name}")
def folder(request: Request) -> Reply:
    return ok(folder_object(request, _found(request), request.params["version"]))


def _answer(request: Request, kind: str, **more: Any) -> Reply:
    return ok({"kind": kind, "apiVersion": f"{GROUP}/{request.params['version']}", **more})


@folders_route("GET", BASE + "/{name}/parents")
def parents(request: Request) -> Reply:
    found = _found(request)
    items = []
    for one in chain(request, found.uid):
        more = {name: value for name, value in (("description", one.description), ("parent", one.parent)) if value}
        items.append({"name": one.uid, "title": one.title, **more})
    return _answer(request, "FolderInfoList", metadata={}, items=items)


@folders_route("GET", BASE + "/{name}/children")
def children(request: Request) -> Reply:
    """Answer no children, as servers up to 12.4 do for every folder."""
    found, store = _found(request), request.server.store
    if request.server.profile.objects_only:
        inside = [one for one in visible(request) if one.parent == found.uid]
        space = request.params["namespace"]
        items = [{"metadata": {"name": one.uid, "namespace": space}, "spec": {"title": one.title}} for one in inside]
        return _answer(request, "FolderList", metadata={"resourceVersion": str(store.next_rv())}, items=items)
    return _answer(request, "FolderList", metadata={}, items=None)


def _inside(request: Request, found: Folder) -> dict[str, int]:
    """Return how many objects are in a folder itself, by resource."""
    store, org_id, uid = request.server.store, found.org_id, found.uid
    return {
        "dashboards": sum(one.folder_uid == uid for one in store.dashboards(org_id)),
        "folders": sum(one.parent == uid for one in store.folders(org_id)),
        "alertrules": sum(where == uid for where in store.rules(org_id).values()),
        "library_elements": sum(one.folder_uid == uid for one in store.library.of(org_id).values()),
    }


#: Which storage counts what, from 13 on.
COUNTED = (
    (GROUP, "folders"),
    ("dashboard.grafana.app", "dashboards"),
    ("dashboard.grafana.app", "librarypanels"),
    ("rules.alerting.grafana.app", "alertrules"),
    ("sql-fallback", "alertrules"),
    ("sql-fallback", "library_elements"),
)


def _counted(inside: dict[str, int]) -> list[dict[str, Any]]:
    return [{"group": group, "resource": resource, "count": inside[resource]} for group, resource in COUNTED]


@folders_route("GET", BASE + "/{name}/counts")
def counts(request: Request) -> Reply:
    groups = {"dashboards": "dashboard.grafana.app", "folders": GROUP}
    if request.server.profile.objects_only:
        return _answer(request, "DescendantCounts", counts=_counted(directly_inside(request, _found(request).uid)))
    found = [
        {"group": groups.get(resource, "sql-fallback"), "resource": resource, "count": count}
        for resource, count in _inside(request, _found(request)).items()
        if count or resource not in groups
    ]
    return _answer(request, "DescendantCounts", counts=found)


@folders_route("GET", BASE + "/{name}/access")
def access(request: Request) -> Reply:
    found = _found(request)

    def may(action: str) -> bool:
        return allows(request, action, FOLDERS, found.uid, found.parent)

    admin = may("folders.permissions:write")
    rights = {"canSave": CREATE, "canEdit": WRITE, "canAdmin": "folders.permissions:write", "canDelete": DELETE}
    shown: dict[str, Any] = {name: admin or may(action) for name, action in rights.items()}
    if request.server.profile.objects_only:
        actions = rules_of(request.server.profile).levels
        shown["accessControl"] = {action: True for action in actions if admin or may(action)}
    return _answer(request, "FolderAccessInfo", **shown)


# Writes


@folders_route("POST", BASE)
def create(request: Request) -> Reply:
    _enter(request)
    metadata, spec, notes = body_of(request, f"{GROUP}/{request.params['version']}")
    name = metadata.get("name") or f"{metadata.get('generateName', '')}{new_uid()}"
    made = _made(request, name, metadata, spec, notes, posted=True)
    request.server.access.made(request.caller, FOLDERS, made.uid, made.parent, made.org_id)
    return ok(folder_object(request, made, request.params["version"]), 201)


def _made(
    request: Request, name: str, metadata: dict[str, Any], spec: dict[str, Any], notes: dict[str, str], posted: bool
) -> Folder:
    """Make a folder, without any permissions; errors are told in another way where it is *posted*."""
    store, org_id, parent = request.server.store, request.caller.org_id, notes.get(FOLDER_NOTE, "")
    broken = "Folder API error: " if posted else ""
    code, text = _wrong(request, name, str(spec.get("title") or ""), parent)
    if text and request.server.profile.objects_only:
        raise Refusal(_refused(code, text))
    if text:
        raise Refusal(failure(code, text) if posted and code == 400 else failure(500, broken + text))
    if not allows(request, CREATE, FOLDERS, "", parent):
        raise Refusal(failure(403, "Access denied"))
    if store.folder(org_id, name) is not None:
        raise Refusal(failure(412, "the folder has been changed by someone else"))
    if notes.get(GRANT_NOTE, "") not in ("", "default"):
        raise Refusal(failure(500, broken + GRANT_REFUSED))
    made = store.add_folder(org_id, name, str(spec["title"]).strip(), parent, request.caller.login)
    made.description, made.spec_names = str(spec.get("description") or ""), {"title", *({"description"} & set(spec))}
    own(made, client_of(request), set(spec), generated=bool(metadata.get("generateName")))
    own_notes(made, client_of(request), None, notes)
    made.manager_apis[client_of(request)] = request.params["version"]
    keep(request, made, notes, metadata)
    return made


def _refused(code: int, text: str) -> Reply:
    """Return the refusal of a folder as 13 has it: every cause has an id."""
    return failure(404, text) if code == 404 else failure(400, text, "", {"uid": "folder.invalid"})


def _wrong(request: Request, name: str, title: str, parent: str) -> tuple[int, str]:
    """Return the status and text of what cannot be a new folder; nothing for what can."""
    if name in ("general", "sharedwithme"):
        return 500, "invalid uid for folder provided"
    if not re.fullmatch("[a-zA-Z0-9_-]+", name):
        return 400, "uid contains illegal characters"
    if len(name) > 40:
        return 400, "uid too long, max 40 characters"
    if not title:
        return 400, "folder title cannot be empty"
    if parent == name:
        return 400, "folder cannot be parent of itself"
    if parent not in ("", "general") and not chain(request, parent) and request.server.profile.objects_only:
        return 404, f'folders.{GROUP} "{parent}" not found'
    if parent and len(chain(request, parent)) > DEEPEST:
        return 500, f"folder max depth exceeded, max depth is {DEEPEST}"
    return 0, ""


@folders_route("PUT", BASE + "/{name}")
def put(request: Request) -> Reply:
    org_id, name = _enter(request), request.params["name"]
    metadata, spec, notes = body_of(request, f"{GROUP}/{request.params['version']}")
    found = request.server.store.folder(org_id, name)
    if found is None:
        made = _made(request, name, {**metadata, "generateName": ""}, spec, notes, posted=False)
        return ok(folder_object(request, made, request.params["version"]), 201)
    require_readable(request, found)
    if metadata.get("resourceVersion") and metadata["resourceVersion"] != str(found.resource_version):
        text = (
            f'Operation cannot be fulfilled on folders.{GROUP} "{name}": the object has been modified; please apply '
            "your changes to the latest version and try again"
        )
        return failure(409, text, "Conflict", {"name": name, "group": GROUP, "kind": "folders"})
    if not str(spec.get("title") or "").strip():
        return failure(500, "folder title cannot be empty")
    parent = notes.get(FOLDER_NOTE, "")
    if parent != found.parent:
        _check_move(request, found, parent)
    else:
        require(request, WRITE, FOLDERS, name, parent)
    return _replaced(request, found, metadata, spec, notes, parent)


def _check_move(request: Request, found: Folder, parent: str) -> None:
    """Raise for a move that is not possible, or not allowed."""
    above = chain(request, parent)
    if parent and not above:
        raise Refusal(failure(500, f'move target not found folders.{GROUP} "{parent}" not found'))
    if found in above and request.server.profile.objects_only:
        raise Refusal(failure(400, "Circular reference detected", "BadRequest", {"uid": "folder.circular-reference"}))
    if found in above:
        raise Refusal(failure(500, CIRCLE))
    if parent and deeper(request, found, len(above)):
        raise Refusal(failure(400, "Maximum nested folder depth reached", "BadRequest"))
    text = "not allowed to update resource in the source folder"
    require(request, WRITE, FOLDERS, found.uid, found.parent, text)
    text = "not allowed to create resource in the destination folder"
    require(request, CREATE, FOLDERS, "" if not parent else found.uid, parent, text)


def _replaced(
    request: Request, found: Folder, metadata: dict[str, Any], spec: dict[str, Any], notes: dict[str, str], parent: str
) -> Reply:
    """Replace a folder; one that stays as it is answers no resource version."""
    client, title, description = client_of(request), str(spec["title"]).strip(), str(spec.get("description") or "")
    names = {"title", *({"description"} & set(spec))}
    before, marks = (found.title, found.description, found.parent, found.spec_names), (found.notes, found.labels)
    known = {**found.notes, **({FOLDER_NOTE: found.parent} if found.parent else {})}
    own(found, client, {name for name in names if {"title": title, "description": description}[name] != getattr(found, name)})
    own_notes(found, client, known, notes)
    found.title, found.description, found.parent, found.spec_names = title, description, parent, names
    found.owners = {manager: kept for manager, kept in ((m, n & names) for m, n in found.owners.items()) if kept}
    found.manager_apis[client] = request.params["version"]
    keep(request, found, notes, metadata)
    if (title, description, parent, names) != before:
        request.server.store.touch_folder(found, request.caller.login)
    elif (found.notes, found.labels) != marks:
        found.resource_version = request.server.store.next_rv()
    else:
        answer = folder_object(request, found, request.params["version"])
        if not request.server.profile.objects_only:
            del answer["metadata"]["resourceVersion"]
        return ok(answer)
    return ok(folder_object(request, found, request.params["version"]))


@folders_route("DELETE", BASE + "/{name}")
def delete(request: Request) -> Reply:
    found = _found(request)
    require(request, DELETE, FOLDERS, found.uid, found.parent)
    if any(_inside(request, found).values()):
        text = "Folder cannot be deleted: folder is not empty"
        return failure(400, text, "BadRequest", {"uid": "folder.not-empty"})
    request.server.store.remove_folder(found)
    return success(found.uid, GROUP, "folders", found.object_uid)
