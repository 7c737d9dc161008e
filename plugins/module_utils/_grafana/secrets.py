# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds and masks strings that look like a key of Grafana."""

from __future__ import annotations

import json
import re
import typing as t

#: How keys begin: of a service account, of an access policy of Grafana Cloud, of an old API key (base64 of ``{"k":"``), and
#: an old API key encoded in base64 again.
_STARTS = ("glsa_", "glc_", "eyJrIjoi", "ZXlKcklqb2")
#: Matches keys and parts of keys. A key of a service account is ``glsa_``, 32 characters and a checksum. Not matched: a
#: prefix after a letter, which is part of another word, and one repeated letter (``glsa_xxxxxxxxxxxx``), a placeholder.
_KEY = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"glsa_(?!([A-Za-z0-9])\1*(?:\W|$))[A-Za-z0-9]{12,}(?:_[a-f0-9]{8})?"
    r"|glc_(?!([A-Za-z0-9])\2*(?:\W|$))[A-Za-z0-9+/=_-]{20,}"
    r"|(?:eyJrIjoi|ZXlKcklqb2)[A-Za-z0-9+/=_-]{20,}"
    r")"
)
#: Matches text to mask in output. It matches more than _KEY, because a mask too many does no harm.
_SHOWN = re.compile(r"(?:glsa_|glc_)[A-Za-z0-9+/=_-]{8,}|(?:eyJrIjoi|ZXlKcklqb2)[A-Za-z0-9+/=_-]{8,}")
MASK = "***"


def key_like(document: t.Any) -> list[str]:
    """Return the paths (``panels[3].options.content``) of strings in *document* (parsed JSON) that look like a key.

    The function checks the names in objects, too, and masks them in the paths.
    """
    text = json.dumps(document, ensure_ascii=False, default=str)
    # Most documents contain no key, and this check is much faster than one of each string.
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
            inner_path = "%s.%s" % (path, shown) if path else shown
            if shown != str(key):
                yield inner_path
            yield from _paths(inner, inner_path)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, "%s[%d]" % (path, index))


def masked(value: t.Any) -> t.Any:
    """Return *value* (parsed JSON) with stars for text that looks like a key, in strings and in the names in objects."""
    if isinstance(value, str):
        return _SHOWN.sub(MASK, value)
    if isinstance(value, dict):
        return {masked(key): masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return value


__all__ = ["key_like", "masked"]
