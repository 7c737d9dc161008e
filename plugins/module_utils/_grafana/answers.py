# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Grafana answers to each request of the collection, and the check that an answer has that shape.

A proxy, a login page or another server may answer 200 with JSON of its own. The client checks every 2xx answer here before
other code reads it, so an object without its list is never an empty list.

A shape is one of these:

- ``int``, ``str``, ``dict``, ``list``: a value of that type; ``None``: null; ``ANY``: any value,
- ``[shape]``: a list, each element of which has the shape,
- ``{"name": shape}``: an object that has the field. A field ``name?`` may be missing or null. Other fields are ignored,
- ``Map(shape)``: an object whose values have the shape,
- ``(shape, shape)``: one of the shapes.

The shapes contain what the collection reads. The answers of real servers 8.5 to 13.1 have them (tests/conformance).
"""

from __future__ import annotations

import typing as t

ANY = object()


class Map(t.NamedTuple):
    """An object with any names; with *filled* it has at least one."""

    values: t.Any
    filled: bool = False


#: What the collection needs of an answer that only confirms a write.
DONE = {"message": str}

_ORG = {"id": int, "name": str, "address?": dict}
_ACCOUNT = {"id": int, "name?": str, "login?": str, "role?": str, "isDisabled?": bool, "tokens?": int, "uid?": str}
_WHOLE_ACCOUNT = {**_ACCOUNT, "name": str, "role": str}
_TOKEN = {
    "id": int,
    "name": str,
    "created?": str,
    "expiration?": str,
    "lastUsedAt?": str,
    "hasExpired?": bool,
    "isRevoked?": bool,
}
_NEW_KEY = {"id": int, "name": str, "key": str}
_API_KEY = {"id": int, "name": str, "role": str, "expiration?": str, "lastUsedAt?": str}
_MEMBER = {"userId": int, "login": str, "role": str, "email?": str, "name?": str}
_FOLDER = {
    "uid": str,
    "title": str,
    "id?": int,
    "version?": int,
    "parentUid?": str,
    "parents?": [{"uid": str, "title": str}],
}
#: Of what is not set, versions up to 9.3 answer an empty value, and later ones nothing.
_PREFERENCES = {
    "theme?": str,
    "timezone?": str,
    "weekStart?": str,
    "language?": str,
    "homeDashboardUID?": str,
    "homeDashboardId?": int,
}
_TEAM = {"id": int, "name": str, "uid?": str, "email?": str, "isProvisioned?": bool, "memberCount?": int}
_TEAM_MEMBER = {"userId": int, "login": str, "email?": str, "permission?": int, "labels?": [str]}
_HIT = {"uid": str, "title": str, "id?": int, "folderUid?": str, "tags?": [str]}
_SOURCE = {
    "id": int,
    "uid": str,
    "name": str,
    "type": str,
    "secureJsonFields?": Map(bool),
    "version?": int,
    "readOnly?": bool,
}
_RESOURCE_PERMISSION = {
    "isManaged": bool,
    "isInherited": bool,
    "isServiceAccount?": bool,
    "builtInRole?": str,
    "userId?": int,
    "userLogin?": str,
    "teamId?": int,
    "team?": str,
    "permission": str,
}
_LISTED_PERMISSION = {
    "permission": int,
    "inherited?": bool,
    "role?": str,
    "userId?": int,
    "userLogin?": str,
    "userEmail?": str,
    "teamId?": int,
    "team?": str,
}
_VERSION = {"version": int, "parentVersion?": int, "message?": str, "created?": str, "createdBy?": str}
_OBJECT = {
    "metadata": {"name": str, "annotations?": Map(str), "labels?": Map(str), "generation?": int, "resourceVersion?": str},
    "spec": dict,
    "status?": {"conversion?": dict},
}
#: An object that the server cannot convert to the version that was asked for (seen at 12.4.3 and 13.1.0-pre).
_UNCONVERTED = {**_OBJECT, "spec": None, "status": {"conversion": {"failed": bool, "storedVersion": str}}}
_OBJECTS = {"items": [(_OBJECT, _UNCONVERTED)], "metadata": {"continue?": str}}

#: The shape of the 2xx answer of each request: (methods, path, shape). ``*`` is one segment of the path.
_ROUTES: tuple[tuple[str, str, t.Any], ...] = (
    ("GET", "/api/health", {"database": str, "version?": str}),
    ("GET", "/api/frontend/settings", {"buildInfo": {"version?": str}, "minRefreshInterval?": str}),
    ("GET", "/api/admin/settings", Map(dict, filled=True)),
    ("GET", "/api/org", _ORG),
    ("GET", "/api/user", {"orgId": int, "login": str, "uid?": str}),
    ("GET", "/api/user/orgs", [{"orgId": int, "name": str}]),
    ("GET", "/api/users/lookup", {"id": int, "login?": str, "email?": str}),
    ("GET", "/api/users/search", {"users": [{"id": int, "login": str, "email": str, "isAdmin": bool, "isDisabled": bool}]}),
    ("GET", "/api/users/*", {"id": int, "login": str, "email": str, "isGrafanaAdmin": bool, "isDisabled": bool, "orgId?": int}),
    ("PUT", "/api/users/*", DONE),
    ("GET", "/api/users/*/orgs", [{"orgId": int, "name": str}]),
    ("POST", "/api/users/*/using/*", DONE),
    ("POST", "/api/admin/users", {"id": int}),
    ("DELETE", "/api/admin/users/*", DONE),
    ("PUT", "/api/admin/users/*/password", DONE),
    ("PUT", "/api/admin/users/*/permissions", DONE),
    ("POST", "/api/admin/users/*/disable", DONE),
    ("POST", "/api/admin/users/*/enable", DONE),
    ("GET", "/api/orgs", [_ORG]),
    ("POST", "/api/orgs", {"orgId": int}),
    ("GET", "/api/orgs/*", _ORG),
    ("PUT DELETE", "/api/orgs/*", DONE),
    ("PUT", "/api/orgs/*/address", DONE),
    ("GET", "/api/orgs/*/quotas", [{"target": str, "limit": int, "used": int}]),
    ("PUT", "/api/orgs/*/quotas/*", DONE),
    ("GET", "/api/orgs/*/users", [_MEMBER]),
    ("POST", "/api/orgs/*/users", {"message": str, "userId": int}),
    ("PATCH DELETE", "/api/orgs/*/users/*", DONE),
    ("GET", "/api/serviceaccounts/search", {"serviceAccounts": [_ACCOUNT], "totalCount?": int, "perPage?": int}),
    ("POST", "/api/serviceaccounts", _WHOLE_ACCOUNT),
    ("POST", "/api/serviceaccounts/hideApiKeys", DONE),
    ("POST", "/api/serviceaccounts/migrate", (DONE, {"migrated": int, "failedApikeyIDs?": [int], "failedDetails?": [str]})),
    ("POST", "/api/serviceaccounts/migrate/*", DONE),
    ("GET", "/api/serviceaccounts/*", _WHOLE_ACCOUNT),
    ("PATCH", "/api/serviceaccounts/*", {"message": str, "serviceaccount?": _ACCOUNT}),
    ("DELETE", "/api/serviceaccounts/*", DONE),
    ("GET", "/api/serviceaccounts/*/tokens", [_TOKEN]),
    ("POST", "/api/serviceaccounts/*/tokens", _NEW_KEY),
    ("DELETE", "/api/serviceaccounts/*/tokens/*", DONE),
    ("GET", "/api/auth/keys", [_API_KEY]),
    ("POST", "/api/auth/keys", _NEW_KEY),
    ("DELETE", "/api/auth/keys/*", DONE),
    ("GET", "/api/access-control/user/permissions", Map((list, None))),
    ("GET", "/api/access-control/*/description", {"assignments": Map(bool), "permissions": [str]}),
    ("GET", "/api/access-control/*/*", [_RESOURCE_PERMISSION]),
    ("POST", "/api/access-control/*/*", DONE),
    ("GET", "/api/org/users", [_MEMBER]),
    ("GET", "/api/user/teams", [{"id": int}]),
    ("GET", "/api/folders", [_FOLDER]),
    ("GET POST PUT", "/api/folders/*", _FOLDER),
    ("POST", "/api/folders", _FOLDER),
    ("POST", "/api/folders/*/move", _FOLDER),
    # 9.3 answers null (recorded).
    ("DELETE", "/api/folders/*", (DONE, None)),
    ("GET", "/api/folders/*/counts", Map(int, filled=True)),
    ("GET", "/api/v1/provisioning/alert-rules", [{"uid": str, "title": str}]),
    # 204.
    ("DELETE", "/api/v1/provisioning/alert-rules/*", None),
    ("GET", "/api/org/preferences", _PREFERENCES),
    ("PUT PATCH", "/api/org/preferences", DONE),
    ("GET", "/api/teams/*/preferences", _PREFERENCES),
    ("PUT", "/api/teams/*/preferences", DONE),
    ("GET", "/api/teams/search", {"teams": [_TEAM]}),
    ("POST", "/api/teams", {"message": str, "teamId": int, "uid?": str}),
    ("GET", "/api/teams/*", _TEAM),
    ("PUT DELETE", "/api/teams/*", DONE),
    ("GET", "/api/teams/*/members", [_TEAM_MEMBER]),
    ("POST", "/api/teams/*/members", DONE),
    ("PUT DELETE", "/api/teams/*/members/*", DONE),
    ("GET", "/api/ruler/grafana/api/v1/rules", Map([{"rules?": [{"grafana_alert?": {"namespace_uid?": str}}]}])),
    ("GET", "/api/ruler/grafana/api/v1/rules/*", Map([{"rules?": list}])),
    ("GET", "/api/search", [_HIT]),
    ("GET", "/api/datasources", [_SOURCE]),
    ("POST", "/api/datasources", {"datasource": _SOURCE}),
    ("GET", "/api/datasources/name/*", _SOURCE),
    ("GET", "/api/datasources/uid/*", _SOURCE),
    ("GET", "/api/datasources/uid/*/health", {"status": str, "message?": str}),
    ("PUT", "/api/datasources/uid/*", {"datasource": _SOURCE}),
    # Before 9.0.
    ("PUT", "/api/datasources/*", {"datasource": _SOURCE}),
    ("GET", "/api/datasources/*/health", {"status": str, "message?": str}),
    ("GET", "/api/plugins", [{"id": str}]),
    ("GET", "/api/plugins/*/settings", {"id": str}),
    ("GET", "/api/library-elements", {"result": {"elements": [{"uid": str}], "totalCount": int}}),
    ("DELETE", "/api/library-elements/*", DONE),
    ("DELETE", "/api/datasources/uid/*", DONE),
    ("GET", "/api/library-elements/*", {"result": {"uid": str}}),
    ("POST", "/api/library-elements", {"result": {"uid": str}}),
    ("GET", "/api/dashboards/uid/*", {"dashboard": {"uid": str}, "meta": {"version?": int, "folderUid?": str, "canSave?": bool}}),
    ("DELETE", "/api/dashboards/uid/*", DONE),
    ("POST", "/api/dashboards/db", {"uid": str, "version": int}),
    ("GET", "/api/folders/*/permissions", [_LISTED_PERMISSION]),
    ("GET", "/api/dashboards/*/*/permissions", [_LISTED_PERMISSION]),
    ("POST", "/api/folders/*/permissions", DONE),
    ("POST", "/api/dashboards/*/*/permissions", DONE),
    # An object from 11.6 on.
    ("GET", "/api/dashboards/*/*/versions", ([_VERSION], {"versions": [_VERSION]})),
    ("GET", "/api/dashboards/*/*/versions/*", _VERSION),
    ("GET", "/apis/*", {"versions": [{"version": str}], "preferredVersion?": {"version": str}}),
    # 12.0 answers an empty list of dashboards without items (recorded).
    ("GET", "/apis/*/*/namespaces/*/*", (_OBJECTS, {"kind": str, "items?": None, "metadata": {"resourceVersion": str}})),
    ("POST", "/apis/*/*/namespaces/*/*", _OBJECT),
    ("PUT", "/apis/*/*/namespaces/*/*/*", _OBJECT),
    ("GET", "/apis/*/*/namespaces/*/*/*", (_OBJECT, _UNCONVERTED)),
    ("DELETE", "/apis/*/*/namespaces/*/*/*", {"kind": str}),
)


#: The rows by method and number of segments, each with the segments of its path.
_ROWS: dict[tuple[str, int], list[tuple[list[str], t.Any]]] = {}
for _methods, _path, _shape in _ROUTES:
    _segments = _path.split("/")
    for _method in _methods.split():
        _ROWS.setdefault((_method, len(_segments)), []).append((_segments, _shape))


def shape_of(method: str, path: str) -> t.Any:
    """Return the shape of the 2xx answer to *method* *path* (a query is ignored); :data:`ANY` for an unknown route."""
    given = path.partition("?")[0].split("/")
    for segments, shape in _ROWS.get((method, len(given)), ()):
        if all(one == name or (one == "*" and name) for one, name in zip(segments, given)):
            return shape
    return ANY


def difference(shape: t.Any, value: t.Any, where: str = "") -> str | None:
    """Return how *value* (parsed JSON) differs from *shape*, as "X was expected, but Y came"; ``None`` if it does not.

    The text names types and the names of the shape, never a value.
    """
    if shape is ANY:
        return None
    if isinstance(shape, tuple) and not isinstance(shape, Map):
        problems = [difference(one, value, where) for one in shape]
        return None if None in problems else problems[0]
    if isinstance(shape, Map):
        if not isinstance(value, dict) or (shape.filled and not value):
            return _differs(where, "an object with fields" if shape.filled else "an object", value)
        return _first(difference(shape.values, one, _join(where, "*")) for one in value.values())
    if isinstance(shape, list):
        if not isinstance(value, list):
            return _differs(where, "a list", value)
        return _first(difference(shape[0], one, where + "[%d]" % number) for number, one in enumerate(value))
    if isinstance(shape, dict):
        return _object(shape, value, where)
    fits = value is None if shape is None else isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
    return None if fits else _differs(where, _NAMES[shape], value)


def _object(shape: t.Mapping[str, t.Any], value: t.Any, where: str) -> str | None:
    """Return how *value* differs from an object with the fields of *shape*."""
    if not isinstance(value, dict):
        return _differs(where, "an object", value)
    for field, inner in shape.items():
        name = field.rstrip("?")
        found = value.get(name)
        if found is None and field.endswith("?"):
            continue
        if name not in value:
            return "%s was expected, but the field is missing" % _named(_join(where, name), _describe(inner))
        problem = difference(inner, found, _join(where, name))
        if problem is not None:
            return problem
    return None


def _first(problems: t.Iterator[str | None]) -> str | None:
    return next((one for one in problems if one is not None), None)


_NAMES: dict[t.Any, str] = {
    int: "a whole number",
    str: "text",
    bool: "true or false",
    dict: "an object",
    list: "a list",
    None: "null",
}


def _describe(shape: t.Any) -> str:
    """Return what *shape* is, in words."""
    if isinstance(shape, (Map, dict)):
        return "an object"
    if isinstance(shape, tuple):
        return _describe(shape[0])
    return "a list" if isinstance(shape, list) else _NAMES[shape]


def _differs(where: str, expected: str, value: t.Any) -> str:
    came = "a number" if isinstance(value, float) else _NAMES[None if value is None else type(value)]
    return "%s was expected, but %s came" % (_named(where, expected), "an empty object" if value == {} else came)


def _named(where: str, what: str) -> str:
    return "%s as %s" % (what, where) if where else what


def _join(where: str, name: str) -> str:
    return "%s.%s" % (where, name) if where else name


__all__ = ["ANY", "difference", "shape_of"]
