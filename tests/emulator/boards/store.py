# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards and folders of every organization, with what each version makes of a write."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..access.rules import DASHBOARDS, FOLDERS
from ..core.slugs import slugger
from ..core.state import uid as new_uid
from .library_store import Library

if TYPE_CHECKING:
    from ..core.server import Server

V0 = "v0alpha1"
GENERAL = ""
#: Whose writes are a server's own; objects show the name of the program instead.
SERVER_MANAGER = "grafana"
#: Versions of a dashboard that unified storage keeps, and the seconds after a write in which old ones go.
VERSIONS_KEPT, PRUNED_UNIFIED, PRUNED_LEGACY = 20, 30, 600


@dataclass
class Provisioned:
    """Where a provisioned dashboard comes from; *modified* is seconds since the epoch."""

    path: str
    checksum: str
    modified: float

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rpartition("/")[2]


@dataclass
class Version:
    """What a write left: *by* is a login, *changed* whether the dashboard had been changed since it was made."""

    id: int
    version: int
    parent: int
    created: float
    by: str
    message: str
    spec: dict[str, Any]
    api: str
    changed: bool
    resource_version: int
    written: float
    #: The version that it is a copy of, 0 for none.
    restored: int = 0


@dataclass
class Dashboard:
    """A dashboard; *spec* is without id, uid and version, *api* the version that it is stored in."""

    id: int
    org_id: int
    uid: str
    spec: dict[str, Any]
    folder_uid: str
    created: float
    created_by: str
    version: int = 1
    generation: int = 1
    updated: float = 0.0
    updated_by: str = ""
    changed: bool = False
    message: str = ""
    api: str = V0
    provisioned: Provisioned | None = None
    object_uid: str = field(default_factory=lambda: str(uuid.uuid4()))
    resource_version: int = 0
    #: Who wrote which top-level fields of the spec, and which annotations: manager -> names.
    managers: dict[str, set[str]] = field(default_factory=dict)
    manager_apis: dict[str, str] = field(default_factory=dict)
    labelled_by: str = ""
    #: Who set which annotations, with ``.`` for the set of them itself: manager -> names.
    note_owners: dict[str, set[str]] = field(default_factory=dict)
    #: Annotations and labels of a client's own.
    notes: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    #: At 11.5 a write by ``/apis`` sets the folder's uid and not its id, which the legacy route goes by.
    folder_half_set: bool = False
    #: What every write left, the oldest first.
    history: list[Version] = field(default_factory=list)
    #: The uids of the library panels that it is connected to, up to 12.0.
    connected: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """The title."""
        return str(self.spec.get("title") or "")

    def client_notes(self) -> dict[str, str]:
        """Return the annotations that clients set."""
        own = {"grafana.app/folder": self.folder_uid, "grafana.app/message": self.message}
        return {**self.notes, **{name: text for name, text in own.items() if text}}

    def marks(self) -> tuple[Any, ...]:
        """Return what an object of unified storage holds beside its spec and its folder."""
        managers = {name: frozenset(names) for name, names in self.managers.items()}
        provisioned = self.provisioned is not None
        return self.message, self.api, dict(self.notes), dict(self.labels), managers, self.labelled_by, provisioned


@dataclass
class Folder:
    """A folder; *parent* is a folder's uid, or empty.

    *hidden_parent* is one that no list and no answer shows, which deletes this folder with itself (10.3 and 10.4).
    """

    id: int
    org_id: int
    uid: str
    title: str
    parent: str
    created: float
    created_by: str
    version: int = 1
    updated: float = 0.0
    updated_by: str = ""
    description: str = ""
    hidden_parent: str = ""
    resource_version: int = 0
    #: Who set which fields of the spec (none: the server itself), and which annotations; who had the name generated.
    owners: dict[str, set[str]] = field(default_factory=dict)
    note_owners: dict[str, set[str]] = field(default_factory=dict)
    generated_by: str = ""
    #: The version of the API by which a manager wrote.
    manager_apis: dict[str, str] = field(default_factory=dict)
    #: Annotations and labels of clients, and who set the labels.
    notes: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    labelled_by: str = ""
    #: The fields that its spec has.
    spec_names: set[str] = field(default_factory=lambda: {"title", "description"})
    object_uid: str = field(default_factory=lambda: str(uuid.uuid4()))


