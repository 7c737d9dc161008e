# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's part of the sink ``ansible_vault``: hands the key over to the action plugin, which stores it.

Only the control node has the vault library. The action plugin of ``grafana_sa_token`` reads the vault file and passes
metadata and fingerprint to the module, never the key. The module encrypts a new key with a pad from its arguments and returns
it: neither the arguments nor the output of the module contains the key.
"""

from __future__ import annotations

import hashlib
import typing as t

from .._engine.options import HANDED_OVER, HANDOVER
from .._grafana.errors import BadInput
from .base import KeyOwner, Metadata, Shared, Sink, Stored
from .file import as_name


def seal(key: str, pad: str, label: str) -> str:
    """Return *key* encrypted (XOR) with the stream that *pad* and *label* define, in hexadecimal. Use each label only once."""
    return _mixed(key.encode(), pad, label).hex()


def unseal(sealed: str, pad: str, label: str) -> str:
    """Return the key that :func:`seal` encrypted with the same *pad* and *label*."""
    return _mixed(bytes.fromhex(sealed), pad, label).decode()


def _mixed(raw: bytes, pad: str, label: str) -> bytes:
    stream = hashlib.shake_256(("%s/%s" % (pad, label)).encode()).digest(len(raw))
    return bytes(one ^ other for one, other in zip(raw, stream))


class HandoverSink(Sink):
    """Stores the key in a variable of a vault file; *shared.kept[HANDOVER]* is the message of the action plugin."""

    type = "ansible_vault"
    OPTIONS = ("path", "variable", "vault_id", "vault_password_file", "allow_ephemeral")
    REQUIRED = ("path", "variable")
    #: The action plugin holds the lock of the file while the module runs.
    locks = True
    deferred = True

    def __init__(self, options: t.Mapping[str, t.Any], owner: KeyOwner, shared: Shared) -> None:
        message = shared.kept.get(HANDOVER)
        if message is None:
            raise BadInput(
                "the sink ansible_vault works only through the action plugin of the module: use the module's full name "
                "(orgsmith.grafana.…) in a task"
            )
        self._where = "%s#%s" % vault_place(options, owner)
        self._message = message
        self._pad = str(message["pad"])

    @property
    def where(self) -> str:
        """The vault file and the variable."""
        return self._where

    def probe(self) -> None:
        """Do nothing: the action plugin has checked the file before it started the module."""

    def read(self) -> Stored:
        """Return what the action plugin found in the file."""
        entry = self._message["stored"].get(self._where) or {}
        metadata = Metadata.parse(entry.get("metadata"))
        return Stored(
            metadata,
            entry.get("fingerprint"),
            bool(entry.get("there")),
            None,
            None,
            entry.get("refused"),
            bool(entry.get("works")),
        )

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Hand over the encrypted key and the metadata."""
        entry = {"key": seal(key, self._pad, self._where), "metadata": metadata.plain()}
        self._message.setdefault(HANDED_OVER, {})[self._where] = entry
        return Stored(metadata, metadata.fingerprint, True)

    def remove(self) -> None:
        """Make the action plugin delete key and metadata."""
        self._message.setdefault(HANDED_OVER, {})[self._where] = {"removed": True}


def vault_place(options: t.Mapping[str, t.Any], owner: KeyOwner) -> tuple[str, str]:
    """Return the file and the variable that *options* name for the key of *owner*. Raises :class:`BadInput`."""
    variable = owner.fill(str(options["variable"]), "variable", as_variable)
    if not variable.isidentifier():
        raise BadInput("sink.variable: %r is not a valid name of a variable" % variable)
    return owner.fill(str(options["path"]), "path", as_name), variable


def as_variable(value: str) -> str:
    """Return *value* with an underscore for each character that is not allowed in the name of a variable."""
    return "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in value)
