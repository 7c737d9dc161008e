# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists in messages."""

from __future__ import annotations

import typing as t


def listed(texts: t.Sequence[str], most: int) -> str:
    """Return *texts* joined by commas; of more than *most* only the first ones, and how many more there are."""
    more = len(texts) - most
    return ", ".join(texts[:most]) + (" and %d more" % more if more > 0 else "")


__all__ = ["listed"]
