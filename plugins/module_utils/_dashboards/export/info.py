# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the dashboards of organizations, and exports them to files that can be imported again."""

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
from ..._permissions import reconcile as permissions
from ..._permissions.model import DASHBOARD
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
    "folder_path": {"type": "list", "elements": "raw"},
    "folder": {"type": "raw"},
    "subfolders": {"type": "bool", "default": False},
    "tags": {"type": "list", "elements": "str"},
    "content": {"type": "bool", "default": False},
    "permissions": {"type": "bool", "default": False},
    "directory": {"type": "path"},
    "format": {"type": "str", "choices": [JSON, MANIFEST], "default": JSON},
    "api": {"type": "str", "choices": [AUTO, LEGACY, KUBERNETES], "default": AUTO},
    "all_orgs": {"type": "bool", "default": False},
}
#: The number of stale files that a warning names; the result has all of them.
NAMED = 5


@dataclass(frozen=True)
class ExportOptions:
    """The dashboards that a task selects, and the format (*form*) in which it exports them."""

    uid: str | None = None
    title: str | None = None
    folder_uid: str | None = None
    folder_path: tuple[str, ...] | None = None
    folder: str | None = None
    subfolders: bool = False
    tags: frozenset[str] = frozenset()
    content: bool = False
    permissions: bool = False
    form: str = JSON
    api: str = AUTO
    all_orgs: bool = False

    def in_folder(self) -> bool:
        """Return whether the task selects dashboards by folder."""
        return not (self.folder is None and self.folder_uid is None and self.folder_path is None)


#: The functions that read and check options.
_READERS: dict[str, t.Callable[[t.Any, str], t.Any]] = {
    "uid": text,
    "title": text,
    "folder_uid": text,
    "folder": folders.read_path,
    "folder_path": folders.read_titles,
}


def parse(params: t.Mapping[str, t.Any]) -> ExportOptions:
    """Return the options in *params*. Raises :class:`BadInput`."""
    folders.check_one({name: params[name] for name in ("folder_uid", "folder", "folder_path")})
    given = {name: _READERS[name](params[name], name) for name in _READERS if params[name] is not None}
    if "folder_uid" in given:
        given["folder_uid"] = folders.general(given["folder_uid"])
    wanted = ExportOptions(
        **given,
        subfolders=params["subfolders"],
        tags=frozenset(params["tags"] or ()),
        content=params["content"],
        permissions=params["permissions"],
        form=params["format"],
        api=params["api"],
        all_orgs=params["all_orgs"],
    )
    if wanted.subfolders and not wanted.in_folder():
        raise BadInput("subfolders is set without a folder: set folder or folder_uid, too")
    return wanted


