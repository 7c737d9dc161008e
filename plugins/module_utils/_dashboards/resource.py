# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How dashboards are read, written and removed."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import BaseResource, Change, View
from .._folders import paths as folders
from .._folders.unlisted import derived_uids, look_up, may_be_unlisted
from .._grafana.client import Client
from .._grafana.errors import BadInput, Conflict, Forbidden, GrafanaError, Refused
from .._grafana.scope import Scope
from .._grafana.versions import DASHBOARD_APIS, LIBRARY_PANELS_MAY_LACK, TITLES_REPEAT
from .._text.secrets import masked
from .._text.yaml_lines import as_text
from .directory import wanted as wanted_of
from .history import last_write, mark, source_of
from .imports import dangling, filled_in, foresee_panels, make_panels, missing_panels, panels_to_make, required
from .model import (
    KEEP,
    CurrentDashboard,
    DashboardState,
    DesiredDashboard,
    Head,
    differs,
    label,
    place_of,
    plan,
    renamed_or_moved,
    said,
    title_taken,
)
from .options import parse
from .permissions import hidden, loses_permissions
from .prune import leftovers
from .routes import NONE_SHOWN, LegacyRoute, Route, managed, route_to

#: Writers at once in one org: SQLite takes four with hardly a lock (measured at 12.4.3).
LANES = 4


