# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``command``: a program of the user's takes the key, on its standard input and never as an argument."""

from __future__ import annotations

import contextlib
import os
import subprocess
import typing as t
from dataclasses import replace

from .._grafana.errors import BadInput, quoted
from .base import KeyOwner, Metadata, Shared, Sink, Stored, fingerprint
from .file import MetadataFile, absolute, as_name, check_folder, sweep
from .private_files import StoreError, locked

#: How long a command may take, in seconds, where the task does not say.
TIMEOUT = 60.0
#: The status by which ``read_command`` says that there is no key.
NOTHING = 3


class CommandSink(Sink):
    """A key given to ``store_command`` with a newline at its end; the metadata is in the file *metadata_path*.

    Commands are lists of words, run without a shell, in the environment of the module and with GRAFANA_SINK_ORG_ID,
    GRAFANA_SINK_ORG_NAME, GRAFANA_SINK_SERVICE_ACCOUNT and GRAFANA_SINK_NAME, none of which is a secret. What they print
    is thrown away, but what ``read_command`` prints; that ends with NOTHING where there is no key.
    """

    type = "command"
    OPTIONS = ("store_command", "read_command", "remove_command", "probe_command", "metadata_path", "timeout")
    REQUIRED = ("store_command", "metadata_path")
    locks = True

    def __init__(self, options: t.Mapping[str, t.Any], place: KeyOwner, shared: Shared) -> None:
        self._commands: dict[str, list[str]] = {}
        for name in ("store_command", "read_command", "remove_command", "probe_command"):
            words = options.get(name)
            if words is None:
                continue
            if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
                raise BadInput("sink.%s has to be a list of words, the program first" % name)
            self._commands[name] = [place.fill(word, name) for word in words]
        self._timeout = float(options.get("timeout") or TIMEOUT)
        self._metadata = MetadataFile(absolute(place.fill(options["metadata_path"], "metadata_path", as_name), "metadata_path"))
        self._shared = shared
        self.readable = "read_command" in self._commands
        about = {"ORG_ID": place.org.id, "ORG_NAME": place.org.name, "SERVICE_ACCOUNT": place.service_account, "NAME": place.name}
        self._about = {"GRAFANA_SINK_" + name: str(value) for name, value in about.items() if value is not None}

    @property
    def where(self) -> str:
        """The program, and the file of the metadata."""
        return "command %s (%s)" % (self._commands["store_command"][0], self._metadata.path)

    def check(self) -> None:
        """Look at the metadata's place."""
        check_folder(self._metadata.path, (self._metadata.path,))

    def probe(self) -> None:
        """Look at the metadata's place, and ask ``probe_command``, which has to end with 0."""
        self.check()
        if "probe_command" in self._commands:
            self._run("probe_command")

    def read(self) -> Stored:
        """Return what is remembered, and what ``read_command`` prints; without one the key is taken to be there."""
        metadata = self._metadata.read()
        there = os.path.lexists(self._metadata.path)
        if not self.readable:
            return Stored(metadata, metadata.fingerprint if metadata else None, there)
        text = self._run("read_command", fine=(0, NOTHING)).strip()
        if text:
            self._shared.hide(text)
        return Stored(metadata, fingerprint(text) if text else None, there or bool(text), text or None)

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Write the metadata alone."""
        self._metadata.write(metadata, durable=False)
        return replace(before, metadata=metadata, there=True)

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Give the key to the command, then write the metadata; read back what can be."""
        self._run("store_command", key + "\n")
        self._metadata.write(metadata)
        found = self.read()
        if found.fingerprint != metadata.fingerprint or found.metadata != metadata:
            raise StoreError("%s does not give back what was just stored" % self.where)
        return found

    def remove(self) -> None:
        """Run ``remove_command``, if there is one, and remove the metadata."""
        if "remove_command" in self._commands:
            self._run("remove_command")
        self._metadata.write(None)

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Keep other runs away that use the same file of metadata."""
        with locked(self._metadata.path):
            sweep(self._metadata.path)
            yield

    def _run(self, name: str, given: str = "", fine: tuple[int, ...] = (0,)) -> str:
        """Run a command with *given* on its standard input; return what it printed."""
        words = self._commands[name]
        try:
            # Not the module's run_command: this is called from several threads, and a key is no text for a log.
            done = subprocess.run(  # pylint: disable=ansible-bad-function,useless-suppression
                words,
                input=given.encode(),
                capture_output=True,
                env={**os.environ, **self._about},
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StoreError("%s %s did not end within %g s" % (name, words[0], self._timeout)) from None
        except OSError as problem:
            raise StoreError("%s %s cannot be run: %s" % (name, words[0], problem.strerror)) from None
        if done.returncode not in fine:
            # A program may print what it was given, or what it has found.
            said = quoted(done.stderr.decode("utf-8", "replace"), given.strip())
            raise StoreError("%s %s ended with %d: %s" % (name, words[0], done.returncode, said or "without a word"))
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
