#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_dashboard_info
short_description: Tell which dashboards an organization of Grafana has, and export them to files
version_added: 0.1.0
description:
  - Returns uid, title and folder of the dashboards of an organization, and the dashboards themselves on demand.
  - With O(directory) it writes each dashboard to a file of its own, which M(orgsmith.grafana.grafana_dashboard) with C(directory)
    takes again without a change, in the same organization or in another one. Nothing on the server is ever changed.
  - From Grafana 12.0 on one list gives all dashboards, whole. Before, each takes a request.
  - Library panels stay references to the library of the organization, and are not exported.
options:
  uid:
    description:
      - Only the dashboard of this uid.
    type: raw
  title:
    description:
      - Only dashboards of exactly this title.
    type: raw
  folder_uid:
    description:
      - Only dashboards in this folder; the empty string and V(general) mean those in none.
    type: raw
  folder:
    description:
      - Only dashboards in the folder of this title, or of this path of titles from the top, joined by slashes;
        V(general) means those in none.
      - A folder that is not there is an error. With O(all_orgs), an organization without it has no dashboards there.
    type: raw
  subfolders:
    description:
      - Whether dashboards in folders within O(folder) or O(folder_uid) are meant, too.
    type: bool
    default: false
  tags:
    description:
      - Only dashboards that have all of these tags.
    type: list
    elements: str
  content:
    description:
      - Whether the dashboards themselves are returned. Ansible takes long for many; O(directory) does not.
    type: bool
    default: false
  directory:
    description:
      - A directory on the host that runs the module. Each dashboard is written to
        C(DIRECTORY/<titles of its folders>/<title>.json), for people to review and to keep in git. It is made if it is missing.
      - Only files whose content differs are written, each whole or not at all, and RV(ignore:changed) tells whether there
        were any. Nothing is written through links within the directory.
      - In the name of a folder's directory a C(/) of the title is C(%2F), a C(%) is C(%25), and so on for all that some file
        system does not take. The name of a file leaves such characters out. Dashboards that would have the same file get
        their uid added to its name.
      - Files of dashboards that are no longer there are left as they are, and told in RV(stale_files).
      - Two folders of one title in one place (from Grafana 11.3 on) share a directory, with a warning.
    type: path
  format:
    description:
      - V(json) is the dashboard's own JSON with its uid, as Grafana's own export for backups, and what
        most tools read. V(manifest) is an object of C(dashboard.grafana.app/v0alpha1) with the dashboard in its C(spec).
      - A dashboard that is stored in a layout of version 2 (from Grafana 12 on) is always a manifest of its own version,
        because the classic form cannot say all that is in it.
      - Neither says which folder the dashboard is in, as uids of folders mean nothing in another organization. The directory
        of a file does.
      - The keys of objects are in order of the alphabet, with two spaces a level, so that only changes show in git.
        There is no C(id) and no C(version).
    type: str
    choices: [json, manifest]
    default: json
  api:
    description:
      - Which routes of Grafana are used. V(legacy) is C(/api/dashboards), V(kubernetes) is
        C(/apis/dashboard.grafana.app), and V(auto) takes the second from Grafana 12.0 on.
    type: str
    choices: [auto, legacy, kubernetes]
    default: auto
  all_orgs:
    description:
      - Whether the dashboards of all organizations are told, and not only of one. Organizations of which the caller is no
        member are left out, and named in RV(not_a_member_of).
      - With O(directory), each organization has a directory of its name in it.
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes
attributes:
  check_mode:
    details: With O(directory), the files are not written. Without it, nothing is ever changed.
  diff_mode:
    details: Names the files that are written, and tells whether they were there before, but not what is in them.
seealso:
  - module: orgsmith.grafana.grafana_dashboard
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: What dashboards tenant-1 has
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
  register: all_dashboards

- name: One, whole
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
    uid: cpu
    content: true
  register: cpu

- name: All of them as files
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
    directory: "{{ playbook_dir }}/dashboards"
  register: export

- name: No file may be left of a dashboard that has gone or has another title now
  ansible.builtin.assert:
    that: export.stale_files | length == 0

- name: The same into another organization
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-2
    directory: "{{ playbook_dir }}/dashboards"

- name: What is in the folder Operations and below, if it has the tag production
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
    folder: Operations
    subfolders: true
    tags: [production]
    directory: /srv/review

- name: A copy of every organization's dashboards, each in a directory of its name
  orgsmith.grafana.grafana_dashboard_info:
    all_orgs: true
    directory: /srv/backup/grafana
"""

RETURN = r"""
dashboards:
  description: The dashboards that were asked for.
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
      description: The folder's uid, empty for no folder.
      type: str
      returned: success
    folder:
      description: The titles of the folders that it is in, from the top, joined by slashes; empty for no folder.
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
      description: Whether it is provisioned, and so not to be written over the API.
      type: bool
      returned: when O(content) is set or O(directory) is given
    dashboard:
      description: The dashboard itself, as O(format) says.
      type: dict
      returned: when O(content) is set
    # BEGIN GENERATED (make generate): org returned=success
    org_id:
      description: The organization's id.
      type: int
      returned: success
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: success
    # END GENERATED
stale_files:
  description:
    - The files in O(directory), relative to it, that an import would take and that are of no dashboard of the organization
      (any more). They are never deleted.
    - With O(all_orgs), those in the directories of organizations of which the caller is not a member do not count.
  type: list
  elements: str
  returned: when O(directory) is given
# BEGIN GENERATED (make generate): not_a_member_of failure code=org_not_found
not_a_member_of:
  description: The organizations that the caller is not a member of, so that nothing can be told of them.
  type: list
  elements: dict
  returned: when O(all_orgs) is set
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
      description:
        - Method, URL, HTTP status and the server's own message, where a request failed. Some codes add facts, such as what a
          folder holds.
      type: dict
      returned: failure
# END GENERATED
"""

from ..module_utils._dashboards.export.info import OPTIONS, dashboards
from ..module_utils._engine.info import tell


def main() -> None:
    tell(OPTIONS, dashboards)


if __name__ == "__main__":
    main()
