# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what with library elements: up to 12.0 permissions on the folder decide, later those on library panels."""

from __future__ import annotations

from ..access.rules import GENERAL
from ..core.replies import Refusal, Reply, denied, fail
from ..core.server import Request
from .library_store import LibraryElement

READ, CREATE, WRITE, DELETE = (f"library.panels:{verb}" for verb in ("read", "create", "write", "delete"))
MISSING = "library element could not be found"
KIND = "library.panels"
#: The permission on a folder, and the least role in General, that count for each action up to 12.0.
ON_FOLDER = {READ: ("folders:read", "Viewer"), **dict.fromkeys((CREATE, WRITE, DELETE), ("folders:write", "Editor"))}
ORDER = ("None", "Viewer", "Editor", "Admin")


def missing(request: Request) -> Reply:
    """Return the 404 of an element that does not exist."""
    return fail(request.server.profile, 404, MISSING)


def allowed(request: Request, action: str, folder_uid: str) -> bool:
    """Tell whether the caller may do *action* to what is in a folder, or in General where *folder_uid* is empty."""
    access, caller = request.server.access, request.caller
    if request.server.profile.authorizer:
        return access.inside(caller, action, folder_uid)
    permission, least = ON_FOLDER[action]
    if not folder_uid:
        return ORDER.index(caller.role or "None") >= ORDER.index(least)
    return access.inside(caller, permission, folder_uid)


def require_anywhere(request: Request, action: str) -> None:
    """Raise unless the caller may do *action* anywhere, which servers ask first from 12.1 on."""
    if request.server.profile.authorizer and not request.server.access.anywhere(request.caller, action):
        raise Refusal(denied(request.server.profile, action))


def require_place(request: Request, folder_uid: str, named: str) -> None:
    """Raise unless the caller may make an element in a folder; *named* is the uid that the request names.

    12.4 looks for a permission on the folder without a uid, which who may create in General does not have.
    """
    profile, access, caller = request.server.profile, request.server.access, request.caller
    if not profile.authorizer:
        if not allowed(request, CREATE, folder_uid):
            raise Refusal(fail(profile, 403, "access denied to folder"))
    elif caller.role != "Admin" and not (folder_uid and access.inside(caller, CREATE, folder_uid)):
        if profile.objects_only:
            raise Refusal(fail(profile, 500, "Failed to create library element"))
        text = f"insufficient permissions for creating library panel in folder with UID: '{named}'"
        raise Refusal(fail(profile, 403, text))


def require_on(request: Request, action: str, found: LibraryElement | None) -> LibraryElement:
    """Return the element in the path. Raises unless the caller may do *action* to it, and where there is none.

    From 12.1 on who may not read the folder of an element that does not exist is refused; and nobody may.
    """
    profile, access, caller, uid = request.server.profile, request.server.access, request.caller, request.params["uid"]
    if not profile.authorizer:
        if found is None:
            raise Refusal(missing(request))
        if not allowed(request, action, found.folder_uid):
            raise Refusal(fail(profile, 403, "access denied to folder"))
        return found
    if found is not None:
        folders = access.resolve(caller.org_id, KIND, uid, found.folder_uid)
    else:
        remembered = access.resolved(caller.org_id, KIND, uid)
        if remembered is None and action == READ and caller.role == "Admin":
            raise Refusal(missing(request))
        if remembered is None:
            raise Refusal(denied(profile, action))
        folders = remembered
    if caller.grants is None or not caller.grants.allows(action, KIND, uid, folders or (GENERAL,)):
        raise Refusal(denied(profile, action))
    if found is None:
        raise Refusal(missing(request))
    return found
