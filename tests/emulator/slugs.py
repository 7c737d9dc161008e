# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slugs of titles, as each version makes them."""

from __future__ import annotations

import re
import unicodedata

from text_unidecode import unidecode

from .profile import Profile

_GAPS = re.compile(r"[^a-z0-9_]+")


def slug(profile: Profile, title: str) -> str:
    """Return the slug of *title*: up to 10 transliterated, later with what is no letter of Latin in hexadecimal."""
    if profile < (10, 0):
        return _GAPS.sub("-", unidecode(title).lower()).strip("-")
    parts = []
    for sign in title.lower():
        plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
        if sign.isascii():
            parts.append(sign)
        elif plain:
            parts.append(plain)
        else:
            parts.append(f"-{sign.encode().hex()}-")
    return _GAPS.sub("-", "".join(parts)).strip("-")
