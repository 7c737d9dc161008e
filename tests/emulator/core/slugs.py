# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slugs of titles, as each version makes them."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from text_unidecode import unidecode

from .profile import Profile

#: Up to 9.x: what goes before all else is transliterated, and what then is left out.
_OLD_WORDS = str.maketrans(
    {"&": "and", "@": "at", '"': "", "'": "", "\u2019": "", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-"}
)
_GAPS = re.compile(r"[^a-z0-9_]+")

#: From 10 on: signs that only part words, the longest slug, and the digits that stand for a longer one.
_SEPARATORS = frozenset(" ,\"'\n\r\0?.()-_[]/\\!{}%")
LONGEST, SHORTENED = 50, 7
#: Scripts whose letters are transliterated: Cyrillic and Hebrew.
_TRANSLITERATED = ((0x400, 0x4FF), (0x5D0, 0x5EA))
_WORDS = {"&": "and", "@": "at", "\u00df": "ss", "\u00e6": "ae", "\u00f8": "o", "\u00fc": "ue", "\u0153": "oe", "\u2122": "tm"}
#: Letters with marks that become the letter: Latin-1 and Extended-A, and what Pinyin and Vietnamese use.
_MARKED = ((0xE0, 0x17F), (0x1A1, 0x1A1), (0x1B0, 0x1B0), (0x1CE, 0x1DC), (0x1FB, 0x1FB), (0x1EA0, 0x1EF9))


def slug(profile: Profile, title: str) -> str:
    """Return the slug of *title*: up to 9.x transliterated, later with what is in no table in hexadecimal."""
    return slugger(profile)(title)


def slugger(profile: Profile) -> Callable[[str], str]:
    """Return the function that makes slugs in *profile*."""
    return _new if profile >= (10, 0) else _old


@lru_cache(maxsize=20000)
def _old(title: str) -> str:
    plain = unidecode(title.lower().strip().translate(_OLD_WORDS)).lower()
    found = re.sub("-+", "-", _GAPS.sub("-", plain)).strip("-_")
    return found or base64.urlsafe_b64encode(title.encode()).decode().rstrip("=")


@lru_cache(maxsize=20000)
def _new(title: str) -> str:
    parts: list[str] = []
    parted = False
    for sign in title.strip().lower():
        known = _known(sign)
        if not known and sign in _SEPARATORS:
            parted = True
            continue
        if parted:
            parts.append("-")
        parts.append(known or sign.encode().hex())
        parted = not known
    found = "".join(parts).strip("-")
    if found and len(found) <= LONGEST:
        return found
    return hashlib.sha1(found.encode(), usedforsecurity=False).hexdigest()[:SHORTENED]


def _known(sign: str) -> str:
    """Return what stands for *sign* in a slug; empty for what does not."""
    if sign in _WORDS:
        return _WORDS[sign]
    if sign.isascii():
        return sign if sign.isalnum() else ""
    if sign != "ñ" and any(first <= ord(sign) <= last for first, last in _MARKED):
        return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    if any(first <= ord(sign) <= last for first, last in _TRANSLITERATED):
        return "".join(letter for letter in unidecode(sign).lower() if letter.isalnum())
    return ""
