# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a data source differs from what a task wants, and which of its secrets are written. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._engine.resource import Change, View
from .._grafana.data_sources import current_type
from .._grafana.errors import BadInput, Refused
from .._grafana.names import check_deletable
from .._grafana.uids import UID_RULE, valid_uid
from .._text.json_equal import equal
from . import headers
from .model import FIELDS, VERSION_KEY, DataSource, DesiredSource, label, view, without_version

#: Types that need a URL in each PUT, not in a POST (pkg/api/datasource/validation.go of 8.5 to 13.1).
_NEED_URL = frozenset(
    [
        *("alertmanager", "elasticsearch", "graphite", "influxdb", "jaeger", "loki", "mssql", "mysql", "opentsdb"),
        *("postgres", "grafana-postgresql-datasource", "prometheus", "tempo", "zipkin"),
    ]
)
#: Options whose fields no version clears: the server ignores an empty text (seen on 12.4.3).
KEPT = ("ds_url", "basic_auth_user")


@dataclass(frozen=True)
class SourceState:
    """What was read about a data source.

    *namesake* is another data source that has the name which the task gives this one. *first* tells whether a new data source
    would become the default because it is the first one. *kept* are options whose fields the server does not clear.
    """

    current: DataSource | None
    namesake: DataSource | None = None
    first: bool = False
    kept: t.Sequence[str] = KEPT


@dataclass(frozen=True)
class SourceWork:
    """What ``apply`` writes: fields by option, all of jsonData, and secrets by key (``""`` removes one)."""

    current: DataSource | None
    name: str = ""
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    json_data: t.Mapping[str, t.Any] = field(default_factory=dict)
    secrets: t.Mapping[str, str] = field(default_factory=dict, repr=False)


def plan(desired: DesiredSource, found: SourceState) -> Change[SourceWork] | None:
    """Return what has to change. Raises for what is refused."""
    current = found.current
    if desired.state == "absent":
        if current is None:
            return None
        if desired.uid is None:
            check_deletable("data source", current.uid, current.name, desired.name, by_name=True)
        _check_read_only(desired, current)
        return Change("delete", view(current), {}, SourceWork(current))
    change = _creation(desired, found) if current is None else _update(desired, found, current)
    if change is None:
        return None
    if found.namesake is not None and (current is None or change.work.name != current.name):
        raise name_taken(desired, found.namesake)
    if current is not None:
        _check_read_only(desired, current)
    return change


def _creation(desired: DesiredSource, found: SourceState) -> Change[SourceWork]:
    for option, value in (("name", desired.name), ("type", desired.fields.get("type"))):
        if not value:
            raise BadInput("data source %s does not exist, and cannot be created without a %s" % (label(desired), option))
    if desired.uid is not None and not valid_uid(desired.uid):
        raise BadInput("data source %s: %r cannot be the uid of a new data source: %s" % (label(desired), desired.uid, UID_RULE))
    fields = FIELDS.of_new(desired.fields)
    if found.first and desired.fields.get("is_default") is None:
        fields["is_default"] = True
    if found.first and fields["is_default"] is False:
        _check_url(desired, fields)  # a PUT follows
    json_data, secrets = _data(desired, {}, frozenset())
    after: View = {"name": str(desired.name), **fields, "json_data": without_version(json_data)}
    after["secure_json_fields"] = _secrets_after(frozenset(), secrets)
    if desired.uid is not None:
        after = {"uid": desired.uid, **after}
    return Change("create", {}, after, SourceWork(None, str(desired.name), fields, json_data, secrets))


def _update(desired: DesiredSource, found: SourceState, current: DataSource) -> Change[SourceWork] | None:
    changes = FIELDS.changes(desired.fields, current.fields)
    if "type" in changes and current_type(changes["type"]) == current_type(current.fields["type"]):
        del changes["type"]
    # Found by its name, a data source keeps it, also where the server compares names without case.
    name = desired.name if desired.uid is not None and desired.name is not None else current.name
    json_data, secrets = _data(desired, current.json_data, current.secrets)
    if not (changes or secrets or name != current.name) and equal(dict(current.json_data), json_data):
        return None
    _check_cleared(desired, found.kept, changes, current)
    fields = {**current.fields, **changes}
    _check_url(desired, fields)
    after = {**view(current), "name": name, **fields, "json_data": without_version(json_data)}
    after["secure_json_fields"] = _secrets_after(current.secrets, secrets)
    return Change("update", view(current), after, SourceWork(current, name, changes, json_data, secrets))


