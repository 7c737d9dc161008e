# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``ansible_vault``, as the module sees it: the key is handed over to the controller, which stores it.

The vault library is on the control node alone. The action plugin of ``grafana_sa_token`` reads what the vault file holds
and tells the module the metadata and the fingerprint, never the key. A key that the module makes goes back sealed: with a
pad that came with the arguments, so that neither the arguments nor what the module prints holds the key.
"""

from __future__ import annotations

import hashlib
import typing as t

from .._engine.options import HANDED_OVER, HANDOVER
from .._grafana.errors import BadInput
from .base import KeyOwner, Metadata, Shared, Sink, Stored
from .file import as_name


def seal(key: str, pad: str, label: str) -> str:
    """Return *key* mixed with what *pad* gives for *label*, in hexadecimal; used once for each label."""
    raw = key.encode()
    stream = hashlib.shake_256(("%s/%s" % (pad, label)).encode()).digest(len(raw))
    return bytes(one ^ other for one, other in zip(raw, stream)).hex()


def unseal(sealed: str, pad: str, label: str) -> str:
    """Return the key that :func:`seal` sealed."""
    raw = bytes.fromhex(sealed)
    stream = hashlib.shake_256(("%s/%s" % (pad, label)).encode()).digest(len(raw))
    return bytes(one ^ other for one, other in zip(raw, stream)).decode()


class HandoverSink(Sink):
    """One variable of a vault file; *shared.kept[HANDOVER]* is what the action plugin told."""

    type = "ansible_vault"
    OPTIONS = ("path", "variable", "vault_id", "vault_password_file")
    REQUIRED = ("path", "variable")
    #: The action plugin holds the lock of the file as long as it works.
    locks = True
    deferred = True

    def __init__(self, options: t.Mapping[str, t.Any], place: KeyOwner, shared: Shared) -> None:
        told = shared.kept.get(HANDOVER)
        if told is None:
            raise BadInput(
                "the sink ansible_vault works through the action plugin of the module alone: name the module by its full name "
                "(orgsmith.grafana.…) in a task"
            )
        self._where = "%s#%s" % vault_place(options, place)
        self._told = told
        self._pad = str(told["pad"])

    @property
    def where(self) -> str:
        """The vault file and the variable."""
        return self._where

    def probe(self) -> None:
        """The controller has looked at the file before it started the module."""

    def read(self) -> Stored:
        """Return what the controller found in the file."""
        found = self._told["stored"].get(self._where) or {}
        metadata = Metadata.parse(found.get("metadata"))
        there, refused = bool(found.get("there")), found.get("refused")
        return Stored(metadata, found.get("fingerprint"), there, refused=refused)

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Hand key and metadata over."""
        handed = {"key": seal(key, self._pad, self._where), "metadata": metadata.plain()}
        self._told.setdefault(HANDED_OVER, {})[self._where] = handed
        return Stored(metadata, metadata.fingerprint, True)

    def remove(self) -> None:
        """Let the controller remove it."""
        self._told.setdefault(HANDED_OVER, {})[self._where] = {"removed": True}


def vault_place(options: t.Mapping[str, t.Any], place: KeyOwner) -> tuple[str, str]:
    """Return the file and the variable that *options* name for *place*. Raises :class:`BadInput`."""
    variable = place.fill(str(options["variable"]), "variable", as_variable)
    if not variable.isidentifier():
        raise BadInput("sink.variable %r is no name of a variable" % variable)
    return place.fill(str(options["path"]), "path", as_name), variable


def as_variable(value: str) -> str:
    """Return *value* with every character that no variable's name may hold as an underscore."""
    return "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in value)
