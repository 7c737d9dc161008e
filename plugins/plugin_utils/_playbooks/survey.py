# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of variables that a survey of AWX has set: text, where a playbook needs a list, a structure, or a truth value."""

from __future__ import annotations

import json
import re
import typing as t

import yaml
from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.unsafe_proxy import wrap_var

from ...module_utils._grafana.errors import BadInput
from ...module_utils._text.yaml_nodes import check_size

#: A line of the kind ``orgs`` that is the id of an organization, and one that is a name of digits only.
_ID = re.compile(r"[0-9]+\Z")
_NAME_OF_DIGITS = re.compile(r"(['\"])([0-9]+)\1\Z")

# PyYAML has the fast parser only where libyaml is installed.
_LOADER: t.Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def survey(value: t.Any, kind: str, name: str, default: t.Any = None) -> t.Any:
    """Return *value*, the value of the variable *name*, as a playbook needs it; *default* if it is not set.

    Empty text, ``None``, and text of spaces and newlines mean "not set". *kind* says what the variable is, see :data:`KINDS`.
    A *value* that is not text is returned as it is, except that ``bool`` takes numbers too. Raises ``AnsibleFilterError``,
    whose message names the variable, and never quotes a structure, as that may have secrets.
    """
    if kind not in KINDS:
        raise AnsibleFilterError("kind has to be one of %s, not %r" % (", ".join(KINDS), kind))
    if value is None or (isinstance(value, str) and not value.strip()):
        return default
    if kind == "bool":
        return _truth(value, name)
    if not isinstance(value, str):
        if kind == "text" or isinstance(value, (list, dict)):
            return value
        raise AnsibleFilterError("the variable %s has to be text or %s, not %s" % (name, KINDS[kind], _type(value)))
    # Older versions of ansible-core would read an answer with braces as a template.
    return wrap_var(_CONVERTERS[kind](str(value), name))


def _type(value: t.Any) -> str:
    return "a truth value" if isinstance(value, bool) else "a number" if isinstance(value, (int, float)) else type(value).__name__


def _truth(value: t.Any, name: str) -> bool:
    try:
        return bool(boolean(value.strip() if isinstance(value, str) else value))
    except TypeError:
        raise AnsibleFilterError("the variable %s has to be true or false (or yes or no)" % name) from None


def _listed(value: str) -> list[t.Any] | None:
    """Return the list that *value* is as JSON, as ``-e name='["a"]'`` passes it; ``None`` if it is something else."""
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _lines(value: str, _name: str) -> list[t.Any]:
    found = _listed(value)
    return [line.strip() for line in value.splitlines() if line.strip()] if found is None else found


def _words(value: str, name: str) -> list[t.Any]:
    lines = _lines(value, name)
    return [
        word.strip() for line in lines for word in (line.split(",") if isinstance(line, str) else [line]) if word or word == 0
    ]


def _orgs(value: str, name: str) -> str | list[t.Any]:
    lines = _lines(value, name)
    return "all" if lines == ["all"] else [_org(line) for line in lines]


def _org(line: t.Any) -> t.Any:
    """Return an id as a number; a name of digits only stands in quotes."""
    if not isinstance(line, str):
        return line
    quoted = _NAME_OF_DIGITS.match(line)
    return quoted.group(2) if quoted else int(line) if _ID.match(line) else line


def _structure(value: str, name: str) -> t.Any:
    """Return a structure from YAML. The parser's own message may quote a secret, so only the position is reported."""
    # libyaml takes no subclass of str. Before ansible-core 2.19 the answers of a survey are one, which str() returns as it is.
    loader = _LOADER(str.__str__(value))
    try:
        node = loader.get_single_node()
        check_size(node, "the variable %s" % name)
        return loader.construct_document(node)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = " in line %d, column %d" % (mark.line + 1, mark.column + 1) if mark else ""
        raise AnsibleFilterError("the variable %s is not valid YAML%s" % (name, where)) from None
    except BadInput as problem:
        raise AnsibleFilterError(problem.message) from None
    except RecursionError:
        raise AnsibleFilterError("the variable %s is nested too deeply" % name) from None
    finally:
        loader.dispose()


def yaml_of(value: str, name: str) -> t.Any:
    """Return what *value*, the YAML text of the variable *name*, is. Raises ``AnsibleFilterError`` for invalid YAML."""
    return wrap_var(_structure(value, name))


def _list_of(value: str, name: str) -> list[t.Any]:
    found = _structure(value, name)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise AnsibleFilterError("the variable %s has to be a list of dictionaries, as YAML" % name)
    return found


def _dictionary(value: str, name: str) -> dict[str, t.Any]:
    found = _structure(value, name)
    if not isinstance(found, dict):
        raise AnsibleFilterError("the variable %s has to be a dictionary, as YAML" % name)
    return found


def _text(value: str, _name: str) -> str:
    return value.strip()


#: What a variable may be, besides text.
KINDS = {
    "text": "text",
    "bool": "true or false",
    "lines": "a list",
    "words": "a list",
    "orgs": "a list of names and ids",
    "list": "a list of dictionaries",
    "dict": "a dictionary",
}
_CONVERTERS: dict[str, t.Callable[[str, str], t.Any]] = {
    "text": _text,
    "lines": _lines,
    "words": _words,
    "orgs": _orgs,
    "list": _list_of,
    "dict": _dictionary,
}
