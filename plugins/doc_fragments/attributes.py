# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of the modules: check mode, diff mode and so on."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status without modifying the target.
    support: full
  diff_mode:
    description: Returns what changed or would change, in diff mode.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  platform:
    description: The operating system of the host that runs the module.
    platforms: posix
    support: full
  action_group:
    description: Use C(group/orgsmith.grafana.grafana) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - orgsmith.grafana.grafana
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status without modifying the target.
    support: full
    details: This module never changes anything.
  diff_mode:
    description: Returns what changed or would change, in diff mode.
    support: none
    details: This module never changes anything.
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
    details: This module never changes anything.
  platform:
    description: The operating system of the host that runs the module.
    platforms: posix
    support: full
  action_group:
    description: Use C(group/orgsmith.grafana.grafana) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - orgsmith.grafana.grafana
"""
