# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: playbook_stats
short_description: Joins and limits what a playbook reports with set_stats
version_added: 0.1.0
description:
  - Joins the reports of a playbook on several servers into one dictionary for C(ansible.builtin.set_stats).
  - Numbers are added. A truth value is true if it is true in all reports. Lists follow one another, and dictionaries are joined.
  - A list ends after 50 entries, a text after 500 characters, and a dictionary after 500 entries.
positional: name, job
options:
  _input:
    description: The reports. They must not contain secrets.
    type: list
    elements: dict
    required: true
  name:
    description: The name of the report.
    type: str
    required: true
  job:
    description:
      - The id of the job, if it is part of a workflow. The report is then also there as O(name) with C(_job_ID) at its end. The
        jobs of a sliced template all report the same names, and AWX keeps the one of the job that ended last.
    type: raw
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Report to the next node of the workflow
  ansible.builtin.set_stats:
    data: "{{ [{'rotated': 3, 'failures': []}] | orgsmith.grafana.playbook_stats('my_rotation') }}"
    per_host: false
"""

RETURN = r"""
_value:
  description:
    - What C(ansible.builtin.set_stats) takes as C(data). In the report, C(more) has the number of entries that a list or
      dictionary has lost, by its name.
  type: dict
"""

import typing as t

from ..plugin_utils._playbooks.stats import playbook_stats


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"playbook_stats": playbook_stats}
