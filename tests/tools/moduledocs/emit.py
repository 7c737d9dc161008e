# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation as YAML text, in the layout of the files that people write: short lists in one line, text at most 130 wide."""

from __future__ import annotations

import json
import textwrap
import typing as t
from dataclasses import dataclass

import yaml

WIDTH = 130
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> t.Any:
    """Return YAML as data, by the fast parser where PyYAML has it."""
    return yaml.load(text, Loader=_LOADER)


@dataclass(frozen=True)
class Alias:
    """A value that an anchor of this *name* in the same text holds already."""

    name: str


@dataclass(frozen=True)
class Anchored:
    """A *value* that gets an anchor of this *name*."""

    name: str
    value: t.Mapping[str, t.Any]


def emit(data: t.Mapping[str, t.Any], indent: int) -> list[str]:
    """Return *data* as lines of YAML that begin with *indent* spaces."""
    lines: list[str] = []
    for key, value in data.items():
        lines += _entry(key, value, indent)
    return lines


def _entry(key: str, value: t.Any, indent: int) -> list[str]:
    head = " " * indent + key + ":"
    if isinstance(value, Alias):
        return ["%s *%s" % (head, value.name)]
    if isinstance(value, Anchored):
        return ["%s &%s" % (head, value.name), *emit(value.value, indent + 2)]
    if isinstance(value, str) and " " in value:
        return _text(head, value, indent + 2)
    if key == "description" and isinstance(value, list):
        lines = [head]
        for paragraph in value:
            lines += _text(" " * (indent + 2) + "-", paragraph, indent + 4)
        return lines
    if isinstance(value, dict) and value and key != "sample":
        return [head, *emit(value, indent + 2)]
    return ["%s %s" % (head, _flow(value))]


def _text(head: str, text: str, indent: int) -> list[str]:
    """Return *text* after *head*, as a plain scalar where YAML allows it, in further lines from *indent* on."""
    single = "%s %s" % (head, text)
    if not _means_itself("text: %s" % text, {"text": text}):
        quoted = "%s %s" % (head, json.dumps(text, ensure_ascii=False))
        return [quoted] if len(quoted) <= WIDTH and "\\" not in text else [head + " >-", *_wrapped(text, " " * indent)]
    if len(single) <= WIDTH:
        return [single]
    if head.endswith("-"):
        first, *more = _wrapped(text, " " * indent)
        return [head + " " + first.lstrip(), *more]
    return [head + " >-", *_wrapped(text, " " * indent)]


def _means_itself(text: str, value: t.Any) -> bool:
    """Tell whether *text* is YAML for *value*."""
    try:
        return bool(load(text) == value)
    except yaml.YAMLError:
        return False


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _flow(value: t.Any) -> str:
    """Return *value* in one line."""
    if isinstance(value, list):
        return "[%s]" % ", ".join(_flow(one) for one in value)
    if isinstance(value, str) and value and _means_itself("[%s]" % value, [value]):
        return value
    return json.dumps(value, ensure_ascii=False)
