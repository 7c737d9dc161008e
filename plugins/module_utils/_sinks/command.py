# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``command``: passes the key to a program of the user, on standard input and never as an argument."""

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

#: The timeout of a command in seconds, unless the task sets one.
TIMEOUT = 60.0
#: The exit status of ``read_command`` if there is no key.
NO_KEY = 3


class CommandSink(Sink):
    """Passes the key to ``store_command``, with a newline at its end; stores the metadata in the file *metadata_path*.

    A command is a list of words and runs without a shell. Its environment is that of the module, with GRAFANA_SINK_ORG_ID,
    GRAFANA_SINK_ORG_NAME, GRAFANA_SINK_SERVICE_ACCOUNT and GRAFANA_SINK_NAME, none of them secret. The sink uses the output
    of ``read_command``, which exits with NO_KEY if there is no key, and ignores the output of the other commands.
    """

    type = "command"
    OPTIONS = ("store_command", "read_command", "remove_command", "probe_command", "metadata_path", "timeout")
    REQUIRED = ("store_command", "metadata_path")
    locks = True

    def __init__(self, options: t.Mapping[str, t.Any], owner: KeyOwner, shared: Shared) -> None:
        self._commands: dict[str, list[str]] = {}
        for name in ("store_command", "read_command", "remove_command", "probe_command"):
            words = options.get(name)
            if words is None:
                continue
            if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
                raise BadInput("sink.%s has to be a list of words, the program first" % name)
            self._commands[name] = [owner.fill(word, name) for word in words]
        self._timeout = float(options.get("timeout") or TIMEOUT)
        self._metadata = MetadataFile(absolute(owner.fill(options["metadata_path"], "metadata_path", as_name), "metadata_path"))
        self._shared = shared
        self.readable = "read_command" in self._commands
        values = {
            "ORG_ID": owner.org.id,
            "ORG_NAME": owner.org.name,
            "SERVICE_ACCOUNT": owner.service_account,
            "NAME": owner.name,
        }
        self._environment = {"GRAFANA_SINK_" + name: str(value) for name, value in values.items() if value is not None}

    @property
    def where(self) -> str:
        """The program and the file of the metadata."""
        return "command %s (%s)" % (self._commands["store_command"][0], self._metadata.path)

    def check(self) -> None:
        """Raise if the file of the metadata cannot be written."""
        check_folder(self._metadata.path, (self._metadata.path,))

    def probe(self) -> None:
        """Check the file of the metadata, and run ``probe_command``, which has to exit with 0."""
        self.check()
        if "probe_command" in self._commands:
            self._run("probe_command")

    def read(self) -> Stored:
        """Return the metadata and the key that ``read_command`` prints; without that command, assume that the key exists."""
        metadata = self._metadata.read()
        there = os.path.lexists(self._metadata.path)
        if not self.readable:
            return Stored(metadata, metadata.fingerprint if metadata else None, there)
        text = self._run("read_command", expected=(0, NO_KEY)).strip()
        if text:
            self._shared.hide(text)
        return Stored(metadata, fingerprint(text) if text else None, there or bool(text), text or None)

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Write only the metadata."""
        self._metadata.write(metadata, durable=False)
        return replace(before, metadata=metadata, there=True)

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Pass the key to ``store_command``, then write the metadata; read both again as far as possible."""
        self._run("store_command", key + "\n")
        self._metadata.write(metadata)
        stored = self.read()
        if stored.fingerprint != metadata.fingerprint or stored.metadata != metadata:
            raise StoreError("%s does not return the key that was just stored" % self.where)
        return stored

    def remove(self) -> None:
        """Run ``remove_command``, if it is set, and delete the metadata."""
        if "remove_command" in self._commands:
            self._run("remove_command")
        self._metadata.write(None)

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Lock the file of the metadata against other runs."""
        with locked(self._metadata.path):
            sweep(self._metadata.path)
            yield

    def _run(self, name: str, stdin: str = "", expected: tuple[int, ...] = (0,)) -> str:
        """Run the command *name* with *stdin* on its standard input; return its output if it exits with 0, else "".

        Raises :class:`StoreError` for an exit status that is not *expected*, and for a timeout.
        """
        words = self._commands[name]
        try:
            # Not the module's run_command: several threads call this, and the key must not appear in a log.
            done = subprocess.run(  # pylint: disable=ansible-bad-function,useless-suppression
                words,
                input=stdin.encode(),
                capture_output=True,
                env={**os.environ, **self._environment},
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StoreError("%s %s did not end within %g s" % (name, words[0], self._timeout)) from None
        except OSError as problem:
            raise StoreError("%s %s cannot be run: %s" % (name, words[0], problem.strerror)) from None
        if done.returncode not in expected:
            # A program may print its input, or the key that it reads.
            message = quoted(done.stderr.decode("utf-8", "replace"), stdin.strip())
            raise StoreError(
                "%s %s exited with %d: %s" % (name, words[0], done.returncode, message or "nothing on standard error")
            )
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
