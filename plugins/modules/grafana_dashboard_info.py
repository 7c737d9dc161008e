#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_dashboard_info
short_description: List the dashboards of an organization of Grafana, and export them to files
version_added: 0.1.0
description:
  - Returns uid, title and folder of the dashboards of an organization, and optionally the dashboards themselves.
  - With O(directory) it writes each dashboard to a file. M(orgsmith.grafana.grafana_dashboard) with C(directory) can import the
    files, without a difference, in the same or another organization. This module never changes anything on the server.
  - From Grafana 12.0 on, one list returns all dashboards completely. Earlier versions need one request for each dashboard.
  - Library panels remain references to the library of the organization. The module does not export them.
options:
  uid:
    description:
      - Return only the dashboard with this uid.
    type: raw
  title:
    description:
      - Return only dashboards with exactly this title.
    type: raw
  folder_uid:
    description:
      - Return only dashboards in this folder. The empty string and V(general) select dashboards in no folder.
    type: raw
  folder:
    description:
      - Return only dashboards in the folder with this title, or with this path of titles from the top level, joined by slashes.
        V(general) selects dashboards in no folder.
      - A missing folder is an error. With O(all_orgs), an organization without the folder contributes no dashboards.
    type: raw
  folder_path:
    description:
      - Return only dashboards in this folder, given as a list of exact titles from the top level. The titles may
        contain slashes. An empty list means the
        top level.
    type: list
    elements: raw
  subfolders:
    description:
      - Whether to include dashboards in the subfolders of O(folder), O(folder_path) or O(folder_uid).
    type: bool
    default: false
  tags:
    description:
      - Return only dashboards that have all of these tags.
    type: list
    elements: str
  content:
    description:
      - Whether to return the dashboards themselves. Ansible is slow with many of them; O(directory) is not.
    type: bool
    default: false
  # BEGIN GENERATED (make generate): permissions_shown
  permissions:
    description:
      - Whether the result has the permissions of each object. This costs one request for each, and the caller needs the
        permission Admin there.
    type: bool
    default: false
  # END GENERATED
  directory:
    description:
      - A directory on the host that runs the module. The module writes each dashboard to C(DIRECTORY/<titles of its
        folders>/<title>.json), for example to review it and to keep it in Git. It creates a missing directory.
      - The module writes only files whose content differs, each completely or not at all. RV(ignore:changed) reports whether it
        wrote any. It does not write through links in the directory.
      - In the names of directories, the module escapes characters that some file systems do not allow; a C(/) in the title of a
        folder becomes C(%2F), and a C(%) becomes C(%25). In the names of files it leaves them out. If several dashboards would
        have the same file, it adds their uids to the names.
      - The module does not delete files of dashboards that no longer exist. It lists them in RV(stale_files).
      - Two folders with the same title in one parent (possible from Grafana 11.3 on) share a directory, with a warning.
    type: path
  format:
    description:
      - V(json) is the JSON of the dashboard with its uid, like Grafana's own export for backups; most tools can read it.
        V(manifest) is an object of C(dashboard.grafana.app/v0alpha1) with the dashboard in its C(spec).
      - A dashboard that is stored in a layout of version 2 (from Grafana 12 on) is always exported as a manifest of its own
        version, because the classic format cannot represent all of it.
      - Neither format contains the folder, because uids of folders have no meaning in another organization. The directory of a
        file shows the folder.
      - Keys are sorted, with an indentation of two spaces, so that Git shows only real changes. The files contain no
        C(id) and no
        C(version).
    type: str
    choices: [json, manifest]
    default: json
  api:
    description:
      - Which routes of Grafana the module uses. V(legacy) is C(/api/dashboards), V(kubernetes) is
        C(/apis/dashboard.grafana.app),
        and V(auto) uses C(/apis/dashboard.grafana.app) from Grafana 12.0 on.
    type: str
    choices: [auto, legacy, kubernetes]
    default: auto
  all_orgs:
    description:
      - Whether to return the dashboards of all organizations instead of one. The result omits organizations that the caller is
        not a member of and lists them in RV(not_a_member_of).
      - With O(directory), each organization has a subdirectory with its name.
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes
attributes:
  check_mode:
    details: >-
      With O(directory), the module does not write the files in check mode. Without O(directory), it never changes anything.
  diff_mode:
    details: Lists the files that are written and whether they existed before, without their contents.
seealso:
  - module: orgsmith.grafana.grafana_dashboard
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: List the dashboards of tenant-1
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
  register: all_dashboards

