# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strings that look like a key of Grafana, of which only the place is told."""

from __future__ import annotations

import json
import re
import typing as t

#: What a key begins with: a service account's, an access policy's of Grafana Cloud, an API key's of old (base64 of
#: ``{"k":"``), and base64 of that.
_STARTS = ("glsa_", "glc_", "eyJrIjoi", "ZXlKcklqb2")
#: A key of a service account is ``glsa_``, 32 characters and a checksum; half of one is suspicious, too. A start after
#: a letter is part of another word, and a single letter over and over (``glsa_xxxxxxxxxxxx``) stands for a key.
_KEY = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"glsa_(?!([A-Za-z0-9])\1*(?:\W|$))[A-Za-z0-9]{12,}(?:_[a-f0-9]{8})?"
    r"|glc_(?!([A-Za-z0-9])\2*(?:\W|$))[A-Za-z0-9+/=_-]{20,}"
    r"|(?:eyJrIjoi|ZXlKcklqb2)[A-Za-z0-9+/=_-]{20,}"
    r")"
)
#: What is masked where values are shown: more than what is refused, because a mask too many does no harm.
_SHOWN = re.compile(r"(?:glsa_|glc_)[A-Za-z0-9+/=_-]{8,}|(?:eyJrIjoi|ZXlKcklqb2)[A-Za-z0-9+/=_-]{8,}")
MASK = "***"


def key_like(document: t.Any) -> list[str]:
    """Return the paths (``panels[3].options.content``) of strings in *document* (parsed JSON) that look like a key.

    Keys of objects are looked at, too, and never shown in a path. Pure.
    """
    text = json.dumps(document, ensure_ascii=False, default=str)
    # Most documents have none, and this is much faster than to look at every string.
    if not any(start in text for start in _STARTS):
        return []
    return list(_paths(document, ""))


def _paths(value: t.Any, path: str) -> t.Iterator[str]:
    if isinstance(value, str):
        if _KEY.search(value):
            yield path or "."
    elif isinstance(value, dict):
        for key, inner in value.items():
            shown = _KEY.sub(MASK, str(key))
            place = "%s.%s" % (path, shown) if path else shown
            if shown != str(key):
                yield place
            yield from _paths(inner, place)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, "%s[%d]" % (path, index))


def masked(value: t.Any) -> t.Any:
    """Return *value* (parsed JSON) with what looks like a key replaced by stars, in strings and in keys of objects. Pure."""
    if isinstance(value, str):
        return _SHOWN.sub(MASK, value)
    if isinstance(value, dict):
        return {masked(key): masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return value


__all__ = ["key_like", "masked"]
