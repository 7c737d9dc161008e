# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_removed_users
short_description: Returns the users that the role org_bootstrap deletes
version_added: 0.1.0
description:
  - Returns the items of C(batch) of M(orgsmith.grafana.grafana_user) that delete the users of absent organizations.
  - The module keeps those who are members of other organizations, and server admins.
options:
  _input:
    description: The organizations whose users are deleted, as the role takes them.
    type: list
    elements: dict
    required: true
  organizations:
    description: All organizations of the role, not only those of this chunk.
    type: list
    elements: dict
    required: true
  checked:
    description: The result of the first step in check mode for the absent ones of O(organizations).
    type: dict
    required: true
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Delete the users of removed tenants
  orgsmith.grafana.grafana_user:
    batch: "{{ chunk | orgsmith.grafana.bootstrap_removed_users(org_bootstrap_organizations, checked_orgs) }}"
"""

RETURN = r"""
_value:
  description: The items of the batch.
  type: list
  elements: dict
"""

import typing as t


def _bootstrap_removed_users(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..plugin_utils._bootstrap.removal import removed_users  # pylint: disable=import-outside-toplevel

    return removed_users(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"bootstrap_removed_users": _bootstrap_removed_users}
