# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds and reads the dashboard files of a directory on the host that runs the module, and detects duplicates."""

from __future__ import annotations

import fnmatch
import os
import re
import typing as t
from dataclasses import dataclass, field

from ..._grafana.errors import BadInput
from ..._grafana.files import read_regular
from ..._text.listed import listed
from .text import Loaded, load_text

PATTERNS = ("*.json", "*.yaml", "*.yml")

#: The most directories that are read: links between directories can give one directory very many paths.
_MOST_DIRECTORIES = 20_000
_Matcher = t.Callable[[str, str], bool]


@dataclass(frozen=True)
class DashboardFile:
    """A file. *path* is absolute, *relative* is its path in the directory, *loaded* its content.

    *folder* is the names of the directories that it is in, joined by ``/``; ``""`` at the top.
    """

    path: str
    relative: str
    folder: str
    loaded: Loaded = field(default=Loaded(None), repr=False, compare=False)


class Entry(t.NamedTuple):
    """A dashboard to check for duplicates. *path* is its file, *folder* any string that identifies its folder."""

    path: str
    uid: str | None
    title: str
    folder: str | None


def find(
    directory: str, unusable: list[BadInput], patterns: t.Sequence[str] = PATTERNS, exclude: t.Sequence[str] = ()
) -> t.Iterator[DashboardFile]:
    """Return an iterator over the files below *directory*, sorted by relative path. It reads each file when it is asked for it.

    So a caller that keeps no documents needs little memory. The problems of files that cannot be read or parsed are appended to
    *unusable*. *patterns* and *exclude* match file names, or relative paths if they contain a ``/``; *exclude* also skips
    directories. Hidden files and directories are skipped. Links are followed. Raises :class:`BadInput`, at once, if the directory
    does not exist, or if it has no matching file.
    """
    top = _top(directory)
    problems: list[str] = []
    paths = sorted(_walk(top, _matcher(patterns), _matcher(exclude), problems))
    if not paths and not problems:
        raise BadInput(
            "directory %s has no file that matches %s. The module stops here, because prune would otherwise delete all "
            "dashboards" % (directory, ", ".join(patterns)),
            code="directory_empty",
        )
    unusable += [BadInput(problem) for problem in problems]
    return (file for file in (_read(top, relative, unusable) for relative in paths) if file is not None)


def subdirectories(directory: str, exclude: t.Sequence[str] = ()) -> list[str]:
    """Return the names of the directories in *directory*, without hidden ones and those that *exclude* matches.

    Raises :class:`BadInput` if there is none, and for a dashboard's file beside them.
    """
    top, excluded, dashboard = _top(directory), _matcher(exclude), _matcher(PATTERNS)
    names = sorted(name for name in os.listdir(top) if not (name.startswith(".") or excluded(name, name)))
    found = [name for name in names if os.path.isdir(os.path.join(top, name))]
    beside = [_printable(name) for name in names if name not in found and dashboard(name, name)]
    if beside:
        raise BadInput(
            "import_orgs needs a directory with one subdirectory for each organization, but %s contains %s: choose the directory "
            "of an export with all_orgs, or import the dashboards of one organization with directory"
            % (directory, listed(beside, 5)),
            code="broken_files",
        )
    if not found:
        raise BadInput(
            "directory %s has no subdirectory: import_orgs needs one for each organization" % directory, code="directory_empty"
        )
    return found


def _top(directory: str) -> str:
    """Return the absolute path of *directory*. Raises :class:`BadInput` if it is not an existing directory."""
    top = os.path.abspath(os.path.expanduser(directory))
    if not os.path.isdir(top):
        raise BadInput(
            "directory %s %s on the host that runs the module: correct the path, or copy the files there first"
            % (directory, "is not a directory" if os.path.exists(top) else "does not exist"),
            code="directory_not_found",
        )
    return top


def unusable_files(directory: str, problems: t.Sequence[BadInput], twice: BadInput | None = None) -> BadInput:
    """Return one error for all unusable files of a directory; *twice* names the duplicates among the others."""
    count, it = ("%d files" % len(problems), "them") if len(problems) > 1 else ("a file", "it")
    codes = {problem.code for problem in problems} - {BadInput.code}
    also = "" if twice is None else "; also, %s" % twice.message
    return BadInput(
        "directory %s has %s that cannot be used: %s; correct %s, or skip %s with exclude%s"
        % (directory, count, "; ".join(problem.message for problem in problems), it, it, also),
        code=codes.pop() if len(problems) == len(codes) == 1 and twice is None else "broken_files",
    )


