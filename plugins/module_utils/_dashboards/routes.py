# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads, lists, writes and deletes dashboards over the legacy API or ``/apis/dashboard.grafana.app`` (Grafana 12.0 and later).

Both routes take and return the same types, so most callers need not know which one is in use.
"""

from __future__ import annotations

import threading
import typing as t
from dataclasses import replace
from urllib.parse import urlsplit

from .._folders.unlisted import may_be_unlisted, reads_no_dashboard
from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound, Unsupported
from .._grafana.kubernetes import (
    DASHBOARDS,
    FOLDER_NOTE,
    GRANT_DEFAULT,
    GRANT_NOTE,
    MESSAGE_NOTE,
    NOTE,
    collection,
    folder_uid,
    pages,
)
from .._grafana.scope import Scope
from .._grafana.versions import DASHBOARD_APIS, MESSAGES_LISTED, VERSIONS_BY_UID
from .conversion import from_legacy, from_object
from .model import CurrentDashboard, Head
from .packed import Body, packed_or_same, whole
from .unconverted import with_spec

AUTO, LEGACY, KUBERNETES = "auto", "legacy", "kubernetes"
#: The API version that returns a dashboard exactly as it was stored.
AS_STORED = "v0alpha1"

#: Annotations that the server or each write sets, so an update does not copy them from the existing object.
_SET_BY_WRITE = tuple(
    NOTE + name for name in ("createdBy", "updatedBy", "updatedTimestamp", "folder", "message", "grant-permissions")
)
_ID_LABEL = NOTE + "deprecatedInternalID"

#: What a caller gets who is not a member of the org; part of the error that :meth:`Scope.check_member` raises.
NONE_SHOWN = "the server returns no dashboard"
#: Dashboards per page of the search, and of a list that an export writes.
PER_PAGE = 1000
#: Dashboards per page of a list that is compared: one of 20 kB takes 150 kB of memory until its page is compared, and the next
#: page is read meanwhile.
COMPARED_PER_PAGE = 125
#: Up to this many dashboards are read with one request each (5 ms). Above it, a list of all is cheaper (0.15 ms each).
ONE_BY_ONE = 10
#: When to stop reading pages and request the rest one by one: at most FEW_LEFT dashboards are still missing; or, from the
#: second page on, at most FEW_WANTED are wanted.
FEW_LEFT, FEW_WANTED = 2, 40


class Route(t.Protocol):
    """An API for the dashboards of one organization."""

    name: str

    def dashboard(self, uid: str) -> CurrentDashboard | None:
        """Return the current dashboard with this uid, ``None`` if it does not exist."""

    def from_snapshot(self, uid: str, wanted: t.Mapping[str, Body]) -> CurrentDashboard | None:
        """Return the dashboard with this uid, from one list for all *wanted* uids where that is cheaper.

        *wanted* are their bodies as the task wants them. A listed body that is the same shares its memory.

        The list is read at the first call. It answers each uid once; a second call for the same uid sends a request.
        """

    def heads(self) -> list[Head]:
        """Return the identifying fields of every dashboard of the org."""

    def write(
        self, uid: str | None, body: t.Mapping[str, t.Any], current: CurrentDashboard | None, folder_uid: str, message: str
    ) -> tuple[str, int]:
        """Replace *current* by *body*, or create a dashboard if *current* is ``None``; return its uid and version.

        Raises :class:`Stale` if another client has changed the dashboard since it was read.
        """

    def delete(self, current: CurrentDashboard) -> None:
        """Delete the dashboard."""


def route_to(scope: Scope, api: str, layout: str = "") -> Route:
    """Return the route for the option *api*.

    *layout* is the API version that a dashboard of the new layout (``v2…``) needs, ``""`` for a classic dashboard. Raises
    :class:`Unsupported` if the server lacks that API or version, or has an incomplete one.
    """
    usable = scope.cached_for_run("dashboard APIs", lambda: _apis_usable(scope))
    if (api == KUBERNETES or layout) and not usable:
        raise Unsupported(
            "%s needs Grafana %s or later: /apis/%s of older servers is missing or incomplete, and the version of %s is %s"
            % (
                "a dashboard of the layout %s" % layout if layout else "api: kubernetes",
                DASHBOARD_APIS,
                DASHBOARDS,
                scope.client.connection.url,
                scope.client.version() or "hidden",
            )
        )
    if layout and api == LEGACY:
        raise Unsupported("a dashboard of the layout %s can only be written over /apis: remove api: legacy" % layout)
    if layout:
        known = [str(one.get("version")) for one in _group(scope).get("versions") or []]
        if layout not in known:
            raise Unsupported(
                "%s does not support dashboards of the layout %s; the layouts that it lists under /apis are: %s"
                % (scope.client.connection.url, layout, ", ".join(known) or "none")
            )
    if api == LEGACY or not usable or (api == AUTO and not layout and _in_cloud(scope)):
        return LegacyRoute(scope)
    return KubernetesRoute(scope, layout or AS_STORED)


def _apis_usable(scope: Scope) -> bool:
    """Return whether the server's ``/apis/dashboard.grafana.app`` lists and writes all dashboards."""
    known = scope.client.at_least(DASHBOARD_APIS)
    if known is None:
        # The server hides its version. 11.5, the last version with an incomplete API, is also the last to prefer v0alpha1
        # (recorded).
        preferred = (_group(scope).get("preferredVersion") or {}).get("version")
        return preferred not in (None, AS_STORED)
    return known


