# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``directory`` option: turns a directory of files into desired dashboards, one per file."""

from __future__ import annotations

import os
import typing as t
from urllib.parse import unquote

from .._engine.resource import OfOrg
from .._folders.paths import check_titles, general
from .._grafana.connection import OrgChoice
from .._grafana.errors import BadInput
from .._permissions.model import DASHBOARD
from .._permissions.options import parse as parse_permissions
from .formats.files import PATTERNS, Entry, duplicates, find, subdirectories, unusable_files
from .model import DesiredDashboard, place_of
from .options import CONTENTS, parse, with_folder_path

#: Options for one dashboard, and options for a directory of dashboards.
_OF_ONE = (*CONTENTS, "uid")
_OF_MANY = ("directory", "patterns", "exclude")


def organizations(options: t.Mapping[str, t.Any]) -> list[OfOrg] | None:
    """Return the organizations in ``import_orgs``, each with the options for its directory; ``None`` without that option.

    The directory's name is the organization's, with characters as ``%XX`` that file systems do not allow. Raises
    :class:`BadInput`.
    """
    top = options.get("import_orgs")
    if not top:
        return None
    given = [name for name in (*_OF_ONE, "directory") if options.get(name) not in (None, "")]
    if given:
        raise BadInput("import_orgs and %s are set: keep one of them" % " and ".join(given))
    base = {name: value for name, value in options.items() if name != "import_orgs"}
    return [
        OfOrg(name, OrgChoice(name=unquote(name)), {**base, "directory": os.path.join(str(top), name)})
        for name in subdirectories(str(top), options.get("exclude") or ())
    ]


def wanted(options: t.Mapping[str, t.Any]) -> list[DesiredDashboard] | None:
    """Return the desired dashboards of ``directory``; ``None`` if that option is not set.

    Raises one :class:`BadInput` that lists the problems of all files, and the files that describe one dashboard.
    """
    unusable: list[BadInput] = []
    options_of_files = expand(options, unusable)
    if options_of_files is None:
        return None
    problems: list[BadInput] = []
    parse_permissions(options, DASHBOARD)  # the task's mistakes are not those of each file
    dashboards: list[DesiredDashboard] = []
    for file_options in options_of_files:
        try:
            dashboards.append(parse(file_options))
        except BadInput as problem:
            problems.append(problem)
    twice = _twice(dashboards)
    problems = unusable + problems
    if problems:
        raise unusable_files(str(options["directory"]), problems, twice)
    if twice is not None:
        raise twice
    return dashboards


def expand(options: t.Mapping[str, t.Any], unusable: list[BadInput]) -> t.Iterator[dict[str, t.Any]] | None:
    """Return an iterator over the options for each file in ``directory``; ``None`` if that option is not set.

    It reads each file when it is asked for it, and appends the problems of files that cannot be read to *unusable*. The folder
    of a dashboard is the task's folder plus the directories that the file is in. A folder that the file itself names is ignored.
    Raises :class:`BadInput`, at once or while the files are read.
    """
    if not options.get("directory"):
        return None
    given = [name for name in _OF_ONE if options.get(name) not in (None, "")]
    if given:
        raise BadInput("directory and %s are set: keep one of them" % " and ".join(given))
    base = {name: value for name, value in options.items() if name not in _OF_MANY}
    files = find(str(options["directory"]), unusable, options.get("patterns") or PATTERNS, options.get("exclude") or ())
    return ({**base, **_folder_options(options, one.folder), "loaded": one.loaded, "file": one.relative} for one in files)


def _folder_options(options: t.Mapping[str, t.Any], inside: str) -> dict[str, t.Any]:
    """Return the folder options for a file whose path below ``directory`` is *inside* (directory names joined by ``/``).

    Each directory is a folder. Exports write a slash in a folder's title as ``%2F`` in the directory's name.
    """
    options = with_folder_path(options)
    top, top_uid, exact = options.get("folder"), options.get("folder_uid"), options.get("below") or ()
    at_top = not general(str(top or "").strip()) and not general(str(top_uid or "").strip())
    whole_org = {"prune_folder": None, "prune_folder_uid": None}
    result: dict[str, t.Any] = {"flat": True, **(whole_org if at_top else {"prune_folder": top, "prune_folder_uid": top_uid})}
    if options.get("create_folder") is None:
        result["create_folder"] = True
    if top_uid is not None and not at_top:
        if inside:
            raise BadInput(
                "folder_uid is set, and directory %s contains the directory %s: set folder (the path of titles) instead of "
                "folder_uid, so that the module can create folders in it" % (options["directory"], inside)
            )
        return result
    start = "" if at_top or exact else str(top)
    titles = () if not (start or exact) and not general(inside) else tuple(unquote(name).strip() for name in inside.split("/"))
    if inside and not all(titles):
        raise BadInput(
            "directory %s contains the directory %s, which has a blank name: a folder's title cannot be blank"
            % (options["directory"], inside)
        )
    if not (start or exact):
        check_titles(inside.split("/"), "directory")
    below = (*exact, *(title for title in titles if title))
    path = "/".join(part for part in (start, *below) if part)
    result.update({"folder": path, "folder_uid": None} if path else {"folder": None, "folder_uid": ""})
    result.update(top=start, below=below, folder_path=None)
    return result


def _twice(wanted: t.Sequence[DesiredDashboard]) -> BadInput | None:
    """Return the error for files of a directory that describe one dashboard, ``None`` without any."""
    return duplicates(Entry(one.file or "", one.uid, one.title, _folder_label(one)) for one in wanted)


def _folder_label(desired: DesiredDashboard) -> str | None:
    """Return the folder of a dashboard as its path in the directory (slashes in titles as ``%2F``), or its uid."""
    top, below = place_of(desired)
    return "/".join([*([top] if top else []), *(title.replace("/", "%2F") for title in below)]) or desired.folder_uid