- name: Read one dashboard completely
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
    uid: cpu
    content: true
  register: cpu

- name: Export all dashboards to files
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
    directory: "{{ playbook_dir }}/dashboards"
  register: export

- name: Fail if files of deleted or renamed dashboards remain
  ansible.builtin.assert:
    that: export.stale_files | length == 0

- name: Import the files into another organization
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-2
    directory: "{{ playbook_dir }}/dashboards"

- name: Export dashboards with the tag production from the folder Operations and its subfolders
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
    folder: Operations
    subfolders: true
    tags: [production]
    directory: /srv/review

- name: Back up the dashboards of all organizations, each in its own directory
  orgsmith.grafana.grafana_dashboard_info:
    all_orgs: true
    directory: /srv/backup/grafana
"""

RETURN = r"""
dashboards:
  description: The selected dashboards.
  type: list
  elements: dict
  returned: success
  contains:
    uid:
      description: The uid.
      type: str
      returned: success
    title:
      description: The title.
      type: str
      returned: success
    folder_uid:
      description: The folder's uid; empty for no folder.
      type: str
      returned: success
    folder:
      description: The titles of the folders from the top level, joined by slashes; empty for no folder.
      type: str
      returned: success
      sample: Operations/Hosts
    file:
      description: The file, relative to O(directory).
      type: str
      returned: when O(directory) is given
      sample: Operations/Hosts/CPU.json
    version:
      description: The version.
      type: int
      returned: when O(content) is set or O(directory) is given
    provisioned:
      description: Whether the dashboard is provisioned and so cannot be written with the API.
      type: bool
      returned: when O(content) is set or O(directory) is given
    manager:
      description: >-
        What manages the dashboard (its kind, id and path), null if nothing does. The dashboard can be written if the manager
        allows edits. The legacy routes show files only.
      type: str
      returned: when O(content) is set or O(directory) is given
    dashboard:
      description: The dashboard itself, in the O(format) of the task.
      type: dict
      returned: when O(content) is set
    # BEGIN GENERATED (make generate): listed_permissions org returned=success
    permissions:
      description:
        - The permissions. Each entry has RV(ignore:permission), one of RV(ignore:role), RV(ignore:team), RV(ignore:user) and
          RV(ignore:service_account), and RV(ignore:inherited) with V(true) if it belongs to a folder above.
        - Users and service accounts are named by their logins.
      type: list
      elements: dict
      returned: when O(permissions) is set
      sample: [{"role": "Viewer", "permission": "View"}, {"user": "alice", "permission": "Edit"}]
    org_id:
      description: The organization's id.
      type: int
      returned: success
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: success
    # END GENERATED
stale_files:
  description:
    - The files in O(directory), relative to it, that an import would read but that belong to no dashboard of the organization
      (any more). The module never deletes them.
    - With O(all_orgs), it does not list files of organizations that the caller is not a member of.
  type: list
  elements: str
  returned: when O(directory) is given
# BEGIN GENERATED (make generate): not_a_member_of concurrency failure code=org_not_found
not_a_member_of:
  description: The organizations that the caller is not a member of. The result contains nothing of them.
  type: list
  elements: dict
  returned: when O(all_orgs) is set
concurrency:
  description:
    - How many requests the module had in progress at the same time. V(highest) is O(concurrency). At each sign of an overloaded
      server (429, 503, a locked database, a 5xx to a write) the module halves the number, and raises it by one after 20 good
      answers. V(lowest), V(final) and V(reductions) say how low it went, what it was at the end, and how often it was halved.
  type: dict
  returned: when the server was overloaded
  sample: {"highest": 16, "lowest": 4, "final": 9, "reductions": 2}
failure:
  description: The error.
  type: dict
  returned: failure
  contains:
    code:
      description: The code of the error. It is stable, so playbooks can depend on it.
      type: str
      returned: failure
      sample: org_not_found
    message:
      description: The error message, the same as RV(ignore:msg).
      type: str
      returned: failure
    details:
      description:
        - The method, URL, HTTP status and message of the server, if a request failed. Some codes add facts, such as the contents
          of a folder.
      type: dict
      returned: failure
# END GENERATED
"""

from ..module_utils._engine.startup import start_quickly

start_quickly()

from ..module_utils._dashboards.export.info import OPTIONS, dashboards
from ..module_utils._engine.info import report


def main() -> None:
    report(OPTIONS, dashboards)


if __name__ == "__main__":
    main()
