# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways to a dashboard: the legacy routes, and ``/apis/dashboard.grafana.app`` of Grafana 12.0 and later.

Both read, list, write and delete with the same values, so nothing beyond this file has to know which one is used.
"""

from __future__ import annotations

import threading
import typing as t
from urllib.parse import urlsplit

from .._folders.unlisted import may_be_unlisted, reads_no_dashboard
from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound, Unsupported
from .._grafana.kubernetes import (
    DASHBOARDS,
    FOLDER_NOTE,
    GRANT_DEFAULT,
    GRANT_NOTE,
    MANAGER_NOTE,
    MESSAGE_NOTE,
    NOTE,
    collection,
    pages,
)
from .._grafana.scope import Scope
from .._grafana.versions import DASHBOARD_APIS, MESSAGES_LISTED, VERSIONS_BY_UID
from .model import CurrentDashboard, Head, comparable

AUTO, LEGACY, KUBERNETES = "auto", "legacy", "kubernetes"
#: The version that gives a dashboard back exactly as it was stored.
AS_STORED = "v0alpha1"

#: Annotations that the server writes itself, or that a write sets anew.
_NOT_KEPT = tuple(
    NOTE + name for name in ("createdBy", "updatedBy", "updatedTimestamp", "folder", "message", "grant-permissions")
)
_ID_LABEL = NOTE + "deprecatedInternalID"

#: What somebody sees who is not a member of the org.
NONE_SHOWN = "no dashboard is shown"
#: Dashboards a page of a list.
PER_PAGE = 1000
#: Up to so many dashboards are asked for one by one; for more, one list of all is cheaper (5 ms against 0.15 ms each).
ONE_BY_ONE = 10
#: Of those that the pages so far have not shown, so many are rather asked for than looked for on further pages.
FEW_LEFT, FEW_WANTED = 2, 40


class Route(t.Protocol):
    """A way to the dashboards of one organization."""

    name: str

    def dashboard(self, uid: str) -> CurrentDashboard | None:
        """Return the dashboard of this uid as it is now, ``None`` if there is none."""

    def from_snapshot(self, uid: str, wanted: t.Collection[str]) -> CurrentDashboard | None:
        """Return the dashboard as it was when the first of all *wanted* was read; each is handed out once like that."""

    def heads(self) -> list[Head]:
        """Return what identifies every dashboard of the org."""

    def write(
        self, uid: str | None, body: t.Mapping[str, t.Any], current: CurrentDashboard | None, folder_uid: str, message: str
    ) -> tuple[str, int]:
        """Write *body*, over *current* or as a new one; return uid and version. Raises :class:`Stale` if another was faster."""

    def delete(self, current: CurrentDashboard) -> None:
        """Delete."""


def route_to(scope: Scope, api: str, layout: str = "") -> Route:
    """Return the route of *api*. Raises :class:`Unsupported` for one that this server lacks, or has with holes.

    *layout* is the version of the group that a dashboard of the new layout (``v2…``) is written by.
    """
    sound = scope.cached_for_run("dashboard APIs", lambda: _sound(scope))
    if (api == KUBERNETES or layout) and not sound:
        raise Unsupported(
            "%s needs Grafana %s or later: before, /apis/%s is missing or loses dashboards, and %s is %s"
            % (
                "a dashboard of the layout %s" % layout if layout else "api: kubernetes",
                DASHBOARD_APIS,
                DASHBOARDS,
                scope.client.connection.url,
                scope.client.version() or "of a version that it does not tell",
            )
        )
    if layout and api == LEGACY:
        raise Unsupported("a dashboard of the layout %s can be written by /apis only: leave api: legacy out" % layout)
    if layout:
        known = [str(one.get("version")) for one in _group(scope).get("versions") or []]
        if layout not in known:
            raise Unsupported(
                "%s does not know dashboards of the layout %s, only %s"
                % (scope.client.connection.url, layout, ", ".join(known) or "none by /apis")
            )
    if api == LEGACY or not sound or (api == AUTO and not layout and _in_cloud(scope)):
        return LegacyRoute(scope)
    return KubernetesRoute(scope, layout or AS_STORED)


def _sound(scope: Scope) -> bool:
    """Tell whether the server serves ``/apis/dashboard.grafana.app`` without holes."""
    known = scope.client.at_least(DASHBOARD_APIS)
    if known is None:
        # Where the version is hidden: the last one with holes, 11.5, is the last to prefer v0alpha1 (recorded).
        preferred = (_group(scope).get("preferredVersion") or {}).get("version")
        return preferred not in (None, AS_STORED)
    return known


def _in_cloud(scope: Scope) -> bool:
    """Tell whether the server is a stack of Grafana Cloud, whose namespace is not named after its organization."""
    return (urlsplit(scope.client.connection.url).hostname or "").endswith(".grafana.net")


def _group(scope: Scope) -> dict[str, t.Any]:
    """Return what the server says of the group, nothing where it knows none."""
    return t.cast(
        "dict[str, t.Any]", scope.cached_for_run("dashboard group", lambda: scope.client.find("/apis/" + DASHBOARDS) or {})
    )


class LegacyRoute:
    """``/api/dashboards`` and ``/api/search``: a request for each dashboard."""

    name = LEGACY

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def dashboard(self, uid: str) -> CurrentDashboard | None:
        """Return the dashboard of this uid. Raises :class:`Forbidden` for a caller who is not a member of the org."""
        try:
            found = self._scope.client.find("/api/dashboards/uid/%s" % segment(uid), org=self._scope.org_id)
        except Forbidden as problem:
            outsider = self._scope.membership_problem(problem)
            if outsider is not None or not reads_no_dashboard(self._scope):
                raise outsider or problem from None
            return None
        if found is None and self._scope.client.at_least(VERSIONS_BY_UID) is False:
            self._scope.check_member(NONE_SHOWN)  # whom 8.5 says that nothing is there
        return None if found is None else from_legacy(found)

    def from_snapshot(self, uid: str, wanted: t.Collection[str]) -> CurrentDashboard | None:
        """Return the dashboard; one that the search has not found is not asked for, where the search sees every write."""
        if len(wanted) > ONE_BY_ONE and self._scope.client.at_least(DASHBOARD_APIS) is False:
            missing: _Listed = self._scope.cached_for_run("dashboards at first", lambda: self._missing(frozenset(wanted)))
            if missing.take(uid)[0]:
                return None
        return self.dashboard(uid)

    def _missing(self, wanted: frozenset[str]) -> _Listed:
        """Return which of *wanted* are not there."""
        there = {head.uid for head in self.heads()}
        if not there:
            self._scope.check_member(NONE_SHOWN)
        return _Listed({}, wanted - there)

    def heads(self) -> list[Head]:
        """Return all dashboards as the search shows them."""
        return t.cast("list[Head]", self._scope.cached("dashboard heads", lambda: list(self.search())))

    def search(self, title: str | None = None) -> t.Iterator[Head]:
        """Yield those whose title is like *title*, or all."""
        client, org_id = self._scope.client, self._scope.org_id
        for hit in client.each("/api/search", org=org_id, type="dash-db", query=title, limit=PER_PAGE, page=1):
            yield Head(
                uid=str(hit["uid"]),
                title=str(hit["title"]),
                folder_uid=str(hit.get("folderUid") or ""),
                number=hit.get("id"),
                tags=tuple(hit.get("tags") or ()),
            )

    def write(
        self, uid: str | None, body: t.Mapping[str, t.Any], current: CurrentDashboard | None, folder_uid: str, message: str
    ) -> tuple[str, int]:
        """Write; with the version the server refuses (412) to overwrite what somebody else wrote meanwhile, and without
        ``overwrite`` it never destroys a namesake.
        """
        document = dict(body)
        if current is not None:
            document.update(uid=current.uid, version=current.version)
        elif uid is not None:
            document["uid"] = uid
        answer = self._scope.client.post(
            "/api/dashboards/db",
            {"dashboard": document, "folderUid": folder_uid, "overwrite": False, "message": message},
            org=self._scope.org_id,
        )
        return str(answer["uid"]), int(answer.get("version") or 0)

    def delete(self, current: CurrentDashboard) -> None:
        """Delete."""
        self._scope.client.delete("/api/dashboards/uid/%s" % segment(current.uid), org=self._scope.org_id)


class KubernetesRoute:
    """``/apis/dashboard.grafana.app``: all dashboards in one list, a request for each that is written."""

    name = KUBERNETES

    def __init__(self, scope: Scope, version: str = AS_STORED) -> None:
        self._scope = scope
        self._version = version
        self._path = collection_path(scope, version)

    def dashboard(self, uid: str) -> CurrentDashboard | None:
        """Return the dashboard of this uid."""
        found = self._scope.client.find("%s/%s" % (self._path, segment(uid)), org=self._scope.org_id)
        return None if found is None else self._current(found)

    def _current(self, found: t.Mapping[str, t.Any]) -> CurrentDashboard:
        current = from_object(found)
        if self._scope.client.at_least(MESSAGES_LISTED):
            return current
        return current.with_message(None)

    def from_snapshot(self, uid: str, wanted: t.Collection[str]) -> CurrentDashboard | None:
        """Return the dashboard, from a list of all where many are wanted."""
        if len(wanted) <= ONE_BY_ONE or self._version != AS_STORED:
            return self.dashboard(uid)
        listed: _Listed = self._scope.cached_for_run("dashboards at first", lambda: self._listed(frozenset(wanted)))
        known, found = listed.take(uid)
        if not known or (found is None and may_be_unlisted(self._scope)):
            return self.dashboard(uid)
        return found

    def _listed(self, wanted: frozenset[str]) -> _Listed:
        """Return those of *wanted* that pages of the list show; other dashboards are only counted in."""
        bodies: dict[str, CurrentDashboard] = {}
        heads: list[Head] = []
        for number, (page, last) in enumerate(self._pages()):
            for current in page:
                heads.append(current.head())
                if current.uid in wanted:
                    bodies[current.uid] = current
            left = len(wanted) - len(bodies)
            if not last and (left <= FEW_LEFT or (number > 0 and max(left, len(wanted)) <= FEW_WANTED)):
                return _Listed(bodies, None)
        self._scope.cached("dashboard heads", lambda: heads)
        return _Listed(bodies, wanted)

    def every(self) -> t.Iterator[CurrentDashboard]:
        """Yield all dashboards of the org, whole."""
        for page, _last in self._pages():
            yield from page

    def _pages(self) -> t.Iterator[tuple[t.Iterator[CurrentDashboard], bool]]:
        """Yield the pages of the list, and of each whether it is the last."""
        for page, last in pages(self._scope, self._path, PER_PAGE):
            yield (self._current(entry) for entry in page), last

    def heads(self) -> list[Head]:
        """Return all dashboards of the list: the search may not have seen a write of a moment ago."""
        return t.cast("list[Head]", self._scope.cached("dashboard heads", lambda: [one.head() for one in self.every()]))

    def write(
        self, uid: str | None, body: t.Mapping[str, t.Any], current: CurrentDashboard | None, folder_uid: str, message: str
    ) -> tuple[str, int]:
        """Write; what others have noted on the object is kept, and a resource version that has moved on is 409."""
        notes = {name: text for name, text in (current.notes if current else {}).items() if name not in _NOT_KEPT}
        notes[MESSAGE_NOTE] = message
        if folder_uid:
            notes[FOLDER_NOTE] = folder_uid
        elif current is None:
            notes[GRANT_NOTE] = GRANT_DEFAULT
        metadata: dict[str, t.Any] = {"annotations": notes}
        document = {
            "apiVersion": "%s/%s" % (DASHBOARDS, self._version),
            "kind": "Dashboard",
            "metadata": metadata,
            "spec": dict(body),
        }
        if current is None:
            metadata.update({"name": uid} if uid is not None else {"generateName": "d"})
            answer = self._scope.client.post(self._path, document, org=self._scope.org_id)
        else:
            metadata.update(name=current.uid, resourceVersion=current.resource_version)
            labels = {name: text for name, text in current.labels.items() if name != _ID_LABEL}
            metadata.update({"labels": labels} if labels else {})
            answer = self._scope.client.put("%s/%s" % (self._path, segment(current.uid)), document, org=self._scope.org_id)
        made = answer["metadata"]
        return str(made["name"]), int(made.get("generation") or 0)

    def delete(self, current: CurrentDashboard) -> None:
        """Delete."""
        self._scope.client.delete("%s/%s" % (self._path, segment(current.uid)), org=self._scope.org_id)


class _Listed:
    """What a list showed: *bodies* by uid, each handed out once. *all_of* are the uids that a missing body means absence of."""

    def __init__(self, bodies: dict[str, CurrentDashboard], all_of: frozenset[str] | None) -> None:
        self._bodies, self._all_of = bodies, None if all_of is None else set(all_of)
        self._lock = threading.Lock()

    def take(self, uid: str) -> tuple[bool, CurrentDashboard | None]:
        """Return whether it is known what there is of *uid*, and what."""
        with self._lock:
            if uid in self._bodies:
                if self._all_of is not None:
                    self._all_of.discard(uid)
                return True, self._bodies.pop(uid)
            if self._all_of is not None and uid in self._all_of:
                self._all_of.discard(uid)
                return True, None
            return False, None


def collection_path(scope: Scope, version: str = AS_STORED) -> str:
    """Return the path of the org's dashboards in a version of the group."""
    return collection(scope, DASHBOARDS, version, "dashboards")


