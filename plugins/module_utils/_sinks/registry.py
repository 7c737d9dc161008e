# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of sinks, and how a task's options become a sink."""

from __future__ import annotations

import typing as t

from .._grafana.errors import BadInput
from .awx_credential import AwxCredentialSink
from .base import KeyOwner, Shared, Sink
from .command import CommandSink
from .file import FileSink
from .handover import HandoverSink
from .hashi_vault import HashiVaultSink

#: A static table, because Ansible copies only modules that it finds in import statements.
TYPES: dict[str, type[Sink]] = {one.type: one for one in (FileSink, HandoverSink, HashiVaultSink, AwxCredentialSink, CommandSink)}

#: The options of ``sink`` for all types; each class lists its own.
OPTIONS: dict[str, dict[str, t.Any]] = {
    "type": {"type": "str", "choices": sorted(TYPES), "required": True},
    "path": {"type": "str"},
    # file, ansible_vault
    "allow_ephemeral": {"type": "bool"},
    # ansible_vault
    "variable": {"type": "str"},
    "vault_id": {"type": "str"},
    "vault_password_file": {"type": "path", "no_log": False},
    # hashi_vault, awx_credential
    "url": {"type": "str"},
    "token": {"type": "str", "no_log": True},
    "token_file": {"type": "path", "no_log": False},
    "validate_certs": {"type": "bool"},
    "ca_path": {"type": "path"},
    "timeout": {"type": "float"},
    # hashi_vault
    "mount": {"type": "str"},
    "namespace": {"type": "str"},
    "key_field": {"type": "str", "no_log": False},
    "metadata_field": {"type": "str"},
    "role_id": {"type": "str"},
    "secret_id": {"type": "str", "no_log": True},
    "secret_id_file": {"type": "path", "no_log": False},
    "auth_mount": {"type": "str"},
    # awx_credential
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "credential": {"type": "raw"},
    "credential_type": {"type": "str"},
    "credential_inputs": {"type": "dict"},
    "organization": {"type": "str"},
    # command
    "store_command": {"type": "list", "elements": "str"},
    "read_command": {"type": "list", "elements": "str"},
    "remove_command": {"type": "list", "elements": "str"},
    "probe_command": {"type": "list", "elements": "str"},
    "metadata_path": {"type": "str"},
}


def sink_from(options: t.Mapping[str, t.Any], owner: KeyOwner, shared: Shared) -> Sink:
    """Return the sink for the task's ``sink`` *options*. Raises :class:`BadInput`, also for options of another type."""
    given = {name: value for name, value in options.items() if value is not None and value != ""}
    kind = TYPES.get(str(given.pop("type", "")))
    if kind is None:
        raise BadInput("sink.type has to be one of %s" % ", ".join(sorted(TYPES)))
    for option, rule in OPTIONS.items():
        if rule.get("no_log") and option in given:
            shared.hide(str(given[option]))
    foreign = sorted(set(given) - set(kind.OPTIONS))
    if foreign:
        raise BadInput(
            "sink: type %s does not have the option %s; its options are %s"
            % (kind.type, ", ".join(foreign), ", ".join(kind.OPTIONS))
        )
    missing = [option for option in kind.REQUIRED if option not in given]
    if missing:
        raise BadInput("sink: type %s needs %s" % (kind.type, ", ".join(missing)))
    return kind(given, owner, shared)


def chosen(options: t.Mapping[str, t.Any], owner: KeyOwner, shared: Shared) -> Sink | None:
    """Return the sink for the option ``dest`` or ``sink``, or ``None`` if neither is set. Raises :class:`BadInput`."""
    dest, sink = options.get("dest"), options.get("sink")
    if dest and sink:
        raise BadInput("dest and sink exclude each other: keep one (dest is short for a sink of type file)")
    if dest:
        return FileSink.at(str(dest), options.get("allow_ephemeral"))
    return sink_from(sink, owner, shared) if sink else None
