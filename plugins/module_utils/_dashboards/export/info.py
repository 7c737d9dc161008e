# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dashboards an organization has, in a result or as files that an import takes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..._engine.info import Result, inside, of_orgs
from ..._engine.module import GrafanaModule
from ..._folders import paths as folders
from ..._grafana.client import Client
from ..._grafana.connection import Connection, text
from ..._grafana.errors import BadInput
from ..._grafana.scope import Scope
from ..model import CurrentDashboard, Head
from ..routes import AUTO, KUBERNETES, LEGACY, NONE_SHOWN, route_to
from .document import JSON, MANIFEST, as_text, document
from .files import ExportDirectory
from .folder_paths import FolderPaths
from .names import Exported, directory_names, is_cut, paths
from .reading import everything, one_of

OPTIONS: dict[str, dict[str, t.Any]] = {
    "uid": {"type": "raw"},
    "title": {"type": "raw"},
    "folder_uid": {"type": "raw"},
    "folder": {"type": "raw"},
    "subfolders": {"type": "bool", "default": False},
    "tags": {"type": "list", "elements": "str"},
    "content": {"type": "bool", "default": False},
    "directory": {"type": "path"},
    "format": {"type": "str", "choices": [JSON, MANIFEST], "default": JSON},
    "api": {"type": "str", "choices": [AUTO, LEGACY, KUBERNETES], "default": AUTO},
    "all_orgs": {"type": "bool", "default": False},
}
#: Stale files that a warning names; all of them are in the result.
NAMED = 5


@dataclass(frozen=True)
class ExportOptions:
    """Which dashboards a task asks for, and in what form. *whole* tells whether their bodies are needed."""

    uid: str | None = None
    title: str | None = None
    folder_uid: str | None = None
    folder: str | None = None
    subfolders: bool = False
    tags: frozenset[str] = frozenset()
    content: bool = False
    form: str = JSON
    api: str = AUTO
    all_orgs: bool = False

    def in_folder(self) -> bool:
        """Tell whether only those of a folder are asked for."""
        return self.folder is not None or self.folder_uid is not None


def parse(params: t.Mapping[str, t.Any]) -> ExportOptions:
    """Return what *params* ask for. Raises :class:`BadInput`."""
    given = {name: text(params[name], name) for name in ("uid", "title", "folder_uid", "folder") if params[name] is not None}
    if "folder" in given and "folder_uid" in given:
        raise BadInput("both folder_uid and folder are set: keep one")
    if "folder_uid" in given:
        given["folder_uid"] = folders.general(given["folder_uid"])
    wanted = ExportOptions(
        **given,
        subfolders=params["subfolders"],
        tags=frozenset(params["tags"] or ()),
        content=params["content"],
        form=params["format"],
        api=params["api"],
        all_orgs=params["all_orgs"],
    )
    if wanted.subfolders and not wanted.in_folder():
        raise BadInput("subfolders has a meaning only with folder or folder_uid")
    return wanted


