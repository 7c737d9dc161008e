#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_dashboard
short_description: Manage dashboards of an organization of Grafana
version_added: 0.1.0
description:
  - Creates, changes, moves and deletes dashboards.
  - A dashboard that is as it should be is not written, and gets no new version.
  - Provisioned dashboards are never written or deleted.
options:
  dashboard:
    description: &dashboard
      - The dashboard itself. Good for a handful; Ansible takes minutes for hundreds of dashboards in its arguments,
        and templates what looks like a template in them, so use O(path) for those.
    type: dict
  path:
    description: &path
      - A JSON file on the host that runs the module, as exported, or as the API wraps it in C(dashboard).
    type: path
  content:
    description: &content
      - The JSON of the dashboard as text.
    type: str
  uid:
    description: &uid
      - The uid, in place of the one in the dashboard.
      - Without any, the dashboard is the one of exactly its title in its folder; two such are an error.
    type: raw
  folder_uid:
    description: &folder_uid
      - The folder, by its uid; V(general) is the place outside of all folders.
      - Without it and O(folder) an existing dashboard stays where it is, and a new one is in no folder.
    type: raw
  folder:
    description: &folder
      - The folder by its title, or by the path of titles from the top, joined by slashes.
    type: raw
  create_folder:
    description: &create_folder
      - Whether missing folders of O(folder) are made.
    type: bool
    default: false
  message:
    description: &message
      - What the dashboard's history says of a change.
    type: str
  state:
    description: &state
      - Whether the dashboard is to exist.
    type: str
    choices: [present, absent]
    default: present
  batch:
    description:
      - Many objects in one run, each with the options of a single one. What the task itself sets is the default of
        every item.
      - A mistake that can be seen without asking the server stops the run before the first write. What the server
        refuses fails that item alone.
    type: list
    elements: dict
    suboptions:
      dashboard:
        description: *dashboard
        type: dict
      path:
        description: *path
        type: path
      content:
        description: *content
        type: str
      uid:
        description: *uid
        type: raw
      folder_uid:
        description: *folder_uid
        type: raw
      folder:
        description: *folder
        type: raw
      create_folder:
        description: *create_folder
        type: bool
      message:
        description: *message
        type: str
      state:
        description: *state
        type: str
        choices: [present, absent]
      org_id:
        description: The organization of this item, in place of the task's.
        type: raw
      org_name:
        description: The organization of this item by its exact name, in place of the task's.
        type: raw
      token_file:
        description: A file with the key to ask with for this item, in place of the task's identity.
        type: path
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.batch
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: A dashboard from a file
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    path: "{{ playbook_dir }}/files/overview.json"
    folder: Operations/Hosts
    create_folder: true

- name: A small one in the playbook
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    dashboard:
      uid: cpu
      title: CPU
      panels: []

- name: Gone
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    uid: cpu
    state: absent
"""

RETURN = r"""
dashboard:
  description: What identifies the dashboard as it is afterwards; none when it is absent.
  type: dict
  returned: always
  contains:
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    uid:
      description: The uid.
      type: str
      returned: always
    title:
      description: The title.
      type: str
      returned: always
    folder_uid:
      description: The folder's uid, empty for no folder.
      type: str
      returned: except in check mode for one that would be changed
    version:
      description: The version.
      type: int
      returned: except in check mode for one that would be changed
    changed_paths:
      description: Where the dashboard differed, such as C(panels[3] "CPU".targets[0].expr); at most 50 of them.
      type: list
      elements: str
      returned: except in check mode for one that would be changed
status:
  description: What became of the object. In a batch this stands in each of RV(results).
  type: str
  returned: always
  sample: changed
results:
  description: What became of each item of O(batch), in order, with the same keys as a single object's result.
  type: list
  elements: dict
  returned: when O(batch) is given
  contains:
    index:
      description: The item's place in O(batch), from 0.
      type: int
      returned: always
    status:
      description: V(ok), V(changed), V(failed), or V(not_run) after O(fail_fast).
      type: str
      returned: always
    failure:
      description: What went wrong with this item.
      type: dict
      returned: when it failed
summary:
  description: How many items came to which status.
  type: dict
  returned: when O(batch) is given
  sample: {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
failure:
  description: What went wrong.
  type: dict
  returned: failure
  contains:
    code:
      description: A word that stays the same, for playbooks to act on.
      type: str
      returned: failure
      sample: org_not_found
    message:
      description: The same as RV(ignore:msg).
      type: str
      returned: failure
    details:
      description: Method, URL, HTTP status and the server's own message, where a request failed.
      type: dict
      returned: failure
"""

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_resource import Dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import OPTIONS
from ansible_collections.orgsmith.grafana.plugins.module_utils._module import manage


def dashboards(module):
    """Return the resource; in check mode of a whole play a folder may be about to be made."""
    return Dashboards(plan_missing=module.check_mode and module.params["missing_parent"] == "plan")


def main():
    manage(dashboards, OPTIONS)


if __name__ == "__main__":
    main()
