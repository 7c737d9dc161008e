# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where somebody's files use API keys: requests, resources, and keys in clear, of which only the place is told.

Files are read line by line, and no line is kept longer than its neighbours are looked at.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import typing as t
from collections import Counter, deque
from dataclasses import dataclass, field

from .._grafana.errors import BadInput
from .lines import NEIGHBOURS, UNKNOWN, Mention, SourceLine, commented, find, method_of

#: Files above this size, in bytes, are not read: nobody writes them by hand.
LARGEST = 10_000_000
#: So much of a line, in characters, is looked at around a place, and of its neighbours.
_AROUND = 2000
#: Folders with what version control and package managers keep.
SKIPPED_FOLDERS = frozenset([".git", ".hg", ".svn", ".terraform", ".tox", ".venv", "__pycache__", "node_modules"])
_HEAD = 8192
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_VAULT = b"$ANSIBLE_VAULT;"
#: An API key of the old form: base64 of {"k":"…; and base64 of that, as secrets of Kubernetes are written.
_KEY = re.compile(r"(?:eyJrIjoi|ZXlKcklqb2)[A-Za-z0-9+/_=-]{20,}")

#: What a hit is: the path of a request, something that makes or reads keys without it, a key in clear.
REQUEST, DECLARED, KEY = "request", "declared", "key"
#: Why a file was not read. Those of UNSEEN may hold something.
BINARY, TOO_LARGE, VAULTED, UNREADABLE, SPECIAL = "binary", "too large", "encrypted with ansible-vault", "not readable", "special"
UNSEEN = (TOO_LARGE, VAULTED, UNREADABLE)


@dataclass(frozen=True)
class Hit:
    """A place in a file: *kind* is REQUEST, DECLARED or KEY; *method* that of the request, *style* how it is made."""

    path: str
    line: int
    kind: str
    method: str = UNKNOWN
    style: str = ""


@dataclass
class Scan:
    """What was found. *unseen* are files that may hold something and could not be looked at, with the reason."""

    hits: list[Hit] = field(default_factory=list)
    files: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    unseen: list[tuple[str, str]] = field(default_factory=list)

    def skip(self, path: str, reason: str) -> None:
        """Note a file that is not read."""
        self.skipped[reason] += 1
        if reason in UNSEEN:
            self.unseen.append((shown(path), reason))


def scan(places: t.Iterable[str], exclude: t.Sequence[str] = ()) -> Scan:
    """Return what the files at *places* (files and folders) use of API keys.

    *exclude* are patterns of paths below a folder, or of the names of files and folders. Raises :class:`BadInput` where a
    place is not there.
    """
    roots = [os.path.normpath(os.path.expanduser(place)) for place in places]
    for root in roots:
        if not os.path.exists(root):
            raise BadInput("scan: there is no %s on the host that runs the module" % shown(root), code="scan_not_found")
    found = Scan()
    for root in roots:
        for path in _files(root, exclude, found):
            _look(path, found)
    return found


def shown(path: str) -> str:
    """Return *path* as text that can be printed, and without a key that is in a file's name."""
    return _KEY.sub("***", os.fsencode(path).decode("utf-8", "replace"))


def _files(root: str, exclude: t.Sequence[str], found: Scan) -> t.Iterator[str]:
    """Yield the files below *root*, or itself; symbolic links to folders are not followed."""
    if not os.path.isdir(root):
        yield root
        return

    def unreadable(problem: OSError) -> None:
        found.skip(str(problem.filename or root), UNREADABLE)

    for folder, folders, names in os.walk(root, onerror=unreadable):
        folders[:] = sorted(
            name for name in folders if name not in SKIPPED_FOLDERS and not _excluded(root, folder, name, exclude)
        )
        for name in sorted(names):
            if not _excluded(root, folder, name, exclude):
                yield os.path.join(folder, name)


def _excluded(root: str, folder: str, name: str, exclude: t.Sequence[str]) -> bool:
    path = os.path.relpath(os.path.join(folder, name), root)
    return any(fnmatch.fnmatch(path, pattern) or fnmatch.fnmatch(name, pattern) for pattern in exclude)


def _look(path: str, found: Scan) -> None:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            # Reading a pipe or a device may never end.
            found.skip(path, SPECIAL)
            return
        with open(path, "rb") as stream:
            head = stream.read(_HEAD)
        reason = _no_text(head) or (TOO_LARGE if status.st_size > LARGEST else None)
        if reason:
            found.skip(path, reason)
            return
        encoding = "utf-16" if head[:2] in _UTF16 else "utf-8"
        with open(path, encoding=encoding, errors="replace") as lines:
            found.hits += hits_of(shown(path), lines)
        found.files += 1
    except OSError:
        found.skip(path, UNREADABLE)


def _no_text(head: bytes) -> str | None:
    if head.startswith(_VAULT):
        return VAULTED
    return BINARY if b"\0" in head and head[:2] not in _UTF16 else None


class _Waiting(t.NamedTuple):
    """A place whose neighbours after it are still being read."""

    number: int
    found: Mention
    before: list[str]
    line: str
    column: int
    after: list[str]


def hits_of(path: str, lines: t.Iterable[str]) -> list[Hit]:
    """Return what is found in the *lines* of a file, in their order."""
    suffix = _suffix(path)
    hits: list[Hit] = []
    before: deque[str] = deque(maxlen=NEIGHBOURS)
    waiting: deque[_Waiting] = deque()
    for number, whole in enumerate(lines, 1):
        line = whole.rstrip("\r\n")
        for one in waiting:
            one.after.append(line[:_AROUND])
        while waiting and len(waiting[0].after) >= NEIGHBOURS:
            hits += _judged(path, suffix, waiting.popleft())
        if _KEY.search(line):
            hits.append(Hit(path, number, KEY))
        for found in find(line, suffix):
            start = max(0, found.column - _AROUND)
            near = line[start : found.end + _AROUND]
            waiting.append(_Waiting(number, found, list(before), near, found.column - start, []))
        before.append(line[:_AROUND])
    for one in waiting:
        hits += _judged(path, suffix, one)
    return sorted(set(hits), key=lambda hit: (hit.line, hit.kind, hit.method))


def _suffix(path: str) -> str:
    name = os.path.basename(path).lower()
    return ".tf.json" if name.endswith(".tf.json") else os.path.splitext(name)[1]


def _judged(path: str, suffix: str, one: _Waiting) -> list[Hit]:
    place = SourceLine(suffix, one.before, one.line, one.column, one.after)
    found = one.found
    if found.method:
        # What is commented out does nothing; a path in a comment may still be told about.
        return [] if commented(place) else [Hit(path, one.number, DECLARED, found.method, found.style)]
    method, style = method_of(place) if found.whole else (UNKNOWN, "another path")
    return [Hit(path, one.number, REQUEST, method, style)]
