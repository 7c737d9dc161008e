# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves of folders into other folders, by the legacy route."""

from __future__ import annotations

from ..core.profile import Profile
from ..core.replies import Refusal, Reply, message, ok, typed
from ..core.server import Request, route
from ..kubernetes.objects import own_notes
from .folders import CREATE, DEEPEST, FOLDER_NOTE, NESTED, WRITE, chain, missing, require, require_stored, shown, too_deep
from .store import SERVER_MANAGER, Folder

CIRCLE = "cannot move folder under its own descendant, this would create a circular reference"


@route("POST", "/api/folders/{uid}/move", there=lambda profile: profile >= (9, 3))
def move(request: Request) -> Reply:
    server, profile = request.server, request.server.profile
    require(request, WRITE)
    if profile < NESTED:
        return message("To use this service, you need to activate nested folder feature.", 404)
    parent = request.fields({"parentUid": str}).get("parentUid", "")
    if not server.access.inside(request.caller, CREATE, parent):
        raise Refusal(typed(403, "Access denied to the destination folder", "folders.forbiddenMove"))
    folder = server.store.folder(request.caller.org_id, request.params["uid"])
    above = chain(request, parent)
    if profile.authorizer and folder is not None and parent == folder.parent:
        return ok(shown(request, folder))
    if folder is None or (parent and not above and not (profile.objects_only and parent == "general")):
        return _missing(request, parent if folder else "")
    if folder in above:
        return _circle(profile)
    if _orphaned(request, above):
        return missing(request)
    if deeper(request, folder, len(above)):
        return message("Maximum nested folder depth reached", 400) if profile.authorizer else too_deep(profile)
    require_stored(request, WRITE, folder.uid, folder.parent)
    require_stored(request, CREATE, "" if not parent else folder.uid, parent)
    before = {FOLDER_NOTE: folder.parent} if folder.parent else {}
    own_notes(folder, SERVER_MANAGER, before, {FOLDER_NOTE: parent} if parent else {})
    folder.parent = parent
    server.store.touch_folder(folder, request.caller.login)
    moved = shown(request, folder)
    if profile < (12, 0):  # the row that it answers has no version
        moved.pop("version", None)
    return ok(moved)


def _missing(request: Request, parent: str) -> Reply:
    """Return the 404 of a folder that is moved, or of the one that it is moved into; General is no folder to move into."""
    profile = request.server.profile
    if not profile.unified:
        return typed(404, "NotFound", "folder.notFound")
    if parent == "general" and profile.authorizer:
        return message(f'move target not found folders.folder.grafana.app "{parent}" not found', 500)
    return missing(request)


def _circle(profile: Profile) -> Reply:
    if profile.objects_only:
        return message("Circular reference detected", 400)
    if profile.authorizer:
        return message(CIRCLE, 500)
    if not profile.unified:
        return message("move folder failed", 500)
    return typed(400, "Circular reference detected", "folder.circular-reference")


def _orphaned(request: Request, above: list[Folder]) -> bool:
    """Tell whether the topmost of the folders to move into names a parent that does not exist."""
    return request.server.profile.authorizer and bool(above) and bool(above[0].parent)


def deeper(request: Request, folder: Folder, levels: int) -> bool:
    """Tell whether a folder would be too deep with *levels* folders above it.

    From 12.1 on a folder without children may go one level deeper than one that is made there, and whatever moves no deeper
    than it was is not looked at.
    """
    store, below = request.server.store, request.server.store.height(folder) - 1
    if not request.server.profile.authorizer:
        return levels + below + 1 > DEEPEST + 1
    if levels > DEEPEST + 1:
        return True
    if folder.parent and levels <= len(chain(request, folder.parent)) and store.folder(folder.org_id, folder.parent):
        return False
    return 0 < DEEPEST + 1 - levels <= below
