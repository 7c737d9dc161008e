# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory of dashboards: the options of each, and all of them as they are wanted."""

from __future__ import annotations

import typing as t
from urllib.parse import unquote

from .._folders.paths import general
from .._grafana.errors import BadInput
from .formats.files import PATTERNS, Entry, cannot_be_taken, duplicates, find
from .model import DesiredDashboard, place_of
from .options import parse

#: Options that name one dashboard, or a directory of them.
_OF_ONE = ("dashboard", "path", "content", "uid")
_OF_MANY = ("directory", "patterns", "exclude")


def wanted(options: t.Mapping[str, t.Any]) -> list[DesiredDashboard] | None:
    """Return the dashboards of ``directory``, ``None`` without one. Raises one :class:`BadInput` for all that is wrong."""
    problems: list[BadInput] = []
    several = expand(options, problems)
    if several is None:
        return None
    found: list[DesiredDashboard] = []
    for one in several:
        try:
            found.append(parse(one))
        except BadInput as problem:
            problems.append(problem)
    if problems:
        raise cannot_be_taken(str(options["directory"]), problems)
    check(found)
    return found


def expand(options: t.Mapping[str, t.Any], unusable: list[BadInput] | None = None) -> list[dict[str, t.Any]] | None:
    """Return the options of each dashboard in ``directory``, ``None`` without one. Raises :class:`BadInput`.

    What is wrong with files that cannot be read goes into *unusable*, if that is given. A file's folder is the one that
    the task names and below it the file's own directories; the tree says where each dashboard belongs, so what a file
    itself says of its folder does not count.
    """
    if not options.get("directory"):
        return None
    given = [name for name in _OF_ONE if options.get(name) not in (None, "")]
    if given:
        raise BadInput("directory and %s are set: give dashboards in one way" % " and ".join(given))
    base = {name: value for name, value in options.items() if name not in _OF_MANY}
    files = find(str(options["directory"]), options.get("patterns") or PATTERNS, options.get("exclude") or (), unusable)
    return [{**base, **_place(options, one.folder), "loaded": one.document, "file": one.relative} for one in files]


def _place(options: t.Mapping[str, t.Any], inside: str) -> dict[str, t.Any]:
    """Return the options for the folder of a file that lies *inside* directories.

    Each directory is a folder. A slash in a title is %2F in the name of a directory, as exports write it.
    """
    top, top_uid = options.get("folder"), options.get("folder_uid")
    at_top = not general(str(top or "").strip()) and not general(str(top_uid or "").strip())
    whole_org = {"prune_folder": None, "prune_folder_uid": None}
    found: dict[str, t.Any] = {"flat": True, **(whole_org if at_top else {"prune_folder": top, "prune_folder_uid": top_uid})}
    if options.get("create_folder") is None:
        found["create_folder"] = True
    if top_uid is not None and not at_top:
        if inside:
            raise BadInput(
                "folder_uid is set, and directory %s has a directory %s: name the folder by its titles in folder, so that "
                "folders can be made in it" % (options["directory"], inside)
            )
        return found
    begin = "" if at_top else str(top)
    titles = () if not begin and not general(inside) else tuple(unquote(name).strip() for name in inside.split("/"))
    if inside and not all(titles):
        raise BadInput(
            "directory %s has a directory %s whose name is blank, which no folder's title can be" % (options["directory"], inside)
        )
    below = tuple(title for title in titles if title)
    path = "/".join(part for part in (begin, *below) if part)
    found.update({"folder": path, "folder_uid": None} if path else {"folder": None, "folder_uid": ""})
    found.update(top=begin, below=below)
    return found


def check(wanted: t.Sequence[DesiredDashboard]) -> None:
    """Raise :class:`BadInput` for dashboards of one directory that are there twice."""
    duplicates(Entry(one.file or "", one.uid, one.title, _shown_place(one)) for one in wanted)


def _shown_place(desired: DesiredDashboard) -> str | None:
    """Return where a dashboard is to be, as directories write it."""
    top, below = place_of(desired)
    return "/".join([*([top] if top else []), *(title.replace("/", "%2F") for title in below)]) or desired.folder_uid