class Dashboards(BaseResource):
    """The resource: one request for a dashboard that is as it should be, two to make one; of many, one list for all."""

    kind = "dashboard"
    requests_each = 2

    def __init__(self, plan_missing: bool = False) -> None:
        self._plan_missing = plan_missing
        #: By uid, what else of the task has the title in the folder.
        self._repeated: dict[str, str] = {}

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredDashboard:
        """Return what is desired, the file read. Raises :class:`BadInput`."""
        return parse(options)

    def expand(self, options: t.Mapping[str, t.Any]) -> list[tuple[str, DesiredDashboard]] | None:
        """Return the dashboards of a directory, each with its file. Raises :class:`BadInput`."""
        found = wanted_of(options)
        return None if found is None else [(one.file or "", one) for one in found]

    def identity(self, desired: DesiredDashboard) -> t.Hashable:
        """Return the uid, or title and folder where there is none."""
        return desired.uid or (desired.title, _place(desired))

    def label(self, desired: DesiredDashboard) -> str:
        """Return the title and the uid, and the file that it is from."""
        return label(desired)

    def check_together(self, client: Client, wanted: t.Sequence[DesiredDashboard]) -> None:
        """Raise :class:`BadInput` for two of one title in one folder, where the server lets no two be."""
        repeat = client.at_least(TITLES_REPEAT)
        seen: dict[t.Hashable, DesiredDashboard] = {}
        for desired in wanted:
            # One with a uid and no folder is wherever it is.
            if desired.state != "present" or (desired.uid is not None and _placeless(desired)):
                continue
            first = seen.setdefault((desired.title, _place(desired)), desired)
            if first is desired:
                continue
            if first.uid is None or desired.uid is None:
                raise BadInput(
                    "%s and %s have one title in one folder, and one of them has no uid, so that its title stands for both: "
                    "give each a uid, or another title or folder" % (label(first), label(desired))
                )
            if not repeat:
                raise BadInput(
                    "%s and %s have one title in one folder, where Grafana takes one of each title up to 11.2: give one "
                    "of them another title or folder" % (label(first), label(desired))
                )
            self._repeated[desired.uid] = label(first)

    def max_writers(self, scope: Scope) -> int:
        """Return 1 where writing one dashboard may get in the way of another: up to 11.2, by its title."""
        return LANES if scope.client.at_least(TITLES_REPEAT) else 1

    def read(self, scope: Scope, desired: DesiredDashboard) -> DashboardState:
        """Return the dashboard of the uid or, without one, of the exact title in its folder."""
        folder_uid, to_make = self._folder(scope, desired)
        wanted = filled_in(scope, desired)
        route = route_to(scope, desired.api, desired.layout)
        if desired.uid is not None:
            current = route.from_snapshot(desired.uid, scope.cached_for_run("wanted uids", lambda: _uids(scope)))
        else:
            current = None if to_make is not None else _by_title(scope, route, wanted.title, folder_uid or "")
        panels = tuple(panels_to_make(scope, wanted))
        found = DashboardState(current, folder_uid, to_make, wanted=None if wanted is desired else wanted, panels=panels)
        if desired.check_references and desired.state == "present":
            found = replace(found, dangling=tuple(dangling(scope, wanted)))
        return _asked(scope, route, wanted, found)

    def _folder(self, scope: Scope, desired: DesiredDashboard) -> tuple[str | None, str | None]:
        """Return the uid of the desired folder, or the path of the one to make."""
        if desired.folder is None or (desired.state == "absent" and desired.uid is not None):
            return desired.folder_uid, None
        uid = folders.by_path(scope, *place_of(desired), flat=desired.flat)
        if uid is None and not desired.create_folder and desired.state == "present":
            raise folders.not_found(scope, desired.folder)
        return uid, None if uid is not None else desired.folder

    def plan(self, desired: DesiredDashboard, current: DashboardState | None) -> Change | None:
        """Return what has to be done. Raises :class:`Refused` for what must not be written."""
        return plan(desired, current or DashboardState(None, desired.folder_uid, desired.folder))

    def warnings(self, desired: DesiredDashboard, current: DashboardState | None) -> list[str]:
        """Return what is said of a dashboard that somebody else has edited."""
        if current is None:
            return list(desired.hints)
        other = self._repeated.get(desired.uid or "")
        named = "dashboard %s" % label(desired)
        found = [*desired.hints, *("%s: %s" % (named, text) for text in (*current.warnings, *current.dangling))]
        if other is not None:
            found.append("%s has the title that %s has in that folder" % (named, other))
        if current.edited is not None:
            done = "it is left as it is" if desired.on_conflict == KEEP else "that is overwritten"
            found.append("%s was edited %s, and %s" % (named, said(current.edited), done))
        return found

    def precheck(self, scope: Scope, desired: DesiredDashboard, change: Change) -> None:
        """An unknown folder would be refused; library panels would be made."""
        if change.action != "delete":
            foresee_panels(scope, change.data[0].panels)
        if desired.state != "present" or not desired.folder_uid:
            return
        if not folders.exists(scope, desired.folder_uid) and not self._plan_missing:
            raise folders.not_found(scope, desired.folder_uid)

    def apply(self, scope: Scope, desired: DesiredDashboard, change: Change) -> DashboardState:
        """Create, replace, move, or delete."""
        route = route_to(scope, desired.api, desired.layout)
        if change.action == "delete":
            route.delete(t.cast(CurrentDashboard, change.data.current))
            scope.invalidate("dashboard heads")
            return DashboardState(None)
        found, changed_paths = t.cast("tuple[DashboardState, tuple[str, ...]]", change.data)
        desired = found.wanted or desired
        folder_uid, made = found.folder_uid, found.folder_to_make is not None
        if made:
            folder_uid = folders.make(scope, *place_of(desired))
        current = found.current
        if folder_uid is None:
            # The server takes no folder for General, and moves the dashboard there (8.5 to 12.4).
            folder_uid = current.folder_uid if current else folders.GENERAL
        folders.patiently(lambda: make_panels(scope, found.panels, folder_uid), made)
        uid, version = folders.patiently(lambda: _written(route, desired, current, str(folder_uid)), made)
        written = CurrentDashboard(
            uid=uid, title=desired.title, body=desired.body, folder_uid=folder_uid, version=version, changed_paths=changed_paths
        )
        return replace(found, current=written, folder_uid=folder_uid, folder_to_make=None)

    def explain(self, scope: Scope, desired: DesiredDashboard, problem: GrafanaError) -> GrafanaError:
        """Say what a refusal of the server means."""
        said_by_server = str(problem.details.get("server_message") or "").lower()
        if isinstance(problem, Conflict) and "same name" in said_by_server:
            return title_taken(label(desired), "another dashboard of %s" % scope.where(), **problem.details)
        if "folder" in said_by_server and "not found" in said_by_server and desired.folder_uid:
            return folders.not_found(scope, desired.folder_uid)
        if isinstance(problem, Forbidden) and "quota" not in said_by_server:
            return hidden(scope, desired, problem)
        if isinstance(problem, Forbidden):
            return Refused(
                "the quota of dashboards of %s is reached: %s" % (scope.where(), problem.message),
                code="quota_reached",
                **problem.details,
            )
        return problem

    def leftovers(self, scope: Scope, wanted: t.Sequence[DesiredDashboard]) -> list[DesiredDashboard]:
        """Return the dashboards that ``prune`` removes."""
        return leftovers(scope, wanted)

    def view(self, desired: DesiredDashboard, current: DashboardState, change: Change) -> View:
        """Return what was written: the server took it as it was sent."""
        return change.after

    def diff(self, view: View) -> View | str:
        """Return lines of YAML: the paths of a dashboard are keys that people read."""
        return as_text(view)

    def result(self, scope: Scope | None, desired: DesiredDashboard, current: DashboardState) -> View | None:
        """Return what identifies the dashboard, its version and what was changed; never its body."""
        there = current.current
        if there is None:
            return None
        shown = dict(scope.org.shown()) if scope and scope.org else {}
        shown.update(uid=there.uid, title=masked(there.title), folder_uid=there.folder_uid, version=there.version)
        shown["changed_paths"] = list(there.changed_paths)
        if desired.check_references:
            shown["missing_references"] = list(current.dangling)
        if current.edited is not None:
            shown["edited"] = current.edited.shown()
        return shown


