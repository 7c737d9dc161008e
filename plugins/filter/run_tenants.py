# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: run_tenants
short_description: Selects the tenants of one run of a playbook
version_added: 0.1.0
description:
  - Returns those tenants whose organizations are hosts of the inventory. The playbooks of this collection apply it to
    C(org_bootstrap_organizations), as they get it from a variable, from a survey of AWX, or from a tenants file.
positional: run
options:
  _input:
    description: The tenants as a list, or as YAML text. The text may also be a dictionary with C(org_bootstrap_organizations).
    type: raw
    required: true
  run:
    description: One of C(runs) of the filter P(orgsmith.grafana.org_runs#filter). Without it, every host is selected.
    type: dict
  names:
    description: Names of tenants, as a list, or as text with one name in each line. An empty value selects all.
    type: raw
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Show the names of the tenants in a file
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', 'tenants.yml') | orgsmith.grafana.run_tenants | map(attribute='name') }}"
"""

RETURN = r"""
_value:
  description: The selected tenants.
  type: list
  elements: dict
"""

import typing as t

from ..plugin_utils._playbooks.tenants import run_tenants


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"run_tenants": run_tenants}