class DashboardStore:
    """What ``/api/dashboards``, ``/api/folders``, ``/api/datasources`` and ``/apis`` work on."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.reset()

    def reset(self) -> None:
        """Forget everything but what is provisioned."""
        from .datasources import provision_sources
        from .provisioning import provision

        self._dashboards: dict[int, dict[str, Dashboard]] = {}
        self._folders: dict[int, dict[str, Folder]] = {}
        self._datasources: dict[int, list[dict[str, Any]]] = {}
        self._rules: dict[int, dict[str, str]] = {}
        self.library = Library()
        self._rv = 1_700_000_000_000_000
        self._size = 0
        provision(self._server, self)
        provision_sources(self._server, self)

    def upgraded(self) -> None:
        """Show the parents of folders that older versions hide; nothing else changes but how it is shown."""
        if self._server.profile.nested:
            for folder in [folder for table in self._folders.values() for folder in table.values() if folder.hidden_parent]:
                folder.parent, folder.hidden_parent = folder.hidden_parent, ""

    def size(self) -> int:
        """Return how many dashboards there are in all organizations."""
        return self._size

    def count(self, org_id: int) -> int:
        """Return how many dashboards an org has."""
        return len(self._dashboards.get(org_id, {}))

    def drop_org(self, org_id: int) -> None:
        """Delete what an org has."""
        self._size -= self.count(org_id)
        for table in (self._dashboards, self._folders, self._datasources, self._rules):
            table.pop(org_id, None)  # type: ignore[attr-defined]
        self._server.access.entries.drop_org(org_id)
        self.library.drop_org(org_id)

    def next_rv(self) -> int:
        """Return the next resource version."""
        self._rv += 1 + secrets.randbelow(1000)
        return self._rv

    # Dashboards

    def dashboards(self, org_id: int) -> list[Dashboard]:
        """Return the dashboards of an org in the order in which they were made."""
        return list(self._dashboards.get(org_id, {}).values())

    def dashboard(self, org_id: int, uid: str) -> Dashboard | None:
        """Return the dashboard of this uid."""
        return self._dashboards.get(org_id, {}).get(uid)

    def dashboard_of_id(self, org_id: int, number: int) -> Dashboard | None:
        """Return the dashboard of this database id."""
        return next((one for one in self.dashboards(org_id) if one.id == number), None)

    def folder_of_id(self, org_id: int, number: int) -> Folder | None:
        """Return the folder of this database id."""
        return next((one for one in self.folders(org_id) if one.id == number), None)

    def namesake(self, org_id: int, wanted: str, folder_uid: str) -> Dashboard | Folder | None:
        """Return the first row of this slug in a folder; folders are rows of every folder."""
        made = slugger(self._server.profile)
        rows: list[Dashboard | Folder] = [one for one in self.folders(org_id) if made(one.title) == wanted]
        inside = (one for one in self._dashboards.get(org_id, {}).values() if one.folder_uid == folder_uid)
        rows += [one for one in inside if made(one.title) == wanted]
        return min(rows, key=lambda row: row.id, default=None)

    def add(self, org_id: int, uid: str | None, spec: dict[str, Any], folder_uid: str, by: str, **more: Any) -> Dashboard:
        """Make a dashboard."""
        now = self._server.clock.now()
        number = self._server.state.next("dashboard")
        made = Dashboard(number, org_id, uid or new_uid(), spec, folder_uid, now, by, updated=now, updated_by=by, **more)
        made.resource_version = self.next_rv()
        self._dashboards.setdefault(org_id, {})[made.uid] = made
        self._size += 1
        self._keep(made, 0, by)
        return made

    def replace(self, old: Dashboard, spec: dict[str, Any], folder_uid: str, by: str) -> bool:
        """Write a dashboard anew; tell whether that changed anything."""
        changed = folder_uid != old.folder_uid or canonical(spec) != canonical(old.spec)
        profile = self._server.profile
        if changed or profile < (12, 1):
            old.version += 1
        if changed:
            old.generation = old.version
            old.changed = True
            old.updated, old.updated_by = self._server.clock.now(), by
            old.resource_version = self.next_rv()
        elif not profile.unified:
            old.updated, old.updated_by = self._server.clock.now(), by
        old.spec, old.folder_uid = spec, folder_uid
        return changed

    def written(self, dashboard: Dashboard, parent: int, changed: bool, before: tuple[Any, ...], by: str) -> None:
        """Add a write to the history; *before* are the marks, and *parent* the version, that it found.

        Tables of the older storage take every write. Unified storage takes what differs from what it has, be it a message
        alone, which is then a second entry of the same version (12.4's ``GuaranteedUpdate``).
        """
        if self._server.profile < (12, 1):
            self._keep(dashboard, parent, by)
        elif changed or dashboard.marks() != before:
            if not changed:
                dashboard.resource_version = self.next_rv()
            self._keep(dashboard, dashboard.version - 1, dashboard.updated_by if dashboard.changed else dashboard.created_by)

    def _keep(self, one: Dashboard, parent: int, by: str) -> None:
        profile, now = self._server.profile, self._server.clock.now()
        # Read by way of objects, from 12.0 on, a version has no id of its own.
        number = one.version if profile.unified else self._server.state.next("dashboard_version")
        created = one.updated if profile >= (12, 1) else now
        self.prune(one)
        what = (number, one.version, parent, created, by, one.message, one.spec, one.api, one.changed)
        one.history.append(Version(*what, resource_version=one.resource_version, written=now))

    def prune(self, dashboard: Dashboard) -> None:
        """Forget old versions, as servers do some time after a write: a setting says how many stay, up to 12.0."""
        unified = self._server.profile >= (12, 1)
        stay = VERSIONS_KEPT if unified else max(1, self._server.settings.number("dashboards.versions_to_keep"))
        after = PRUNED_UNIFIED if unified else PRUNED_LEGACY
        old = dashboard.history
        if len(old) > stay and self._server.clock.now() - old[-1].written >= after:
            del old[:-stay]

    def versions(self, dashboard: Dashboard) -> list[Version]:
        """Return the history of a dashboard, the newest first."""
        self.prune(dashboard)
        return dashboard.history[::-1]

    def rename(self, dashboard: Dashboard, uid: str) -> None:
        """Give a dashboard another uid."""
        table = self._dashboards[dashboard.org_id]
        del table[dashboard.uid]
        self._server.access.entries.rename(dashboard.org_id, (DASHBOARDS, dashboard.uid), (DASHBOARDS, uid))
        dashboard.uid = uid
        table[uid] = dashboard

    def remove(self, dashboard: Dashboard) -> None:
        """Delete a dashboard."""
        del self._dashboards[dashboard.org_id][dashboard.uid]
        self._server.access.removed(dashboard.org_id, DASHBOARDS, dashboard.uid)
        self._size -= 1

    # Folders

    def folders(self, org_id: int) -> list[Folder]:
        """Return the folders of an org."""
        return list(self._folders.get(org_id, {}).values())

    def folder(self, org_id: int, uid: str) -> Folder | None:
        """Return the folder of this uid."""
        return self._folders.get(org_id, {}).get(uid)

    def add_folder(self, org_id: int, uid: str | None, title: str, parent: str, by: str) -> Folder:
        """Make a folder."""
        now = self._server.clock.now()
        number = self._server.state.next("dashboard")
        made = Folder(number, org_id, uid or new_uid(), title, parent, now, by, updated=now, updated_by=by)
        made.resource_version = self.next_rv()
        self._folders.setdefault(org_id, {})[made.uid] = made
        return made

    def touch_folder(self, folder: Folder, by: str) -> None:
        """Note that a folder was changed."""
        folder.version += 1
        folder.updated, folder.updated_by = self._server.clock.now(), by
        folder.resource_version = self.next_rv()

    def taken(self, org_id: int, uid: str) -> bool:
        """Tell whether a dashboard or a folder has this uid."""
        return self.folder(org_id, uid) is not None or self.dashboard(org_id, uid) is not None

    def rename_folder(self, folder: Folder, uid: str) -> None:
        """Give a folder another uid; what is in it stays there."""
        table = self._folders[folder.org_id]
        del table[folder.uid]
        for dashboard in self.dashboards(folder.org_id):
            if dashboard.folder_uid == folder.uid:
                dashboard.folder_uid = uid
        self._server.access.entries.rename(folder.org_id, (FOLDERS, folder.uid), (FOLDERS, uid))
        folder.uid = uid
        table[uid] = folder

    def height(self, folder: Folder) -> int:
        """Return how many levels a folder has, itself included."""
        inner = [one for one in self.folders(folder.org_id) if one.parent == folder.uid]
        return 1 + max((self.height(one) for one in inner), default=0)

    def descendants(self, folder: Folder) -> list[Folder]:
        """Return the folders below one."""
        inner = [one for one in self.folders(folder.org_id) if one.parent == folder.uid]
        return inner + [lower for one in inner for lower in self.descendants(one)]

    def deleted_with(self, folder: Folder) -> list[Folder]:
        """Return the folders that are deleted with one: those below it, also if no answer shows that they are."""
        inner = [one for one in self.folders(folder.org_id) if folder.uid in (one.parent, one.hidden_parent)]
        return inner + [lower for one in inner for lower in self.deleted_with(one)]

    def remove_folder(self, folder: Folder) -> None:
        """Delete a folder with everything in it."""
        for inner in [one for one in self.folders(folder.org_id) if folder.uid in (one.parent, one.hidden_parent)]:
            self.remove_folder(inner)
        for dashboard in [one for one in self.dashboards(folder.org_id) if one.folder_uid == folder.uid]:
            self.remove(dashboard)
        self.library.drop_folder(folder.org_id, folder.uid)
        rules = self.rules(folder.org_id)
        for uid in [uid for uid, where in rules.items() if where == folder.uid]:
            del rules[uid]
        del self._folders[folder.org_id][folder.uid]
        self._server.access.removed(folder.org_id, FOLDERS, folder.uid)

    # Alert rules, and data sources

    def rules(self, org_id: int) -> dict[str, str]:
        """Return the alert rules of an org, each with the uid of its folder, to read and to change."""
        return self._rules.setdefault(org_id, {})

    def datasources(self, org_id: int) -> list[dict[str, Any]]:
        """Return the data sources of an org, to read and to change."""
        return self._datasources.setdefault(org_id, [])


def canonical(spec: dict[str, Any]) -> str:
    """Return *spec* as text that is equal for equal specs, 1 and 1.0 told together."""
    return json.dumps(_numbers(spec), sort_keys=True)


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_numbers(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