def _secrets_after(stored: frozenset[str], written: t.Mapping[str, str]) -> dict[str, str]:
    """Return what happens to each secret: ``stored``, ``replaced`` or ``set``; removed ones are left out."""
    words = dict.fromkeys(stored, "stored")
    words.update({key: "replaced" if key in stored else "set" for key, value in written.items() if value})
    return {key: words[key] for key in sorted(words) if written.get(key) != ""}


def _data(
    desired: DesiredSource, stored: t.Mapping[str, t.Any], secrets: frozenset[str]
) -> tuple[dict[str, t.Any], dict[str, str]]:
    """Return all of jsonData as it should be, and the secrets to write, if *stored* and *secrets* are on the server."""
    before = headers.numbered(stored)
    after = _headers_after(desired, before, secrets)
    values = {name.lower(): value for name, value in (desired.headers or {}).items()}
    named = dict(desired.secrets)
    named.update({headers.value_key(n): values[name.lower()] for n, name in after.items() if name.lower() in values})
    json_data = {
        key: value
        for key, value in stored.items()
        if key == VERSION_KEY or not (key in desired.json_data or desired.json_data_exclusive or headers.is_name(key))
    }
    json_data.update({key: value for key, value in desired.json_data.items() if value is not None})
    json_data.update({headers.name_key(number): name for number, name in sorted(after.items())})
    version = desired.secrets_version
    renewed = bool(version is not None and named and version != stored.get(VERSION_KEY))
    if renewed:
        json_data[VERSION_KEY] = version
    moved = {headers.value_key(number) for number, name in after.items() if before.get(number) != name}
    always = renewed or desired.update_secrets == "always"
    written = {key: value for key, value in named.items() if always or key not in secrets or key in moved}
    left = {headers.value_key(number) for number in before if number not in after}
    unnamed = secrets if desired.secrets_exclusive else secrets & left
    return json_data, {**written, **{key: "" for key in sorted(unnamed) if key not in named}}


def _headers_after(desired: DesiredSource, before: t.Mapping[int, str], secrets: frozenset[str]) -> dict[int, str]:
    """Return the names of the headers by number, as they should be. A header leaves as a whole, name and value."""
    exclusive = desired.json_data_exclusive or desired.secrets_exclusive
    if desired.headers is not None:
        return headers.assign(before, list(desired.headers), keep_others=not exclusive)
    raw = headers.numbered({key: value for key, value in desired.json_data.items() if value is not None})
    removed = [number for number in before if desired.json_data.get(headers.name_key(number), "") is None]
    kept = {
        number: name
        for number, name in before.items()
        if number not in removed and (not exclusive or headers.value_key(number) in desired.secrets)
    }
    return {**kept, **raw}


def _check_read_only(desired: DesiredSource, current: DataSource) -> None:
    if current.read_only:
        raise Refused(
            "data source %s is provisioned from a file of the server, and cannot be changed or deleted over the API: change it "
            "there, or set editable: true there" % label(desired),
            code="provisioned",
        )


def _check_cleared(desired: DesiredSource, kept: t.Sequence[str], changes: t.Mapping[str, t.Any], current: DataSource) -> None:
    """Raise :class:`Refused` for a field that the server does not clear (seen on 12.4.3: empty texts are ignored)."""
    cleared = [option for option in kept if changes.get(option) == ""]
    if cleared:
        raise Refused(
            "%s of data source %s cannot be cleared: Grafana ignores the empty text; leave the option out, set another value, or "
            "delete and create the data source" % (" and ".join(cleared), label(desired)),
            code="cannot_clear",
        )


def _check_url(desired: DesiredSource, fields: t.Mapping[str, t.Any]) -> None:
    """Raise :class:`BadInput` for a change that the server refuses because the type needs a URL."""
    if fields["type"] in _NEED_URL and not str(fields["ds_url"]).strip():
        raise BadInput(
            "data source %s: Grafana changes no data source of the type %s that has no address: set ds_url"
            % (label(desired), fields["type"])
        )


def name_taken(desired: DesiredSource, other: DataSource) -> Refused:
    """Return the error for a name that another data source has."""
    advice = "set uid to %s, or leave it out, to manage that one; or choose another name" % other.uid
    if other.planned:
        advice = "choose another name"
    return Refused(
        "data source %s: the name is taken by another data source of the organization (uid %s), and a uid cannot be changed: %s"
        % (label(desired), other.uid or "unknown", advice),
        code="name_taken",
        uid=other.uid or None,
    )


def check_defaults(wanted: t.Sequence[DesiredSource]) -> None:
    """Raise :class:`BadInput` if several data sources of one organization should be its default."""
    names = [label(one) for one in wanted if one.state == "present" and one.fields.get("is_default")]
    if len(names) > 1:
        raise BadInput("%s have is_default: true, but an organization has one default data source" % " and ".join(names))
