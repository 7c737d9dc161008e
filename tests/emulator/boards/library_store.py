# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Library elements of every organization, and what versions make of library panels in a dashboard that is written or read."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PANEL, VARIABLE = 1, 2


@dataclass
class LibraryElement:
    """A library panel or variable; *folder_uid* is empty for General, *created* seconds since the epoch."""

    id: int
    org_id: int
    uid: str
    name: str
    kind: int
    model: dict[str, Any]
    folder_uid: str
    created: float
    created_by: str
    version: int = 1
    updated: float = 0.0
    updated_by: str = ""
    #: Whether the request that put it into its folder named that by uid.
    by_uid: bool = False

    @property
    def type(self) -> str:
        """The panel's plugin."""
        return str(self.model.get("type") or "")

    @property
    def description(self) -> str:
        """The panel's description."""
        return str(self.model.get("description") or "")


class Library:
    """The library elements of all organizations."""

    def __init__(self) -> None:
        self._elements: dict[int, dict[str, LibraryElement]] = {}

    def of(self, org_id: int) -> dict[str, LibraryElement]:
        """Return the elements of an org by uid, to read and to change."""
        return self._elements.setdefault(org_id, {})

    def drop_org(self, org_id: int) -> None:
        """Delete what an org has."""
        self._elements.pop(org_id, None)

    def drop_folder(self, org_id: int, folder_uid: str) -> None:
        """Delete what is in a folder."""
        for element in [one for one in self.of(org_id).values() if one.folder_uid == folder_uid]:
            del self.of(org_id)[element.uid]


class NoUid(Exception):
    """A library panel does not say which one it is."""


def _places(holder: dict[str, Any]) -> Iterator[tuple[list[Any], int]]:
    """Yield (list, index) of the library panels of a dashboard: those at its top, and those in rows."""
    panels = holder.get("panels")
    for index, panel in enumerate(panels if isinstance(panels, list) else ()):
        if not isinstance(panel, dict):
            continue
        if panel.get("type") == "row":
            yield from _places(panel)
        elif panel.get("libraryPanel") is not None:
            yield panels, index


def _header(panel: dict[str, Any], *names: str) -> dict[str, str]:
    """Return what a panel says of its library panel. Raises :class:`NoUid` where one of *names* is missing."""
    library = panel["libraryPanel"] if isinstance(panel["libraryPanel"], dict) else {}
    found = {name: library[name] if isinstance(library.get(name), str) else "" for name in ("uid", "name")}
    if not all(found[name] for name in names):
        raise NoUid
    return found


def named(spec: dict[str, Any]) -> set[str]:
    """Return the uids of a dashboard's library panels. Raises :class:`NoUid`."""
    return {_header(panels[index], "uid")["uid"] for panels, index in _places(spec)}


def cleaned(spec: dict[str, Any]) -> dict[str, Any]:
    """Return *spec* as versions up to 9.2 store it: of library panels no more than which and where. Raises :class:`NoUid`."""
    spec = copy.deepcopy(spec)
    for panels, index in list(_places(spec)):
        panel = panels[index]
        panels[index] = {**_own(panel, index), "libraryPanel": _header(panel, "uid", "name")}
    return spec


def _own(panel: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what a panel that is not its library's own says of itself."""
    place, given = panel.get("gridPos"), panel.get("id")
    own = int(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else number
    return {"id": own, "gridPos": place if isinstance(place, dict) else {}}


def loaded(spec: dict[str, Any], elements: Mapping[str, tuple[LibraryElement, dict[str, Any]]]) -> dict[str, Any]:
    """Return *spec* as versions up to 9.2 show it: library panels as the library has them.

    *elements* are those that the dashboard is connected to, each with its ``meta``.
    """
    spec = copy.deepcopy(spec)
    for panels, index in list(_places(spec)):
        header = _header(panels[index])
        element, meta = elements.get(header["uid"], (None, {}))
        if element is None:
            lost = f'Name: "{header["name"]}", UID: "{header["uid"]}"'
            panels[index] = {**panels[index], **_own(panels[index], 0), "type": lost, "libraryPanel": header}
        elif element.kind == PANEL:
            library = {"uid": element.uid, "name": element.name, "type": element.type, "description": element.description}
            library.update(version=element.version, meta=meta)
            panels[index] = {**copy.deepcopy(element.model), **_own(panels[index], 0), "libraryPanel": library}
    return spec