def from_object(found: t.Mapping[str, t.Any]) -> CurrentDashboard:
    """Return a Kubernetes-style dashboard as a value."""
    metadata = found["metadata"]
    notes = metadata.get("annotations") or {}
    spec = found.get("spec") or {}
    stored = ((found.get("status") or {}).get("conversion") or {}).get("storedVersion")
    return CurrentDashboard(
        uid=str(metadata["name"]),
        title=str(spec.get("title") or ""),
        body=comparable(spec),
        folder_uid=str(notes.get(FOLDER_NOTE) or ""),
        version=int(metadata.get("generation") or 0),
        provisioned=_manager(notes),
        resource_version=str(metadata.get("resourceVersion") or ""),
        message=str(notes.get(MESSAGE_NOTE) or ""),
        notes=notes,
        labels=metadata.get("labels") or {},
        stored=str(stored or str(found.get("apiVersion") or "").rpartition("/")[2]),
    )


def _manager(notes: t.Mapping[str, str]) -> str | None:
    """Return by what a dashboard is provisioned: its kind, its name, and the file or path there."""
    kind = notes.get(MANAGER_NOTE)
    if not kind:
        return None
    words = [kind, notes.get(NOTE + "managerId"), notes.get(NOTE + "sourcePath")]
    return " ".join(word for word in words if word)


def from_legacy(found: t.Mapping[str, t.Any]) -> CurrentDashboard:
    """Return an answer of ``GET /api/dashboards/uid/:uid`` as a value."""
    meta, document = found["meta"], found["dashboard"]
    external = meta.get("provisionedExternalId") or "from a file"
    number = document.get("id")
    return CurrentDashboard(
        uid=str(document.get("uid") or ""),
        title=str(document.get("title") or ""),
        body=comparable(document),
        folder_uid=str(meta.get("folderUid") or ""),
        version=int(meta.get("version") or document.get("version") or 0),
        provisioned=str(external) if meta.get("provisioned") else None,
        number=number if isinstance(number, int) else None,
    )


def managed(scope: Scope, uid: str) -> str | None:
    """Return by what a dashboard is managed as ``/apis`` knows it: from 12.0 on that is more than the legacy routes say."""
    if not scope.client.at_least(DASHBOARD_APIS):
        return None
    try:
        found = scope.client.find("%s/%s" % (collection_path(scope), segment(uid)), org=scope.org_id)
    except (Forbidden, NotFound):
        return None
    return None if found is None else from_object(found).provisioned