def dashboards(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return an org's dashboards, or those of all orgs; with ``directory`` they are files afterwards."""
    wanted = parse(module.params)
    if not module.params["directory"]:
        found, outside = of_orgs(
            module, client, connection, "dashboards", lambda scope: inside(scope, lambda: _Inventory(scope, wanted).told())
        )
        return {"dashboards": found, **outside}
    export = Export(module, wanted)
    found, outside = of_orgs(module, client, connection, "dashboards", lambda scope: inside(scope, lambda: export.of_org(scope)))
    return {"dashboards": found, **outside, **export.answer()}


class _Inventory:
    """The dashboards of one organization that are *wanted*, with the folders that they are in."""

    def __init__(self, scope: Scope, wanted: ExportOptions) -> None:
        self.scope = scope
        self.wanted = wanted
        self.folders = FolderPaths(scope)
        self._tops: set[str] | None = None

    def told(self) -> list[Result]:
        """Return what a result tells, without any file."""
        wanted = self.wanted
        if wanted.uid is not None:
            one = one_of(self.scope, wanted.api, wanted.uid)
            found = [one] if one is not None and self.is_wanted(one.head()) else []
            return [self.whole(current) for current in found] if wanted.content else [self.entry(one.head()) for one in found]
        if wanted.content:
            return [self.whole(current) for current in self.everything()[1]]
        heads = route_to(self.scope, wanted.api).heads()
        self._check_member(heads)
        return [self.entry(head) for head in heads if self.is_wanted(head)]

    def everything(self) -> tuple[list[Head], list[CurrentDashboard]]:
        """Return what identifies each dashboard of the org, and those that are asked for whole."""
        heads, found = everything(self.scope, self.wanted.api, self.is_wanted)
        self._check_member(heads)
        return heads, found

    def _check_member(self, heads: t.Sequence[Head]) -> None:
        """Raise :class:`Forbidden` where nothing is shown because the caller is not a member: a search then finds nothing."""
        if not heads:
            self.scope.check_member(NONE_SHOWN)

    def is_wanted(self, head: Head) -> bool:
        """Tell whether a dashboard is asked for."""
        wanted = self.wanted
        if wanted.uid not in (None, head.uid) or wanted.title not in (None, head.title) or wanted.tags - set(head.tags):
            return False
        return not wanted.in_folder() or self._in_folder(folders.general(head.folder_uid))

    def _in_folder(self, uid: str) -> bool:
        if self._tops is None:
            self._tops = self._folders_wanted()
        return uid in self._tops or (
            self.wanted.subfolders and (folders.GENERAL in self._tops or not self._tops.isdisjoint(self.folders.chain(uid)))
        )

    def _folders_wanted(self) -> set[str]:
        """Return the uids of the folders asked for. Raises :class:`NotFound`; of many organizations some may not have it."""
        if self.wanted.folder is None:
            return {str(self.wanted.folder_uid)}
        found = self.folders.at(self.wanted.folder)
        if not found and not self.wanted.all_orgs:
            raise folders.not_found(self.scope, self.wanted.folder)
        return found

    def entry(self, head: Head) -> Result:
        """Return what identifies a dashboard."""
        place = dict(self.scope.org.shown()) if self.scope.org else {}
        uid = folders.general(head.folder_uid)
        return {**place, "uid": head.uid, "title": head.title, "folder_uid": uid, "folder": self.folders.path(uid)}

    def whole(self, current: CurrentDashboard) -> Result:
        """Return what a result tells of a dashboard that was read whole."""
        entry = self.entry(current.head())
        entry.update(version=current.version, provisioned=current.provisioned is not None)
        if self.wanted.content:
            entry["dashboard"] = document(current, self.wanted.form)
        return entry


class Export:
    """The export of a task, organization by organization."""

    def __init__(self, module: GrafanaModule, wanted: ExportOptions) -> None:
        self._module = module
        self._wanted = wanted
        self._target = ExportDirectory(module.params["directory"], module.check_mode)
        #: The files of all dashboards that are there, asked for or not.
        self._expected: set[str] = set()
        self._names: dict[str, str] = {}
        self._seen: set[str] = set()
        # What cannot be written is better known before a thousand dashboards are read.
        self._target.prepare()

    def of_org(self, scope: Scope) -> list[Result]:
        """Write the dashboards of one organization; return what a result tells of them."""
        if self._wanted.all_orgs and not self._names:
            self._names = directory_names(self._org_name(org.id, org.name) for org in scope.org_finder.listed())
        inventory = _Inventory(scope, self._wanted)
        heads, found = inventory.everything()
        below = self._below(scope)
        places = {uid: below + path for uid, path in self._places(inventory, heads, found).items()}
        self._expected.update(places.values())
        entries = []
        for current in found:
            self._target.put(places[current.uid], as_text(document(current, self._wanted.form)))
            entries.append({**inventory.whole(current), "file": places[current.uid]})
        return entries

    def _below(self, scope: Scope) -> str:
        """Return the directory of the org in that of the task."""
        if not self._wanted.all_orgs or scope.org is None:
            return ""
        name = self._names[self._org_name(scope.org.id, scope.org.name)]
        self._seen.add(name)
        return name + "/"

    @staticmethod
    def _org_name(number: int, name: str | None) -> str:
        return name or "org %d" % number

    def _places(self, inventory: _Inventory, heads: list[Head], found: list[CurrentDashboard]) -> dict[str, str]:
        """Return the file of every dashboard of the org, by uid."""
        # A search may not have seen what was written a moment ago; what was read whole counts.
        latest = {head.uid: head for head in [*heads, *(current.head() for current in found)]}
        chains = {uid: inventory.folders.titles(uid) for uid in {folders.general(head.folder_uid) for head in latest.values()}}
        self._warn_of_folders(inventory, chains)
        return paths(Exported(head.uid, head.title, chains[folders.general(head.folder_uid)]) for head in latest.values())

    def _warn_of_folders(self, inventory: _Inventory, chains: t.Mapping[str, tuple[str, ...]]) -> None:
        """Warn of what an import cannot tell by the names of directories."""
        where = inventory.scope.where()
        by_titles: dict[tuple[str, ...], list[str]] = {}
        for uid, titles in chains.items():
            by_titles.setdefault(titles, []).append(uid)
        for titles, uids in by_titles.items():
            if len(uids) > 1:
                self._module.warn(
                    "%d folders of %s are titled %s in one place (%s): their dashboards are in one directory, and an import "
                    "cannot tell the folders apart" % (len(uids), where, "/".join(titles), ", ".join(sorted(uids)))
                )
        for title in sorted({title for titles in by_titles for title in titles if is_cut(title)}):
            self._module.warn(
                "the title of folder %s of %s is too long for the name of a directory: an import makes a folder of the cut "
                "title" % (title, where)
            )

    def answer(self) -> Result:
        """Return what became of the files."""
        hidden = set(self._names.values()) - self._seen
        stale = self._target.stale(self._expected, hidden)
        if stale:
            more = " and %d more" % (len(stale) - NAMED) if len(stale) > NAMED else ""
            self._module.warn(
                "%d files in %s are of no dashboard any more, and an import would take them: %s%s"
                % (len(stale), self._target.path, ", ".join(stale[:NAMED]), more)
            )
        changes = self._target.changes
        answer: Result = {"changed": bool(changes), "stale_files": stale}
        if self._module._diff and changes:  # pylint: disable=protected-access
            header = {"before_header": self._target.path, "after_header": self._target.path}
            answer["diff"] = {**header, "before": dict(changes), "after": dict.fromkeys(changes, "written")}
        return answer


__all__ = ["OPTIONS", "Export", "ExportOptions", "dashboards", "parse"]
