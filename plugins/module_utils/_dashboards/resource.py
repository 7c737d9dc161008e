# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards: how they are read, written and deleted."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import Change, Kind, OfOrg, Resource, View
from .._folders import paths as folders
from .._folders.unlisted import derived_uids
from .._grafana.client import Client
from .._grafana.errors import QUOTA_REACHED, BadInput, Conflict, Forbidden, GrafanaError, Refused
from .._grafana.scope import Scope
from .._grafana.secrets import masked
from .._grafana.versions import LIBRARY_PANELS_MAY_LACK, MORE_LAYOUT_FIELDS, TITLES_REPEAT
from .._permissions.reconcile import FORBIDDEN
from .._permissions.reconcile import shown as shown_permissions
from .._text.yaml_lines import as_text
from .alerts import check_alerts
from .alerts import explain as explain_alerts
from .compare.layouts import schema
from .directory import organizations
from .directory import wanted as wanted_of
from .history import last_write, mark, source_of
from .imports import dangling, filled_in, foresee_panels, make_panels, missing_panels, panels_to_make, required
from .lookup import by_title, titled_place
from .model import (
    KEEP,
    CurrentDashboard,
    DashboardState,
    DashboardWork,
    DesiredDashboard,
    allowed,
    dropped,
    edit_in_words,
    label,
    managed_as,
    place_of,
    plan,
    renamed_or_moved,
    title_of_folder,
    title_taken,
)
from .options import OPTIONS, check_unused_inputs, parse
from .packed import Body
from .permissions import apply_permissions, check_permissions, hidden, loses_permissions, read_permissions, with_permissions
from .placing import check_place
from .prune import leftovers, replaceable
from .refresh import with_minimum
from .rights import check_rights
from .routes import KUBERNETES, LegacyRoute, Route, as_object, route_to
from .sources import Sources
from .titles import check_lengths, check_titles, namesake, place

#: Concurrent writes to one organization: SQLite takes four almost without locks (measured with 12.4.3).
WRITERS = 4


