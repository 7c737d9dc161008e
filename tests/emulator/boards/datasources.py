# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sources: ``/api/datasources``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok, typed
from ..core.server import Request, require, route
from ..tenancy.quotas import limit, on
from . import datasource_fields as fields_of
from .datasource_fields import SHAPE, shown

if TYPE_CHECKING:
    from ..core.server import Server
    from .store import DashboardStore

#: From then on the first data source of an organization becomes its default.
FIRST_IS_DEFAULT = (10, 3)
#: From then on a data source without a name gets that of its type.
NAME_IS_OPTIONAL = (10, 3)
#: From then on a taken name is a conflict in PUT, too.
PUT_CONFLICTS = (10, 1)


def by_number(profile: Profile) -> bool:
    """Tell whether data sources have routes by database id."""
    return profile < (13, 0)


def provision_sources(server: Server, store: DashboardStore) -> None:
    """Make the data sources that the server was started with, in organization 1."""
    known = store.datasources(1)
    for fields in server.provisioned_sources:
        _add(known, fields_of.made(fields, server.profile, server.state.next("datasource"), 1), server.profile)


def _all(request: Request) -> list[dict[str, Any]]:
    return request.server.store.datasources(request.caller.org_id)


def _add(known: list[dict[str, Any]], made: dict[str, Any], profile: Profile) -> None:
    if not known and profile >= FIRST_IS_DEFAULT:
        made["isDefault"] = True
    known.append(made)
    _move_default(known, made)


def _move_default(known: list[dict[str, Any]], to: dict[str, Any]) -> None:
    if to["isDefault"]:
        for one in known:
            one["isDefault"] = one is to


def may_read(request: Request) -> None:
    """Raise :class:`Refusal` unless the caller may read data sources: from 9.0 on whoever may query them, before Admins."""
    if not (request.server.profile.rbac and request.caller.may("datasources:query")):
        require(request, "datasources:read")


@route("GET", "/api/datasources")
def listed(request: Request) -> Reply:
    may_read(request)
    found = sorted(_all(request), key=lambda one: one["name"].lower())
    return ok([fields_of.listed(one, request.server.profile) for one in found])


@route("POST", "/api/datasources")
def create(request: Request) -> Reply:
    server, org_id = request.server, request.caller.org_id
    require(request, "datasources:create")
    known = _all(request)
    if on(server) and 0 <= limit(server, "quota.org_data_source", org_id) <= len(known):
        raise Refusal(message("data_source Quota reached", 403))
    fields = _body(request)
    if fields.get("url"):
        _check_url(request, fields)
    if not fields.get("name"):
        fields["name"] = _new_name(fields["type"], known)
    for key in ("name", "uid"):
        if any(one[key] == fields.get(key) for one in known):
            return fail(server.profile, 409, f"data source with the same {key} already exists")
    if fields_of.uid_refused(server.profile, fields.get("uid", "")):
        return typed(400, "Invalid datasource UID.", "datasource.uidInvalid")
    made = fields_of.made(fields, server.profile, server.state.next("datasource"), org_id)
    _add(known, made, server.profile)
    return _written(request, made, "Datasource added")


def _body(request: Request, named: bool = False) -> dict[str, Any]:
    """Return the fields of a body. Raises :class:`Refusal`."""
    profile, fields = request.server.profile, request.fields(SHAPE)
    needed = ["type", "access"] if profile >= NAME_IS_OPTIONAL and not named else ["name", "type", "access"]
    secrets = fields.get("secureJsonData", {}).values()
    if not all(fields.get(name) for name in needed) or not all(isinstance(one, str) or one is None for one in secrets):
        raise Refusal(bad_request(profile))
    return fields


def _check_url(request: Request, fields: dict[str, Any]) -> None:
    if fields_of.url_refused(fields["type"], fields.get("url", "")):
        raise Refusal(bad_request(request.server.profile, "Validation error, invalid URL"))


def _new_name(kind: str, known: list[dict[str, Any]]) -> str:
    names = {one["name"] for one in known}
    return next(name for number in range(len(names) + 1) if (name := f"{kind}-{number}" if number else kind) not in names)


def _written(request: Request, one: dict[str, Any], text: str) -> Reply:
    return ok({"datasource": shown(one, request.server.profile), "id": one["id"], "message": text, "name": one["name"]})


