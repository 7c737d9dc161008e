# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The organization in which a task works."""

    DOCUMENTATION = r"""
options:
  org_id:
    description:
      - The organization to work in, by its id. It is named in each request; nobody's current organization is
        switched.
      - Without it and O(org_name), E(GRAFANA_ORG_ID) or E(GRAFANA_ORG_NAME) is used, or else the organization in
        which the caller is.
    type: raw
  org_name:
    description:
      - The organization to work in, by its exact name.
    type: raw
"""

    # For modules that manage organizations themselves the options are accepted, as they may stand in
    # module_defaults of the action group, and mean nothing.
    UNUSED = r"""
options:
  org_id:
    description:
      - Accepted for the sake of C(module_defaults), and not used. See O(id).
    type: raw
  org_name:
    description:
      - Accepted for the sake of C(module_defaults), and not used. See O(name).
    type: raw
"""
