# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Absolute paths of files, of the options of a tenant's objects, and of sinks."""

from __future__ import annotations

import os
import typing as t

#: Options of a sink that are paths of files, whatever its type.
_FILES_OF_SINKS = ("vault_password_file", "token_file", "secret_id_file", "ca_path", "metadata_path")
#: Types of sinks whose option ``path`` is the path of a file. For ``hashi_vault`` it is the path of a secret.
_SINKS_IN_FILES = ("file", "ansible_vault")
#: Options of a sink that are commands, as lists of words. The first word may be the path of a program.
_COMMANDS_OF_SINKS = ("store_command", "read_command", "remove_command", "probe_command")

Entry = t.Mapping[str, t.Any]


def absolute(path: str, folder: str) -> str:
    """Return *path* as an absolute path; ``~`` is the home directory, and a relative path starts from *folder*."""
    path = os.path.expanduser(path)
    return path if os.path.isabs(path) else os.path.normpath(os.path.join(folder, path))


def with_absolute(entry: Entry, options: t.Iterable[str], folder: str) -> dict[str, t.Any]:
    """Return *entry* with absolute paths in those of *options* that are set."""
    return {**entry, **{name: absolute(str(entry[name]), folder) for name in options if entry.get(name)}}


def absolute_sink(sink: Entry, folder: str) -> dict[str, t.Any]:
    """Return *sink* with absolute paths of files and programs. A program without a slash is searched for in ``PATH``."""
    own = ("path",) if sink.get("type") in _SINKS_IN_FILES else ()
    changed = with_absolute(sink, (*_FILES_OF_SINKS, *own), folder)
    for name in _COMMANDS_OF_SINKS:
        words = changed.get(name)
        if isinstance(words, list) and words and "/" in str(words[0]):
            changed[name] = [absolute(str(words[0]), folder), *words[1:]]
    return changed
