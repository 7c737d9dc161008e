# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new key is put so that it is never lost and never shown: a file, and its metadata beside it.

The metadata (``DEST.json``) holds no secret: it is what nobody can ask the server for later. Before a key is
made its name is written there as *pending*: that proves that the place can be written to, and after a crash
it says which token on the server nobody has the key of.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import stat
import time
import typing as t
from dataclasses import asdict, dataclass, field

try:
    import fcntl
except ImportError:  # not on this platform: no lock, as on file systems without locks
    fcntl = None  # type: ignore[assignment]

from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import GrafanaError

#: How long another run that works on the same file is waited for, in seconds.
LOCK_WAIT = 60.0
#: Keys are short; a file larger than this, in bytes, is something else.
_LARGEST = 64 * 1024


class StoreError(GrafanaError):
    """A key cannot be put, or read, where the task says."""

    code = "store_failed"


@dataclass(frozen=True)
class Metadata:
    """What is remembered of a stored key; *created* and *expires* are ISO 8601 in UTC, *fingerprint* of the key."""

    token_id: int | None = None
    name: str | None = None
    service_account_id: int | None = None
    service_account: str | None = None
    org_id: int | None = None
    org_name: str | None = None
    server: str | None = None
    created: str | None = None
    expires: str | None = None
    fingerprint: str | None = None
    #: Names of tokens that were about to be made; their keys may have been lost.
    pending: tuple[str, ...] = field(default=())


def fingerprint(key: str) -> str:
    """Return what identifies *key* without giving it away: a key has 190 random bits, so a plain hash does."""
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True)
class KeyFile:
    """A key in the file *path*, readable by its owner alone, with ``path + '.json'`` beside it."""

    path: str

    @property
    def metadata_path(self) -> str:
        """Where the metadata stands."""
        return self.path + ".json"

    def check(self) -> None:
        """Raise :class:`StoreError` for what is wrong with the place already; writes nothing."""
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise StoreError("dest %s: the directory %s does not exist; create it first" % (self.path, folder))
        for path in (self.path, self.metadata_path):
            if os.path.islink(path) or (os.path.lexists(path) and not os.path.isfile(path)):
                raise StoreError("dest %s: %s is a link or a directory, not a plain file" % (self.path, path))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise StoreError("dest %s: the directory %s is not writable for this user" % (self.path, folder))

    def key(self) -> str | None:
        """Return the key in the file, ``None`` if there is no file. Raises :class:`StoreError`."""
        text = _read(self.path)
        return None if text is None else text.strip()

    def metadata(self) -> Metadata | None:
        """Return what is remembered of the key, ``None`` for nothing (or nothing that can be understood)."""
        text = _read(self.metadata_path)
        try:
            found = json.loads(text) if text else None
        except ValueError:
            return None
        if not isinstance(found, dict):
            return None
        known = {name: found[name] for name in Metadata.__dataclass_fields__ if name in found}
        known["pending"] = tuple(str(name) for name in known.get("pending") or ())
        return Metadata(**known)

    def remember(self, metadata: Metadata, durable: bool = True) -> None:
        """Write the metadata; *durable* against a loss of power too. Raises :class:`StoreError`."""
        text = {key: value for key, value in asdict(metadata).items() if key != "pending" or value}
        write_private(self.metadata_path, json.dumps(text, indent=2, sort_keys=True) + "\n", durable)

    def restore(self, metadata: Metadata | None) -> None:
        """Put back what was remembered before. Raises :class:`StoreError`."""
        if metadata is not None:
            self.remember(metadata)
            return
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.metadata_path)

    def store(self, key: str, metadata: Metadata) -> None:
        """Write the key, then the metadata, and read both back. Raises :class:`StoreError`."""
        write_private(self.path, key + "\n", durable=False)
        self.remember(metadata)  # this makes both durable: the folder is synced, and the key's file before
        if self.key() != key or self.metadata() != metadata:
            raise StoreError("dest %s does not hold what was just written to it" % self.path)

    def exists(self) -> bool:
        """Tell whether the key or its metadata is there."""
        return os.path.lexists(self.path) or os.path.lexists(self.metadata_path)

    def remove(self) -> None:
        """Remove key and metadata. Raises :class:`StoreError`."""
        for path in (self.path, self.metadata_path):
            try:
                os.unlink(path)
            except FileNotFoundError:
                pass
            except OSError as problem:
                raise StoreError("%s cannot be removed: %s" % (path, problem.strerror)) from None

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Keep other runs away from this file meanwhile. Raises :class:`StoreError` after a minute of waiting."""
        path = self.path + ".lock"
        handle = _lock(path)
        try:
            yield
        finally:
            if handle is not None:
                with contextlib.suppress(OSError):
                    os.unlink(path)
                os.close(handle)


def write_private(path: str, text: str, durable: bool = True) -> None:
    """Write *text* to *path* atomically with mode 0600, whatever mode a file of that name had; its owner stays.

    Without *durable* a loss of power may undo the write, but never leaves half of it.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, ".%s.%d.%s" % (name, os.getpid(), os.urandom(6).hex()))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(temporary, flags, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                _keep_owner(path, stream.fileno())
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        if durable:
            _sync(folder)
    except OSError as problem:
        raise StoreError("%s cannot be written: %s" % (path, problem.strerror or problem)) from None


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


def _read(path: str) -> str | None:
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
        return stream.read(_LARGEST).decode("utf-8", "replace")


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