def _matcher(patterns: t.Sequence[str]) -> _Matcher:
    """Return a function that tests whether a file (its name and relative path) matches one of *patterns*."""
    names = _regex([pattern for pattern in patterns if "/" not in pattern])
    paths = _regex([pattern.strip("/") for pattern in patterns if "/" in pattern])
    return lambda name, relative: bool((names and names.match(name)) or (paths and paths.match(relative)))


def _regex(patterns: t.Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns)) if patterns else None


def _walk(top: str, wanted: _Matcher, excluded: _Matcher, problems: list[str]) -> t.Iterator[str]:
    """Yield the relative paths of matching files. Links that lead back to a directory above them are not followed."""
    queue: list[tuple[str, frozenset[tuple[int, int]]]] = [("", frozenset())]
    seen = 0
    while queue:
        directory, ancestors = queue.pop()
        seen += 1
        if seen > _MOST_DIRECTORIES:
            problems.append("it has more than %d directories; links may lead to the same ones again" % _MOST_DIRECTORIES)
            return
        try:
            info = os.stat(os.path.join(top, directory))
            entries = list(os.scandir(os.path.join(top, directory)))
        except OSError as problem:
            problems.append("%s: %s" % (_printable(directory or "."), problem.strerror))
            continue
        identity = (info.st_dev, info.st_ino)
        if identity in ancestors:
            continue
        for entry in entries:
            relative = "%s/%s" % (directory, entry.name) if directory else entry.name
            if entry.name.startswith(".") or excluded(entry.name, relative):
                continue
            try:
                is_directory = entry.is_dir()
            except OSError as problem:
                problems.append("%s: %s" % (_printable(relative), problem.strerror))
                continue
            if is_directory:
                queue.append((relative, ancestors | {identity}))
            elif wanted(entry.name, relative):
                yield relative


def _read(top: str, relative: str, unusable: list[BadInput]) -> DashboardFile | None:
    """Read one file. Returns ``None`` and appends the problem to *unusable* if that fails."""
    path = os.path.join(top, relative)
    try:
        relative.encode()
        loaded = load_text(read_regular(path), relative, name=relative)
    except UnicodeEncodeError:
        unusable.append(BadInput("%s: its name is not UTF-8" % _printable(relative)))
    except OSError as problem:
        unusable.append(BadInput("%s: %s" % (relative, problem.strerror)))
    except BadInput as problem:
        unusable.append(BadInput(problem.message))
    else:
        return DashboardFile(path, relative, relative.rpartition("/")[0], loaded)
    return None


def _printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def duplicates(entries: t.Iterable[Entry]) -> BadInput | None:
    """Return one error that names all duplicate uids, and all duplicate titles within a folder; ``None`` without any.

    Equal titles are accepted if each dashboard has a uid: Grafana 11.3 and later allows them, and the version of the
    server is not known here.
    """
    uids: dict[str, list[str]] = {}
    titles: dict[tuple[str | None, str], list[str]] = {}
    without_uid: set[tuple[str | None, str]] = set()
    for entry in entries:
        if entry.uid:
            uids.setdefault(entry.uid, []).append(entry.path)
        key = (entry.folder, entry.title.strip())
        if entry.title.strip():
            titles.setdefault(key, []).append(entry.path)
        if not entry.uid:
            without_uid.add(key)
    # Files with the same uid often have the same title, too. Report these once.
    reported = {tuple(paths) for paths in uids.values()}
    problems = ["the uid %s: %s" % (uid, ", ".join(paths)) for uid, paths in uids.items() if len(paths) > 1]
    problems += [
        "the title %s in %s: %s" % (title, "folder %s" % folder if folder else "one folder", ", ".join(paths))
        for (folder, title), paths in titles.items()
        if len(paths) > 1 and (folder, title) in without_uid and tuple(paths) not in reported
    ]
    return BadInput("more than one dashboard has %s" % "; ".join(problems), code="duplicates") if problems else None


__all__ = ["PATTERNS", "DashboardFile", "Entry", "duplicates", "find", "subdirectories", "unusable_files"]
