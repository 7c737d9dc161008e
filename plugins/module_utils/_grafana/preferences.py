# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preferences of an organization or a team in requests and answers: path and names."""

from __future__ import annotations

PATH = "/api/org/preferences"
#: The names of the preferences beside the home dashboard, by option, in the order of diffs. An empty string is the server's
#: default.
NAMES = {"theme": "theme", "timezone": "timezone", "week_start": "weekStart", "language": "language"}
#: The names of the home dashboard: its uid from 9.0 on, and its database id before.
HOME_UID, HOME_ID = "homeDashboardUID", "homeDashboardId"
#: The body that clears all preferences. It needs 9.0 or later.
CLEARED = {**dict.fromkeys(NAMES.values(), ""), HOME_UID: ""}

__all__ = ["CLEARED", "HOME_ID", "HOME_UID", "NAMES", "PATH"]
