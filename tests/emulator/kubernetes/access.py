# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is let in to a namespace of ``/apis``, and who may do what there."""

from __future__ import annotations

from ..access.rules import DASHBOARDS, FOLDERS
from ..boards.store import Dashboard, Folder
from ..core.auth import role_in
from ..core.permissions import Caller
from ..core.replies import Refusal, Reply, barrier
from ..core.server import Request
from .objects import failure, namespace

VERBS = {"POST": "create", "PUT": "update", "DELETE": "delete"}
#: The role that each verb takes at 11.5 and 12.0, where a request is let in by the basic role.
LEAST = {"get": "Viewer", "create": "Editor", "update": "Editor", "delete": "Editor"}
#: What a request for one dashboard takes at 11.5, and what a caller is told who may not do that.
TAKES = {"get": ("dashboards:read", "view"), "update": ("dashboards:write", "edit"), "delete": ("dashboards:delete", "delete")}
ORDER = ("None", "Viewer", "Editor", "Admin")


def enter(request: Request, kind: str, group: str) -> int:
    """Return the org of the namespace, which the header has no say in, and make the caller one of that org.

    Raises :class:`Refusal` for somebody who is no member; from 12.1 on a server admin is let in, and fails where it is asked what
    it may do: see :func:`allows`.
    """
    profile, caller = request.server.profile, request.caller
    org_id = namespace(request.params["namespace"])
    if profile.authorizer and request.params["namespace"].startswith("stacks-"):
        raise Refusal(barrier(403, "invalid namespace", "authn.invalid-namespace"))
    if profile.unified and caller.key is not None and org_id is not None and org_id != caller.org_id:
        # From 12.0 on the namespace is the org that a request asks for, and a token has its own.
        text = "API key does not belong to the requested organization"
        raise Refusal(barrier(401, text, "api-key.organization-mismatch"))
    member = _in_org(request, caller, org_id)
    if org_id is None or member is None:
        if profile.authorizer and caller.is_admin:
            request.caller = Caller(user=caller.user, org_id=org_id or 0, stranger=True)
            return request.caller.org_id
        if profile.authorizer and org_id is None:
            text = f'Internal Server Error: "{request.path}": invalid org id\n'
            raise Refusal(Reply(500, text, "text/plain; charset=utf-8"))
        raise Refusal(_forbidden(request, kind, group, _stranger(request, org_id)))
    request.caller = member
    if profile < (12, 0) and request.params.get("name"):
        _require_dashboard(request, group)
    elif not profile.authorizer:
        require_role(request, kind, group)
    return org_id


def _stranger(request: Request, org_id: int | None) -> str:
    """Return what somebody is told who is no member of an org."""
    caller = request.caller
    if caller.account is not None and not request.server.profile.unified:
        return f"user {caller.account.id} is not a member of org {org_id}"
    return "unauthorized request" if caller.is_admin else "invalid org"


def _in_org(request: Request, caller: Caller, org_id: int | None) -> Caller | None:
    """Return the caller as a member of the namespace's org, ``None`` for somebody who is none."""
    if org_id not in request.server.state.orgs:
        return None
    if caller.user is None:
        return caller if caller.org_id == org_id else None
    role = role_in(request.server, caller.user, org_id, remembered=request.server.profile.unified)
    if role is None:
        return None
    member = Caller(user=caller.user, org_id=org_id, role=role)
    request.server.access.begin(member)
    return member


def _require_dashboard(request: Request, group: str) -> None:
    """Raise where 11.5 does not let in a request for one dashboard: it looks at that alone, and crashes where it is missing."""
    found = request.server.store.dashboard(request.caller.org_id, request.params["name"])
    if found is None:
        raise Refusal(Reply(500, f'Internal Server Error: "{request.path}": Dashboard not found\n', "text/plain"))
    action, word = TAKES[VERBS.get(request.method, "get")]
    if not request.server.access.dashboard(request.caller, action, found):
        raise Refusal(_forbidden(request, DASHBOARDS, group, f"can not {word} dashboard"))


