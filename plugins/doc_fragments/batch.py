# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules that manage objects, one or many in a task."""

    DOCUMENTATION = r"""
options:
  fail_fast:
    description:
      - Whether the run stops at the first item of O(batch) that fails. By default the module continues with the other items, and
        fails at the end.
    type: bool
    default: false
  on_failure:
    description:
      - V(fail) fails the task if an object fails.
      - V(report) does not fail the task; the result says what failed, and the play decides what to do.
    type: str
    choices: [fail, report]
    default: fail
  missing_parent:
    description:
      - What the module does if the organization of an object, or the service account of a token, does not exist.
      - V(fail) reports an error.
      - V(plan) assumes, in check mode, that an earlier task of the play creates it, and reports what would happen then. Outside
        check mode V(plan) has no effect.
      - A new organization has its creator as Admin, and no data sources. What the module would refuse there fails in check mode,
        such as a user who does not exist, or a dashboard whose inputs need a data source. What it cannot know is a warning.
    type: str
    choices: [fail, plan]
    default: fail
  results:
    description:
      - Which items of O(batch) the result lists in C(results). C(summary) has the numbers of all of them.
      - V(all) lists every item.
      - V(changed) lists the items that changed. If items fail, the task's message names the first five of them.
      - V(failed) lists the items that failed, each with its position, its organization, its C(label) and its C(failure).
      - V([changed, failed]) lists both.
      - V(brief) lists both, each with its position, its organization, its C(label), and its C(change) or its C(failure).
      - With many items, V(changed) and V(failed) keep short what Ansible prints for a task that fails, or at C(-v).
    type: list
    elements: str
    choices: [all, changed, failed, brief]
    default: [all]
"""

    # For modules that can read their items from a file with tenants.
    TENANTS = r"""
options:
  tenants_file:
    description:
      - The path of a file with tenants, on the host that runs the module. The module makes its items of them, instead of taking
        them from C(batch). With thousands of tenants this is faster, because Ansible does not evaluate them as templates.
      - It is a JSON or YAML file with the list C(org_bootstrap_organizations) of the role P(orgsmith.grafana.org_bootstrap#role),
        or a dictionary with that key. YAML needs PyYAML on the host, and takes about twenty times longer to read than JSON.
      - Nothing evaluates templates in the file, and it cannot be encrypted with C(ansible-vault).
      - If keys of its tokens go into sinks of the type C(ansible_vault), the control node reads the file, too.
    type: path
  tenants:
    description:
      - The names of the organizations in O(tenants_file) that the module manages. By default it manages all of them.
    type: list
    elements: str
  tenants_rules:
    description:
      - What the items depend on beside O(tenants_file). The role P(orgsmith.grafana.org_bootstrap#role) sets it.
    type: dict
    suboptions:
      folder:
        description:
          - The directory from which O(tenants_file) and relative paths in the file start. By default the working directory of the
            module, which on the control node is the user's.
        type: path
      dashboards_as:
        description: Whether the caller of the task writes the dashboards, or a token of each tenant. The default is the caller.
        type: str
        choices: [caller, token]
      sink:
        description:
          - What the items depend on of the sink of tokens with neither C(dest) nor C(sink). M(orgsmith.grafana.grafana_sa_token)
            takes all of it in its option C(sink).
        type: dict
        suboptions:
          type:
            description: The type of the sink.
            type: str
          path:
            description: Its option C(path).
            type: str
          allow_ephemeral:
            description: Its option C(allow_ephemeral).
            type: bool
      missing_users:
        description:
          - Logins that do not exist, as a list for each organization. The items do not name these users.
        type: dict
"""
