# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL's LIKE, as SQLite has it."""

from __future__ import annotations

import re
from collections.abc import Callable

WILDCARDS = {"%": ".*", "_": "."}


def like(pattern: str) -> Callable[[str], bool]:
    """Return a function that tells whether a text is LIKE *pattern*; the case of ASCII letters does not matter."""
    signs = "".join(WILDCARDS.get(sign, re.escape(sign)) for sign in pattern)
    found = re.compile(_lower(signs), re.DOTALL)
    return lambda text: found.fullmatch(_lower(text)) is not None


def _lower(text: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)
