# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the uses of API keys in files: requests, resources, and keys in plain text, which are reported without the key.

Files are read line by line; only a line and its neighbours are in memory.
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

#: Files above this size, in bytes, are not read: they are not written by hand.
LARGEST = 10_000_000
#: How many characters of a line are searched around a mention, and in its neighbours.
_AROUND = 2000
#: How many characters of the lines before a mention, and of those after it, are searched.
_NEAR = 2 * _AROUND
#: For how many mentions in a file the method is searched. For the others it is unknown.
_MOST_METHODS = 1000
#: Folders of version control and package managers.
SKIPPED_FOLDERS = frozenset([".git", ".hg", ".svn", ".terraform", ".tox", ".venv", "__pycache__", "node_modules"])
_HEAD = 8192
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_VAULT = b"$ANSIBLE_VAULT;"
#: An API key: base64 of {"k":"…; and base64 of that again, as in secrets of Kubernetes.
_KEY = re.compile(r"(?:eyJrIjoi|ZXlKcklqb2)[A-Za-z0-9+/_=-]{20,}")

#: The kinds of hits: the path of a request, code that creates or reads keys without a path, a key in plain text.
REQUEST, DECLARED, KEY = "request", "declared", "key"
#: Why a file was not read. Files with a reason in UNSEEN may use API keys.
BINARY, TOO_LARGE, VAULTED, UNREADABLE, SPECIAL = "binary", "too large", "encrypted with ansible-vault", "not readable", "special"
UNSEEN = (TOO_LARGE, VAULTED, UNREADABLE)


@dataclass(frozen=True)
class Hit:
    """A use of API keys: *kind* is REQUEST, DECLARED or KEY; *style* is the tool or language that makes the request."""

    path: str
    line: int
    kind: str
    method: str = UNKNOWN
    style: str = ""


@dataclass
class Scan:
    """The result of a scan: *files* counts the files read, *skipped* the files not read by reason.

    *unseen* are those of the skipped files that may use API keys, with the reason.
    """

    hits: list[Hit] = field(default_factory=list)
    files: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    unseen: list[tuple[str, str]] = field(default_factory=list)

    def skip(self, path: str, reason: str) -> None:
        """Add a file that is not read."""
        self.skipped[reason] += 1
        if reason in UNSEEN:
            self.unseen.append((shown(path), reason))


def scan(paths: t.Iterable[str], exclude: t.Sequence[str] = ()) -> Scan:
    """Return the uses of API keys in *paths*, which are files and folders.

    *exclude* has patterns for paths below a folder, and for the names of files and folders. Raises :class:`BadInput` for a
    path that does not exist.
    """
    roots = [os.path.normpath(os.path.expanduser(path)) for path in paths]
    for root in roots:
        if not os.path.exists(root):
            raise BadInput("scan: %s does not exist on the host that runs the module" % shown(root), code="scan_not_found")
    result = Scan()
    for root in roots:
        for path in _files(root, exclude, result):
            _scan_file(path, result)
    return result


def shown(path: str) -> str:
    """Return *path* as printable text, with API keys in it masked."""
    return _KEY.sub("***", os.fsencode(path).decode("utf-8", "replace"))


def _files(root: str, exclude: t.Sequence[str], result: Scan) -> t.Iterator[str]:
    """Yield the files below *root*, or *root* itself if it is a file. Does not follow symbolic links to folders."""
    if not os.path.isdir(root):
        yield root
        return

    def unreadable(problem: OSError) -> None:
        result.skip(str(problem.filename or root), UNREADABLE)

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


def _scan_file(path: str, result: Scan) -> None:
    """Add the hits of one file to *result*, or the reason why the file was not read."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            # Reading a pipe or a device may never end.
            result.skip(path, SPECIAL)
            return
        with open(path, "rb") as stream:
            head = stream.read(_HEAD)
        reason = _not_text(head) or (TOO_LARGE if status.st_size > LARGEST else None)
        if reason:
            result.skip(path, reason)
            return
        encoding = "utf-16" if head[:2] in _UTF16 else "utf-8"
        with open(path, encoding=encoding, errors="replace") as lines:
            result.hits += hits_of(shown(path), lines)
        result.files += 1
    except OSError:
        result.skip(path, UNREADABLE)


def _not_text(head: bytes) -> str | None:
    """Return why a file that starts with *head* has no text to search; ``None`` if it has."""
    if head.startswith(_VAULT):
        return VAULTED
    return BINARY if b"\0" in head and head[:2] not in _UTF16 else None


class _Pending(t.NamedTuple):
    """A mention whose following lines are still being read."""

    number: int
    mention: Mention
    before: list[str]
    line: str
    column: int
    after: list[str]


def hits_of(path: str, lines: t.Iterable[str]) -> list[Hit]:
    """Return the hits in the *lines* of a file, sorted by line."""
    suffix = _suffix(path)
    hits: set[Hit] = set()
    before: deque[str] = deque(maxlen=NEIGHBOURS)
    pending: deque[_Pending] = deque()
    mentions = 0
    for number, whole in enumerate(lines, 1):
        line = whole.rstrip("\r\n")
        for one in pending:
            one.after.append(line[:_AROUND])
        while pending and len(pending[0].after) >= NEIGHBOURS:
            hits.update(_classified(path, suffix, pending.popleft()))
        if _KEY.search(line):
            hits.add(Hit(path, number, KEY))
        for mention in find(line, suffix):
            mentions += 1
            if mentions > _MOST_METHODS:
                kind = DECLARED if mention.method else REQUEST
                hits.add(Hit(path, number, kind, mention.method or UNKNOWN, mention.style))
                continue
            start = max(0, mention.column - _AROUND)
            near = line[start : mention.end + _AROUND]
            pending.append(_Pending(number, mention, _nearest(reversed(before))[::-1], near, mention.column - start, []))
        before.append(line[:_AROUND])
    for one in pending:
        hits.update(_classified(path, suffix, one))
    return sorted(hits, key=lambda hit: (hit.line, hit.kind, hit.method))


def _nearest(lines: t.Iterable[str]) -> list[str]:
    """Return the first of *lines*, which begin with the nearest one, up to :data:`_NEAR` characters."""
    found: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > _NEAR:
            break
        found.append(line)
    return found


def _suffix(path: str) -> str:
    name = os.path.basename(path).lower()
    return ".tf.json" if name.endswith(".tf.json") else os.path.splitext(name)[1]


def _classified(path: str, suffix: str, one: _Pending) -> list[Hit]:
    """Return the hit for a mention, or no hit for a declaration in a comment."""
    source = SourceLine(suffix, one.before, one.line, one.column, _nearest(one.after))
    mention = one.mention
    if mention.method:
        # Code in a comment has no effect; a path in a comment is reported, because it may describe a request.
        return [] if commented(source) else [Hit(path, one.number, DECLARED, mention.method, mention.style)]
    method, style = method_of(source) if mention.whole else (UNKNOWN, "another path")
    return [Hit(path, one.number, REQUEST, method, style)]
