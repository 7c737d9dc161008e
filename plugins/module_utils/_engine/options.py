# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of one object, in the task or in an item of ``batch``.

Ansible's own check of a list names no item and prints what it refuses, secrets included; and it fills items
with defaults that cannot be told from what was given. So items are checked here: by the same spec, with an
error that says which item it is.
"""

from __future__ import annotations

import re
import typing as t

from .._grafana.connection import choose_org, text
from .._grafana.errors import BadInput

Spec = t.Mapping[str, t.Mapping[str, t.Any]]

#: The organization and the caller of an item, beside the options of its object.
PLACE: dict[str, dict[str, t.Any]] = {
    "org_id": {"type": "raw"},
    "org_name": {"type": "raw"},
    "token_file": {"type": "path", "no_log": False},
}

#: Options for a task with many objects.
BATCH: dict[str, dict[str, t.Any]] = {
    "fail_fast": {"type": "bool", "default": False},
    "on_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "missing_parent": {"type": "str", "choices": ["fail", "plan"], "default": "fail"},
    "results": {"type": "list", "elements": "str", "choices": ["all", "changed", "failed", "brief"], "default": ["all"]},
}

#: Options of modules that can read their items from a file with tenants, as the role org_bootstrap takes them.
TENANTS: dict[str, dict[str, t.Any]] = {
    "tenants_file": {"type": "path"},
    "tenants": {"type": "list", "elements": "str"},
    "tenants_rules": {
        "type": "dict",
        "options": {
            "folder": {"type": "path"},
            "dashboards_as": {"type": "str", "choices": ["caller", "token"]},
            "sink": {
                "type": "dict",
                "options": {"type": {"type": "str"}, "path": {"type": "str"}, "allow_ephemeral": {"type": "bool"}},
            },
            "missing_users": {"type": "dict"},
        },
    },
}

#: What this collection's action plugins add to a module's arguments, and remove from its result; not options for users.
HANDOVER, HANDED_OVER = "_handover", "_handed_over"

_TRUE, _FALSE = ("yes", "true", "on", "1", "y", "t"), ("no", "false", "off", "0", "n", "f")


def argument_spec(options: Spec, in_org: bool = True, named_by: str = "", of_task: t.Sequence[str] = ()) -> dict[str, t.Any]:
    """Return the argument spec of a module whose objects have *options*.

    An item may be the text of the option *named_by*. It does not have the options *of_task*.
    """
    item = {name: {k: v for k, v in spec.items() if k != "default"} for name, spec in options.items() if name not in of_task}
    if in_org:
        item.update(PLACE)
    return {**options, **BATCH, "batch": {"type": "list", "elements": "raw" if named_by else "dict", "options": item}}


def items_of(
    batch: t.Any, spec: Spec, defaults: t.Mapping[str, t.Any], named_by: str = "", owners: t.Sequence[str] = ()
) -> list[dict[str, t.Any]]:
    """Return the items of *batch* without nulls, with the task's own options as *defaults*.

    An item's choice of org replaces the task's as a whole. An item that is a string is the value of the option *named_by*.
    *owners* are the tenants of items that come from a file. Raises :class:`BadInput` that names the item.
    """
    if not isinstance(batch, list):
        strings = " or strings" if named_by else ""
        raise BadInput("batch has to be a list of dictionaries%s, not %s" % (strings, type_name(batch)))
    return [
        _item(place(index, entry, owners), _described(index, entry, spec, named_by), spec, defaults, index)
        for index, entry in enumerate(batch)
    ]


def _described(index: int, entry: t.Any, spec: Spec, named_by: str) -> dict[str, t.Any]:
    """Return *entry* as a dictionary; a string is the value of *named_by*.

    Raises :class:`BadInput`, also for options that are written as one text: messages quote names, and such a text may hold a
    secret.
    """
    if isinstance(entry, dict):
        return entry
    wanted = "a dictionary, or a string with the %s" % named_by if named_by else "a dictionary"
    if not (named_by and isinstance(entry, str)):
        raise BadInput("batch[%d] has to be %s, not %s" % (index, wanted, type_name(entry)), index=index)
    names = (alias for name, rule in spec.items() for alias in (name, *rule.get("aliases", ())))
    if re.match(r"\s*[\[{]|\s*(%s)\s*[=:]|.*[\r\n]" % "|".join(map(re.escape, names)), entry):
        raise BadInput("batch[%d] has to be %s, not a text that contains options" % (index, wanted), index=index)
    return {named_by: entry}


def _item(where: str, entry: dict[str, t.Any], spec: Spec, defaults: t.Mapping[str, t.Any], index: int) -> dict[str, t.Any]:
    try:
        given = check(entry, spec)
        merged = {**defaults, **given}
        if choose_org(given, "options of the item") is not None:
            for name in ("org_id", "org_name"):
                if name not in given:
                    merged.pop(name, None)
        return merged
    except BadInput as problem:
        raise BadInput("%s: %s" % (where, problem.message), code=problem.code, index=index, **problem.details) from None


def place(index: int, entry: t.Any, owners: t.Sequence[str] = ()) -> str:
    """Return the index and the organization of an item, for messages; the tenant of an item that comes from a file."""
    if owners:
        return "tenant %s" % owners[index]
    org = None if not isinstance(entry, dict) else entry.get("org_name") or entry.get("org_id")
    return "batch[%d], org %s" % (index, org) if isinstance(org, (str, int)) else "batch[%d]" % index


def check(entry: t.Mapping[str, t.Any], spec: Spec) -> dict[str, t.Any]:
    """Return the options of *entry* by *spec*: without aliases and nulls, with converted types.

    Raises :class:`BadInput`; its message quotes no value of an unknown option, which may be a secret.
    """
    names = {alias: name for name, rule in spec.items() for alias in (name, *rule.get("aliases", ()))}
    found: dict[str, t.Any] = {}
    for key, value in entry.items():
        if key not in names:
            raise BadInput("unknown option %r; known are %s" % (str(key), ", ".join(sorted(spec))), option=str(key))
        if value is not None:
            found[names[key]] = _value(names[key], value, spec[names[key]])
    return found


def _value(name: str, value: t.Any, rule: t.Mapping[str, t.Any]) -> t.Any:
    value = _TYPES["dicts" if rule.get("elements") == "dict" else rule.get("type", "str")](name, value)
    choices = rule.get("choices")
    if choices and value not in choices:
        raise BadInput("%s has to be one of %s, not %r" % (name, ", ".join(map(str, choices)), value), option=name)
    if isinstance(value, dict) and "options" in rule:
        return check(value, rule["options"])
    if rule.get("elements") == "dict":
        return [_element("%s[%d]" % (name, number), one, rule) for number, one in enumerate(value)]
    return value


def _element(name: str, value: t.Any, rule: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return an element of a list of dictionaries."""
    try:
        return check(_dict(name, value), rule["options"])
    except BadInput as problem:
        message = problem.message if problem.message.startswith(name) else "%s: %s" % (name, problem.message)
        raise BadInput(message, code=problem.code, **problem.details) from None


