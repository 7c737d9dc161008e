# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory that an export writes to. Writes are atomic, only happen for changed files, and never leave the directory."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import stat
import typing as t

from ..._grafana.errors import GrafanaError
from ..._grafana.files import read_regular
from ..formats.files import PATTERNS

ABSENT, DIFFERENT = "absent", "different"


class ExportError(GrafanaError):
    """The directory of the task, or a file in it, cannot be written."""

    code = "directory_not_writable"


class ExportDirectory:
    """The directory *path*. In check mode (*check*), nothing is created or written.

    *changes* are the files written so far: relative path to the state before, ``absent`` or ``different``.
    """

    def __init__(self, path: str, check: bool) -> None:
        self.path = path
        self._top = os.path.abspath(os.path.expanduser(path))
        self._check = check
        #: Directories that exist and are not links.
        self._checked: set[str] = set()
        self.changes: dict[str, str] = {}

    def prepare(self) -> None:
        """Create the directory. Raises :class:`ExportError` if it cannot be written, also in check mode."""
        if not self._check:
            self._create(self._top)
        existing = self._top
        while not os.path.lexists(existing) and os.path.dirname(existing) != existing:
            existing = os.path.dirname(existing)
        if not os.path.isdir(existing):
            raise self._error(existing, "it is not a directory")
        if not os.access(existing, os.W_OK | os.X_OK):
            raise self._error(existing, "the user that runs the module has no permission to write to it")

    def _error(self, path: str, reason: str) -> ExportError:
        inside = "" if path == self._top else " (%s)" % path
        return ExportError(
            "directory %s cannot be written on the host that runs the module%s: %s" % (self.path, inside, reason), path=path
        )

    def put(self, relative: str, text: str) -> None:
        """Write *text* to the file *relative*, a path from :func:`.names.paths`, unless the file already has this text."""
        parts = relative.split("/")
        if any(part in ("", ".", "..") or "\0" in part or os.sep in part for part in parts):
            raise self._error(relative, "this path does not lie in the directory")
        self._check_links(parts[:-1])
        path, data = os.path.join(self._top, *parts), text.encode()
        before = self._read(path)
        if before == data:
            return
        self.changes[relative] = ABSENT if before is None else DIFFERENT
        if not self._check:
            self._create(os.path.dirname(path))
            self._write(path, data)

    def _check_links(self, parts: t.Sequence[str]) -> None:
        """Raise :class:`ExportError` if one of the nested directories *parts* is a link, or exists and is not a directory."""
        path = self._top
        for part in parts:
            path = os.path.join(path, part)
            if path in self._checked or not os.path.lexists(path):
                continue
            if os.path.islink(path):
                raise self._error(path, "it is a link, and an export does not follow links")
            if not os.path.isdir(path):
                raise self._error(path, "it is not a directory")
            self._checked.add(path)

    def _read(self, path: str) -> bytes | None:
        """Return the content of a file, ``None`` if it does not exist. For a link, return ``b""``: a file replaces it."""
        try:
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                return b""
            if not stat.S_ISREG(mode):
                what = "a directory" if stat.S_ISDIR(mode) else "a pipe, a socket or a device"
                raise self._error(path, "the export needs to write a file of this name, but it is %s" % what)
            return read_regular(path)
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise self._error(path, problem.strerror or str(problem)) from None

    def _create(self, path: str) -> None:
        try:
            os.makedirs(path, exist_ok=True)
        except OSError as problem:
            raise self._error(path, problem.strerror or str(problem)) from None

    def _write(self, path: str, data: bytes) -> None:
        # A hidden file, so that an import at the same time does not read it as a dashboard.
        temporary = os.path.join(os.path.dirname(path), ".%s.tmp" % os.urandom(8).hex())
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(data)
                with contextlib.suppress(FileNotFoundError):
                    mode = os.lstat(path).st_mode
                    if stat.S_ISREG(mode):
                        os.chmod(temporary, stat.S_IMODE(mode))
                os.replace(temporary, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError as problem:
            raise self._error(path, problem.strerror or str(problem)) from None

    def stale(self, expected: t.Collection[str], skipped: t.Collection[str] = ()) -> list[str]:
        """Return the relative paths of files that an import would read as dashboards and that are not *expected*.

        Files in the top-level directories *skipped* are not reported, nor are pipes, sockets and devices.
        """
        stale = []
        for directory, subdirectories, files in os.walk(self._top):
            inside = os.path.relpath(directory, self._top)
            prefix = "" if inside == "." else inside.replace(os.sep, "/") + "/"
            subdirectories[:] = sorted(
                name for name in subdirectories if not name.startswith(".") and (prefix or name not in skipped)
            )
            for name in files:
                imported = not name.startswith(".") and any(fnmatch.fnmatch(name, pattern) for pattern in PATTERNS)
                if imported and prefix + name not in expected and not _is_special(os.path.join(directory, name)):
                    stale.append(prefix + name)
        return sorted(stale)


def _is_special(path: str) -> bool:
    """Tell whether *path* is a pipe, a socket or a device, or a link to one."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


__all__ = ["ABSENT", "DIFFERENT", "ExportDirectory", "ExportError"]
