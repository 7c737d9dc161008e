# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a task that matter for keys."""

from __future__ import annotations

import typing as t


class Task(t.NamedTuple):
    """The parts of a task that matter for keys.

    *hide* masks a text in the module's output. *no_log* and *check* are the task's. *plan_missing* tells whether, in check
    mode, an earlier task may be about to create what is missing. *handover* is what the action plugin passes about a file of
    ansible-vault, ``None`` without one.
    """

    hide: t.Callable[[str], None]
    check: bool
    no_log: bool
    plan_missing: bool
    handover: dict[str, t.Any] | None = None
