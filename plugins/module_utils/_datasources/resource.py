# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sources: how they are read, created, replaced and deleted.

A PUT replaces, except for secrets that it does not name: each one sends the whole object as it was read, with its version.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import Change, Kind, Resource, View
from .._grafana.client import Client, segment
from .._grafana.data_sources import PATH
from .._grafana.errors import Conflict, Forbidden, GrafanaError, Refused, Stale
from .._grafana.orgs import UNASSIGNED
from .._grafana.scope import Scope
from .._grafana.versions import DATABASES_CLEAR, FIRST_IS_DEFAULT
from .health import check, path_of
from .listing import by_name, completed, listing, look_up
from .model import FIELDS, OPTIONS, DataSource, DesiredSource, label, parse, shown
from .plan import KEPT, SourceState, SourceWork, check_defaults, plan
from .rights import check_rights


class DataSources(Resource[DesiredSource, SourceState, SourceWork]):
    """Data sources; one list serves all items of an organization, and one more request shows the secrets of each."""

    kind = "data_source"
    requests_each = 2

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredSource:
        """Return the desired data source. Raises :class:`BadInput`."""
        return parse(options)

    def identity(self, desired: DesiredSource) -> t.Hashable:
        """Return the uid or, without one, the name."""
        return ("uid", desired.uid) if desired.uid is not None else ("name", desired.name)

    def label(self, desired: DesiredSource) -> str:
        """Return the name, and the uid."""
        return label(desired)

    def check_together(self, client: Client, wanted: t.Sequence[DesiredSource]) -> None:
        """Raise :class:`BadInput` for two defaults."""
        check_defaults(wanted)

    def read(self, scope: Scope, desired: DesiredSource) -> SourceState:
        """Return the data source with the uid or, without one, with the name; and what the plan needs."""
        head = look_up(scope, desired)
        if desired.state == "absent":
            return SourceState(head)
        current = None if head is None else completed(scope, head)
        if head is not None and desired.uid is None and desired.name != head.name:
            scope.warn(
                "data source %s is %s (uid %s) in %s: the server compares names without case"
                % (desired.name, head.name, head.uid, scope.where())
            )
        return replace(_surroundings(scope, desired, current), kept=_kept(scope, desired))

    def plan(self, desired: DesiredSource, current: SourceState | None) -> Change[SourceWork] | None:
        """Return what has to change. Raises for what is refused."""
        return plan(desired, current or SourceState(None))

    def foresee(self, scope: Scope, desired: DesiredSource) -> SourceState:
        """Return no data source; in a new organization what earlier items of the task would create."""
        if not scope.new:
            return SourceState(None)
        return _surroundings(scope, desired, look_up(scope, desired))

    def precheck(
        self, scope: Scope, desired: DesiredSource, current: SourceState | None, change: Change[SourceWork] | None
    ) -> tuple[SourceState | None, Change[SourceWork] | None]:
        """In check mode, raise for a change that the caller may not make, and note it for the next items."""
        if scope.check and change is not None:
            check_rights(scope, label(desired), change.action, change.work)
            _foresee_change(scope, desired, change.work, change.action)
        return current, change

    def apply(self, scope: Scope, desired: DesiredSource, change: Change[SourceWork]) -> SourceState | None:
        """Create, replace or delete the data source."""
        work = change.work
        if change.action == "delete":
            current = t.cast(DataSource, work.current)
            scope.client.delete("%s/uid/%s" % (PATH, segment(current.uid)), org=scope.org_id)
            listing(scope).remove(current)
            return None
        if work.current is None:
            made = _create(scope, desired, work)
            listing(scope).put(made)
            # The first data source of an organization becomes its default unasked (10.3 and later).
            if made.is_default and work.fields["is_default"] is False:
                made = _replace(scope, SourceWork(made, made.name, {"is_default": False}, made.json_data))
            return SourceState(made)
        return SourceState(_replace(scope, work))

    def explain(self, scope: Scope, desired: DesiredSource, problem: GrafanaError) -> GrafanaError:
        """Explain what a refusal of the server means."""
        advice = next((entry for entry in _ADVICE if entry[0] in problem.said), None)
        if advice is None or not isinstance(problem, (Conflict, Forbidden, Refused)):
            return problem
        _words, code, text = advice
        return Refused("data source %s: %s: %s" % (label(desired), problem.message, text), code, **problem.details)

    def result(self, scope: Scope, desired: DesiredSource, current: SourceState) -> View | None:
        """Return the data source; asks for its health if the task wants that. Raises :class:`Refused` (``unhealthy``)."""
        source = current.current
        if source is None:
            return None
        found = {**scope.shown(), **shown(source)}
        if desired.health != "ignore" and desired.state == "present":
            found["health"] = check(scope, source, desired.health)
        return found


