# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a folder: its counts, its alert rules, and how it is deleted with all of it."""

from __future__ import annotations

from ..core.profile import Profile
from ..core.replies import Refusal, Reply, fail, message, ok, typed
from ..core.server import Request, route
from ..core.server import require as require_role
from .folders import DELETE, NESTED, READ, missing, require, require_late, require_stored
from .library_elements import connections
from .store import Folder

RULES = "/api/v1/provisioning/alert-rules"


def unified_alerting(profile: Profile) -> bool:
    """Tell whether alert rules are objects of their own: before 9.0 they are in dashboards."""
    return profile >= (9, 0)


def _below(request: Request, folder: Folder) -> set[str]:
    """Return the uids of a folder and of those below it."""
    return {folder.uid, *(one.uid for one in request.server.store.descendants(folder))}


def directly_inside(request: Request, uid: str) -> dict[str, int]:
    """Return what 13 counts in a folder itself; it does not find alert rules and library panels, which have two names."""
    store, org_id = request.server.store, request.caller.org_id
    return {
        "folders": sum(one.parent == uid for one in store.folders(org_id)),
        "dashboards": sum(one.folder_uid == uid for one in store.dashboards(org_id)),
        "librarypanels": 0,
        "alertrules": 0,
        "library_elements": sum(one.folder_uid == uid for one in store.library.of(org_id).values()),
    }


@route("GET", "/api/folders/{uid}/counts", there=lambda profile: profile >= (10, 0))
def counts(request: Request) -> Reply:
    """Count what is in a folder and below it; a missing one holds nothing."""
    require(request, READ)
    store, org_id = request.server.store, request.caller.org_id
    found = store.folder(org_id, request.params["uid"])
    if request.server.profile.objects_only:
        return ok(directly_inside(request, request.params["uid"]))
    uids = _below(request, found) if found else {request.params["uid"]}
    inside = {
        "alertrule": sum(folder in uids for folder in store.rules(org_id).values()),
        "dashboard": sum(one.folder_uid in uids for one in store.dashboards(org_id)),
        **({"folder": len(uids) - 1} if request.server.profile >= NESTED else {}),
        "librarypanel": sum(one.folder_uid in uids for one in store.library.of(org_id).values()),
    }
    return ok(inside)


@route("DELETE", "/api/folders/{uid}")
def delete(request: Request) -> Reply:
    server, profile = request.server, request.server.profile
    require(request, DELETE)
    uid = request.params["uid"]
    folder = server.store.folder(request.caller.org_id, uid)
    if folder is None:
        if profile.authorizer and not profile.objects_only:
            return message(f'folders.folder.grafana.app "{uid}" not found', 404)
        return missing(request)
    require_late(request, DELETE, uid)
    refusal = _in_use(request, folder)
    if refusal is not None:
        return refusal
    require_stored(request, DELETE, folder.uid, folder.parent)
    server.store.remove_folder(folder)
    if profile < (9, 0):
        return ok({"id": folder.id, "message": f"Folder {folder.title} deleted", "title": folder.title})
    return ok(None) if profile < (10, 0) else message("Folder deleted")


def _in_use(request: Request, folder: Folder) -> Reply | None:
    """Return why a folder cannot be deleted: alert rules, unless forced, and but for 12.1 to 12.4 library panels in use."""
    profile, store = request.server.profile, request.server.store
    uids = {folder.uid, *(one.uid for one in store.deleted_with(folder))}
    ruled = any(one in uids for one in store.rules(folder.org_id).values())
    if ruled and not request.flag("forceDeleteRules"):
        if profile < (10, 0):
            return message("folder cannot be deleted: folder contains alert rules", 400)
        return typed(400, "Folder cannot be deleted: folder is not empty", "folder.not-empty")
    panels = [one.uid for one in store.library.of(folder.org_id).values() if one.folder_uid in uids]
    if (not profile.authorizer or profile.objects_only) and any(connections(request, one) for one in panels):
        return fail(profile, 403, "Folder could not be deleted because it contains library elements in use")
    return None


# Alert rules, as far as they are in a folder


@route("GET", "/api/ruler/grafana/api/v1/rules/{name}", there=lambda profile: (9, 0) <= profile.numbers < (11, 0))
def rules(request: Request) -> Reply:
    """Answer the groups of rules of the folder of this title (from 10.4 on, uid): of the rules no more than their uids."""
    store, org_id, name = request.server.store, request.caller.org_id, request.params["name"]
    by_uid = request.server.profile >= (10, 4)
    folder = next((one for one in store.folders(org_id) if name == (one.uid if by_uid else one.title)), None)
    if folder is None:
        return message("folder not found", 404)
    inside = [{"grafana_alert": {"uid": uid}} for uid, where in store.rules(org_id).items() if where == folder.uid]
    return ok({folder.title: [{"name": "rules", "rules": inside}]} if inside else {}, 202)


@route("POST", RULES, there=unified_alerting)
def make_rule(request: Request) -> Reply:
    require_role(request, "alert.provisioning:write")
    body = request.json()
    uid, folder = body.get("uid"), body.get("folderUID")
    store, org_id = request.server.store, request.caller.org_id
    if not isinstance(uid, str) or not isinstance(folder, str) or store.folder(org_id, folder) is None:
        raise Refusal(message("invalid alert rule", 400))
    store.rules(org_id)[uid] = folder
    return ok(body, 201)


@route("GET", RULES + "/{uid}", there=unified_alerting)
def one_rule(request: Request) -> Reply:
    require_role(request, "alert.provisioning:read")
    known = request.server.store.rules(request.caller.org_id)
    if request.params["uid"] in known:
        return ok({"uid": request.params["uid"], "folderUID": known[request.params["uid"]]})
    if request.server.profile < (10, 0):
        return fail(request.server.profile, 500, "")
    return Reply(404)
