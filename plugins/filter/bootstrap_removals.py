# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bootstrap_removals
short_description: Lists what the role org_bootstrap is about to remove
version_added: 0.1.0
description:
  - Lists what is left of the absent organizations of the role C(org_bootstrap).
options:
  _input:
    description: The organizations, as the role takes them.
    type: list
    elements: dict
    required: true
  checked:
    description: The results of the steps for organizations, tokens and users in check mode, for the absent organizations.
    type: list
    elements: dict
    required: true
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Show what would go
  ansible.builtin.debug:
    msg: "{{ org_bootstrap_organizations | orgsmith.grafana.bootstrap_removals([checked_orgs]) | map(attribute='text') }}"
"""

RETURN = r"""
_value:
  description:
    - An entry for each absent organization of which something is left, or of which that is unknown.
    - It has the C(name), whether the organization C(exists), its C(contents) (names by kind), C(keys) (tokens whose stored keys
      are removed), C(users) (logins), C(unknown) (why a check failed) and, all in one, C(text).
  type: list
  elements: dict
"""

import typing as t


def _bootstrap_removals(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..plugin_utils._bootstrap.removal import removals  # pylint: disable=import-outside-toplevel

    return removals(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"bootstrap_removals": _bootstrap_removals}
