# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Absolute paths: those that a user passes to a playbook of the collection, and those of its environment."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.validation import check_type_dict

from ..module_utils._tenants.paths import Entry, absolute, absolute_sink, with_absolute

#: Environment variables of the sinks hashi_vault and awx_credential that are paths of files.
_VARIABLES_OF_SINKS = ("VAULT_CACERT", "CONTROLLER_CA_PATH")
KINDS = ("path", "paths", "sink", "keys", "environment")


def user_path(value: t.Any, kind: str = "path") -> t.Any:
    """Return *value* with relative paths made absolute from the directory in which the user started Ansible.

    *kind* says what *value* is: a ``path``, a list of ``paths``, a ``sink``, a list of ``keys`` with a path or a sink, or the
    ``environment`` of a play: a dictionary, which also gets the variables of Ansible's own environment that are paths. A list of
    paths and a sink may be text, as ``-e`` passes them. An empty value of another kind is returned as it is. Raises
    ``AnsibleFilterError`` for another *kind*, for a sink that is not a dictionary, and if the directory no longer exists.
    """
    if kind not in KINDS:
        raise AnsibleFilterError("kind has to be one of %s, not %r" % (", ".join(KINDS), kind))
    if kind == "environment":
        return {**_environment(), **(value or {})}
    if not value:
        return value
    folder = _working_directory()
    if kind == "path":
        return absolute(str(value), folder)
    if kind == "paths":
        paths = value.split(",") if isinstance(value, str) else value
        return [absolute(str(path).strip(), folder) for path in paths]
    if kind == "sink":
        return absolute_sink(_dictionary(value, "the sink"), folder)
    return [_key(_dictionary(entry, "a key"), folder) for entry in value]


def _environment() -> dict[str, str]:
    """Return the environment variables of the connection and of sinks that are relative paths, as absolute paths."""
    # Most tasks that use this file need no options of the connection, and Ansible compiles what is imported in each of them.
    from ..module_utils._grafana.connection import ARGUMENT_SPEC, ENVIRONMENT  # pylint: disable=import-outside-toplevel

    names = (ENVIRONMENT[name] for name, rule in ARGUMENT_SPEC.items() if rule["type"] == "path")
    paths = {name: os.path.expanduser(os.environ.get(name) or "/") for name in (*names, *_VARIABLES_OF_SINKS)}
    return {name: absolute(path, _working_directory()) for name, path in paths.items() if not os.path.isabs(path)}


def _working_directory() -> str:
    """Return the working directory; where its path has links, as the user's shell shows it."""
    try:
        real = os.getcwd()
    except OSError as problem:
        raise AnsibleFilterError("the working directory cannot be determined: %s" % problem.strerror) from None
    shown = os.environ.get("PWD", "")
    return shown if os.path.isabs(shown) and os.path.realpath(shown) == os.path.realpath(real) else real


def _key(entry: Entry, folder: str) -> dict[str, t.Any]:
    changed = with_absolute(entry, ("path",), folder)
    if changed.get("sink"):
        changed["sink"] = absolute_sink(_dictionary(changed["sink"], "the sink of a key"), folder)
    return changed


def _dictionary(value: t.Any, what: str) -> Entry:
    """Return *value* as a dictionary. The message of an error does not quote it, because it may have secrets."""
    try:
        return t.cast(Entry, check_type_dict(value))
    except TypeError:
        raise AnsibleFilterError("%s has to be a dictionary" % what) from None