def _in_cloud(scope: Scope) -> bool:
    """Return whether the server is a Grafana Cloud stack, whose namespace is not named after its organization."""
    return (urlsplit(scope.client.connection.url).hostname or "").endswith(".grafana.net")


def _group(scope: Scope) -> dict[str, t.Any]:
    """Return the server's description of the API group, ``{}`` if the server does not have the group."""
    return t.cast(
        "dict[str, t.Any]", scope.cached_for_run("dashboard group", lambda: scope.client.find("/apis/" + DASHBOARDS) or {})
    )


class LegacyRoute:
    """``/api/dashboards`` and ``/api/search``: one request per dashboard."""

    name = LEGACY

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def dashboard(self, uid: str) -> CurrentDashboard | None:
        """Return the dashboard with this uid. Raises :class:`Forbidden` if the caller is not a member of the org."""
        try:
            answer = self._scope.client.find("/api/dashboards/uid/%s" % segment(uid), org=self._scope.org_id)
        except Forbidden as problem:
            not_member = self._scope.membership_problem(problem)
            if not_member is not None or not reads_no_dashboard(self._scope):
                raise not_member or problem from None
            return None
        if answer is None and self._scope.client.at_least(VERSIONS_BY_UID) is False:
            self._scope.check_member(NONE_SHOWN)  # 8.5 returns 404 to a caller who is not a member.
        return None if answer is None else from_legacy(answer)

    def from_snapshot(self, uid: str, wanted: t.Mapping[str, Body]) -> CurrentDashboard | None:
        """Return the dashboard. Before 12.0 the search shows every write at once, so a uid that it lacks is not requested."""
        if len(wanted) > ONE_BY_ONE and self._scope.client.at_least(DASHBOARD_APIS) is False:
            missing: _Listed = self._scope.cached_for_run("dashboards at first", lambda: self._missing(frozenset(wanted)))
            if missing.take(uid)[0]:
                return None
        return self.dashboard(uid)

    def _missing(self, wanted: frozenset[str]) -> _Listed:
        """Return which of *wanted* do not exist."""
        existing = {head.uid for head in self.heads()}
        if not existing:
            self._scope.check_member(NONE_SHOWN)
        return _Listed({}, wanted - existing)

    def heads(self) -> list[Head]:
        """Return all dashboards that the search finds."""
        return t.cast("list[Head]", self._scope.cached("dashboard heads", lambda: list(self.search())))

    def search(self, title: str | None = None) -> t.Iterator[Head]:
        """Yield the dashboards that the search finds for *title*, or all dashboards."""
        client, org_id = self._scope.client, self._scope.org_id
        for hit in client.each("/api/search", org=org_id, type="dash-db", query=title, limit=PER_PAGE, page=1):
            yield Head(
                uid=str(hit["uid"]),
                title=str(hit["title"]),
                folder_uid=folder_uid(hit.get("folderUid")),
                number=hit.get("id"),
                tags=tuple(hit.get("tags") or ()),
            )

    def write(
        self, uid: str | None, body: t.Mapping[str, t.Any], current: CurrentDashboard | None, folder_uid: str, message: str
    ) -> tuple[str, int]:
        """Write the dashboard; see :meth:`Route.write`.

        The request contains the version that was read, so the server answers 412 if another client has written a newer
        one. It never sets ``overwrite``, with which a server up to 11.2 would replace another dashboard of the same title.
        """
        document = whole(body)
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
        """Delete the dashboard."""
        self._scope.client.delete("/api/dashboards/uid/%s" % segment(current.uid), org=self._scope.org_id)


