# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes the contents of an organization that the server cannot delete.

All requests name the organization, by its id in the path, by the header ``X-Grafana-Org-Id`` or by the namespace of ``/apis``.
The caller stays as the last Admin: the server refuses to remove it, and shows the contents to members only.
"""

from __future__ import annotations

import typing as t

from .._grafana import data_sources
from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound
from .._grafana.kubernetes import DASHBOARDS, FOLDER_NOTE, FOLDERS, collection, folder_uid, pages
from .._grafana.orgs import Org
from .._grafana.roles import ADMIN
from .._grafana.scope import Scope
from .._grafana.versions import ORGS_MAY_REMAIN, ORGS_REMAIN

#: The names of what an organization contains, by kind.
Contents = t.Mapping[str, t.Sequence[str]]
#: An object: its name, and the path that deletes it.
_Found = tuple[str, str]

_PER_PAGE = 1000
_PREFERENCES_PATH = "/api/org/preferences"
#: The fields of preferences, with the values that clear them.
_PREFERENCES = {"theme": "", "timezone": "", "weekStart": "", "language": "", "homeDashboardUID": ""}


#: The versions that cannot delete organizations, for messages.
VERSIONS = " and ".join(words for _first, _end, words in (*ORGS_MAY_REMAIN, *ORGS_REMAIN)).replace(" and ", ", ", 2)


def remains(scope: Scope) -> bool:
    """Return whether the server's version can delete no organization at all; ``False`` if it hides its version."""
    version = scope.client.version()
    return version is not None and any(first <= version < end for first, end, _words in ORGS_REMAIN)


def may_remain(scope: Scope) -> bool:
    """Return whether a failed deletion may be a fault of the server's version; ``True`` if it hides its version."""
    version = scope.client.version()
    return version is None or any(first <= version < end for first, end, _words in (*ORGS_REMAIN, *ORGS_MAY_REMAIN))


def inside(scope: Scope, org: Org) -> Scope:
    """Return a scope of *org*, for requests that *scope* of the whole server sends into it."""
    return Scope(scope.client, org, scope.org_finder, True, scope.check, scope.warn)


def contents(scope: Scope) -> dict[str, list[str]]:
    """Return the names of what :func:`empty` would remove, by kind, without kinds that are missing.

    Raises :class:`Forbidden` for a caller who is not an Admin of the organization. With ``join_org``, check mode returns the
    members only if the caller is not a member: nothing else is known then.
    """
    if _is_outside(scope):
        return {"members": [name for name, _path in _members(scope)]}
    found = {kind: sorted(name for name, _path in read(scope)) for kind, read in _KINDS}
    return {kind: names for kind, names in found.items() if names}


def empty(scope: Scope) -> None:
    """Remove what :func:`contents` returns; a caller who is not a member joins first. Raises :class:`GrafanaError`."""
    if _is_outside(scope):
        scope.join()
    for _kind, read in _KINDS:
        for _name, path in read(scope):
            if path == _PREFERENCES_PATH:
                scope.client.put(path, _PREFERENCES, org=scope.org_id)
            else:
                _delete(scope, path)


def _delete(scope: Scope, path: str) -> None:
    try:
        scope.client.delete(path, org=scope.org_id)
    except NotFound:  # it went with its folder, or another run has deleted it
        return


def _is_outside(scope: Scope) -> bool:
    """Tell whether the caller must join first (``join_org``). Raises :class:`Forbidden` for a caller who is no Admin there."""
    problem = scope.membership_problem()
    if problem is not None:
        if not scope.client.connection.join_org or problem.code != "not_a_member":
            raise problem
        return True
    if scope.caller_role() not in (None, ADMIN):
        raise Forbidden(
            "%s cannot be emptied: the caller has the role %s there, and an Admin must do it; give the caller that role"
            % (scope.where(), scope.caller_role())
        )
    return False


def _objects(group: str, version: str, kind: str) -> t.Callable[[Scope], list[_Found]]:
    """Return a function that lists all objects of a *kind* of ``/apis``."""

    def read(scope: Scope) -> list[_Found]:
        path = collection(scope, group, version, kind)
        objects = [one for page, _last in pages(scope, path, _PER_PAGE) for one in page]
        return [_object(path, one) for one in objects]

    return read


def _object(path: str, entry: t.Mapping[str, t.Any]) -> _Found:
    name = str(entry["metadata"]["name"])
    return str((entry.get("spec") or {}).get("title") or name), "%s/%s" % (path, segment(name))


def _folders(scope: Scope) -> list[_Found]:
    """Return all folders, the deepest first: the server then deletes each with its rules, and without subfolders."""
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


def _library_panels(scope: Scope) -> list[_Found]:
    path = "/api/library-elements"
    found = scope.client.each(path, org=scope.org_id, inside=("result", "elements"), perPage=_PER_PAGE, page=1)
    return [(str(one["name"]), "%s/%s" % (path, segment(one["uid"]))) for one in found]


def _alert_rules(scope: Scope) -> list[_Found]:
    path = "/api/v1/provisioning/alert-rules"
    rules = scope.client.get(path, org=scope.org_id)
    return [(str(one["title"]), "%s/%s" % (path, segment(one["uid"]))) for one in rules]


def _data_sources(scope: Scope) -> list[_Found]:
    return [(str(one["name"]), "%s/uid/%s" % (data_sources.PATH, segment(one["uid"]))) for one in data_sources.listed(scope)]


def _service_accounts(scope: Scope) -> list[_Found]:
    """Return all service accounts but those of plugins (``extsvc-…``), which the server does not delete."""
    path, inside = "/api/serviceaccounts/search", ("serviceAccounts",)
    return [
        (str(one["name"]), "/api/serviceaccounts/%d" % one["id"])
        for one in scope.client.each(path, org=scope.org_id, inside=inside, perpage=_PER_PAGE, page=1)
        if not (one.get("isExternal") or "extsvc-" in str(one.get("login")))
    ]


def _teams(scope: Scope) -> list[_Found]:
    found = scope.client.each("/api/teams/search", org=scope.org_id, inside=("teams",), perpage=_PER_PAGE, page=1)
    return [(str(one["name"]), "/api/teams/%d" % one["id"]) for one in found]


def _preferences(scope: Scope) -> list[_Found]:
    found = scope.client.get(_PREFERENCES_PATH, org=scope.org_id)
    return [("preferences", _PREFERENCES_PATH)] if any(found.get(name) for name in _PREFERENCES) else []


def _members(scope: Scope) -> list[_Found]:
    """Return all members but the caller."""
    users = "/api/orgs/%d/users" % scope.org_id
    caller = scope.client.user()
    if caller is None:
        raise Forbidden("%s cannot be emptied: the server does not show which of its members is the caller" % scope.where())
    found = scope.client.get(users)
    return [(str(one["login"]), "%s/%d" % (users, one["userId"])) for one in found if one["login"] != caller["login"]]


#: What an organization contains, in the order of deletion: library panels in use, and folders with them, cannot be deleted.
#: Service accounts come before members, as the server counts their Admins.
_KINDS: tuple[tuple[str, t.Callable[[Scope], list[_Found]]], ...] = (
    ("dashboards", _objects(DASHBOARDS, "v0alpha1", "dashboards")),
    ("library_panels", _library_panels),
    ("folders", _folders),
    ("alert_rules", _alert_rules),
    ("data_sources", _data_sources),
    ("service_accounts", _service_accounts),
    ("teams", _teams),
    ("preferences", _preferences),
    ("members", _members),
)

__all__ = ["VERSIONS", "Contents", "contents", "empty", "inside", "may_remain", "remains"]
