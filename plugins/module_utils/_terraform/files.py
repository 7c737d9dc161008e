# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a Terraform tree on the disk: which are read, and how they are written."""

from __future__ import annotations

import contextlib
import os
import stat
import typing as t

from .._grafana.errors import BadInput, GrafanaError
from .keys import MENTION

#: Made by Terraform and its companions, and not to be edited.
_PASSED_OVER = frozenset([".terraform", ".terragrunt-cache", ".git", "node_modules"])
_ENDINGS = (".tf", ".tf.json", ".tofu", ".tofu.json", ".hcl", ".tftest.json")
_LOCK = ".terraform.lock.hcl"


class CannotWrite(GrafanaError):
    """A file cannot be written."""

    code = "cannot_write"


def read_tree(top: str) -> dict[str, bytes]:
    """Return the files below *top* that Terraform would read, by their path relative to it. Raises :class:`BadInput`.

    State files are never opened: they hold keys.
    """
    if not os.path.isdir(top):
        raise BadInput("%s is no directory" % top)
    found = {}
    for folder, folders, names in os.walk(top, onerror=_refuse):
        folders[:] = sorted(name for name in folders if name not in _PASSED_OVER)
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(_ENDINGS) and name != _LOCK and not _is_elsewhere(path):
                found[os.path.relpath(path, top).replace(os.sep, "/")] = _read(path)
    return found


def _refuse(problem: OSError) -> t.NoReturn:
    raise BadInput("%s cannot be read: %s" % (problem.filename, problem.strerror)) from None


def _is_elsewhere(path: str) -> bool:
    """A link to nowhere, a socket and the like are no code."""
    return not os.path.isfile(path)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as problem:
        _refuse(problem)


def places(top: str, sources: t.Mapping[str, bytes], files: t.Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """Return where on the disk the new *files* go, links followed.

    Raises :class:`BadInput` where that is outside of *top*, or is a file of two modules that both would have differently.
    """
    base = os.path.realpath(top)
    found: dict[str, tuple[str, bytes | None]] = {}
    for path, text in files.items():
        place = os.path.realpath(os.path.join(top, path))
        if os.path.commonpath([base, place]) != base:
            raise BadInput(
                "%s is a link to %s, which is outside of %s and would change: give the directory that has both"
                % (path, place, top)
            )
        other, theirs = found.setdefault(place, (path, text))
        if theirs != text:
            _refuse_two_ways(other, path)
    for path in sources:
        other = found.get(os.path.realpath(os.path.join(top, path)), (path, None))[0]
        # What has no keys changes for the pin alone, which harms nobody.
        if path not in files and other != path and MENTION.search(sources[path].decode("utf-8", "replace")):
            _refuse_two_ways(other, path)
    return {place: text for place, (_path, text) in found.items()}


def _refuse_two_ways(one: str, other: str) -> t.NoReturn:
    raise BadInput(
        "%s and %s are one file of two modules, which would have to change in two ways: make it two files, or rewrite by hand "
        "what keeps one of them from it" % (one, other)
    )


def write(files: t.Mapping[str, bytes | None]) -> None:
    """Write *files* (as of :func:`places`), each atomically, and remove those that are ``None``; a file keeps its mode.

    Raises :class:`CannotWrite`. All new texts are on the disk before the first one takes its place.
    """
    staged: list[tuple[str, str]] = []
    try:
        try:
            for path, text in files.items():
                if text is not None:
                    temporary = "%s.%s" % (path, os.urandom(6).hex())
                    staged.append((temporary, path))
                    _stage(temporary, path, text)
            for temporary, path in staged:
                os.replace(temporary, path)
        except BaseException:
            for temporary, _path in staged:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
            raise
        for path, text in files.items():
            if text is None:
                os.unlink(path)
    except OSError as problem:
        raise CannotWrite("%s cannot be written: %s" % (problem.filename, problem.strerror)) from None


def _stage(temporary: str, path: str, text: bytes) -> None:
    """Write *text* to the new file *temporary*, which is to become *path* and gets its mode and owner."""
    # The mode of a new file is what the umask leaves of 0666, as with an editor.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(handle, "wb") as stream:
        with contextlib.suppress(FileNotFoundError):
            there = os.stat(path)
            with contextlib.suppress(PermissionError):
                os.fchown(stream.fileno(), there.st_uid, there.st_gid)
            os.fchmod(stream.fileno(), stat.S_IMODE(there.st_mode))
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
