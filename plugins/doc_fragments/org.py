# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options that choose the organization."""

    DOCUMENTATION = r"""
options:
  org_id:
    description:
      - The id of the organization to work in. The module sends it with each request and does not switch the current organization
        of any user.
      - If neither this option nor O(org_name) is set, the module uses E(GRAFANA_ORG_ID) or E(GRAFANA_ORG_NAME), and otherwise the
        current organization of the caller.
    type: raw
  org_name:
    description:
      - The exact name of the organization to work in.
    type: raw
"""

    # For modules that manage organizations themselves. They accept the options, because module_defaults of the action
    # group may contain them, and ignore them.
    UNUSED = r"""
options:
  org_id:
    description:
      - This module accepts the option because C(module_defaults) of the action group may contain it, but ignores it.
    type: raw
  org_name:
    description:
      - This module accepts the option because C(module_defaults) of the action group may contain it, but ignores it.
    type: raw
"""
