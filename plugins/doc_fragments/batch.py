# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How a task with many objects goes."""

    DOCUMENTATION = r"""
options:
  fail_fast:
    description:
      - Whether the first object of O(batch) that fails ends the run. Otherwise the others go on, and the task fails
        at its end.
    type: bool
    default: false
  on_failure:
    description:
      - V(fail) fails the task when an object failed.
      - V(report) leaves that to the play; the results say what failed.
    type: str
    choices: [fail, report]
    default: fail
  missing_parent:
    description:
      - What it means that the organization of an object, or a token's service account, is not there.
      - V(fail) takes it for a mistake.
      - V(plan) takes it, in check mode, for something that an earlier task of the play would make, and reports what
        would follow. Outside check mode it makes no difference.
    type: str
    choices: [fail, plan]
    default: fail
"""
