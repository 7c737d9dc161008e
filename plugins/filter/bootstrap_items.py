# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_items
short_description: The batch of one step of the role org_bootstrap
version_added: 0.1.0
description:
  - Turns the organizations of the role C(org_bootstrap) into the items of a module's C(batch).
  - Tenants that failed at an earlier step are left out.
options:
  _input:
    description: The organizations, as the role takes them.
    type: list
    elements: dict
    required: true
  kind:
    description: The step.
    type: str
    choices: [organizations, members, service_accounts, tokens, dashboards]
    required: true
  earlier:
    description: The registered results of earlier steps for the same organizations, that of the organizations first.
    type: list
    elements: dict
    default: []
  folder:
    description: What relative paths start from.
    type: path
    default: ''
  dashboards_as:
    description: Whether dashboards are written by the caller, or by the key of each tenant's own token.
    type: str
    choices: [caller, token]
    default: caller
  sink:
    description:
      - Where the keys go of tokens that have neither C(dest) nor C(sink).
      - As O(orgsmith.grafana.grafana_sa_token#module:sink).
    type: dict
  renew_before:
    description:
      - How long before its end a token is due that has no C(renew_before), as
        O(orgsmith.grafana.grafana_sa_token#module:renew_before). One that does not live so long is due in the last third of its
        life.
    type: raw
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
  description: The items.
  type: list
  elements: dict
"""

import typing as t

from ..plugin_utils._bootstrap import items


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"bootstrap_items": items}
