# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of a module before Ansible checks them: which values are secret, and which Ansible would quote in an error."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.validation import check_type_dict

from .._grafana import connection as _connection
from .._grafana.credentials import header_secrets, userinfo_secrets
from .._grafana.errors import BadInput
from .options import Spec, type_name

#: What reads the items of a module from the file that its parameters name: the tenant and the options of each.
Source = t.Callable[[dict[str, t.Any]], "list[tuple[str, dict[str, t.Any]]]"]

#: Options whose value is an address that may hold a password.
_ADDRESSES = ("url", "cloud_url", "proxy", "ds_url")
#: Options whose value may be such an address, or a path.
_PATHS = ("path", "dashboard_url", "catalog_url")
#: Options that are HTTP headers by name; the values of some are secret.
_HEADERS = ("headers", "http_headers")


def secrets_of(spec: Spec, arguments: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    """Yield the secret values in the unchecked *arguments*, those of suboptions included, as text."""
    for name, value in arguments.items():
        rule = spec.get(name, {})
        if rule.get("no_log"):
            yield from _texts(value)
        elif name in _ADDRESSES or (name in _PATHS and "://" in str(value)):
            yield from userinfo_secrets(value)
        elif name in _HEADERS and name in spec:
            yield from _in_headers(value)
        elif "options" in rule:
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, dict):
                    yield from secrets_of(rule["options"], entry)
                else:
                    yield from _texts(entry)


def _in_headers(value: t.Any) -> t.Iterator[str]:
    for name, text in value.items() if isinstance(value, dict) else ():
        for one in _texts(text):
            if _connection.is_secret_header(str(name), one):
                yield from header_secrets(one)
    if not isinstance(value, dict):
        yield from _texts(value)


def _texts(value: t.Any) -> t.Iterator[str]:
    """Yield the strings and numbers in *value* as text; not the words for true, false and null."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif value is not None and not isinstance(value, bool) and str(value):
        yield str(value)


def parsed(spec: Spec, arguments: dict[str, t.Any]) -> BadInput | None:
    """Parse dictionaries that *arguments* hold as text; remove the first value of a wrong type and return the error for it.

    Only for options that may hold secrets: for these, Ansible's own error would quote the value.
    """
    for name, value in list(arguments.items()):
        rule = spec.get(name, {})
        holds_secrets = rule.get("type") == "dict" and ("options" in rule or name in _HEADERS or rule.get("no_log"))
        try:
            if holds_secrets and value is not None:
                arguments[name] = _dictionary(name, value, rule)
            elif rule.get("no_log") and isinstance(value, (dict, list, bool)):
                raise BadInput("%s has to be a string, not %s" % (name, type_name(value)))
        except BadInput as problem:
            del arguments[name]
            return problem
    return None


def _dictionary(name: str, value: t.Any, rule: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    if not isinstance(value, (dict, str)):
        raise BadInput("%s has to be a dictionary, not %s" % (name, type_name(value)))
    try:
        found: dict[str, t.Any] = check_type_dict(value)
    except (TypeError, ValueError):
        raise BadInput("%s has to be a dictionary; the text that it is set to is neither JSON nor key=value" % name) from None
    for option, inner in found.items():
        if rule.get("options", {}).get(option, {}).get("no_log") and isinstance(inner, (dict, list, bool)):
            raise BadInput("%s.%s has to be a string, not %s" % (name, option, type_name(inner)))
    return found


def from_tenants(params: dict[str, t.Any], batch: t.Any, source: Source) -> list[tuple[str, dict[str, t.Any]]] | None:
    """Return the tenant and the options of each item that *source* reads; ``None`` without ``tenants_file``.

    *batch* is the option of this name. Raises :class:`BadInput` for options that exclude one another.
    """
    if params["tenants_file"] is None:
        if params["tenants"] is not None or params["tenants_rules"] is not None:
            raise BadInput("tenants and tenants_rules need tenants_file")
        return None
    if batch is not None:
        raise BadInput("batch and tenants_file cannot be used together: both describe the items of the task")
    return source(params)
