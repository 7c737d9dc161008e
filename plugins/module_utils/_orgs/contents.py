# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an organization contains, by kind: for its removal, and for users who are about to remove it.

All requests name the organization, by its id in the path, by the header ``X-Grafana-Org-Id`` or by the namespace of ``/apis``.
"""

from __future__ import annotations

import typing as t

from .._grafana import data_sources, lists, preferences
from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound
from .._grafana.kubernetes import DASHBOARDS, FOLDER_NOTE, FOLDERS, collection, folder_uid, pages
from .._grafana.scope import Scope
from .._grafana.versions import DASHBOARD_APIS

#: The names of what an organization contains, by kind.
Contents = t.Mapping[str, t.Sequence[str]]
#: An object: its name, and the path that deletes it.
Found = tuple[str, str]

_PER_PAGE = 1000


def names(scope: Scope) -> dict[str, list[str]]:
    """Return the names of everything in the organization but the caller, by kind, without kinds that are missing.

    Raises :class:`GrafanaError` for a caller who is not an Admin of the organization.
    """
    found = {kind: sorted(name for name, _path in read(scope)) for kind, read in KINDS}
    return {kind: named for kind, named in found.items() if named}


def shown(scope: Scope) -> dict[str, list[str]]:
    """Return what :func:`names` returns, or only the members, with a warning, for a caller who may not see more.

    Raises :class:`GrafanaError` for a caller who may not even list the members.
    """
    problem = scope.membership_problem()
    try:
        if problem is None:
            return names(scope)
    except (Forbidden, NotFound) as refused:
        problem = refused
    scope.warn("%s is removed with contents that the caller may not list: %s" % (scope.where(), problem.message))
    found = sorted(name for name, _path in members(scope))
    return {"members": found} if found else {}


def _object(path: str, entry: t.Mapping[str, t.Any]) -> Found:
    name = str(entry["metadata"]["name"])
    return str((entry.get("spec") or {}).get("title") or name), "%s/%s" % (path, segment(name))


def _searched(scope: Scope, kind: str) -> list[Found]:
    """Return what the search of a server without ``/apis`` finds; it has no path, as only newer servers are emptied."""
    found = scope.client.each("/api/search", org=scope.org_id, type=kind, limit=_PER_PAGE, page=1)
    return [(str(hit["title"]), "") for hit in found]


def _dashboards(scope: Scope) -> list[Found]:
    if scope.client.at_least(DASHBOARD_APIS) is False:
        return _searched(scope, "dash-db")
    path = collection(scope, DASHBOARDS, "v0alpha1", "dashboards")
    return [_object(path, one) for page, _last in pages(scope, path, _PER_PAGE) for one in page]


def _folders(scope: Scope) -> list[Found]:
    """Return all folders, the deepest first: the server then deletes each with its rules, and without subfolders."""
    if scope.client.at_least(DASHBOARD_APIS) is False:
        return _searched(scope, "dash-folder")
    path = collection(scope, FOLDERS, "v1beta1", "folders")
    objects = {str(one["metadata"]["name"]): one for page, _last in pages(scope, path, _PER_PAGE) for one in page}

    def depth(uid: str) -> int:
        above: list[str] = []
        while uid in objects and uid not in above:
            above.append(uid)
            uid = folder_uid((objects[uid]["metadata"].get("annotations") or {}).get(FOLDER_NOTE))
        return len(above)

    ordered = sorted(objects, key=depth, reverse=True)
    return [(_object(path, objects[uid])[0], "/api/folders/%s?forceDeleteRules=true" % segment(uid)) for uid in ordered]


def _library_panels(scope: Scope) -> list[Found]:
    path = "/api/library-elements"
    found = scope.client.each(path, org=scope.org_id, inside=("result", "elements"), perPage=_PER_PAGE, page=1)
    return [(str(one["name"]), "%s/%s" % (path, segment(one["uid"]))) for one in found]


def _alert_rules(scope: Scope) -> list[Found]:
    path = "/api/v1/provisioning/alert-rules"
    rules = scope.client.find(path, org=scope.org_id) or []  # old servers have no such route
    return [(str(one["title"]), "%s/%s" % (path, segment(one["uid"]))) for one in rules]


def _data_sources(scope: Scope) -> list[Found]:
    return [(str(one["name"]), "%s/uid/%s" % (data_sources.PATH, segment(one["uid"]))) for one in data_sources.listed(scope)]


def _service_accounts(scope: Scope) -> list[Found]:
    """Return all service accounts but those of plugins (``extsvc-…``), which the server does not delete."""
    return [
        (str(one["name"]), "/api/serviceaccounts/%d" % one["id"])
        for one in lists.accounts(scope)
        if not (one.get("isExternal") or "extsvc-" in str(one.get("login")))
    ]


def _teams(scope: Scope) -> list[Found]:
    return [(str(one["name"]), "/api/teams/%d" % one["id"]) for one in lists.teams(scope)]


def _preferences(scope: Scope) -> list[Found]:
    found = scope.client.get(preferences.PATH, org=scope.org_id)
    return [("preferences", preferences.PATH)] if any(found.get(name) for name in preferences.CLEARED) else []


def members(scope: Scope) -> list[Found]:
    """Return all members but the caller. Raises :class:`Forbidden` if the server does not show who that is."""
    users = "/api/orgs/%d/users" % scope.org_id
    caller = scope.client.user()
    if caller is None:
        raise Forbidden("the server does not show which of the members of %s is the caller" % scope.where())
    found = scope.client.get(users)
    return [(str(one["login"]), "%s/%d" % (users, one["userId"])) for one in found if one["login"] != caller["login"]]


#: What an organization contains, in the order of deletion: library panels in use, and folders with them, cannot be deleted.
#: Service accounts come before members, as the server counts their Admins.
KINDS: tuple[tuple[str, t.Callable[[Scope], list[Found]]], ...] = (
    ("dashboards", _dashboards),
    ("library_panels", _library_panels),
    ("folders", _folders),
    ("alert_rules", _alert_rules),
    ("data_sources", _data_sources),
    ("service_accounts", _service_accounts),
    ("teams", _teams),
    ("preferences", _preferences),
    ("members", members),
)
