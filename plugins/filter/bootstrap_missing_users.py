# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_missing_users
short_description: Returns the members of tenants who are no users of the server
version_added: 0.1.0
description:
  - Returns, for the role C(org_bootstrap), the members of each organization who are no users of the server (yet).
  - The modules leave them out of teams and permissions if they read the tenants from a file.
options:
  _input:
    description: The results of the steps, by step.
    type: dict
    required: true
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Show who has to log in first
  ansible.builtin.debug:
    msg: "{{ made.steps | orgsmith.grafana.bootstrap_missing_users }}"
"""

RETURN = r"""
_value:
  description: A list of logins for each organization with such members.
  type: dict
"""

import typing as t


def _bootstrap_missing_users(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..module_utils._tenants.outcomes import missing_users  # pylint: disable=import-outside-toplevel

    return missing_users(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"bootstrap_missing_users": _bootstrap_missing_users}
