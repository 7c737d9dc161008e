# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_report
short_description: Says what the role org_bootstrap did to each tenant
version_added: 0.1.0
description:
  - Summarizes the results of the steps of the role C(org_bootstrap), with one entry for each organization.
options:
  _input:
    description: The organizations, as the role takes them.
    type: list
    elements: dict
    required: true
  results:
    description: The results of the steps, by step.
    type: dict
    required: true
  missing:
    description: Whether members who are no users of the server are failures.
    type: str
    choices: [fail, warn, skip]
    default: fail
  organizations:
    description: All organizations of the role, not only those of this chunk.
    type: list
    elements: dict
    default: []
  checked:
    description: The result of the first step in check mode for the absent ones of O(organizations).
    type: dict
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Show what happened
  ansible.builtin.debug:
    msg: "{{ org_bootstrap_organizations | orgsmith.grafana.bootstrap_report(made.steps) | map(attribute='text') }}"
"""

RETURN = r"""
_value:
  description:
    - An entry for each organization with its C(name), C(status) (V(ok), V(changed), V(pending) or V(failed)), C(changed) (what
      changed, in words), C(pending) (members who are no users of the server), C(failures), and all in one line, C(text).
    - A failure has C(organization), C(step), C(code), C(message) and, all in one, C(text).
  type: list
  elements: dict
"""

import typing as t


def _bootstrap_report(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..plugin_utils._bootstrap.report import report  # pylint: disable=import-outside-toplevel

    return report(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"bootstrap_report": _bootstrap_report}
