# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the tenants of a file: the list org_bootstrap_organizations, as JSON or YAML.

No message quotes a value of the file, because any may be a secret.
"""

from __future__ import annotations

import json
import typing as t

from .._engine.options import type_name
from .._grafana.errors import BadInput
from .._text.listed import listed
from .shape import check_shape
from .steps import Tenant
from .tokens import tokens_of
from .yaml_text import AsWritten, read_yaml

#: The variable of the role whose value the file has.
VARIABLE = "org_bootstrap_organizations"
#: The option of a dashboard that is its JSON model: legends and links in it contain braces that Grafana evaluates.
_MODEL = "dashboard"
_NAMED = 10


def read_tenants(path: str) -> list[Tenant]:
    """Return the tenants of the file *path*. Raises :class:`BadInput` for a file or an entry that is not what the role takes."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as problem:
        raise _wrong(path, "cannot be read: %s" % (problem.strerror or problem), code="tenants_file_unreadable") from None
    except UnicodeDecodeError:
        raise _wrong(path, "is not UTF-8 text") from None
    if text.startswith("$ANSIBLE_VAULT;"):
        raise _wrong(
            path,
            "is encrypted with ansible-vault, and only Ansible itself can decrypt it: use the variable %s in a file of "
            "variables, or put the secrets alone into such variables" % VARIABLE,
            code="tenants_file_encrypted",
        )
    value = _parsed(path, text)
    tenants = value.get(VARIABLE) if isinstance(value, dict) else value
    if not isinstance(tenants, list):
        found = "a dictionary without that key" if isinstance(value, dict) and VARIABLE not in value else type_name(tenants)
        raise _wrong(path, "has to be a list of organizations, or a dictionary with the key %s; it is %s" % (VARIABLE, found))
    may_have_templates = "{{" in text or "{%" in text
    for number, tenant in enumerate(tenants):
        try:
            check_shape(number, tenant)
        except BadInput as problem:
            raise _wrong(path, problem.message) from None
        _check_keys_stay(path, tenant)
        if may_have_templates:
            _check_no_template(path, "organization %s" % tenant["name"], tenant)
    return tenants


def chosen(tenants: list[Tenant], names: t.Sequence[str] | None, path: str) -> list[Tenant]:
    """Return the *tenants* with these *names*, in the order of the file; all without names.

    Raises :class:`BadInput` for a name that the file *path* does not have, and for two tenants with one name.
    """
    known: set[str] = set()
    for tenant in tenants:
        if tenant["name"] in known:
            raise _wrong(path, "two organizations have the name %s" % tenant["name"])
        known.add(tenant["name"])
    if names is None:
        return tenants
    wanted = set(names)
    if not wanted <= known:
        unknown = [name for name in dict.fromkeys(names) if name not in known]
        raise BadInput(
            "tenants: the file %s has no organization named %s" % (path, listed(unknown, _NAMED)), code="unknown_tenants"
        )
    return [tenant for tenant in tenants if tenant["name"] in wanted]


def _parsed(path: str, text: str) -> t.Any:
    """Return what *text* describes as JSON, or as YAML."""
    if path.endswith(".json") or text.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError as problem:
            if path.endswith(".json"):
                place = "line %d, column %d" % (getattr(problem, "lineno", 0), getattr(problem, "colno", 0))
                raise _wrong(path, "is not valid JSON: %s: %s" % (place, getattr(problem, "msg", "malformed"))) from None
    try:
        return read_yaml(text)
    except BadInput as problem:
        raise _wrong(path, problem.message, code=problem.code) from None


def _check_keys_stay(path: str, tenant: Tenant) -> None:
    """Raise for a token whose key the result of a module would show."""
    for account, token in tokens_of(tenant):
        if token.get("return_key"):
            raise _wrong(
                path,
                "organization %s, token %s of %s: return_key cannot be used in this file, as the result would show the key: set "
                "dest or sink" % (tenant["name"], token["name"], account["name"]),
                code="key_would_show",
            )


def _check_no_template(path: str, where: str, value: t.Any) -> None:
    """Raise for a text that is a template: Ansible does not evaluate the file."""
    if isinstance(value, str):
        if not isinstance(value, AsWritten) and any(a in value and b in value for a, b in (("{{", "}}"), ("{%", "%}"))):
            raise _wrong(
                path,
                "%s is a template, and nothing evaluates templates in this file: write the value itself, or use the variable %s "
                "(in YAML, the tag !unsafe marks a text that is meant as it is written)" % (where, VARIABLE),
                code="tenants_file_template",
            )
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name != _MODEL:
                _check_no_template(path, "%s, %s" % (where, name), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check_no_template(path, "%s[%d]" % (where, number), inner)


def _wrong(path: str, what: str, code: str = "tenants_file_invalid") -> BadInput:
    return BadInput("tenants_file %s: %s" % (path, what), code=code)
