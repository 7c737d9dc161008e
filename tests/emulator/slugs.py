# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slugs of titles, as each version makes them."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
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
_CYRILLIC = (
    "а a б b в v г g д d е e ж zh з z и i й j к k л l м m н n о o п p р r с s т t у u ф f х h ц c ч ch ш sh щ sch "
    "ъ - ы y ь - э je ю ju я ja ё jo є e і i ї i ґ g"
)
_HEBREW = "א a ב b ג g ד d ה h ו v ז z ח h ט t י i ך k כ k ל l ם m מ m ן n נ n ס s ע e ף p פ p ץ C צ c ק q ר r ש w ת t"
_OTHERS = "& and @ at © c ® r ß ss æ ae ø o ü ue þ p đ d ħ h ı i ĸ k ł l ŋ n œ oe ŧ t ſ z ƒ f ǽ ae ǿ o ə e ™ tm"
_WORDS = dict(zip(*[iter(f"{_CYRILLIC} {_HEBREW} {_OTHERS}".split())] * 2, strict=True))
#: Letters with marks that become the letter: Latin-1 and Extended-A, and what Pinyin and Vietnamese use.
_MARKED = ((0xE0, 0x17F), (0x1A1, 0x1A1), (0x1B0, 0x1B0), (0x1CE, 0x1DC), (0x1FB, 0x1FB), (0x1EA0, 0x1EF9))


def slug(profile: Profile, title: str) -> str:
    """Return the slug of *title*: up to 9.x transliterated, later with what is in no table in hexadecimal."""
    return _new(title) if profile >= (10, 0) else _old(title)


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
    return ""