def found_by(request: Request, key: str, wanted: str) -> dict[str, Any]:
    """Return the data source whose *key* is *wanted*. Raises :class:`Refusal`."""
    if key == "id" and not wanted.isdigit():
        raise Refusal(message("id is invalid", 400))
    found = next((one for one in _all(request) if str(one[key]) == wanted), None)
    if found is None:
        raise Refusal(message("Data source not found", 404))
    return found


def _one(request: Request, key: str) -> Reply:
    may_read(request)
    return ok(shown(found_by(request, key, request.params[key]), request.server.profile))


@route("GET", "/api/datasources/name/{name}")
def by_name(request: Request) -> Reply:
    return _one(request, "name")


@route("GET", "/api/datasources/id/{name}")
def id_by_name(request: Request) -> Reply:
    may_read(request)
    return ok({"id": found_by(request, "name", request.params["name"])["id"]})


@route("GET", "/api/datasources/uid/{uid}")
def by_uid(request: Request) -> Reply:
    return _one(request, "uid")


@route("GET", "/api/datasources/{id}", there=by_number)
def by_id(request: Request) -> Reply:
    return _one(request, "id")


def _changed(request: Request, key: str) -> Reply:
    require(request, "datasources:write")
    profile = request.server.profile
    _check_number(request, key)
    fields = _body(request, named=True)
    _check_url(request, fields)
    found = found_by(request, key, request.params[key])
    if found["readOnly"]:
        return message("Cannot update read-only data source", 403)
    refused = _put_refused(profile, found, fields, [one for one in _all(request) if one is not found])
    if refused is not None:
        return refused
    fields_of.replace(found, fields, profile)
    _move_default(_all(request), found)
    return _written(request, found, "Datasource updated")


def _check_number(request: Request, key: str) -> None:
    """Raise :class:`Refusal` for a path with something else than a number: writes answer with a trace id, reads without."""
    if key == "id" and not request.params[key].isdigit():
        raise Refusal(fail(request.server.profile, 400, "id is invalid"))


def _put_refused(profile: Profile, found: dict[str, Any], fields: dict[str, Any], others: list[dict[str, Any]]) -> Reply | None:
    """Return why a server does not replace *found*, ``None`` if it does."""
    uid = fields.get("uid") or found["uid"]
    if uid != found["uid"] and profile >= (13, 0):
        return message("UID in the payload must match the UID in the URL", 400)
    if any(one["name"] == fields["name"] for one in others):
        conflicts = profile >= PUT_CONFLICTS
        text = "Failed to update datasource" + (": data source with the same name already exists" if conflicts else "")
        return fail(profile, 409 if conflicts else 500, text)
    if any(one["uid"] == uid for one in others) or (uid != found["uid"] and profile >= (12, 0)):
        return fail(profile, 500, "Failed to update datasource")
    if fields.get("version") and fields["version"] < found["version"]:
        return fail(profile, 409, "Datasource has already been updated by someone else. Please reload and try again")
    return None


@route("PUT", "/api/datasources/uid/{uid}", there=lambda profile: profile >= (9, 0))
def change_by_uid(request: Request) -> Reply:
    return _changed(request, "uid")


@route("PUT", "/api/datasources/{id}", there=by_number)
def change_by_id(request: Request) -> Reply:
    return _changed(request, "id")


def _deleted(request: Request, key: str) -> Reply:
    require(request, "datasources:delete")
    _check_number(request, key)
    found = found_by(request, key, request.params[key])
    if found["readOnly"]:
        return message("Cannot delete read-only data source", 403)
    _all(request).remove(found)
    # Whoever deletes it by its number is not told the number again.
    return message("Data source deleted") if key == "id" else message("Data source deleted", id=found["id"])


@route("DELETE", "/api/datasources/uid/{uid}")
def delete_by_uid(request: Request) -> Reply:
    return _deleted(request, "uid")


@route("DELETE", "/api/datasources/name/{name}")
def delete_by_name(request: Request) -> Reply:
    return _deleted(request, "name")


@route("DELETE", "/api/datasources/{id}", there=by_number)
def delete_by_id(request: Request) -> Reply:
    return _deleted(request, "id")