def _str(name: str, value: t.Any) -> str:
    if isinstance(value, (dict, list)):
        raise BadInput("%s has to be a string, not %s" % (name, type_name(value)), option=name)
    return value if isinstance(value, str) else text(value, name)


def _bool(name: str, value: t.Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise BadInput("%s has to be true or false" % name, option=name)


def _dict(name: str, value: t.Any) -> dict[str, t.Any]:
    if not isinstance(value, dict):
        raise BadInput("%s has to be a dictionary, not %s" % (name, type_name(value)), option=name)
    return value


def _int(name: str, value: t.Any) -> int:
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise BadInput("%s has to be a whole number" % name, option=name) from None


def _float(name: str, value: t.Any) -> float:
    try:
        if isinstance(value, bool):
            raise ValueError
        return float(value)
    except (TypeError, ValueError):
        raise BadInput("%s has to be a number" % name, option=name) from None


def _list(name: str, value: t.Any) -> list[str]:
    """Return a list of strings; Ansible splits a single string at its commas."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",")]
    if not isinstance(value, list):
        raise BadInput("%s has to be a list, not %s" % (name, type_name(value)), option=name)
    return [_str(name, one) for one in value]


def _dicts(name: str, value: t.Any) -> list[t.Any]:
    """Return a list of dictionaries, whose elements the caller checks."""
    if not isinstance(value, list):
        raise BadInput("%s has to be a list of dictionaries, not %s" % (name, type_name(value)), option=name)
    return value


def _raw(_name: str, value: t.Any) -> t.Any:
    return value


_TYPES: dict[str, t.Callable[[str, t.Any], t.Any]] = {
    "str": _str,
    "path": _str,
    "bool": _bool,
    "dict": _dict,
    "int": _int,
    "float": _float,
    "list": _list,
    "dicts": _dicts,
    "raw": _raw,
}


def type_name(value: t.Any) -> str:
    """Return the name of a value's type as YAML users know it."""
    names = {"str": "a string", "int": "a number", "float": "a number", "bool": "a boolean", "NoneType": "nothing"}
    names.update({"list": "a list", "dict": "a dictionary"})
    return names.get(type(value).__name__, type(value).__name__)
