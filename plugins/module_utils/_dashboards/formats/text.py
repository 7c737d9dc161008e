# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses the text of a file, JSON or YAML, to a JSON document."""

from __future__ import annotations

import json
import re
import typing as t

from ..._grafana.errors import BadInput
from ..._text.json_diff import DEEPEST
from ..._text.yaml_nodes import check_size
from .others import of_documents

YAML_NAMES = (".yaml", ".yml")
_VAULT = "$ANSIBLE_VAULT;"
#: Without these in it, JSON that was parsed from UTF-8 contains no half of a surrogate pair, and only numbers that JSON has.
_NOT_PLAIN = ("\\u", "NaN", "Infinity")

#: Unquoted YAML values that are not strings, by the rules of Kubernetes' tools. By its own rules PyYAML would also read
#: ``2026-01-01`` as a date, ``10:30`` as a number, and ``1e+06`` (a million as Go writes it) as a string.
_RESOLVERS: tuple[tuple[str, str, str], ...] = (
    ("bool", r"(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$", "yYnNtTfFoO"),
    ("float", r"(?:[-+]?(?:(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?|[0-9]+[eE][-+][0-9]+))$", "-+0123456789."),
    ("float", r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", "-+."),
    ("int", r"(?:[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*))$", "-+0123456789"),
    ("null", r"(?:~|null|Null|NULL|)$", "~nN\0"),
    ("merge", r"(?:<<)$", "<"),
)


class Loaded(t.NamedTuple):
    """A parsed document; *plain* is its text if that is JSON without escaped letters, NaN and infinity."""

    document: t.Any
    plain: str | None = None


def load(raw: bytes | str, what: str, name: str = "") -> t.Any:
    """Return the document of :func:`load_text`."""
    return load_text(raw, what, name).document


def load_text(raw: bytes | str, what: str, name: str = "") -> Loaded:
    """Parse *raw*. *what* names it in error messages.

    If *name* ends in ``.yaml`` or ``.yml``, the text is YAML; with another name it is JSON. Without a name, it is JSON if
    it starts with ``{`` or ``[``, and YAML otherwise. Raises :class:`BadInput` with line and column of the first mistake.
    """
    try:
        text = raw if isinstance(raw, str) else raw.decode(json.detect_encoding(raw))
    except UnicodeDecodeError as problem:
        raise BadInput("%s is not valid UTF-8 (byte %d)" % (what, problem.start)) from None
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise BadInput("%s is empty" % what)
    if start.startswith(_VAULT):
        raise BadInput(
            "%s is encrypted with ansible-vault: pass the result of lookup('ansible.builtin.unvault', ...) as content" % what
        )
    if start[0] in "{[":
        try:
            return Loaded(json.loads(text), None if any(one in text for one in _NOT_PLAIN) else text)
        except (ValueError, RecursionError) as problem:
            if not name.lower().endswith(YAML_NAMES):
                raise BadInput("%s is not valid JSON: %s" % (what, _json_problem(problem))) from None
    elif name and not name.lower().endswith(YAML_NAMES):
        raise BadInput("%s is not valid JSON: it starts with %r" % (what, start[:1]))
    return Loaded(_yaml(text, what))


def _json_problem(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return "%s at line %d column %d" % (problem.msg, problem.lineno, problem.colno)
    return "it is nested too deeply" if isinstance(problem, RecursionError) else str(problem)


def _yaml(text: str, what: str) -> t.Any:
    try:
        import yaml
    except ImportError:
        raise BadInput(
            "%s is YAML, and the Python on the host that runs the module has no PyYAML: install PyYAML there, or provide the "
            "dashboard as JSON" % what
        ) from None
    loader = _loader(yaml)
    try:
        documents = [document for document in _documents(loader(text), what) if document is not None]
    except yaml.YAMLError as problem:
        raise BadInput("%s is not valid YAML: %s" % (what, _yaml_problem(problem))) from None
    except (ValueError, RecursionError) as problem:
        raise BadInput("%s is not valid YAML: %s" % (what, _json_problem(problem))) from None
    if not documents:
        raise BadInput("%s is empty" % what)
    if len(documents) > 1:
        raise BadInput("%s %s" % (what, of_documents(documents)))
    return _as_json(documents[0], what, 0)


def _documents(loader: t.Any, what: str) -> t.Iterator[t.Any]:
    """Yield the documents that *loader* reads, each after a check of its size."""
    while loader.check_node():
        node = loader.get_node()
        check_size(node, what)
        yield loader.construct_document(node)


def _loader(yaml: t.Any) -> t.Any:
    """Return a safe loader class with :data:`_RESOLVERS`, based on PyYAML's C loader if it is available."""
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: t.Any = type("DocumentLoader", (base,), {"yaml_implicit_resolvers": {}})
    for tag, pattern, first in _RESOLVERS:
        # PyYAML looks up the resolver of an empty value under the empty string.
        letters = [letter.replace("\0", "") for letter in first]
        loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), letters)
    return loader


def _yaml_problem(problem: t.Any) -> str:
    mark = getattr(problem, "problem_mark", None)
    message = getattr(problem, "problem", None) or str(problem).partition("\n")[0]
    return "%s at line %d column %d" % (message, mark.line + 1, mark.column + 1) if mark is not None else str(message)


def _as_json(value: t.Any, what: str, depth: int) -> t.Any:
    """Return *value* with number keys as strings. Raises :class:`BadInput` for values and keys that JSON does not have."""
    if depth > DEEPEST:
        raise BadInput("%s is nested more than %d levels deep" % (what, DEEPEST))
    if isinstance(value, dict):
        return {_key(key, what): _as_json(inner, what, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner, what, depth + 1) for inner in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise BadInput("%s contains a YAML value that JSON does not have (%s)" % (what, type(value).__name__))


def _key(key: t.Any, what: str) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, (int, float)) and not isinstance(key, bool):
        return str(key)
    raise BadInput("%s has the key %r, which YAML does not read as a string: put it in quotes" % (what, key))


__all__ = ["YAML_NAMES", "load"]
