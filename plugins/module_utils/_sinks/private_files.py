# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private files: written atomically with mode 0600, read without following links, locked against other runs."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
import typing as t

try:
    import fcntl
except ImportError:  # without locks on this platform, as on file systems without locks
    fcntl = None  # type: ignore[assignment]

from .._grafana.errors import GrafanaError

#: How long to wait for the lock of another run, in seconds.
LOCK_WAIT = 60.0
#: The largest part of a file that is read, in bytes; keys are much shorter.
LARGEST = 64 * 1024

#: The error code if it is unknown whether a key was stored.
UNSETTLED = "store_unsettled"


class StoreError(GrafanaError):
    """A sink cannot store or read a key."""

    code = "store_failed"


def write_private(path: str, text: str, durable: bool = True) -> None:
    """Write *text* to *path* atomically with mode 0600; a replaced file's mode does not matter, its owner stays.

    Without *durable* a loss of power may undo the write, but never leaves a part of it. Raises :class:`StoreError`.
    """
    write_together([(path, text)], durable)


def write_together(files: t.Sequence[tuple[str, str]], durable: bool = True) -> None:
    """Write several files (path, text) of one directory as :func:`write_private` does; a failed write changes none of them.

    The files are renamed in order after all of them are completely on the disk.
    """
    staged: list[tuple[str, str]] = []
    try:
        try:
            for path, text in files:
                temporary = _temporary(path)
                staged.append((temporary, path))
                _write(temporary, path, text)
            for temporary, path in staged:
                os.replace(temporary, path)
        except BaseException:
            for temporary, _path in staged:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
            raise
        if durable:
            _sync(os.path.dirname(files[0][0]))
    except OSError as problem:
        raise StoreError("%s cannot be written: %s" % (files[0][0], problem.strerror or problem)) from None


def _temporary(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, ".%s.%d.%s" % (name, os.getpid(), os.urandom(6).hex()))


def _write(temporary: str, path: str, text: str) -> None:
    """Write *text* to the new file *temporary*, which will be renamed to *path*."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(temporary, flags, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        _copy_owner(path, stream.fileno())
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _copy_owner(path: str, handle: int) -> None:
    """Give the open file *handle* the owner of the file *path*, if that exists and this user is permitted to."""
    try:
        old = os.lstat(path)
    except FileNotFoundError:
        return
    new = os.fstat(handle)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(handle, old.st_uid, old.st_gid)


def _sync(folder: str) -> None:
    """Make renames in *folder* durable, if the file system supports it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_private(path: str, largest: int = LARGEST) -> str | None:
    """Return the first *largest* bytes of a plain file as text, ``None`` for a missing file.

    Raises :class:`StoreError` for a link, a directory, a file that cannot be read, and one that :func:`refuse_foreign` refuses.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None
    except OSError as problem:
        why = "it is a link" if problem.errno == errno.ELOOP else problem.strerror
        raise StoreError("%s cannot be read: %s" % (path, why)) from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise StoreError("%s is not a plain file" % path)
    with os.fdopen(handle, "rb") as stream:
        refuse_foreign(path, status.st_uid)
        return stream.read(largest).decode("utf-8", "replace")


def refuse_foreign(path: str, owner: int) -> None:
    """Raise :class:`StoreError` if another user may have put the file *path*, which belongs to *owner* (a user id), there.

    That is so, as for the files of ssh, if others may write to its directory and it belongs to neither root nor the caller. The
    bit for sticky directories (/tmp) is no protection: it allows others to create the file first.
    """
    if owner in (0, os.geteuid()):
        return
    folder = os.path.dirname(path)
    if os.stat(folder).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StoreError(
            "%s belongs to another user (id %d), and its directory %s is writable for others, so anyone may have put it there: "
            "use a directory that only its owner can write to (chmod go-w), or give the file to root or to the user who runs the "
            "module" % (path, owner, folder),
            code="foreign_file",
        )


@contextlib.contextmanager
def locked(path: str) -> t.Iterator[None]:
    """Lock *path* against other runs. Raises :class:`StoreError` if another run still has the lock after LOCK_WAIT."""
    lock = path + ".lock"
    handle = _lock(lock)
    try:
        yield
    finally:
        if handle is not None:
            with contextlib.suppress(OSError):
                os.unlink(lock)
            os.close(handle)


def _lock(path: str) -> int | None:
    """Lock the file *path* and return its handle; ``None`` if the platform or the file system has no locks."""
    if fcntl is None:
        return None
    deadline = time.monotonic() + LOCK_WAIT
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError as problem:
            raise StoreError("%s cannot be created: %s" % (path, problem.strerror)) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # If the previous holder has removed the file, this lock is on a deleted file: try again.
            if os.path.exists(path) and os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        except OSError as problem:
            if problem.errno not in (errno.EAGAIN, errno.EACCES, errno.ENOENT):
                os.close(handle)
                return None  # a file system without locks
        os.close(handle)
        if time.monotonic() > deadline:
            raise StoreError("%s is held by another run that uses the same file" % path, code="locked")
        time.sleep(0.05)


def git_work_tree(path: str) -> str | None:
    """Return the git work tree that contains *path*, or ``None``."""
    folder = os.path.dirname(os.path.abspath(path))
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