class Dashboards(Resource[DesiredDashboard, DashboardState, DashboardWork]):
    """Dashboards: one request for an unchanged one, two for a new one; one list serves many."""

    kind = "dashboard"
    requests_each = 2

    def __init__(self, plan_missing: bool = False, all_orgs_first: bool = False) -> None:
        self._plan_missing = plan_missing
        self.all_orgs_first = all_orgs_first
        #: By uid: another dashboard of the task with the same title in the same folder.
        self._repeated: dict[str, str] = {}
        self._sources = Sources()

    def prepare(self, items: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Download all files that *items* name by address."""
        self._sources.prefetch(items)

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredDashboard:
        """Return the desired dashboard; reads its file. Raises :class:`BadInput`."""
        return parse(options, self._sources)

    def hints(self, desired: DesiredDashboard) -> t.Sequence[str]:
        """Return the warnings about the file."""
        return desired.hints

    def expand(self, options: t.Mapping[str, t.Any]) -> list[tuple[str, DesiredDashboard]] | None:
        """Return the dashboards of a directory, each with its file. Raises :class:`BadInput`."""
        found = wanted_of(options)
        return None if found is None else [(one.file or "", one) for one in found]

    def by_org(self, options: t.Mapping[str, t.Any]) -> list[OfOrg] | None:
        """Return the organizations of ``import_orgs``. Raises :class:`BadInput`."""
        return organizations(options)

    def identity(self, desired: DesiredDashboard) -> t.Hashable:
        """Return the uid or, without one, title and folder."""
        return desired.uid or (desired.title, place(desired))

    def label(self, desired: DesiredDashboard) -> str:
        """Return title, uid and file."""
        return label(desired)

    def check_task(self, wanted: t.Sequence[DesiredDashboard]) -> None:
        """Raise :class:`BadInput` for keys of ``inputs`` that no dashboard of the task uses."""
        check_unused_inputs(wanted)

    def check_together(self, client: Client, wanted: t.Sequence[DesiredDashboard]) -> None:
        """Raise :class:`BadInput` for dashboards whose titles exclude each other; see :func:`check_titles`."""
        self._repeated.update(check_titles(client, wanted))

    def max_writers(self, scope: Scope) -> int:
        """Return 1 up to 11.2, where dashboards with one title would conflict."""
        return WRITERS if scope.client.at_least(TITLES_REPEAT) else 1

    def read(self, scope: Scope, desired: DesiredDashboard) -> DashboardState:
        """Return the dashboard with the uid or, without one, with exactly the title in its folder."""
        desired, strays = self._without_stray(scope, desired)
        folder_uid, to_make = self._folder(scope, desired)
        wanted, remarks = with_minimum(scope, filled_in(scope, desired))
        route = route_to(scope, desired.api, desired.layout)
        if desired.uid is not None:
            current = route.from_snapshot(desired.uid, scope.cached_for_run("wanted bodies", lambda: _bodies(scope)))
        else:
            current = None if to_make is not None else by_title(scope, route, wanted.title, folder_uid or "")
        panels = tuple(panels_to_make(scope, wanted))
        state = DashboardState(current, folder_uid, to_make, wanted=wanted, panels=panels, remarks=(*strays, *remarks))
        state = replace(state, permissions=read_permissions(scope, desired, current, self._plan_missing))
        if desired.layout:
            state = replace(state, schema=schema(desired.layout, scope.client.at_least(MORE_LAYOUT_FIELDS) is not False))
        if desired.check_references and desired.state == "present":
            state = replace(state, dangling=tuple(dangling(scope, wanted)))
        return state

    def _without_stray(self, scope: Scope, desired: DesiredDashboard) -> tuple[DesiredDashboard, tuple[str, ...]]:
        """Return *desired* without the folder that its file names, and a warning, if that folder does not exist.

        An exported manifest names the folder on its own server.
        """
        uid = desired.folder_uid
        if not uid or not desired.folder_from_file or desired.state == "absent" or self._plan_missing:
            return desired, ()
        if folders.exists(scope, uid):
            return desired, ()
        return replace(desired, folder_uid=None), (
            "its file names the folder %s, which does not exist in %s: an existing dashboard stays in its folder, and a new one "
            "is written to General; set folder or folder_uid to choose another one" % (uid, scope.where()),
        )

    def _folder(self, scope: Scope, desired: DesiredDashboard) -> tuple[str | None, str | None]:
        """Return the uid of the desired folder, or the path of the folder to create."""
        if desired.folder is None or (desired.state == "absent" and desired.uid is not None):
            return desired.folder_uid, None
        uid = folders.by_path(scope, *place_of(desired), flat=desired.flat)
        assumed = desired.create_folder or self._plan_missing or scope.new
        if uid is None and not assumed and desired.state == "present":
            raise folders.not_found(scope, desired.folder)
        return uid, None if uid is not None else desired.folder

    def foresee(self, scope: Scope, desired: DesiredDashboard) -> DashboardState | None:
        """Return what a new organization has of the dashboard: nothing, unless earlier items create a library panel."""
        route_to(scope, desired.api, desired.layout)
        if not scope.new:
            return None
        desired, strays = self._without_stray(scope, desired)
        folder_uid, to_make = self._folder(scope, desired)
        wanted, remarks = with_minimum(scope, filled_in(scope, desired))
        remarks = (*strays, *remarks)
        missing = tuple(dangling(scope, wanted)) if desired.check_references else ()
        panels = tuple(panels_to_make(scope, wanted))
        state = DashboardState(None, folder_uid, to_make, wanted=wanted, panels=panels, dangling=missing, remarks=remarks)
        return replace(state, permissions=read_permissions(scope, desired, None, self._plan_missing))

    def plan(self, desired: DesiredDashboard, current: DashboardState | None) -> Change[DashboardWork] | None:
        """Return what differs."""
        state = current or DashboardState(None, desired.folder_uid, desired.folder)
        return with_permissions(desired, state, plan(desired, state))

    def precheck(
        self, scope: Scope, desired: DesiredDashboard, current: DashboardState | None, change: Change[DashboardWork] | None
    ) -> tuple[DashboardState | None, Change[DashboardWork] | None]:
        """Read what decides whether the change is allowed, and warn of what it does beyond the difference."""
        if current is None:
            return current, change
        if change is not None:
            check_permissions(scope, desired, current)
        if change is not None and not change.work.writes:
            return current, change
        if change is not None:
            check_place(scope, desired, current)
        if change is not None and change.action != "delete":
            check_lengths(scope.client, current.wanted or desired)
        if scope.new:
            return self._precheck_new(scope, desired, current, change)
        state, named = current, "dashboard %s" % label(desired)
        texts: list[str] = []
        if change is not None:
            state, texts = _completed(scope, state.wanted or desired, state)
            ours = desired.pruned is None or _has_mark(scope, desired, state)
            change = allowed(desired, state, change) if ours else None
            change = with_permissions(desired, state, change) if change is None and ours else change
        ignored = dropped(desired, state)
        for text in (*texts, *state.remarks, *state.dangling, *([ignored] if ignored else [])):
            scope.warn("%s: %s" % (named, text))
        other = self._repeated.get(desired.uid or "")
        if other is not None:
            scope.warn("%s has the title that %s has in that folder" % (named, other))
        if state.edited is not None:
            effect = "it is left as it is" if desired.on_conflict == KEEP else "that is overwritten"
            scope.warn("%s was edited %s, and %s" % (named, edit_in_words(state.edited), effect))
        if scope.check and change is not None and change.work.writes:
            self._check_parents(scope, desired, change)
            check_rights(scope, desired, state, change.action)
        return state, change

    def _precheck_new(
        self, scope: Scope, desired: DesiredDashboard, state: DashboardState, change: Change[DashboardWork] | None
    ) -> tuple[DashboardState, Change[DashboardWork] | None]:
        """Warn of what a dashboard would lack in an organization that does not exist yet."""
        named = "dashboard %s" % label(desired)
        check_alerts(scope, state.wanted or desired)
        for text in (*state.remarks, *state.dangling):
            scope.warn("%s: %s" % (named, text))
        if not scope.client.at_least(LIBRARY_PANELS_MAY_LACK) and not desired.layout and desired.api != KUBERNETES:
            panels = missing_panels(scope, state.wanted or desired)
            if panels:
                scope.warn(
                    "%s: library panels %s do not exist in %s, which does not exist yet: unless an earlier task creates them, "
                    "the run fails" % (named, ", ".join(panels), scope.where())
                )
        foresee_panels(scope, state.panels)
        return state, change

    def _check_parents(self, scope: Scope, desired: DesiredDashboard, change: Change[DashboardWork]) -> None:
        """Raise for a folder that does not exist, and for library panels that cannot be created."""
        if change.action != "delete":
            foresee_panels(scope, change.work.state.panels)
        if desired.state != "present" or not desired.folder_uid or desired.folder_from_file:
            return
        if not folders.exists(scope, desired.folder_uid) and not self._plan_missing:
            raise folders.not_found(scope, desired.folder_uid)

    def apply(self, scope: Scope, desired: DesiredDashboard, change: Change[DashboardWork]) -> DashboardState | None:
        """Create, replace, move or delete the dashboard."""
        route = route_to(scope, desired.api, desired.layout)
        state = change.work.state
        if change.action == "delete":
            route.delete(t.cast(CurrentDashboard, state.current))
            scope.invalidate("dashboard heads")
            return None
        if not change.work.writes:
            there = replace(t.cast(CurrentDashboard, state.current), changed_paths=change.work.changed_paths)
            return apply_permissions(scope, route, desired, replace(state, current=there))
        desired = state.wanted or desired
        folder_uid, created = state.folder_uid, state.folder_to_make is not None
        if created:
            folder_uid = folders.make(scope, *place_of(desired))
        current = state.current
        if folder_uid is None:
            # Without a folder in the request, the server moves the dashboard to General (8.5 to 12.4).
            folder_uid = current.folder_uid if current else folders.GENERAL
        if state.replaces is not None:
            route.delete(CurrentDashboard(state.replaces.uid, state.replaces.title, {}, state.replaces.folder_uid, 0))
            scope.invalidate("dashboard heads")
        folders.patiently(scope, lambda: make_panels(scope, state.panels, folder_uid), created)
        uid, version = folders.patiently(scope, lambda: _write(route, desired, current, str(folder_uid)), created)
        written = CurrentDashboard(
            uid=uid,
            title=desired.title,
            body=desired.body,
            folder_uid=folder_uid,
            version=version,
            changed_paths=change.work.changed_paths,
        )
        state = replace(state, current=written, folder_uid=folder_uid, folder_to_make=None)
        return folders.patiently(scope, lambda: apply_permissions(scope, route, desired, state), created)

    def explain(self, scope: Scope, desired: DesiredDashboard, problem: GrafanaError) -> GrafanaError:
        """Explain what a refusal of the server means."""
        if isinstance(problem, Conflict) and "same name" in problem.said:
            return title_taken(label(desired), "another dashboard of %s" % scope.where(), **problem.details)
        if isinstance(problem, Refused) and "same as folder" in problem.said:
            return title_of_folder(label(desired), "a folder of %s" % scope.where(), **problem.details)
        if "folder" in problem.said and "not found" in problem.said and desired.folder_uid:
            return folders.not_found(scope, desired.folder_uid)
        if isinstance(problem, Forbidden) and (problem.status is None or problem.code == FORBIDDEN):
            return problem  # The module has refused it itself, or explained it already.
        if isinstance(problem, Forbidden) and "/library-elements" in str(problem.details.get("url")):
            return Forbidden("library panels of dashboard %s: %s" % (label(desired), problem.message), **problem.details)
        if isinstance(problem, Forbidden) and problem.code != QUOTA_REACHED:
            return hidden(scope, desired, problem)
        if isinstance(problem, Forbidden):
            return Refused(
                "the quota of dashboards of %s is reached: %s" % (scope.where(), problem.message),
                code=QUOTA_REACHED,
                **problem.details,
            )
        return explain_alerts(scope, desired, problem)

    def leftovers(self, scope: Scope, wanted: t.Sequence[DesiredDashboard]) -> list[DesiredDashboard]:
        """Return the dashboards that ``prune`` deletes."""
        return leftovers(scope, wanted)

    def diff(self, view: View) -> View | str:
        """Return lines of YAML, as people read the paths of a dashboard."""
        return as_text(view)

    def result(self, scope: Scope, desired: DesiredDashboard, current: DashboardState) -> View | None:
        """Return the dashboard's identity, its version and the changed paths; never its body."""
        there = current.current
        if there is None:
            return None
        shown = scope.shown()
        shown.update(uid=there.uid, title=masked(there.title), folder_uid=there.folder_uid, version=there.version)
        shown["changed_paths"] = list(there.changed_paths)
        if desired.check_references:
            shown["missing_references"] = list(current.dangling)
        if current.edited is not None:
            shown["edited"] = current.edited.shown()
        return {**shown, **shown_permissions(current.permissions)}


def _write(route: Route, desired: DesiredDashboard, current: CurrentDashboard | None, folder_uid: str) -> tuple[str, int]:
    """Write the dashboard; return its uid and version. A new one without a uid gets one that is derived from its title."""
    message = mark(desired.message, desired.source)
    if current is not None or desired.uid is not None:
        return route.write(desired.uid, desired.body, current, folder_uid, message)
    for uid in derived_uids(folder_uid, desired.title):
        try:
            return route.write(uid, desired.body, None, folder_uid, message)
        except Conflict:
            there = route.dashboard(uid)
            if there is None or titled_place(there) == (folder_uid, desired.title):
                raise
    raise Refused(
        "dashboard %s cannot get a uid that is derived from its title: the dashboards with these uids were renamed or moved; "
        "set a uid" % label(desired),
        code="uid_taken",
    )


def _bodies(scope: Scope) -> dict[str, Body]:
    """Return the wanted bodies by uid."""
    return {str(one.uid): one.body for one in scope.wanted if one.uid is not None}


def _completed(scope: Scope, desired: DesiredDashboard, state: DashboardState) -> tuple[DashboardState, list[str]]:
    """Return *state* with what is read only for a dashboard that is about to be written, and warnings about the write."""
    current, texts = state.current, []
    legacy = isinstance(route_to(scope, desired.api, desired.layout), LegacyRoute)
    moved = renamed_or_moved(desired, state)
    if moved and scope.client.at_least(TITLES_REPEAT) is False:
        other = namesake(scope, desired, state)
        old = other.head if other is not None and current is None else None
        old = old if old is not None and replaceable(scope, desired, old) else None
        state = replace(state, namesake=other if old is None else None, replaces=old)
    if current is not None and current.folder_uid and (desired.state == "absent" or moved):
        state = replace(state, current_folder=folders.path(scope, current.folder_uid))
        texts += loses_permissions(scope, desired, state)
    if desired.document is not None:
        texts += required(scope, desired)
    if legacy and desired.state == "present":
        check_alerts(scope, desired)
    if legacy and desired.state == "present" and not scope.client.at_least(LIBRARY_PANELS_MAY_LACK):
        state = replace(state, missing_panels=tuple(missing_panels(scope, desired)))
    if current is None:
        return state, texts
    if current.provisioned is None and legacy:
        current = managed_as(current, as_object(scope, current.uid))
    state = replace(state, current=current)
    if desired.state == "present" and current.provisioned is None and source_of(current.message) is None:
        written = last_write(scope, current.uid, current.number)
        state = replace(state, edited=None if written is None or written.ours else written)
    return state, texts


def _has_mark(scope: Scope, desired: DesiredDashboard, state: DashboardState) -> bool:
    """Tell whether a dashboard that pruning deletes still has this collection's mark, with the source of the task."""
    return state.current is not None and source_of(_message(scope, state.current)) == desired.pruned


def _message(scope: Scope, current: CurrentDashboard) -> str:
    """Return the message of the newest version."""
    if current.message is not None:
        return current.message
    written = last_write(scope, current.uid, current.number)
    return "" if written is None else written.message


def _dashboards(module: t.Any) -> Dashboards:
    """Return the resource for a task, which has these options if it is one of grafana_dashboard. Raises :class:`BadInput`."""
    many = [name for name in ("directory", "import_orgs") if module.params.get(name)]
    if module.params.get("prune") and not many and module.raw_batch is None:
        raise BadInput(
            "prune needs directory, import_orgs or batch, which list all wanted dashboards: with one dashboard it would delete "
            "the others"
        )
    if "import_orgs" in many and module.raw_batch is not None:
        raise BadInput("import_orgs and batch are set: keep one of them")
    return Dashboards(plan_missing=module.plans_missing(), all_orgs_first="import_orgs" in many)


#: How the module manages dashboards.
KIND = Kind(_dashboards, OPTIONS, of_task=("import_orgs",))

__all__ = ["KIND", "Dashboards"]
