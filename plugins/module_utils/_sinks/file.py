# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``file``: stores the key in a file that only its owner can read, and the metadata in a second file."""

from __future__ import annotations

import contextlib
import json
import os
import re
import typing as t
from dataclasses import replace

from .._grafana.errors import BadInput
from .base import KeyOwner, Metadata, Shared, Sink, Stored, fingerprint
from .container import refuse_ephemeral
from .private_files import StoreError, locked, read_private, refuse_foreign, write_private, write_together


def as_name(value: str) -> str:
    """Return *value* as one part of a path: ``/`` becomes %2F, ``%`` becomes %25, and a dot at the beginning %2E."""
    value = value.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")
    return "%2E" + value[1:] if value.startswith(".") else value


class MetadataFile:
    """A JSON file that holds only metadata, for the sinks ``file`` and ``command``."""

    def __init__(self, path: str) -> None:
        self.path = path

    def read(self) -> Metadata | None:
        """Return the metadata, ``None`` if the file is missing or does not hold metadata."""
        return Metadata.parse(read_private(self.path) or "")

    def write(self, metadata: Metadata | None, durable: bool = True) -> None:
        """Write *metadata*, or delete the file for ``None``; with *durable* the write survives a loss of power."""
        if metadata is None:
            remove(self.path)
            return
        write_private(self.path, self.text(metadata), durable)

    @staticmethod
    def text(metadata: Metadata) -> str:
        """Return the text of the file: *metadata* as JSON, sorted, on several lines."""
        return json.dumps(metadata.plain(), indent=2, sort_keys=True) + "\n"


class FileSink(Sink):
    """Stores the key in the file *path*, with a newline at its end, and the metadata in *path*.json; both have mode 0600."""

    type = "file"
    OPTIONS = ("path", "allow_ephemeral")
    REQUIRED = ("path",)
    locks = True

    def __init__(self, options: t.Mapping[str, t.Any], owner: KeyOwner, shared: Shared) -> None:
        self._set_path(absolute(owner.fill(options["path"], "path", as_name), "path"), options.get("allow_ephemeral"))

    def _set_path(self, path: str, allow_ephemeral: bool | None) -> None:
        self.path, self._allow_ephemeral = path, allow_ephemeral
        self._metadata = MetadataFile(path + ".json")

    @classmethod
    def at(cls, path: str, allow_ephemeral: bool | None = None) -> FileSink:
        """Return the sink for the file *path*, which is not a template: braces in it have no meaning."""
        sink = cls.__new__(cls)
        sink._set_path(absolute(path, "path"), allow_ephemeral)
        return sink

    @property
    def where(self) -> str:
        """The path of the key's file."""
        return self.path

    def check(self) -> None:
        """Raise if the files cannot be written, or would end with a container."""
        refuse_ephemeral(self.path, self._allow_ephemeral)
        check_folder(self.path, (self.path, self._metadata.path))

    def read(self) -> Stored:
        """Return the key and its metadata."""
        text = read_private(self.path)
        key = None if text is None else text.strip()
        there = os.path.lexists(self.path) or os.path.lexists(self._metadata.path)
        return Stored(self._metadata.read(), fingerprint(key) if key else None, there, key or None)

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Write only the metadata."""
        self._metadata.write(metadata, durable=False)
        return replace(before, metadata=metadata, there=True)

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Write the key, then the metadata, and read both back."""
        write_together([(self.path, key + "\n"), (self._metadata.path, self._metadata.text(metadata))])
        found = self.read()
        if found.key != key or found.metadata != metadata:
            raise StoreError("%s does not hold the key that was just written to it" % self.path)
        return found

    def remove(self) -> None:
        """Delete both files."""
        for path in (self.path, self._metadata.path):
            remove(path)

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Lock the key's file against other runs, and delete temporary files of killed runs."""
        with locked(self.path):
            sweep(self.path)
            sweep(self._metadata.path)
            yield

    def paths(self) -> tuple[str, ...]:
        """Return the key's file."""
        return (self.path,)


def absolute(path: str, option: str) -> str:
    """Return *path* as an absolute path, with ``~`` resolved. Raises :class:`BadInput` for a directory."""
    if path.endswith(("/", "/.")) or not path:
        raise BadInput("sink.%s has to name a file, not the directory %s" % (option, path))
    return os.path.abspath(os.path.expanduser(path))


def check_folder(path: str, files: t.Iterable[str]) -> None:
    """Raise :class:`StoreError` if *files* in the directory of *path* cannot be written; writes nothing."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise StoreError("%s: the directory %s does not exist; create it first" % (path, folder), missing=folder)
    for one in files:
        if os.path.islink(one) or (os.path.lexists(one) and not os.path.isfile(one)):
            raise StoreError("%s: %s is a link or a directory, not a plain file" % (path, one))
        with contextlib.suppress(FileNotFoundError):
            refuse_foreign(one, os.lstat(one).st_uid)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError("%s: the directory %s is not writable for this user" % (path, folder))


def remove(path: str) -> None:
    """Delete a file; a missing file is not an error. Raises :class:`StoreError`."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise StoreError("%s cannot be deleted: %s" % (path, problem.strerror)) from None


def sweep(path: str) -> None:
    """Delete temporary files that killed runs left beside *path*. The caller has to hold the lock of *path*."""
    folder, name = os.path.split(path)
    temporary = re.compile(r"\.%s\.\d+\.[0-9a-f]{12}" % re.escape(name))
    with contextlib.suppress(OSError):
        for entry in os.listdir(folder):
            if temporary.fullmatch(entry):
                remove(os.path.join(folder, entry))
