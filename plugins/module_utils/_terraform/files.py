# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and write the files of a Terraform tree on the disk."""

from __future__ import annotations

import contextlib
import os
import stat
import typing as t

from .._grafana.errors import BadInput, GrafanaError
from .._grafana.files import read_regular
from .mentions import mentions

#: Folders that other tools manage: their files are not read.
_SKIPPED_FOLDERS = frozenset([".terraform", ".terragrunt-cache", ".git", "node_modules"])
_ENDINGS = (".tf", ".tf.json", ".tofu", ".tofu.json", ".hcl", ".tftest.json")
_LOCK = ".terraform.lock.hcl"


class CannotWrite(GrafanaError):
    """A file cannot be written."""

    code = "cannot_write"


def read_tree(top: str) -> dict[str, bytes]:
    """Return the files below *top* with code of Terraform or OpenTofu, by their path relative to *top*.

    State files are never opened, because they hold keys. Raises :class:`BadInput` for a file or folder that cannot be read.
    """
    if not os.path.isdir(top):
        raise BadInput("%s is not a directory" % top)
    found = {}
    for folder, folders, names in os.walk(top, onerror=_refuse):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = os.path.join(folder, name)
            # This skips broken links and sockets, for example.
            if name.endswith(_ENDINGS) and name != _LOCK and os.path.isfile(path):
                found[os.path.relpath(path, top).replace(os.sep, "/")] = _read(path)
    return found


def _refuse(problem: OSError) -> t.NoReturn:
    raise BadInput("%s cannot be read: %s" % (problem.filename, problem.strerror)) from None


def _read(path: str) -> bytes:
    try:
        return read_regular(path)
    except OSError as problem:
        _refuse(problem)


def resolve(top: str, sources: t.Mapping[str, bytes], files: t.Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """Return the new *files* by their absolute paths, with links resolved.

    Raises :class:`BadInput` for a file outside *top*, and for a file that two modules share if they need different texts.
    """
    base = os.path.realpath(top)
    resolved: dict[str, tuple[str, bytes | None]] = {}
    for path, text in files.items():
        target = os.path.realpath(os.path.join(top, path))
        if os.path.commonpath([base, target]) != base:
            raise BadInput(
                "%s is a link to %s, which must change and is outside %s: give the directory that has both" % (path, target, top)
            )
        other, other_text = resolved.setdefault(target, (path, text))
        if other_text != text:
            _refuse_conflict(other, path)
    for path in sources:
        other = resolved.get(os.path.realpath(os.path.join(top, path)), (path, None))[0]
        # In a file without keys only the pin changes, which is right for both modules.
        if path not in files and other != path and mentions(path, sources[path].decode("utf-8", "replace")):
            _refuse_conflict(other, path)
    return {target: text for target, (_path, text) in resolved.items()}


def _refuse_conflict(one: str, other: str) -> t.NoReturn:
    raise BadInput(
        "%s and %s are the same file, shared by two modules that need different texts of it: make it two files, or rewrite by "
        "hand the code that cannot be rewritten in one of the modules" % (one, other)
    )


def write(files: t.Mapping[str, bytes | None]) -> None:
    """Write *files* (as :func:`resolve` returns them), each atomically, and delete those that are ``None``.

    A file keeps its mode and owner. All new texts are on the disk, as temporary files, before the first file is replaced.
    Raises :class:`CannotWrite`.
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
    """Write *text* to the new file *temporary*, with the mode and owner of *path*."""
    # A new file gets the mode 0666 without the bits of the umask, as an editor does it.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(handle, "wb") as stream:
        with contextlib.suppress(FileNotFoundError):
            existing = os.stat(path)
            with contextlib.suppress(PermissionError):
                os.fchown(stream.fileno(), existing.st_uid, existing.st_gid)
            os.fchmod(stream.fileno(), stat.S_IMODE(existing.st_mode))
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