#: Words of the server, the code of our error, and what to do.
_ADVICE = (
    ("read-only data source", "provisioned", "it is provisioned from a file of the server; change it there"),
    ("same name already exists", "name_taken", "choose another name"),
    ("same uid already exists", "uid_taken", "another task has just created it; run the task again"),
    ("invalid url", "refused", "correct ds_url; data sources of some types need one"),
    ("invalid header name", "refused", "the server does not allow the header of its authentication proxy in http_headers"),
)


def _surroundings(scope: Scope, desired: DesiredSource, current: DataSource | None) -> SourceState:
    """Return *current* with the data source that has its new name, and whether it would be the first one."""
    namesake = None
    if desired.uid is not None and desired.name is not None and (current is None or desired.name != current.name):
        other = by_name(scope, desired.name)
        namesake = None if other is None or (current is not None and other.uid == current.uid) else other
    first = current is None and len(listing(scope)) == 0 and bool(scope.client.at_least(FIRST_IS_DEFAULT))
    return SourceState(current, namesake, first)


def _kept(scope: Scope, desired: DesiredSource) -> tuple[str, ...]:
    """Return the options whose fields the server does not clear; it is asked for its version only if that matters."""
    if desired.fields.get("database") == "" and scope.client.at_least(DATABASES_CLEAR) is False:
        return (*KEPT, "database")
    return KEPT


def _create(scope: Scope, desired: DesiredSource, work: SourceWork) -> DataSource:
    body: dict[str, t.Any] = {"name": work.name, **FIELDS.to_server(work.fields), "jsonData": work.json_data}
    if desired.uid is not None:
        body["uid"] = desired.uid
    if work.secrets:
        body["secureJsonData"] = work.secrets
    return DataSource.from_api(scope.client.post(PATH, body, org=scope.org_id)["datasource"])


def _replace(scope: Scope, work: SourceWork) -> DataSource:
    """Send the whole data source with its version. Raises :class:`Stale` if somebody has changed it since it was read."""
    current = t.cast(DataSource, work.current)
    body = {**current.body(), **FIELDS.to_server(work.fields), "name": work.name, "jsonData": work.json_data}
    if work.secrets:
        body["secureJsonData"] = work.secrets
    try:
        answer = scope.client.put(path_of(scope, current), body, org=scope.org_id)
    except Conflict as problem:
        if "updated by someone else" not in str(problem.details.get("server_message")):
            raise
        raise Stale(problem.message, **problem.details) from None
    found = DataSource.from_api(answer["datasource"])
    listing(scope).put(found, current)
    return found


def _foresee_change(scope: Scope, desired: DesiredSource, work: SourceWork, action: str) -> None:
    """Change the cached list as the change would change the server."""
    known, current = listing(scope), work.current
    if action == "delete":
        known.remove(t.cast(DataSource, current))
    elif current is not None:
        known.put(replace(current, name=work.name, fields={**current.fields, **work.fields}), current)
    else:
        planned = DataSource(UNASSIGNED, desired.uid or "", work.name, work.fields, work.json_data, planned=True)
        known.put(replace(planned, secrets=frozenset(work.secrets)))


#: How the module manages data sources.
KIND = Kind(lambda module: DataSources(), OPTIONS, named_by="name")
