# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants files: the list ``org_bootstrap_organizations`` as YAML or JSON, of which an inventory reads the names."""

from __future__ import annotations

import json
import os
import re
import typing as t

import yaml

from ...module_utils._grafana.connection import text
from ...module_utils._grafana.errors import BadInput
from ...module_utils._grafana.files import read_regular
from ...module_utils._grafana.secrets import masked, without_secrets

#: The key of the list, in a file that is a dictionary.
KEY = "org_bootstrap_organizations"
_VAULT = b"$ANSIBLE_VAULT;"
_TEMPLATE = re.compile(r"\{[{%#]")
#: Matches the names of options whose values are secret, in tenants and everything that they contain.
_SECRET = re.compile(r"passw|secret|secure|credential|headers$|^tls_|(^|_)(token|key)$", re.IGNORECASE)

Tenant = dict[str, t.Any]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Loads YAML. The tags of Ansible are known: a value with ``!vault`` is nothing, one with ``!unsafe`` is as without it."""


def _vaulted(_loader: t.Any, _node: t.Any) -> None:
    """Return nothing: an inventory needs no secret."""


def _unsafe(loader: t.Any, node: t.Any) -> t.Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("!vault", _vaulted)
_Loader.add_constructor("!unsafe", _unsafe)


def read(path: str) -> list[Tenant]:
    """Return the tenants in the file at *path*; each has a ``name``.

    Raises :class:`BadInput`, which never quotes the content, for a file that cannot be read or is no list of tenants, and for a
    name that is missing, no string, a template, or there twice.
    """
    tenants = _list(path, _parsed(path, _content(path)))
    first: dict[str, int] = {}
    for number, tenant in enumerate(tenants, 1):
        name = _name(tenant, "tenants_file %s: entry %d" % (path, number))
        if first.setdefault(name, number) != number:
            raise BadInput("tenants_file %s: the entries %d and %d have the same name: %s" % (path, first[name], number, name))
    return tenants


def _content(path: str) -> bytes:
    try:
        content = read_regular(path)
    except OSError as problem:
        raise BadInput("tenants_file %s cannot be read: %s" % (path, problem.strerror)) from None
    if content.startswith(_VAULT):
        raise BadInput(
            "tenants_file %s is encrypted as a whole, and modules cannot decrypt it: keep the secrets of the tenants elsewhere"
            % path
        )
    return content


def _parsed(path: str, content: bytes) -> t.Any:
    """Return the data in *content*. JSON is tried first where it may be JSON, because it is much faster."""
    if content.lstrip()[:1] in (b"[", b"{"):
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            pass  # YAML may begin with the same characters
    try:
        return yaml.load(content, Loader=_Loader)  # derived from a safe loader
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = "" if mark is None else " (line %d, column %d)" % (mark.line + 1, mark.column + 1)
        raise BadInput("tenants_file %s is neither YAML nor JSON: %s%s" % (path, problem.problem, place)) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise BadInput("tenants_file %s is neither YAML nor JSON" % path) from None


def _list(path: str, data: t.Any) -> list[Tenant]:
    found = data.get(KEY) if isinstance(data, dict) else data
    if not isinstance(found, list):
        raise BadInput("tenants_file %s has to be a list of tenants, or a dictionary with the list %s" % (path, KEY))
    return found


def _name(tenant: t.Any, where: str) -> str:
    if not isinstance(tenant, dict):
        raise BadInput("%s has to be a dictionary" % where)
    if not tenant.get("name"):
        raise BadInput("%s has no name" % where)
    name = text(tenant["name"], where + ": name")
    if _TEMPLATE.search(name):
        raise BadInput(
            "%s: the name is a template, and templates in a tenants file are not evaluated: write the name itself" % where
        )
    return name


def without_secret_options(value: t.Any) -> t.Any:
    """Return *value*, a tenant or a part of it, without the options that are secret; texts that look like keys are masked."""
    if isinstance(value, dict):
        return {name: without_secret_options(inner) for name, inner in value.items() if not _SECRET.search(str(name))}
    if isinstance(value, list):
        return [without_secret_options(inner) for inner in value]
    if isinstance(value, str):
        return without_secrets(value) if "://" in value else masked(value)
    return value


def path_for(path: str, folder: str, exported: bool) -> str:
    """Return the path of a tenants file as its hosts have it; a relative *path* starts from *folder*.

    It is absolute. If the inventory is *exported*, for a later job with a working directory of its own, a file below the working
    directory has a path that is relative to it: the job finds it in its own.
    """
    whole = os.path.normpath(os.path.join(folder, os.path.expanduser(path)))
    if not exported or os.path.isabs(os.path.expanduser(path)):
        return whole
    relative = os.path.relpath(os.path.realpath(whole), os.path.realpath(os.getcwd()))
    return whole if relative.startswith(os.pardir) else relative
