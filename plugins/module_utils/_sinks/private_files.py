# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private files: written atomically and with mode 0600, read without following links, locked against other runs."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
import typing as t

try:
    import fcntl
except ImportError:  # not on this platform: no lock, as on file systems without locks
    fcntl = None  # type: ignore[assignment]

from .._grafana.errors import GrafanaError

#: How long another run that works on the same file is waited for, in seconds.
LOCK_WAIT = 60.0
#: Keys are short; a file larger than this, in bytes, is something else.
LARGEST = 64 * 1024


#: The code of the error of a key that may have been stored or not.
UNSETTLED = "store_unsettled"


class StoreError(GrafanaError):
    """A key cannot be put, or read, where the task says."""

    code = "store_failed"


def write_private(path: str, text: str, durable: bool = True) -> None:
    """Write *text* to *path* atomically with mode 0600, whatever mode a file of that name had; its owner stays.

    Without *durable* a loss of power may undo the write, but never leaves half of it. Raises :class:`StoreError`.
    """
    write_together([(path, text)], durable)


def write_together(files: t.Sequence[tuple[str, str]], durable: bool = True) -> None:
    """Write several files of one directory as :func:`write_private` does; what fails for one changes none of them.

    They take their places one after the other, in order, once all of them are on the disk in full.
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
    """Write *text* to the new file *temporary*, which is to become *path*."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(temporary, flags, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        _keep_owner(path, stream.fileno())
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _keep_owner(path: str, handle: int) -> None:
    """Give the new file the owner of the one that it replaces, where this user may."""
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return
    here = os.fstat(handle)
    if (there.st_uid, there.st_gid) != (here.st_uid, here.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(handle, there.st_uid, there.st_gid)


def _sync(folder: str) -> None:
    """Make a rename durable, where the file system knows how."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_private(path: str, largest: int = LARGEST) -> str | None:
    """Return the text of a plain file, ``None`` if there is none. Raises :class:`StoreError` for anything else."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None
    except OSError as problem:
        why = "it is a link" if problem.errno == errno.ELOOP else problem.strerror
        raise StoreError("%s cannot be read: %s" % (path, why)) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise StoreError("%s is no plain file" % path)
    with os.fdopen(handle, "rb") as stream:
        return stream.read(largest).decode("utf-8", "replace")


@contextlib.contextmanager
def locked(path: str) -> t.Iterator[None]:
    """Keep other runs away from *path* meanwhile. Raises :class:`StoreError` after a minute of waiting."""
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
    """Return a handle that holds the lock *path*; ``None`` where this platform has none."""
    if fcntl is None:
        return None
    deadline = time.monotonic() + LOCK_WAIT
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError as problem:
            raise StoreError("%s cannot be made: %s" % (path, problem.strerror)) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it before removed the file: then this is a lock on nothing.
            if os.path.exists(path) and os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        except OSError as problem:
            if problem.errno not in (errno.EAGAIN, errno.EACCES, errno.ENOENT):
                os.close(handle)
                return None  # a file system without locks
        os.close(handle)
        if time.monotonic() > deadline:
            raise StoreError("%s is held by another run that works on the same file" % path, code="locked")
        time.sleep(0.05)


def git_work_tree(path: str) -> str | None:
    """Return the git work tree that *path* lies in, if any."""
    folder = os.path.dirname(os.path.abspath(path))
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
