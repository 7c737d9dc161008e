# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_items
short_description: Returns what a task of the role org_bootstrap manages
version_added: 0.1.0
description:
  - Returns the items of a module's C(batch) for the organizations of the role C(org_bootstrap).
  - The batch omits tenants that failed at an earlier step, and users that do not exist.
options:
  _input:
    description: The organizations, as the role takes them.
    type: list
    elements: dict
    required: true
  kind:
    description:
      - The step whose items are returned. With V(tenants) they are whole tenants, for
        M(orgsmith.grafana.grafana_tenants), and with V(vault_tokens) the tokens whose keys go into a file of C(ansible-vault).
    type: str
    choices:
      - tenants
      - organizations
      - users
      - members
      - teams
      - data_sources
      - service_accounts
      - tokens
      - vault_tokens
      - folders
      - dashboards
      - preferences
      - removed_accounts
    required: true
  earlier:
    description: The results of earlier steps for the same organizations, by step.
    type: dict
    default: {}
  folder:
    description: The directory from which relative paths start.
    type: path
    default: ''
  dashboards_as:
    description: Whether the caller writes the dashboards, or a token of each tenant.
    type: str
    choices: [caller, token]
    default: caller
  sink:
    description:
      - The sink of tokens that have neither C(dest) nor C(sink).
      - The format is that of O(orgsmith.grafana.grafana_sa_token#module:sink).
    type: dict
  renew_before:
    description:
      - The option O(orgsmith.grafana.grafana_sa_token#module:renew_before) of tokens that do not set it.
      - A token with a shorter lifetime is due in the last third of its lifetime.
    type: raw
  ephemeral_on:
    description:
      - The connection plugin of the host on which the modules run.
      - If set, only those tokens are returned whose key may end with a container.
    type: str
  steps:
    description:
      - The steps that the organizations of a file need, as RV(orgsmith.grafana.grafana_tenants_info#module:steps) has them.
      - If set, the modules read the file themselves, and the filter returns the names of the organizations for the step.
    type: list
    elements: str
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Members of all tenants, in one run
  orgsmith.grafana.grafana_org_user:
    batch: "{{ org_bootstrap_organizations | orgsmith.grafana.bootstrap_items('members') }}"
"""

RETURN = r"""
_value:
  description: The items of the batch; with O(steps) the names of organizations.
  type: list
  elements: raw
"""

import typing as t


def _bootstrap_items(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..plugin_utils._bootstrap.items import items  # pylint: disable=import-outside-toplevel

    return items(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"bootstrap_items": _bootstrap_items}
