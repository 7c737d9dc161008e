# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules that manage objects, one or many in a task."""

    DOCUMENTATION = r"""
options:
  fail_fast:
    description:
      - Whether the run stops at the first item of O(batch) that fails. By default the module continues with the other items, and
        fails at the end.
    type: bool
    default: false
  on_failure:
    description:
      - V(fail) fails the task if an object fails.
      - V(report) does not fail the task; the result says what failed, and the play decides what to do.
    type: str
    choices: [fail, report]
    default: fail
  missing_parent:
    description:
      - What the module does if the organization of an object, or the service account of a token, does not exist.
      - V(fail) reports an error.
      - V(plan) assumes, in check mode, that an earlier task of the play creates it, and reports what would happen then. Outside
        check mode V(plan) has no effect.
      - A new organization has its creator as Admin, and no data sources. What the module would refuse there fails in check mode,
        such as a user who does not exist, or a dashboard whose inputs need a data source. What it cannot know is a warning.
    type: str
    choices: [fail, plan]
    default: fail
  results:
    description:
      - Which items of O(batch) the result lists in C(results). C(summary) has the numbers of all of them.
      - V(all) lists every item.
      - V(changed) lists the items that changed. If items fail, the task's message names the first five of them.
      - V(failed) lists the items that failed, each with its position, its organization, its C(label) and its C(failure).
      - V([changed, failed]) lists both.
      - With many items, V(changed) and V(failed) keep short what Ansible prints for a task that fails, or at C(-v).
    type: list
    elements: str
    choices: [all, changed, failed]
    default: [all]
"""
