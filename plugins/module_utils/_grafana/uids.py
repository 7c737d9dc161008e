# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The uids that a task may choose for a new object."""

from __future__ import annotations

import re

_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
#: What to do about another uid, for messages.
UID_RULE = "use up to 40 letters, digits, dashes and underscores"


def valid_uid(uid: str) -> bool:
    """Tell whether every version accepts *uid* for a new data source, folder or dashboard.

    12.0 and later refuse others for a data source (recorded).
    """
    return bool(_UID.fullmatch(uid))


__all__ = ["UID_RULE", "valid_uid"]
