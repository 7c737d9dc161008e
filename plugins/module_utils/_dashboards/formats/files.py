# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory of dashboards on the host that runs the module: its files, the folders they stand for, and what is there twice."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import typing as t
from dataclasses import dataclass, field

from ..._grafana.errors import BadInput
from .text import load

PATTERNS = ("*.json", "*.yaml", "*.yml")

_Matcher = t.Callable[[str, str], bool]


@dataclass(frozen=True)
class DashboardFile:
    """A file: *path* to open it by, *relative* to the directory, *folder* the titles of its folders joined by ``/``.

    *folder* is ``""`` at the top. *document* is what the file says, parsed.
    """

    path: str
    relative: str
    folder: str
    document: t.Any = field(default=None, repr=False, compare=False)


class Entry(t.NamedTuple):
    """What must not be twice: the dashboard in the file at *path*; *folder* by whatever tells folders apart."""

    path: str
    uid: str | None
    title: str
    folder: str | None


def find(
    directory: str,
    patterns: t.Sequence[str] = PATTERNS,
    exclude: t.Sequence[str] = (),
    unusable: list[BadInput] | None = None,
) -> list[DashboardFile]:
    """Return the files below *directory*, by their relative paths in order, each of them read.

    *patterns* and *exclude* are patterns of names, or with a ``/`` of relative paths; *exclude* also passes over
    directories. So are hidden files and directories. Links are followed. Raises :class:`BadInput` where the
    directory is not there or holds no such file, and one that names all files that cannot be read or parsed: with
    *unusable*, what is wrong with them is put there instead.
    """
    top = os.path.abspath(os.path.expanduser(directory))
    if not os.path.isdir(top):
        what = "is no directory" if os.path.exists(top) else "is not there"
        raise BadInput(
            "directory %s %s on the host that runs the module: correct the path, or copy the files there first"
            % (directory, what),
            code="directory_not_found",
        )
    problems: list[str] = []
    paths = sorted(_walk(top, _matcher(patterns), _matcher(exclude), problems))
    found = [entry for entry in (_read(top, relative, problems) for relative in paths) if entry is not None]
    if problems and unusable is None:
        raise cannot_be_taken(directory, [BadInput(problem) for problem in problems])
    if unusable is not None:
        unusable += [BadInput(problem) for problem in problems]
    if not found and not problems:
        raise BadInput(
            "directory %s holds no file like %s: nothing is done, because with prune it would mean that no dashboard "
            "is wanted at all" % (directory, ", ".join(patterns)),
            code="directory_empty",
        )
    return found


def cannot_be_taken(directory: str, problems: t.Sequence[BadInput]) -> BadInput:
    """Return one error for all files of a directory that hold no dashboard, or none that is taken."""
    count, it = ("%d files" % len(problems), "them") if len(problems) > 1 else ("a file", "it")
    codes = {problem.code for problem in problems} - {BadInput.code}
    return BadInput(
        "directory %s has %s that cannot be taken: %s; mend %s, or pass %s over with exclude"
        % (directory, count, "; ".join(problem.message for problem in problems), it, it),
        code=codes.pop() if len(problems) == len(codes) == 1 else "broken_files",
    )


def _matcher(patterns: t.Sequence[str]) -> _Matcher:
    """Return what tells whether a name or a relative path is meant."""
    names = _regex([pattern for pattern in patterns if "/" not in pattern])
    paths = _regex([pattern.strip("/") for pattern in patterns if "/" in pattern])
    return lambda name, relative: bool((names and names.match(name)) or (paths and paths.match(relative)))


def _regex(patterns: t.Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns)) if patterns else None


def _walk(top: str, wanted: _Matcher, excluded: _Matcher, problems: list[str]) -> t.Iterator[str]:
    """Yield the relative paths of files. A directory that leads back to one it is in is not entered again."""
    waiting: list[tuple[str, frozenset[tuple[int, int]]]] = [("", frozenset())]
    while waiting:
        here, above = waiting.pop()
        try:
            own = os.stat(os.path.join(top, here))
            entries = list(os.scandir(os.path.join(top, here)))
        except OSError as problem:
            problems.append("%s: %s" % (_shown(here or "."), problem.strerror))
            continue
        identity = (own.st_dev, own.st_ino)
        if identity in above:
            continue
        for entry in entries:
            relative = "%s/%s" % (here, entry.name) if here else entry.name
            if entry.name.startswith(".") or excluded(entry.name, relative):
                continue
            try:
                is_directory = entry.is_dir()
            except OSError as problem:
                problems.append("%s: %s" % (_shown(relative), problem.strerror))
                continue
            if is_directory:
                waiting.append((relative, above | {identity}))
            elif wanted(entry.name, relative):
                yield relative


def _read(top: str, relative: str, problems: list[str]) -> DashboardFile | None:
    path = os.path.join(top, relative)
    try:
        relative.encode()
        # A pipe would be waited for without end.
        if not stat.S_ISREG(os.stat(path).st_mode):
            problems.append("%s: it is no regular file" % relative)
            return None
        with open(path, "rb") as stream:
            document = load(stream.read(), relative, name=relative)
    except UnicodeEncodeError:
        problems.append("%s: its name is not UTF-8" % _shown(relative))
    except OSError as problem:
        problems.append("%s: %s" % (relative, problem.strerror))
    except BadInput as problem:
        problems.append(problem.message)
    else:
        return DashboardFile(path, relative, relative.rpartition("/")[0], document)
    return None


def _shown(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def duplicates(entries: t.Iterable[Entry]) -> None:
    """Raise one :class:`BadInput` that names all uids, and all titles within a folder, that are there more than once.

    Titles may repeat where each has a uid, as Grafana lets them from 11.3 on; which server it is is not known here.
    """
    uids: dict[str, list[str]] = {}
    titles: dict[tuple[str | None, str], list[str]] = {}
    named_only: set[tuple[str | None, str]] = set()
    for entry in entries:
        if entry.uid:
            uids.setdefault(entry.uid, []).append(entry.path)
        place = (entry.folder, entry.title.strip())
        if entry.title.strip():
            titles.setdefault(place, []).append(entry.path)
        if not entry.uid:
            named_only.add(place)
    # Files that share a uid are one dashboard twice: that they share a title, too, says nothing more.
    told = {tuple(paths) for paths in uids.values()}
    problems = ["the uid %s: %s" % (uid, ", ".join(paths)) for uid, paths in uids.items() if len(paths) > 1]
    problems += [
        "the title %s in %s: %s" % (title, "folder %s" % folder if folder else "one folder", ", ".join(paths))
        for (folder, title), paths in titles.items()
        if len(paths) > 1 and (folder, title) in named_only and tuple(paths) not in told
    ]
    if problems:
        raise BadInput("there is more than one dashboard with %s" % "; with ".join(problems), code="duplicates")


__all__ = ["PATTERNS", "DashboardFile", "Entry", "cannot_be_taken", "duplicates", "find"]
