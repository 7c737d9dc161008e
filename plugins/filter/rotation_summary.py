# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_summary
short_description: What became of the tokens of a run that rotates them
version_added: 0.1.0
description:
  - Sums up the results of M(orgsmith.grafana.grafana_sa_token) with O(orgsmith.grafana.grafana_sa_token#module:batch).
options:
  _input:
    description: RV(orgsmith.grafana.grafana_sa_token#module:results).
    type: list
    elements: dict
    required: true
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: What became of them
  ansible.builtin.debug:
    msg: "{{ rotated.results | orgsmith.grafana.rotation_summary }}"
"""

RETURN = r"""
_value:
  description:
    - Names of tokens that were C(made) where there was none, C(rotated), C(cleaned) up after, and of those with
      predecessors that are C(waiting) for their deletion. How many were C(kept), and what C(failed).
  type: dict
"""

import typing as t

from ..plugin_utils._bootstrap import summary


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"rotation_summary": summary}
