# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: org_runs
short_description: Groups hosts that are organizations into one module run for each server
version_added: 0.1.0
description:
  - In an inventory whose hosts are organizations, the playbooks of this collection do not run their modules once for each host.
    This filter returns one run for each server, for all of its hosts.
positional: hostvars
options:
  _input:
    description:
      - The names of the hosts, usually C(ansible_play_hosts_all).
      - Each host has the variable C(grafana_org_name), and may have C(grafana_org_id), C(grafana_url),
        C(grafana_tenants_file) and C(grafana_connection).
    type: list
    elements: str
    required: true
  hostvars:
    description: C(hostvars).
    type: dict
    required: true
  wanted:
    description: Names and ids of the organizations to which the runs are limited. V(all) and an empty value mean every host.
    type: raw
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Show the organizations of each server
  ansible.builtin.debug:
    msg: "{{ (ansible_play_hosts_all | orgsmith.grafana.org_runs(hostvars)).runs }}"
  run_once: true
"""

RETURN = r"""
_value:
  description:
    - C(runs) has one entry for each C(url), C(tenants_file) and C(grafana_connection). C(host) is the host that stands for all of
      the run, and C(names) are the names of the organizations. C(environment) are the environment variables for the module.
    - C(elsewhere) lists those of O(wanted) that are none of the hosts.
  type: dict
"""

import typing as t


def _org_runs(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..plugin_utils._playbooks.runs import org_runs  # pylint: disable=import-outside-toplevel

    return org_runs(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"org_runs": _org_runs}
