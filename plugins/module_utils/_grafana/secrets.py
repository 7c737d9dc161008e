# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds and masks secrets: strings that look like a key of Grafana, known secrets in all their forms, credentials of HTTP."""

from __future__ import annotations

import base64
import json
import re
import threading
import typing as t
from urllib.parse import quote, quote_plus

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
    # Most documents contain no key, and this check is much faster than one of each string.
    if not may_have_key(json.dumps(document, ensure_ascii=False, default=str)):
        return []
    return list(_paths(document, ""))


def may_have_key(text: str) -> bool:
    """Return whether *text*, a document as JSON that is not limited to ASCII, contains what a key begins with."""
    return any(start in text for start in _STARTS)


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


#: How many characters of a text of a server, a proxy or a program an error quotes at most.
QUOTED = 2000
#: How much of such a text is searched for secrets, in characters: the rest is never quoted.
_SEARCHED = 20 * QUOTED
#: The least length of a known secret that is masked in quoted texts; Ansible masks shorter ones in the whole result.
LEAST = 8

_NAMES = r"[\w-]*(?:session|token|passw(?:or)?d|secret|credential|api[_-]?key)[\w-]*"
#: Text that holds a credential, as a pattern, and what takes its place. Compiled at first use: most runs quote no text.
_CREDENTIALS: tuple[tuple[str, str], ...] = (
    # A header, in a dump of headers or in JSON: up to the end of the line or of the string.
    (
        r"""(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*["']?)[^\r\n"'<>]+""",
        r"\1\2" + MASK,
    ),
    # A scheme of Authorization and its value; words such as "basic authentication" have neither capitals nor digits.
    (
        r"\b((?i:bearer|basic|digest|negotiate)\s+)(?=[A-Za-z0-9+/._~-]*[0-9A-Z=])[A-Za-z0-9+/=._~-]{12,}",
        r"\1" + MASK,
    ),
    # A cookie or a parameter: name=value. In JSON: "name": "value".
    (r"""(?i)\b(%s=)[^\s;&"',<>]+""" % _NAMES, r"\1" + MASK),
    (r"""(?i)(["']%s["']\s*:\s*["'])[^"'<>]+""" % _NAMES, r"\1" + MASK),
    # User and password of an address.
    (r"""(?<=://)[^\s/"'<>@]+(?::[^\s/"'<>]*)?@""", MASK + "@"),
    # A JWT, and tokens of Vault.
    (r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*", MASK),
    (r"\bhv[sbr]\.[\w-]{12,}", MASK),
)


class _Known:
    """The secrets of this process in all their forms. A module, or the plugin of a task, is one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: set[str] = set()
        self._sorted: tuple[str, ...] | None = ()

    def add(self, secret: str) -> None:
        with self._lock:
            self._found.update(form for form in forms(secret) if len(form) >= LEAST)
            self._sorted = None

    @property
    def forms(self) -> tuple[str, ...]:
        """All forms, the longest first; sorted when they are needed, as a task may create thousands of keys."""
        with self._lock:
            if self._sorted is None:
                self._sorted = tuple(sorted(self._found, key=lambda form: (-len(form), form)))
            return self._sorted


_KNOWN = _Known()


def remember(*secrets: str | None) -> None:
    """Mask *secrets* in all texts that this process quotes from now on."""
    for secret in secrets:
        if secret:
            _KNOWN.add(secret)


def occurring(*values: t.Any) -> set[str]:
    """Return the secrets that :func:`remember` got, in those forms of 8 characters or more that occur in *values*.

    Ansible compares each text of a result with each secret to mask, so it gets those that matter only.
    """
    text = "\0".join(_texts(values))
    return {form for form in _KNOWN.forms if form in text}


def _texts(value: t.Any) -> t.Iterator[str]:
    """Yield all strings in *value*, names in objects included, and everything else as text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, (list, tuple, set)):
        for inner in value:
            yield from _texts(inner)
    else:
        yield str(value)


def forms(secret: str) -> set[str]:
    """Return *secret* as it may appear in text: plain, each of its long lines, escaped (Python, JSON), in a URL, in base64."""
    lines = [line for line in (secret.strip(), " ".join(secret.split()), *secret.splitlines()) if len(line) >= LEAST]
    found = {secret, *lines}
    for text in list(found):
        raw = text.encode("utf-8", "surrogatepass")
        found.update((repr(text)[1:-1], json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]))
        found.update((quote(raw, safe=""), quote(raw), quote_plus(raw)))
        found.update((base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode().rstrip("=")))
    return {form for form in found if form}


def in_result(value: t.Any) -> t.Any:
    """Return *value*, the result of an action plugin, with stars for known secrets. Ansible does this for modules only."""
    if isinstance(value, str):
        for form in _KNOWN.forms:
            value = value.replace(form, MASK)
        return value
    if isinstance(value, dict):
        return {key: in_result(inner) for key, inner in value.items()}
    return [in_result(inner) for inner in value] if isinstance(value, list) else value


def without_secrets(text: str) -> str:
    """Return *text* with stars for known secrets, for text that looks like a key, and for credentials of HTTP."""
    text = str(in_result(text))
    for pattern, replacement in _CREDENTIALS:
        text = re.sub(pattern, replacement, text)
    return str(masked(text))


def quoted(text: str, most: int = QUOTED) -> str:
    """Return the first *most* characters of *text*, which a server or a program wrote, on one line and without secrets.

    Masking comes before cutting: half a key would not look like a key any more.
    """
    lines = without_secrets(text[:_SEARCHED])
    return without_secrets(" ".join(lines.split()))[:most]


__all__ = ["QUOTED", "forms", "in_result", "key_like", "masked", "occurring", "quoted", "remember", "without_secrets"]
