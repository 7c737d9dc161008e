# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``file``: the key in a file that its owner alone can read, the metadata beside it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import typing as t
from dataclasses import replace

from .._grafana.errors import BadInput
from .base import KeyOwner, Metadata, Shared, Sink, Stored, fingerprint
from .private_files import StoreError, locked, read_private, write_private, write_together


def as_name(value: str) -> str:
    """Return *value* as one part of a path: ``/`` is %2F, ``%`` is %25, and no name begins with a dot."""
    value = value.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")
    return "%2E" + value[1:] if value.startswith(".") else value


class MetadataFile:
    """Metadata in a file of its own, as two kinds of sinks keep it."""

    def __init__(self, path: str) -> None:
        self.path = path

    def read(self) -> Metadata | None:
        """Return what is remembered, ``None`` for nothing (or nothing that can be understood)."""
        return Metadata.parse(read_private(self.path) or "")

    def write(self, metadata: Metadata | None, durable: bool = True) -> None:
        """Write *metadata*, or remove the file for ``None``; *durable* against a loss of power too."""
        if metadata is None:
            remove(self.path)
            return
        write_private(self.path, self.text(metadata), durable)

    @staticmethod
    def text(metadata: Metadata) -> str:
        """Return *metadata* as the file holds it: JSON, sorted, on several lines."""
        return json.dumps(metadata.plain(), indent=2, sort_keys=True) + "\n"


class FileSink(Sink):
    """A key in the file *path*, with a newline at its end, and ``path + '.json'`` beside it; both have mode 0600."""

    type = "file"
    OPTIONS = ("path",)
    REQUIRED = ("path",)
    locks = True

    def __init__(self, options: t.Mapping[str, t.Any], place: KeyOwner, shared: Shared) -> None:
        self._put(absolute(place.fill(options["path"], "path", as_name), "path"))

    def _put(self, path: str) -> None:
        self.path = path
        self._metadata = MetadataFile(path + ".json")

    @classmethod
    def at(cls, path: str) -> FileSink:
        """Return the sink of the file *path*, which is no template: braces in it mean themselves."""
        made = cls.__new__(cls)
        made._put(absolute(path, "path"))
        return made

    @property
    def where(self) -> str:
        """The path."""
        return self.path

    def check(self) -> None:
        """Raise for what is wrong with the place already."""
        check_folder(self.path, (self.path, self._metadata.path))

    def read(self) -> Stored:
        """Return the key in the file and what is remembered of it."""
        text = read_private(self.path)
        key = None if text is None else text.strip()
        there = os.path.lexists(self.path) or os.path.lexists(self._metadata.path)
        return Stored(self._metadata.read(), fingerprint(key) if key else None, there, key or None)

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Write the metadata alone."""
        self._metadata.write(metadata, durable=False)
        return replace(before, metadata=metadata, there=True)

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Write the key, then the metadata, and read both back."""
        write_together([(self.path, key + "\n"), (self._metadata.path, self._metadata.text(metadata))])
        found = self.read()
        if found.key != key or found.metadata != metadata:
            raise StoreError("%s does not hold what was just written to it" % self.path)
        return found

    def remove(self) -> None:
        """Remove key and metadata."""
        for path in (self.path, self._metadata.path):
            remove(path)

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Keep other runs away, and take away what a killed one left half written."""
        with locked(self.path):
            sweep(self.path)
            sweep(self._metadata.path)
            yield

    def paths(self) -> tuple[str, ...]:
        """Return the key's file."""
        return (self.path,)


def absolute(path: str, option: str) -> str:
    """Return *path* with ``~`` and relative parts resolved. Raises :class:`BadInput` for a directory."""
    if path.endswith(("/", "/.")) or not path:
        raise BadInput("sink.%s has to name a file, not the directory %s" % (option, path))
    return os.path.abspath(os.path.expanduser(path))


def check_folder(path: str, files: t.Iterable[str]) -> None:
    """Raise :class:`StoreError` if *files* cannot be written beside *path*; writes nothing."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise StoreError("%s: the directory %s does not exist; create it first" % (path, folder), missing=folder)
    for one in files:
        if os.path.islink(one) or (os.path.lexists(one) and not os.path.isfile(one)):
            raise StoreError("%s: %s is a link or a directory, not a plain file" % (path, one))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError("%s: the directory %s is not writable for this user" % (path, folder))


def remove(path: str) -> None:
    """Remove a file, which may be gone already. Raises :class:`StoreError`."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise StoreError("%s cannot be removed: %s" % (path, problem.strerror)) from None


def sweep(path: str) -> None:
    """Remove what a killed run left of writing *path*; only for whoever holds its lock."""
    folder, name = os.path.split(path)
    left = re.compile(r"\.%s\.\d+\.[0-9a-f]{12}" % re.escape(name))
    with contextlib.suppress(OSError):
        for entry in os.listdir(folder):
            if left.fullmatch(entry):
                remove(os.path.join(folder, entry))
