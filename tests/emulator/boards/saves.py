# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes of dashboards by the legacy route from 13 on: it hands them to the storage of objects and repeats its refusals.

Source: ``saveDashboardViaK8s`` of 13.1.0-pre.
"""

from __future__ import annotations

from typing import Any

from ..access.rules import DASHBOARDS
from ..core.replies import Refusal, Reply, bad_request, message
from ..core.server import Request, route
from ..core.state import uid as new_uid
from ..kubernetes.access import require, require_update
from ..kubernetes.objects import GRANT_NOTE, own_notes
from ..kubernetes.routes import check, quota
from .contents import number_in, text_in
from .dashboard_rights import require_visible, require_write_anywhere
from .dashboards import FIELDS, FOLDER_NOTE, MESSAGE_NOTE, SHAPE, rewritten, server_fields, written
from .normalise import cleaned_strings
from .store import SERVER_MANAGER, Dashboard

LOOKS_NEW = (
    "dashboard appears to be in v2 format. Please use the /apis/dashboard.grafana.app/v2 API OR it should include a object "
    "wrapper with an explicit 'apiVersion' and move the body into a 'spec' element"
)
TAKEN = "Dashboard already exists. Use overwrite flag to update."


@route("POST", "/api/dashboards/db", there=lambda profile: profile.objects_only)
def save(request: Request) -> Reply:
    require_write_anywhere(request)
    fields = request.fields(SHAPE)
    if not isinstance(fields.get("dashboard"), dict):
        raise Refusal(bad_request(request.server.profile))
    if fields.get("isFolder"):
        return message("Use folders endpoint for saving folders.", 400)
    document = fields["dashboard"]
    if {"elements", "layout"} & set(document):
        return message(LOOKS_NEW, 400)
    if not text_in(document, "title"):
        return message("Dashboard spec is missing required title property", 400)
    uid = _uid(request, document)
    old = request.server.store.dashboard(request.caller.org_id, uid) if uid else None
    _check_old(request, old, document, bool(fields.get("overwrite")))
    try:
        return _stored(request, old, uid or "a" + new_uid(), document, fields)
    except Refusal as refusal:
        raise Refusal(_legacy(refusal.reply)) from None


def _uid(request: Request, document: dict[str, Any]) -> str:
    """Return the uid to write to: the one given, or that of the dashboard whose database id is given."""
    store, org_id = request.server.store, request.caller.org_id
    uid, number = text_in(document, "uid"), number_in(document, "id")
    if "/" in uid:
        text = f"Dashboard API error: invalid resource name \"{uid}\": [may not contain '/']"
        raise Refusal(message(text, 500))
    if number <= 0:
        return uid
    by_id = store.dashboard_of_id(org_id, number)
    if by_id is None:
        if not uid:
            raise Refusal(message("Dashboard not found", 404))
        return uid
    if uid not in ("", by_id.uid) and store.dashboard(org_id, uid) is not None:
        raise Refusal(message("A dashboard with the same uid already exists", 400))
    return uid or by_id.uid


def _check_old(request: Request, old: Dashboard | None, document: dict[str, Any], overwrite: bool) -> None:
    """Raise where the dashboard that is there must not be overwritten, or not read."""
    if old is None:
        return
    require_visible(request, old)
    if old.provisioned is not None:
        raise Refusal(message("Cannot save provisioned dashboard", 400))
    if not overwrite and number_in(document, "version") != old.generation:
        raise Refusal(message(TAKEN, 409))


def _stored(request: Request, old: Dashboard | None, uid: str, document: dict[str, Any], fields: dict[str, Any]) -> Reply:
    """Write a dashboard as a client of the storage. Raises its refusals."""
    server, caller, folder, text = request.server, request.caller, fields.get("folderUid", ""), fields.get("message", "")
    spec = cleaned_strings(server.profile, {key: value for key, value in document.items() if key not in FIELDS})
    check(request, caller.org_id, uid, spec, {FOLDER_NOTE: folder, MESSAGE_NOTE: text})
    if old is not None:
        require_update(request, old, folder)
        return rewritten(request, old, spec, folder, text)
    require(request, "dashboards:create", DASHBOARDS, "", folder)
    quota(request, caller.org_id, uid)
    made = server.store.add(caller.org_id, uid, spec, folder, caller.login, message=text)
    made.managers[SERVER_MANAGER] = server_fields(server.profile, spec)
    own_notes(made, SERVER_MANAGER, None, {GRANT_NOTE: "default", **made.client_notes()})
    server.access.made(caller, DASHBOARDS, uid, folder, caller.org_id)
    return written(request, made, made.version)


def _legacy(reply: Reply) -> Reply:
    """Return a refusal of the storage as the legacy route repeats it: the text of it, if it has one."""
    body = reply.body if isinstance(reply.body, dict) else {}
    if "kind" not in body:
        return reply
    if reply.status == 404 and body.get("details", {}).get("kind") == "folders":
        return message("folder not found", 400)
    return Reply(reply.status, {"message": body["message"]} if body.get("message") else {})