class KubernetesRoute:
    """``/apis/dashboard.grafana.app``: one list with all dashboards, one request per write."""

    name = KUBERNETES

    def __init__(self, scope: Scope, version: str = AS_STORED) -> None:
        self._scope = scope
        self._version = version
        self._path = collection_path(scope, version)

    def dashboard(self, uid: str) -> CurrentDashboard | None:
        """Return the dashboard with this uid."""
        answer = self._scope.client.find("%s/%s" % (self._path, segment(uid)), org=self._scope.org_id)
        return None if answer is None else self._current(answer)

    def _current(self, entry: t.Mapping[str, t.Any]) -> CurrentDashboard:
        current = from_object(with_spec(self._scope, entry))
        if self._scope.client.at_least(MESSAGES_LISTED):
            return current
        return current.with_message(None)

    def from_snapshot(self, uid: str, wanted: t.Mapping[str, Body]) -> CurrentDashboard | None:
        """Return the dashboard, from one list if many are wanted."""
        if len(wanted) <= ONE_BY_ONE or self._version != AS_STORED:
            return self.dashboard(uid)
        listed: _Listed = self._scope.cached_for_run("dashboards at first", lambda: self._listed(wanted))
        known, current = listed.take(uid)
        if not known or (current is None and may_be_unlisted(self._scope)):
            return self.dashboard(uid)
        return current

    def _listed(self, wanted: t.Mapping[str, Body]) -> _Listed:
        """Read pages of the list until enough of *wanted* are found. After the last page, also cache all heads."""
        bodies: dict[str, CurrentDashboard] = {}
        heads: list[Head] = []
        for number, (page, last) in enumerate(self._pages(COMPARED_PER_PAGE, ahead=len(wanted) > FEW_WANTED)):
            for current in page:
                heads.append(current.head())
                if current.uid in wanted:
                    bodies[current.uid] = replace(current, body=packed_or_same(current.body, wanted[current.uid]))
            left = len(wanted) - len(bodies)
            if not last and (left <= FEW_LEFT or (number > 0 and max(left, len(wanted)) <= FEW_WANTED)):
                return _Listed(bodies, None)
        self._scope.cached("dashboard heads", lambda: heads)
        return _Listed(bodies, frozenset(wanted))

    def every(self) -> t.Iterator[CurrentDashboard]:
        """Yield all dashboards of the org, with their bodies."""
        for page, _last in self._pages(PER_PAGE):
            yield from page

    def _pages(self, size: int, ahead: bool = False) -> t.Iterator[tuple[t.Iterator[CurrentDashboard], bool]]:
        """Yield the pages of the list, with *size* dashboards each, and whether a page is the last one; see :func:`pages`."""
        for page, last in pages(self._scope, self._path, size, ahead):
            yield (self._current(entry) for entry in page), last

    def heads(self) -> list[Head]:
        """Return all dashboards from the list. The search would be cheaper, but its index may lack a recent write."""
        return t.cast("list[Head]", self._scope.cached("dashboard heads", lambda: [one.head() for one in self.every()]))

    def write(
        self, uid: str | None, body: t.Mapping[str, t.Any], current: CurrentDashboard | None, folder_uid: str, message: str
    ) -> tuple[str, int]:
        """Write the dashboard; see :meth:`Route.write`.

        An update preserves the labels and annotations of other tools. The server answers 409 if the resource version that
        was read is not the newest.
        """
        notes = {name: text for name, text in (current.notes if current else {}).items() if name not in _SET_BY_WRITE}
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
            "spec": whole(body),
        }
        if current is None:
            metadata.update({"name": uid} if uid is not None else {"generateName": "d"})
            answer = self._scope.client.post(self._path, document, org=self._scope.org_id)
        else:
            metadata.update(name=current.uid, resourceVersion=current.resource_version)
            labels = {name: text for name, text in current.labels.items() if name != _ID_LABEL}
            metadata.update({"labels": labels} if labels else {})
            answer = self._scope.client.put("%s/%s" % (self._path, segment(current.uid)), document, org=self._scope.org_id)
        written = answer["metadata"]
        return str(written["name"]), int(written.get("generation") or 0)

    def delete(self, current: CurrentDashboard) -> None:
        """Delete the dashboard."""
        self._scope.client.delete("%s/%s" % (self._path, segment(current.uid)), org=self._scope.org_id)


class _Listed:
    """The result of a list; each uid can be taken once. Thread-safe.

    *bodies* are the listed dashboards by uid. *checked* are the uids that do not exist if they are not in *bodies*; ``None``
    if the list was not read to its end.
    """

    def __init__(self, bodies: dict[str, CurrentDashboard], checked: frozenset[str] | None) -> None:
        self._bodies, self._checked = bodies, None if checked is None else set(checked)
        self._lock = threading.Lock()

    def take(self, uid: str) -> tuple[bool, CurrentDashboard | None]:
        """Return whether the list has an answer for *uid*, and the dashboard (``None`` if it does not exist)."""
        with self._lock:
            if uid in self._bodies:
                if self._checked is not None:
                    self._checked.discard(uid)
                return True, self._bodies.pop(uid)
            if self._checked is not None and uid in self._checked:
                self._checked.discard(uid)
                return True, None
            return False, None


def collection_path(scope: Scope, version: str = AS_STORED) -> str:
    """Return the URL path of the org's dashboards in an API version."""
    return collection(scope, DASHBOARDS, version, "dashboards")


def as_object(scope: Scope, uid: str) -> CurrentDashboard | None:
    """Return a dashboard as ``/apis`` has it; ``None`` before 12.0, and if it cannot be read."""
    if not scope.client.at_least(DASHBOARD_APIS):
        return None
    try:
        answer = scope.client.find("%s/%s" % (collection_path(scope), segment(uid)), org=scope.org_id)
    except (Forbidden, NotFound):
        return None
    return None if answer is None else from_object(answer)