def _written(route: Route, desired: DesiredDashboard, current: CurrentDashboard | None, folder_uid: str) -> tuple[str, int]:
    """Write the dashboard; return its uid and version. A new one without a uid gets a derived one."""
    message = mark(desired.message, desired.source)
    if current is not None or desired.uid is not None:
        return route.write(desired.uid, desired.body, current, folder_uid, message)
    for uid in derived_uids(folder_uid, desired.title):
        try:
            return route.write(uid, desired.body, None, folder_uid, message)
        except Conflict:
            there = route.dashboard(uid)
            if there is None or _titled_place(there) == (folder_uid, desired.title):
                raise
    raise Refused(
        "dashboard %s cannot get a uid that follows from its title: the dashboards that had these uids were renamed or moved; "
        "give it a uid" % label(desired),
        code="uid_taken",
    )


def _titled_place(dashboard: CurrentDashboard) -> tuple[str, str]:
    return folders.general(dashboard.folder_uid), dashboard.title


def _placeless(desired: DesiredDashboard) -> bool:
    """Tell whether a task says nothing of the folder."""
    return desired.folder is None and desired.folder_uid is None and not desired.below


def _place(desired: DesiredDashboard) -> t.Hashable:
    """Return the folder as the task says it; what it does not say is General for a new dashboard."""
    if desired.folder is not None or desired.below:
        top, below = place_of(desired)
        return (*folders.steps(top), *below)
    return desired.folder_uid or ()


def _uids(scope: Scope) -> frozenset[str]:
    return frozenset(str(one.uid) for one in scope.wanted if one.uid is not None)


def _asked(scope: Scope, route: Route, desired: DesiredDashboard, found: DashboardState) -> DashboardState:
    """Return *found* with what is asked for only where something is about to be written."""
    if renamed_or_moved(desired, found) and scope.client.at_least(TITLES_REPEAT) is False:
        found = replace(found, namesake=_namesake(scope, desired, found))
    current = found.current
    if not differs(desired, found):
        return replace(found, same=True)
    leaves = desired.state == "absent" or renamed_or_moved(desired, found)
    if current is not None and current.folder_uid and leaves:
        found = replace(found, current_folder=folders.path(scope, current.folder_uid))
        found = replace(found, warnings=tuple(loses_permissions(scope, desired, found)))
    if desired.document is not None:
        found = replace(found, warnings=(*found.warnings, *required(scope, desired)))
    if isinstance(route, LegacyRoute) and desired.state == "present" and not scope.client.at_least(LIBRARY_PANELS_MAY_LACK):
        found = replace(found, missing_panels=tuple(missing_panels(scope, desired)))
    if current is None:
        return found
    if current.provisioned is None and isinstance(route, LegacyRoute):
        current = replace(current, provisioned=managed(scope, current.uid))
    if desired.pruned is not None and source_of(_message(scope, current)) != desired.pruned:
        return replace(found, current=current, same=True)  # somebody else has written it meanwhile
    if desired.state == "absent" or current.provisioned is not None:
        return replace(found, current=current)
    ours = source_of(current.message) is not None
    written = None if ours else last_write(scope, current.uid, current.number)
    return replace(found, current=current, edited=None if written is None or written.ours else written)


def _message(scope: Scope, current: CurrentDashboard) -> str:
    """Return the message of the newest version."""
    if current.message is not None:
        return current.message
    written = last_write(scope, current.uid, current.number)
    return "" if written is None else written.message


def _namesake(scope: Scope, desired: DesiredDashboard, found: DashboardState) -> str | None:
    """Return the uid of another dashboard of the title in the folder that *desired* is written to."""
    if found.folder_to_make is not None:
        return None
    current = found.current
    folder_uid = found.folder_uid if found.folder_uid is not None else (current.folder_uid if current else folders.GENERAL)
    own = current.uid if current else desired.uid
    same = [head.uid for head in titled(scope, desired.api, desired.title) if head.folder_uid == folder_uid and head.uid != own]
    return same[0] if same else None


def titled(scope: Scope, api: str, title: str) -> list[Head]:
    """Return the dashboards of the org whose title is exactly *title*."""
    route = route_to(scope, api)
    if not isinstance(route, LegacyRoute):
        return [head for head in route.heads() if head.title == title]
    heads = route.heads() if scope.many else list(route.search(title))
    if not heads:
        scope.check_member(NONE_SHOWN)
    return [head for head in heads if head.title == title]


def _by_title(scope: Scope, route: Route, title: str, folder_uid: str) -> CurrentDashboard | None:
    """Return the dashboard of exactly *title* in the folder. Raises :class:`Refused` if there are several."""
    uids = [head.uid for head in titled(scope, route.name, title) if head.folder_uid == folder_uid]
    if len(uids) > 1:
        raise Refused(
            "%d dashboards of %s are titled %s in one folder (%s): say which one by uid"
            % (len(uids), scope.where(), title, ", ".join(sorted(uids))),
            code="ambiguous",
        )
    if uids:
        return route.dashboard(uids[0])
    # The search of 12.0 and later, which the legacy route uses, may not have seen a write of a moment ago.
    lags = isinstance(route, LegacyRoute) and scope.client.at_least(DASHBOARD_APIS) is not False
    return look_up(folder_uid, title, route.dashboard, _titled_place) if lags or may_be_unlisted(scope) else None


__all__ = ["Dashboards", "titled"]
