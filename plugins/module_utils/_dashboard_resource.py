# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How dashboards are read, written and removed."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.orgsmith.grafana.plugins.module_utils import _folders as folders
from ansible_collections.orgsmith.grafana.plugins.module_utils._client import segment
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import (
    CurrentDashboard,
    DesiredDashboard,
    Found,
    comparable,
    parse,
    plan,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import (
    Conflict,
    Forbidden,
    GrafanaError,
    Refused,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._reconcile import BaseResource, Change, View
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._versions import DASHBOARD_APIS

FOLDER_NOTE = "grafana.app/folder"
MANAGER_NOTE = "grafana.app/managedBy"
#: How long a new folder's permissions may take to reach the token that made it, in seconds (12.0, recorded).
FOLDER_DELAY = 60.0
#: Dashboards a page of a list.
PER_PAGE = 1000


class Dashboards(BaseResource):
    """The resource: one request for a dashboard that is as it should be, two to make one."""

    kind = "dashboard"
    requests_each = 2

    def __init__(self, plan_missing: bool = False) -> None:
        self._plan_missing = plan_missing

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredDashboard:
        """Return what is desired, the file read. Raises :class:`BadInput`."""
        return parse(options)

    def identity(self, desired: DesiredDashboard) -> t.Hashable:
        """Return the uid, or title and folder where there is none."""
        return desired.uid or (desired.title, desired.folder_uid or desired.folder)

    def label(self, desired: DesiredDashboard) -> str:
        """Return the title and the uid."""
        return "%s (%s)" % (desired.title, desired.uid) if desired.uid and desired.uid != desired.title else desired.title

    def read(self, scope: Scope, desired: DesiredDashboard) -> Found:
        """Return the dashboard of the uid or, without one, of the exact title in its folder."""
        folder_uid, to_make = self._folder(scope, desired)
        if desired.uid is not None:
            current = by_uid(scope, desired.uid)
        else:
            current = None if to_make is not None else _by_title(scope, desired.title, folder_uid or "")
        return Found(current, folder_uid, to_make)

    def _folder(self, scope: Scope, desired: DesiredDashboard) -> tuple[str | None, str | None]:
        """Return the uid of the desired folder, or the path of the one to make."""
        if desired.folder is None or (desired.state == "absent" and desired.uid is not None):
            return desired.folder_uid, None
        uid = folders.by_path(scope, desired.folder)
        if uid is None and not desired.create_folder and desired.state == "present":
            raise folders.not_found(scope, desired.folder)
        return uid, None if uid is not None else desired.folder

    def plan(self, desired: DesiredDashboard, current: Found | None) -> Change | None:
        """Return what has to be done. Raises for a dashboard that is provisioned."""
        found = current or Found(None, desired.folder_uid, desired.folder)
        change = plan(desired, found)
        there = found.current
        if change is not None and there is not None and there.provisioned is not None:
            raise Refused(
                "dashboard %s is provisioned (%s) and must not be written or deleted over the API: change it at its "
                "source" % (self.label(desired), there.provisioned),
                code="provisioned",
            )
        return change

    def foresee(self, scope: Scope, desired: DesiredDashboard, change: Change) -> None:
        """An unknown folder, and up to 11.2 a title that another dashboard has there, would be refused."""
        if desired.state != "present" or not desired.folder_uid:
            return
        if not folders.exists(scope, desired.folder_uid) and not self._plan_missing:
            raise folders.not_found(scope, desired.folder_uid)

    def apply(self, scope: Scope, desired: DesiredDashboard, change: Change) -> Found:
        """Create, replace, move, or delete."""
        if change.action == "delete":
            current = t.cast(CurrentDashboard, change.data.current)
            scope.client.delete("/api/dashboards/uid/%s" % segment(current.uid), org=scope.org_id)
            scope.forget()
            return Found(None)
        found, changed_paths = change.data
        folder_uid, made = found.folder_uid, found.folder_to_make is not None
        if made:
            folder_uid = folders.make(scope, found.folder_to_make)
        current = found.current
        if folder_uid is None:
            # The server takes no folder for General, and moves the dashboard there (8.5 to 12.4).
            folder_uid = current.folder_uid if current else folders.GENERAL
        body: dict[str, t.Any] = {"dashboard": _document(desired, current), "folderUid": folder_uid, "overwrite": False}
        if desired.message:
            body["message"] = desired.message
        answer = self._post(scope, body, patient=made)
        return Found(
            CurrentDashboard(
                uid=str(answer["uid"]),
                title=desired.title,
                body=desired.body,
                folder_uid=folder_uid,
                version=int(answer.get("version") or 0),
                changed_paths=changed_paths,
            ),
            folder_uid,
        )

    def _post(self, scope: Scope, body: dict[str, t.Any], patient: bool) -> t.Any:
        """Write; into a folder of a moment ago for a while again, until its permissions have settled."""
        deadline = time.monotonic() + FOLDER_DELAY
        pause = 0.5
        while True:
            try:
                return scope.client.post("/api/dashboards/db", body, org=scope.org_id)
            except Forbidden:
                if not patient or time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 8.0)

    def explain(self, scope: Scope, desired: DesiredDashboard, problem: GrafanaError) -> GrafanaError:
        """Say what a refusal of the server means."""
        said = str(problem.details.get("server_message") or "").lower()
        if isinstance(problem, Conflict) and "same name" in said:
            return Refused(
                "dashboard %s cannot be written: another dashboard of %s has that title in that folder, and up to "
                "Grafana 11.2 overwriting would destroy it; give the uid of that one, or another title"
                % (self.label(desired), scope.where()),
                code="title_taken",
                **problem.details,
            )
        if "folder" in said and "not found" in said and desired.folder_uid:
            return folders.not_found(scope, desired.folder_uid)
        if isinstance(problem, Forbidden) and "quota" in said:
            return Refused(
                "the quota of dashboards of %s is reached: %s" % (scope.where(), problem.message),
                code="quota_reached",
                **problem.details,
            )
        return problem

    def view(self, desired: DesiredDashboard, current: Found, change: Change) -> View:
        """Return what was written: the server took it as it was sent."""
        return change.after

    def result(self, scope: Scope | None, desired: DesiredDashboard, current: Found) -> View | None:
        """Return what identifies the dashboard, its version and what was changed; never its body."""
        there = current.current
        if there is None:
            return None
        shown = dict(scope.org.shown()) if scope and scope.org else {}
        shown.update(uid=there.uid, title=there.title, folder_uid=there.folder_uid, version=there.version)
        shown["changed_paths"] = list(there.changed_paths)
        return shown


def _document(desired: DesiredDashboard, current: CurrentDashboard | None) -> dict[str, t.Any]:
    """Return the dashboard to post: never an id of another server, and the version that it replaces.

    With the version the server refuses (412) to overwrite what somebody else wrote meanwhile, and without
    ``overwrite`` it never destroys a namesake.
    """
    document = dict(desired.body)
    if current is not None:
        document.update(uid=current.uid, version=current.version)
    elif desired.uid is not None:
        document["uid"] = desired.uid
    return document


def namespace(org_id: int) -> str:
    """Return the namespace that ``/apis`` knows an org by: the header does not count there."""
    return "default" if org_id == 1 else "org-%d" % org_id


def collection_path(org_id: int) -> str:
    """Return the path of the org's dashboards in the version that gives them back exactly as stored."""
    return "/apis/dashboard.grafana.app/v0alpha1/namespaces/%s/dashboards" % namespace(org_id)


def by_uid(scope: Scope, uid: str) -> CurrentDashboard | None:
    """Return the dashboard of this uid.

    From 12.0 on by ``/apis``: the legacy route migrates what it reads at 12.0, and takes longer the more
    dashboards the org has.
    """
    if scope.client.at_least(DASHBOARD_APIS):
        found = scope.client.find("%s/%s" % (collection_path(scope.org_id), segment(uid)), org=scope.org_id)
        return None if found is None else from_object(found)
    found = scope.client.find("/api/dashboards/uid/%s" % segment(uid), org=scope.org_id)
    return None if found is None else from_legacy(found)


def from_object(found: t.Mapping[str, t.Any]) -> CurrentDashboard:
    """Return a Kubernetes-style dashboard as a value."""
    metadata = found["metadata"]
    notes = metadata.get("annotations") or {}
    spec = found.get("spec") or {}
    return CurrentDashboard(
        uid=str(metadata["name"]),
        title=str(spec.get("title") or ""),
        body=comparable(spec),
        folder_uid=str(notes.get(FOLDER_NOTE) or ""),
        version=int(metadata.get("generation") or 0),
        provisioned=notes.get(MANAGER_NOTE),
    )


def from_legacy(found: t.Mapping[str, t.Any]) -> CurrentDashboard:
    """Return an answer of ``GET /api/dashboards/uid/:uid`` as a value."""
    meta, document = found["meta"], found["dashboard"]
    external = meta.get("provisionedExternalId") or "from a file"
    return CurrentDashboard(
        uid=str(document.get("uid") or ""),
        title=str(document.get("title") or ""),
        body=comparable(document),
        folder_uid=str(meta.get("folderUid") or ""),
        version=int(meta.get("version") or document.get("version") or 0),
        provisioned=str(external) if meta.get("provisioned") else None,
    )


def every(scope: Scope) -> list[CurrentDashboard]:
    """Return all dashboards of the org by ``/apis`` (12.0 on), page by page."""
    found: list[CurrentDashboard] = []
    more: str | None = None
    while True:
        page = scope.client.get(collection_path(scope.org_id), org=scope.org_id, limit=PER_PAGE, **{"continue": more})
        found += [from_object(entry) for entry in page.get("items") or []]
        more = page.get("metadata", {}).get("continue") or None
        if more is None:
            return found


def _by_title(scope: Scope, title: str, folder_uid: str) -> CurrentDashboard | None:
    """Return the dashboard of exactly *title* in the folder. Raises :class:`Refused` if there are several."""
    uids = [uid for uid, its_title, its_folder in titles(scope, title) if (its_title, its_folder) == (title, folder_uid)]
    if len(uids) > 1:
        raise Refused(
            "%d dashboards of %s are titled %s in one folder (%s): say which one by uid"
            % (len(uids), scope.where(), title, ", ".join(sorted(uids))),
            code="ambiguous",
        )
    return by_uid(scope, uids[0]) if uids else None


def titles(scope: Scope, title: str | None = None) -> list[tuple[str, str, str]]:
    """Return (uid, title, folder uid) of the org's dashboards, or of those whose title is like *title*.

    From 12.0 on by the list of them all: the search may not have seen a write of a moment ago.
    """
    if scope.client.at_least(DASHBOARD_APIS):
        dashboards = scope.once("dashboards", lambda: every(scope))
        return [(entry.uid, entry.title, entry.folder_uid) for entry in dashboards]
    found: list[tuple[str, str, str]] = []
    page = 1
    while True:
        hits = scope.client.get("/api/search", org=scope.org_id, type="dash-db", query=title, limit=PER_PAGE, page=page)
        found += [(str(hit["uid"]), str(hit["title"]), str(hit.get("folderUid") or "")) for hit in hits]
        if len(hits) < PER_PAGE:
            return found
        page += 1


__all__ = ["Dashboards", "by_uid", "every", "titles"]
