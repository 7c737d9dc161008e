# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_summary
short_description: Summarizes the results of a run that rotates tokens
version_added: 0.1.0
description:
  - Summarizes the results of M(orgsmith.grafana.grafana_sa_token) with O(orgsmith.grafana.grafana_sa_token#module:batch).
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
- name: Show the summary
  ansible.builtin.debug:
    msg: "{{ rotated.results | orgsmith.grafana.rotation_summary }}"
"""

RETURN = r"""
_value:
  description:
    - C(made) lists the names of new tokens, C(rotated) those of new tokens that replace others, and C(cleaned) those of deleted
      tokens, each with the reason. C(waiting) lists the names of replaced tokens that still exist. C(failed) lists the errors,
      and C(kept) is the number of tokens that were not replaced.
  type: dict
"""

import typing as t


def _rotation_summary(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..plugin_utils._bootstrap.rotation import summary  # pylint: disable=import-outside-toplevel

    return summary(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"rotation_summary": _rotation_summary}
