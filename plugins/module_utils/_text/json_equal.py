# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two JSON documents are the same."""

from __future__ import annotations

import typing as t


def equal(one: t.Any, other: t.Any) -> bool:
    """Return whether two documents are the same JSON: ``1`` equals ``1.0``, but not ``true``."""
    return bool(one == other) and _same_booleans(one, other)


def _same_booleans(one: t.Any, other: t.Any) -> bool:
    """Return whether two documents have booleans at the same paths; for Python, ``1 == True``. They must be equal."""
    if isinstance(one, dict):
        for key, value in one.items():
            match = other[key]
            if value is not match and not isinstance(value, str) and not _same_booleans(value, match):
                return False
        return True
    if isinstance(one, list):
        for value, match in zip(one, other):
            if value is not match and not isinstance(value, str) and not _same_booleans(value, match):
                return False
        return True
    return isinstance(one, bool) == isinstance(other, bool)
