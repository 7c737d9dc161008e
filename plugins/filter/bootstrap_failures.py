# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_failures
short_description: Lists the failures of the role org_bootstrap
version_added: 0.1.0
description:
  - Lists the failures in the steps of the role C(org_bootstrap), with one entry for each failed object.
options:
  _input:
    description: The organizations, as the role takes them.
    type: list
    elements: dict
    required: true
  results:
    description: The registered results of the steps in their order, beginning with the organizations.
    type: list
    elements: dict
    required: true
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Show the failures
  ansible.builtin.debug:
    msg: "{{ org_bootstrap_organizations | orgsmith.grafana.bootstrap_failures([made_orgs, made_members]) }}"
"""

RETURN = r"""
_value:
  description: The failures, each with C(organization), C(step), C(code), C(message) and, all in one, C(text).
  type: list
  elements: dict
"""

import typing as t

from ..plugin_utils._bootstrap import failures


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"bootstrap_failures": failures}
