# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what with dashboards by ``/api``, and how each version refuses."""

from __future__ import annotations

from ..access.rules import DASHBOARDS
from ..core.replies import Refusal, Reply, denied, fail, message
from ..core.server import Request
from .store import Dashboard

READ, WRITE, DELETE, CREATE = "dashboards:read", "dashboards:write", "dashboards:delete", "dashboards:create"


def missing(request: Request) -> Reply:
    """Return the 404 of a dashboard that does not exist."""
    return fail(request.server.profile, 404, "Dashboard not found")


def require_anywhere(request: Request, action: str) -> None:
    """Raise unless the caller may do *action* to any dashboard at all: from 9.0 on servers ask that first."""
    profile = request.server.profile
    if profile.rbac and not request.server.access.anywhere(request.caller, action):
        raise Refusal(denied(profile, action))


def require_on(request: Request, action: str, found: Dashboard | None) -> None:
    """Raise unless the caller may do *action* to a dashboard; *found* is ``None`` for one that does not exist.

    From 12.0 on a server asks for the permission on this dashboard, and who has none on all of them is told which are missing.
    """
    profile, access, caller = request.server.profile, request.server.access, request.caller
    if found is None:
        if profile.unified and caller.role != "Admin":
            _refuse_missing(request, action)
        raise Refusal(missing(request))
    if access.dashboard(caller, action, found):
        return
    raise Refusal(denied(profile, action) if profile.unified else message("Access denied to this dashboard", 403))


def _refuse_missing(request: Request, action: str) -> None:
    """Raise what a caller is told of a dashboard that does not exist, where a server looks for its folder first.

    A server that remembers the folder goes by that, and finds later that there is nothing.
    """
    access, caller = request.server.access, request.caller
    remembered = access.remembers(caller, action, request.params["uid"]) if caller.role is not None else False
    if remembered is None:
        raise Refusal(message("Dashboard not found", 404, title="Not found"))
    if not remembered:
        raise Refusal(denied(request.server.profile, action))


def require_list(request: Request, action: str, found: Dashboard | None) -> None:
    """Raise unless the caller may do *action* to the list of permissions of a dashboard, be there one or not."""
    profile, access, caller = request.server.profile, request.server.access, request.caller
    if found is not None and not access.dashboard(caller, action, found):
        raise Refusal(denied(profile, action) if profile.rbac else message("Access denied to this dashboard", 403))
    if found is None and caller.role != "Admin":
        require_anywhere(request, action)


def require_write_anywhere(request: Request) -> None:
    """Raise unless the caller may create or write any dashboard."""
    profile, access, caller = request.server.profile, request.server.access, request.caller
    if profile.rbac and not any(access.anywhere(caller, action) for action in (CREATE, WRITE)):
        raise Refusal(denied(profile, f"any of {CREATE}, {WRITE}"))


def seen(request: Request, found: Dashboard) -> bool:
    """Tell whether unified storage reads a dashboard for the caller: it may remember another role than ``/api`` does."""
    if not request.server.profile.authorizer:
        return True
    return request.server.access.authorizer.allows(request.caller, READ, DASHBOARDS, found.uid, found.folder_uid)


def require_stored(request: Request, action: str, uid: str, folder_uid: str) -> None:
    """Raise unless unified storage lets the caller do *action*; an empty *uid* is a dashboard that is to be made in a folder."""
    if request.server.profile.authorizer and not request.server.access.authorizer.allows(
        request.caller, action, DASHBOARDS, uid, folder_uid
    ):
        raise Refusal(Reply(403, {}))


def require_stored_write(request: Request, old: Dashboard | None, folder_uid: str) -> None:
    """Raise unless unified storage lets the caller write *old*, or make a dashboard in a folder; a move needs both."""
    if old is not None:
        require_stored(request, WRITE, old.uid, old.folder_uid)
    if old is None or old.folder_uid != folder_uid:
        require_stored(request, CREATE, "", folder_uid)


def require_visible(request: Request, old: Dashboard | None) -> None:
    """Raise where the caller may not read the dashboard that a write replaces: unified storage reads it first."""
    if old is not None and not seen(request, old):
        raise Refusal(Reply(403, {}))


def require_write(request: Request, old: Dashboard | None, folder_uid: str) -> None:
    """Raise unless the caller may write *old*, or make a dashboard in a folder; a move needs both."""
    access, caller = request.server.access, request.caller
    allowed = old is None or access.dashboard(caller, WRITE, old)
    if old is None or old.folder_uid != folder_uid:
        allowed = allowed and access.inside(caller, CREATE, folder_uid)
    if not allowed:
        raise Refusal(fail(request.server.profile, 403, "Access denied to save dashboard"))
