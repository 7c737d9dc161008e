# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dictionary as lines of YAML for Ansible's diff: Ansible compares texts line by line, but quotes the keys of dictionaries."""

from __future__ import annotations

import json
import re
import typing as t

#: Text that may need no quotes in YAML.
_PLAIN = re.compile(r"[A-Za-z_/(.][^\x00-\x1f\x7f-\x9f\u2028\u2029]*")
#: Characters that YAML does not allow or reads as the end of a line, even in quotes.
_NOT_RAW = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])


def as_text(view: t.Mapping[str, t.Any]) -> str:
    """Return *view* as lines ``key: value``, with the entries of its ``changes`` in place of that key."""
    return "".join("%s: %s\n" % (_scalar(key), _scalar(value)) for key, value in _entries(view))


def _entries(view: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, t.Any]]:
    for key, value in view.items():
        if key == "changes":
            yield from value.items()
        else:
            yield key, value


def _scalar(value: t.Any) -> str:
    """Return *value* as YAML on one line."""
    if isinstance(value, str) and not _needs_quotes(value):
        return value
    return _NOT_RAW.sub(lambda match: "\\u%04x" % ord(match.group()), json.dumps(value, ensure_ascii=False))


def _needs_quotes(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is None
        or text != text.strip()
        or ": " in text
        or " #" in text
        or text.endswith(":")
        or text.lower() in _WORDS
        or text in ("...", ".")
        or re.fullmatch(r"\.[0-9].*|\.(?i:inf|nan)", text) is not None
    )