def dashboards(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the selected dashboards of one org or of all orgs. If ``directory`` is set, also export them to files."""
    wanted = parse(module.params)
    if not module.params["directory"]:
        entries, outside = of_orgs(
            module, client, connection, "dashboards", lambda scope: inside(scope, lambda: _Inventory(scope, wanted).entries())
        )
        return {"dashboards": entries, **outside}
    export = Export(module, wanted)
    entries, outside = of_orgs(
        module, client, connection, "dashboards", lambda scope: inside(scope, lambda: export.of_org(scope))
    )
    return {"dashboards": entries, **outside, **export.summary()}


class _Inventory:
    """The dashboards of one organization that the options *wanted* select, with their folders."""

    def __init__(self, scope: Scope, wanted: ExportOptions) -> None:
        self.scope = scope
        self.wanted = wanted
        self.folders = FolderPaths(scope)
        self._selected_folders: set[str] | None = None

    def entries(self) -> list[Result]:
        """Return the result entries of the selected dashboards, for a task without ``directory``."""
        wanted = self.wanted
        if wanted.uid is not None:
            current = one_of(self.scope, wanted.api, wanted.uid)
            if current is None or not self.is_wanted(current.head()):
                return []
            return [self.full_entry(current) if wanted.content else self.entry(current.head())]
        if wanted.content:
            return [self.full_entry(current) for current in self.everything()[1]]
        heads = route_to(self.scope, wanted.api).heads()
        self._check_member(heads)
        return [self.entry(head) for head in heads if self.is_wanted(head)]

    def everything(self) -> tuple[list[Head], list[CurrentDashboard]]:
        """Return the heads of all dashboards of the org, and the selected dashboards with their bodies."""
        heads, dashboards_read = everything(self.scope, self.wanted.api, self.is_wanted)
        self._check_member(heads)
        return heads, dashboards_read

    def _check_member(self, heads: t.Sequence[Head]) -> None:
        """Raise :class:`Forbidden` if *heads* is empty because the caller is not a member of the org."""
        if not heads:
            self.scope.check_member(NONE_SHOWN)

    def is_wanted(self, head: Head) -> bool:
        """Return whether the task selects a dashboard."""
        wanted = self.wanted
        if wanted.uid not in (None, head.uid) or wanted.title not in (None, head.title) or wanted.tags - set(head.tags):
            return False
        return not wanted.in_folder() or self._in_folder(folders.general(head.folder_uid))

    def _in_folder(self, uid: str) -> bool:
        if self._selected_folders is None:
            self._selected_folders = self._find_folders()
        selected = self._selected_folders
        return uid in selected or (
            self.wanted.subfolders and (folders.GENERAL in selected or not selected.isdisjoint(self.folders.chain(uid)))
        )

    def _find_folders(self) -> set[str]:
        """Return the uids of the selected folders.

        Raises :class:`NotFound` if there is none, except with ``all_orgs``, where an org may lack the folder.
        """
        wanted = self.wanted
        if wanted.folder_uid is not None:
            return {wanted.folder_uid}
        uids = self.folders.at(wanted.folder or "") if wanted.folder_path is None else self.folders.at_titles(wanted.folder_path)
        if not uids and not wanted.all_orgs:
            raise folders.not_found(self.scope, wanted.folder or "/".join(wanted.folder_path or ()))
        return uids

    def entry(self, head: Head) -> Result:
        """Return the result entry of a dashboard of which only the head was read."""
        org, uid = self.scope.shown(), folders.general(head.folder_uid)
        target = permissions.Target(DASHBOARD, head.uid, "dashboard %s" % head.title, head.number)
        more = permissions.listed(self.scope, target, self.wanted.permissions)
        return {**org, "uid": head.uid, "title": head.title, "folder_uid": uid, "folder": self.folders.path(uid), **more}

    def full_entry(self, current: CurrentDashboard) -> Result:
        """Return the result entry of a dashboard that was read with its body."""
        entry = self.entry(current.head())
        entry.update(version=current.version, provisioned=current.provisioned is not None, manager=current.manager)
        if self.wanted.content:
            entry["dashboard"] = document(current, self.wanted.form)
        return entry


class Export:
    """The export of a task: writes the files of one organization after the other, then returns a summary."""

    def __init__(self, module: GrafanaModule, wanted: ExportOptions) -> None:
        self._module = module
        self._wanted = wanted
        self._target = ExportDirectory(module.params["directory"], module.check_mode)
        #: The files of all dashboards on the server, including those that the task does not select.
        self._expected: set[str] = set()
        #: The names of the organizations' directories, and those of the organizations that were read.
        self._org_directories: dict[str, str] = {}
        self._read_directories: set[str] = set()
        # Report a directory that cannot be written before reading a thousand dashboards.
        self._target.prepare()

    def of_org(self, scope: Scope) -> list[Result]:
        """Write the selected dashboards of one organization to files, and return their result entries."""
        if self._wanted.all_orgs and not self._org_directories:
            self._org_directories = directory_names(self._org_name(org.id, org.name) for org in scope.org_finder.listed())
        inventory = _Inventory(scope, self._wanted)
        heads, selected = inventory.everything()
        prefix = self._org_prefix(scope)
        files = {uid: prefix + path for uid, path in self._files(inventory, heads, selected).items()}
        self._expected.update(files.values())
        entries = []
        for current in selected:
            self._target.put(files[current.uid], as_text(document(current, self._wanted.form)))
            entries.append({**inventory.full_entry(current), "file": files[current.uid]})
        return entries

    def _org_prefix(self, scope: Scope) -> str:
        """Return the path of the org's directory in the export's directory; ``""`` without ``all_orgs``."""
        if not self._wanted.all_orgs or scope.org is None:
            return ""
        name = self._org_directories[self._org_name(scope.org.id, scope.org.name)]
        self._read_directories.add(name)
        return name + "/"

    @staticmethod
    def _org_name(number: int, name: str | None) -> str:
        return name or "org %d" % number

    def _files(self, inventory: _Inventory, heads: list[Head], selected: list[CurrentDashboard]) -> dict[str, str]:
        """Return the path of every dashboard's file, selected or not, by uid; relative to the organization's directory."""
        # The search index may lack a recent write, so a dashboard that was read itself overrides its entry in the search.
        latest = {head.uid: head for head in [*heads, *(current.head() for current in selected)]}
        chains = {uid: inventory.folders.titles(uid) for uid in {folders.general(head.folder_uid) for head in latest.values()}}
        self._warn_of_folders(inventory, chains)
        return paths(Exported(head.uid, head.title, chains[folders.general(head.folder_uid)]) for head in latest.values())

    def _warn_of_folders(self, inventory: _Inventory, chains: t.Mapping[str, tuple[str, ...]]) -> None:
        """Warn about folders that an import cannot restore from the names of directories."""
        where = inventory.scope.where()
        by_titles: dict[tuple[str, ...], list[str]] = {}
        for uid, titles in chains.items():
            by_titles.setdefault(titles, []).append(uid)
        for titles, uids in by_titles.items():
            if len(uids) > 1:
                self._module.warn(
                    "%d folders of %s have the same path %s (uids %s). The export writes their dashboards into one directory, "
                    "so an import puts them into one folder" % (len(uids), where, "/".join(titles), ", ".join(sorted(uids)))
                )
        for title in sorted({title for titles in by_titles for title in titles if is_cut(title)}):
            self._module.warn(
                "the title of folder %s of %s is too long for a directory name and was cut: an import creates a folder with "
                "the cut title" % (title, where)
            )

    def summary(self) -> Result:
        """Return ``changed``, ``stale_files`` and the diff for all files, and warn about stale files."""
        not_read = set(self._org_directories.values()) - self._read_directories
        stale = self._target.stale(self._expected, not_read)
        if stale:
            more = " and %d more" % (len(stale) - NAMED) if len(stale) > NAMED else ""
            self._module.warn(
                "%d files in %s belong to no existing dashboard, but an import would read them: %s%s"
                % (len(stale), self._target.path, ", ".join(stale[:NAMED]), more)
            )
        changes = self._target.changes
        result: Result = {"changed": bool(changes), "stale_files": stale}
        if self._module._diff and changes:  # pylint: disable=protected-access
            header = {"before_header": self._target.path, "after_header": self._target.path}
            result["diff"] = {**header, "before": dict(changes), "after": dict.fromkeys(changes, "written")}
        return result


__all__ = ["OPTIONS", "Export", "ExportOptions", "dashboards", "parse"]