def require_role(request: Request, kind: str, group: str) -> None:
    """Raise where 11.5 or 12.0 lets the basic role not in; the list of all dashboards is for server admins at 11.5."""
    name, role = request.params.get("name", ""), request.caller.role or "None"
    verb = VERBS.get(request.method, "get" if name else "list")
    if verb == "list" and request.server.profile < (12, 0) and not request.caller.is_admin:
        raise Refusal(_forbidden(request, kind, group, "list summary objects (or connect as GrafanaAdmin)"))
    if ORDER.index(role) < ORDER.index(LEAST.get(verb, "Viewer")):
        path = request.path
        text = f"Grafana org role ({role}) didn't allow {verb} access on requested resource={kind}, path={path}"
        raise Refusal(_forbidden(request, kind, group, text))


def _forbidden(request: Request, kind: str, group: str, reason: str) -> Reply:
    """Return the 403 of a caller who may not do this in the namespace."""
    name, caller = request.params.get("name", ""), request.caller
    verb = VERBS.get(request.method, "get" if name else "list")
    what = f'{kind}.{group} "{name}"' if name else f"{kind}.{group}"
    account = caller.account.name if caller.account else ""
    who = (caller.user.name or caller.user.login) if caller.user else account
    text = (
        f'{what} is forbidden: User "{who}" cannot {verb} resource "{kind}" in API group "{group}" '
        f'in the namespace "{request.params["namespace"]}": {reason}'
    )
    details = {"name": name} if name else {}
    return failure(403, text, "Forbidden", {**details, "group": group, "kind": kind})


def check_member(request: Request) -> None:
    """Raise for a server admin who is no member of the namespace's org: nothing can be said of what it may do."""
    if request.caller.stranger:
        raise Refusal(failure(500, "namespace mismatch"))


def allows(request: Request, action: str, kind: str, name: str, folder: str) -> bool:
    """Tell whether the caller may do *action* to an object in *folder*; an empty *name* is one that is to be made there."""
    access, caller = request.server.access, request.caller
    check_member(request)
    if request.server.profile.authorizer:
        return access.authorizer.allows(caller, action, kind, name, folder)
    if not name:
        return access.inside(caller, action, folder)
    if kind == FOLDERS:
        return access.inside(caller, action, name)
    found = request.server.store.dashboard(caller.org_id, name)
    return found is not None and access.dashboard(caller, action, found)


def require(request: Request, action: str, kind: str, name: str, folder: str, text: str = "") -> None:
    """Raise the 403 of the storage, which says *text* or nothing, unless the caller may do *action*."""
    if not allows(request, action, kind, name, folder):
        raise Refusal(failure(403, text))


def require_readable(request: Request, found: Dashboard | Folder) -> None:
    """Raise unless the caller may read an object: every request for one that exists asks that first."""
    if isinstance(found, Folder):
        require(request, "folders:read", FOLDERS, found.uid, found.parent)
    else:
        require(request, "dashboards:read", DASHBOARDS, found.uid, found.folder_uid)


def require_target(request: Request, folder: str) -> None:
    """Raise unless the caller may read and write a folder to write into, be there one or not (from 13 on)."""
    store = request.server.store
    found = store.folder(request.caller.org_id, folder)
    parent = found.parent if found is not None else ""
    if all(allows(request, action, FOLDERS, folder, parent) for action in ("folders:read", "folders:write")):
        return
    text = f'folders.folder.grafana.app "{folder}" is forbidden: access denied to folder'
    raise Refusal(failure(403, text, "Forbidden", {"name": folder, "group": "folder.grafana.app", "kind": "folders"}))


def require_update(request: Request, found: Dashboard, folder: str) -> None:
    """Raise unless the caller may replace a dashboard and, where *folder* is another one, move it there."""
    if request.server.profile < (12, 0):  # it was asked on the way in, and nothing is asked of the folder
        return
    if folder == found.folder_uid:
        require(request, "dashboards:write", DASHBOARDS, found.uid, folder)
        return
    store, org_id = request.server.store, request.caller.org_id
    target = store.folder(org_id, folder) if folder else None
    readable = target is not None and all(
        allows(request, action, FOLDERS, target.uid, target.parent) for action in ("folders:read", "folders:write")
    )
    if folder and not readable and not request.server.profile.objects_only:
        raise Refusal(failure(500, "access denied to folder"))
    text = "not allowed to update resource in the source folder"
    require(request, "dashboards:write", DASHBOARDS, found.uid, found.folder_uid, text)
    text = "not allowed to create resource in the destination folder"
    require(request, "dashboards:create", DASHBOARDS, "" if not folder else found.uid, folder, text)
