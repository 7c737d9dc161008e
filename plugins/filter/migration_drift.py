# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: migration_drift
short_description: Compares a plan of a migration of API keys with plans that were approved
version_added: 0.1.0
description:
  - Between the approval of a plan and the migration, keys can be created, renamed or deleted. This filter compares the new plan
    with what the playbook C(migrate_api_keys) reported of the approved one with C(ansible.builtin.set_stats).
options:
  _input:
    description: A registered result of M(orgsmith.grafana.grafana_apikey_migrate) in check mode.
    type: dict
    required: true
  approved:
    description: Reports of earlier runs of the playbook. The filter uses those of check mode.
    type: list
    elements: dict
    default: []
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Show the organizations whose plan is not the approved one
  ansible.builtin.debug:
    msg: "{{ (plan | orgsmith.grafana.migration_drift([orgsmith_migrate])).changed }}"
"""

RETURN = r"""
_value:
  description:
    - C(plans) has a fingerprint of the plan of each organization in which something would change.
    - C(compared) is true if there is an approved plan of all organizations to compare with.
    - C(changed) lists the organizations with a plan that was not approved.
  type: dict
"""

import typing as t

from ..plugin_utils._playbooks.stats import migration_drift


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"migration_drift": migration_drift}
