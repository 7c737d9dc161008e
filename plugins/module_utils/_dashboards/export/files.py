# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory that an export writes to: each file whole or not at all, only where it differs, and never outside."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import stat
import typing as t

from ..._grafana.errors import GrafanaError
from ..formats.files import PATTERNS

ABSENT, DIFFERENT = "absent", "different"


class ExportError(GrafanaError):
    """A file cannot be written where the task says."""

    code = "directory_not_writable"


class ExportDirectory:
    """The directory *path*; in check mode (*check*) nothing is made or written.

    *changes* are the files written so far, relative, each with what it was before: ``absent`` or ``different``.
    """

    def __init__(self, path: str, check: bool) -> None:
        self.path = path
        self._top = os.path.abspath(os.path.expanduser(path))
        self._check = check
        self._sound: set[str] = set()
        self.changes: dict[str, str] = {}

    def prepare(self) -> None:
        """Make the directory. Raises :class:`ExportError` where it cannot be written, in check mode too."""
        if not self._check:
            self._make(self._top)
        there = self._top
        while not os.path.lexists(there) and os.path.dirname(there) != there:
            there = os.path.dirname(there)
        if not os.path.isdir(there):
            raise self._error(there, "it is no directory")
        if not os.access(there, os.W_OK | os.X_OK):
            raise self._error(there, "the user of the module may not write there")

    def _error(self, path: str, why: str) -> ExportError:
        inside = "" if path == self._top else " (%s)" % path
        return ExportError(
            "directory %s cannot be written on the host that runs the module%s: %s" % (self.path, inside, why), path=path
        )

    def put(self, relative: str, text: str) -> None:
        """Write *text* to the file *relative*, whose parts are names by :mod:`_export_names`, unless it is there already."""
        parts = relative.split("/")
        if any(part in ("", ".", "..") or "\0" in part or os.sep in part for part in parts):
            raise self._error(relative, "that is no path in it")
        self._check_links(parts[:-1])
        path, data = os.path.join(self._top, *parts), text.encode()
        before = self._read(path)
        if before == data:
            return
        self.changes[relative] = ABSENT if before is None else DIFFERENT
        if not self._check:
            self._make(os.path.dirname(path))
            self._write(path, data)

    def _check_links(self, parts: t.Sequence[str]) -> None:
        """Raise :class:`ExportError` for a directory that a link leads out of here, or that is something else."""
        path = self._top
        for part in parts:
            path = os.path.join(path, part)
            if path in self._sound or not os.path.lexists(path):
                continue
            if os.path.islink(path):
                raise self._error(path, "it is a link, and an export never writes through one")
            if not os.path.isdir(path):
                raise self._error(path, "it is no directory")
            self._sound.add(path)

    def _read(self, path: str) -> bytes | None:
        """Return what is in a file, ``None`` where there is none; of a link or a pipe, nothing."""
        try:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                if os.path.isdir(path) and not os.path.islink(path):
                    raise self._error(path, "it is a directory, where a file is to be")
                return b""
            with open(path, "rb") as stream:
                return stream.read()
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise self._error(path, problem.strerror or str(problem)) from None

    def _make(self, path: str) -> None:
        try:
            os.makedirs(path, exist_ok=True)
        except OSError as problem:
            raise self._error(path, problem.strerror or str(problem)) from None

    def _write(self, path: str, data: bytes) -> None:
        # Hidden, so that an import that runs meanwhile does not take it for a dashboard.
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

    def stale(self, expected: t.Collection[str], passed_over: t.Collection[str] = ()) -> list[str]:
        """Return the files, relative, that an import would take for dashboards and that are not *expected*.

        Those in the directories *passed_over*, which are at the top, do not count.
        """
        found = []
        for folder, folders, files in os.walk(self._top):
            inside = os.path.relpath(folder, self._top)
            place = "" if inside == "." else inside.replace(os.sep, "/") + "/"
            folders[:] = sorted(name for name in folders if not name.startswith(".") and (place or name not in passed_over))
            for name in files:
                wanted = not name.startswith(".") and any(fnmatch.fnmatch(name, pattern) for pattern in PATTERNS)
                if wanted and place + name not in expected:
                    found.append(place + name)
        return sorted(found)


__all__ = ["ABSENT", "DIFFERENT", "ExportDirectory", "ExportError"]
