# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A view as lines of YAML: Ansible shows a diff of texts line by line, where it would quote keys and values of a dictionary."""

from __future__ import annotations

import json
import re
import typing as t

#: Text that YAML takes for that text without quotes, whatever stands after it on the line.
_PLAIN = re.compile(r"[A-Za-z_/(.][^\x00-\x1f\x7f-\x9f\u2028\u2029]*")
#: What YAML takes for the end of a line, or not at all, also between quotes.
_NOT_RAW = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])


def as_text(view: t.Mapping[str, t.Any]) -> str:
    """Return *view* as a line for each key, ``key: value``, its ``changes`` among them. Empty for an empty view."""
    return "".join("%s: %s\n" % (_scalar(key), _scalar(value)) for key, value in _flat(view))


def _flat(view: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, t.Any]]:
    for key, value in view.items():
        if key == "changes":
            yield from value.items()
        else:
            yield key, value


def _scalar(value: t.Any) -> str:
    """Return *value* as YAML writes it on one line."""
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
