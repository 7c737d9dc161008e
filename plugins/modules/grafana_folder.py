#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_folder
short_description: Manage folders of an organization of Grafana
version_added: 0.1.0
description:
  - Creates, renames, moves, describes and deletes folders.
  - It deletes a folder that is not empty only with O(contents=delete).
  - It never writes or deletes a folder that is provisioned, from files or from Git.
options:
  uid:
    description:
      - The uid. It is needed to rename or move a folder.
      - Without it, the folder is the one with exactly this O(title) in its parent. Two such folders are an error.
      - A new folder without a uid gets one that the module derives from its parent and title.
    type: raw
  title:
    description:
      - The title. With O(uid) it is optional; without it the folder keeps its title.
      - The module does not give a folder the title of another folder in the same parent, even if the server would allow it.
    type: raw
  parent:
    description:
      - The parent folder, as a path of titles from the top level, joined by slashes. V(general) is the top level.
      - Without it, O(parent_uid) and O(parent_path), a folder that O(uid) finds stays in its parent. Other folders are
        at the top level.
      - A title may contain slashes itself. At each level, the longest title that exists matches. O(parent_path) is the
        unambiguous form.
      - Nested folders need Grafana 11.0 or later.
    type: raw
  parent_uid:
    description:
      - The uid of the parent folder. V(general) is the top level.
    type: raw
  parent_path:
    description:
      - The parent folder as a list of exact titles from the top level. The titles may contain slashes. An empty list means the
        top level.
    type: list
    elements: raw
  create_parents:
    description:
      - Whether the module creates missing folders of O(parent) or O(parent_path).
    type: bool
    default: false
  description:
    description:
      - The description. Without it, a folder keeps its description. The empty string removes it.
      - It needs Grafana 12.0 or later. Earlier versions do not return the description of a folder.
    type: raw
  # BEGIN GENERATED (make generate): permissions permissions_exclusive
  permissions:
    description:
      - Who may do what with the object. Each entry names one of O(permissions[].role), O(permissions[].team),
        O(permissions[].user) and O(permissions[].service_account).
      - The module adds missing entries, and changes the permission of others. Other entries stay, unless
        O(permissions_exclusive=true).
      - A new object may get entries from the server, such as Admin for its creator, and Edit and View for the roles Editor and
        Viewer. Permissions that it inherits from folders are in the result, and cannot be changed here.
      - Without this option, the module neither reads nor changes permissions. With it, each object costs one request more.
      - Users, teams and service accounts that do not exist in the organization are an error before the first write.
      - Servers apply a change of permissions after up to a minute.
      - Grafana 8.5, and 9.x without role-based access control, replace the whole list with each write. There, an entry that
        another program adds at the same moment can be lost.
    type: list
    elements: dict
    suboptions:
      role:
        description: A basic role, without the roles above it. Admins may do everything, with or without an entry.
        type: str
        choices: [Viewer, Editor, Admin]
      team:
        description: The exact name of a team.
        type: raw
      user:
        description: The login or the e-mail address of a member of the organization.
        type: raw
      service_account:
        description: The exact name, or the login, of a service account.
        type: raw
      permission:
        description: What they may do. V(Admin) includes changing the permissions.
        type: str
        choices: [View, Edit, Admin]
        required: true
  permissions_exclusive:
    description:
      - Whether O(permissions) is the complete list. If V(true), the module removes other entries, except inherited ones. This
        includes the entry of the creator.
      - The module refuses a list with which the caller could not change the permissions any more (code V(caller_locked_out)).
    type: bool
    default: false
  # END GENERATED
  contents:
    description:
      - What happens to dashboards, subfolders, alert rules and library panels in a folder with O(state=absent).
      - V(refuse) does not delete a folder with contents, and the error lists what it contains.
      - V(delete) deletes the contents with the folder, and the diff lists what it contained.
      - Grafana 10.3 and 10.4 do not show which folders other programs have created in a folder by C(parentUid), and delete them
        and their dashboards with the folder. There V(refuse) cannot see them; a warning says so.
      - From Grafana 12.0 on, the server counts dashboards in its search index, which may not contain a dashboard that was created
        a moment ago.
      - If the server does not count one of these kinds, V(refuse) does not delete the folder (code V(contents_unknown)).
      - Grafana 13.1 counts only what is directly in a folder, and no alert rules. The module adds up the subfolders,
        and warns if
        the caller may not list alert rules. With V(refuse) the server does not delete a folder with alert rules.
    type: str
    choices: [refuse, delete]
    default: refuse
  state:
    description:
      - Whether the folder exists.
    type: str
    choices: [present, absent]
    default: present
  batch:
    # BEGIN GENERATED (make generate): batch
    description:
      - Many objects in one run. Each item takes the options of a single object. Options of the task are the defaults of all
        items.
      - If an item has a mistake that the module can detect without the server, the run stops before the first write. If the
        server refuses an item, only that item fails.
      - An item may also be a string, which is its O(batch[].title).
      - The order of the items does not matter. The module creates a folder before its subfolders, and deletes it after them, as
        far as O(batch[].parent) or O(batch[].parent_uid) say which folder is in which.
    type: list
    elements: raw
    suboptions:
      uid:
        description:
          - The uid. It is needed to rename or move a folder.
          - Without it, the folder is the one with exactly this O(title) in its parent. Two such folders are an error.
          - A new folder without a uid gets one that the module derives from its parent and title.
        type: raw
      title:
        description:
          - The title. With O(uid) it is optional; without it the folder keeps its title.
          - The module does not give a folder the title of another folder in the same parent, even if the server would allow it.
        type: raw
      parent:
        description:
          - The parent folder, as a path of titles from the top level, joined by slashes. V(general) is the top level.
          - Without it, O(parent_uid) and O(parent_path), a folder that O(uid) finds stays in its parent. Other folders are at the
            top level.
          - A title may contain slashes itself. At each level, the longest title that exists matches. O(parent_path) is the
            unambiguous form.
          - Nested folders need Grafana 11.0 or later.
        type: raw
      parent_uid:
        description:
          - The uid of the parent folder. V(general) is the top level.
        type: raw
      parent_path:
        description:
          - The parent folder as a list of exact titles from the top level. The titles may contain slashes. An empty list means
            the top level.
        type: list
        elements: raw
      create_parents:
        description:
          - Whether the module creates missing folders of O(parent) or O(parent_path).
        type: bool
      description:
        description:
          - The description. Without it, a folder keeps its description. The empty string removes it.
          - It needs Grafana 12.0 or later. Earlier versions do not return the description of a folder.
        type: raw
      permissions:
        description:
          - Who may do what with the object. Each entry names one of O(permissions[].role), O(permissions[].team),
            O(permissions[].user) and O(permissions[].service_account).
          - The module adds missing entries, and changes the permission of others. Other entries stay, unless
            O(permissions_exclusive=true).
          - A new object may get entries from the server, such as Admin for its creator, and Edit and View for the roles Editor
            and Viewer. Permissions that it inherits from folders are in the result, and cannot be changed here.
          - Without this option, the module neither reads nor changes permissions. With it, each object costs one request more.
          - Users, teams and service accounts that do not exist in the organization are an error before the first write.
          - Servers apply a change of permissions after up to a minute.
          - Grafana 8.5, and 9.x without role-based access control, replace the whole list with each write. There, an entry that
            another program adds at the same moment can be lost.
        type: list
        elements: dict
        suboptions:
          role:
            description: A basic role, without the roles above it. Admins may do everything, with or without an entry.
            type: str
            choices: [Viewer, Editor, Admin]
          team:
            description: The exact name of a team.
            type: raw
          user:
            description: The login or the e-mail address of a member of the organization.
            type: raw
          service_account:
            description: The exact name, or the login, of a service account.
            type: raw
          permission:
            description: What they may do. V(Admin) includes changing the permissions.
            type: str
            choices: [View, Edit, Admin]
            required: true
      permissions_exclusive:
        description:
          - Whether O(permissions) is the complete list. If V(true), the module removes other entries, except inherited ones. This
            includes the entry of the creator.
          - The module refuses a list with which the caller could not change the permissions any more (code V(caller_locked_out)).
        type: bool
      contents:
        description:
          - What happens to dashboards, subfolders, alert rules and library panels in a folder with O(state=absent).
          - V(refuse) does not delete a folder with contents, and the error lists what it contains.
          - V(delete) deletes the contents with the folder, and the diff lists what it contained.
          - Grafana 10.3 and 10.4 do not show which folders other programs have created in a folder by C(parentUid), and delete
            them and their dashboards with the folder. There V(refuse) cannot see them; a warning says so.
          - From Grafana 12.0 on, the server counts dashboards in its search index, which may not contain a dashboard that was
            created a moment ago.
          - If the server does not count one of these kinds, V(refuse) does not delete the folder (code V(contents_unknown)).
          - Grafana 13.1 counts only what is directly in a folder, and no alert rules. The module adds up the subfolders, and
            warns if the caller may not list alert rules. With V(refuse) the server does not delete a folder with alert rules.
        type: str
        choices: [refuse, delete]
      state:
        description:
          - Whether the folder exists.
        type: str
        choices: [present, absent]
      org_id:
        description: The id of this item's organization. It replaces the organization of the task.
        type: raw
      org_name:
        description: The exact name of this item's organization. It replaces the organization of the task.
        type: raw
      token_file:
        description: A file with the key that the module uses for this item, instead of the identity of the task.
        type: path
    # END GENERATED
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.batch
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes
seealso:
  - module: orgsmith.grafana.grafana_dashboard
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create a folder
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    title: Operations

- name: Create a nested folder, or rename and move the folder with this uid
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    uid: hosts
    title: Hosts
    parent: Operations/Infrastructure
    create_parents: true
    description: Linux hosts

- name: Create a tree of folders, in any order
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    batch:
      - title: Hosts
        parent: Operations
      - title: Operations

- name: Create a folder that only one team and one service account may see
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    title: Operations
    permissions_exclusive: true
    permissions:
      - team: Operators
        permission: Admin
      - service_account: pipeline
        permission: Edit

- name: Delete a folder with its contents
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    uid: hosts
    state: absent
    contents: delete
"""

RETURN = r"""
folder:
  description: The folder after the task; null when it is absent.
  type: dict
  returned: always
  contains:
    # BEGIN GENERATED (make generate): org returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: always
    # END GENERATED
    uid:
      description: The uid.
      type: str
      returned: except in check mode when the server would assign it
    title:
      description: The title.
      type: str
      returned: always
    parent:
      description: The titles of the parent folders from the top level, joined by slashes; empty at the top level.
      type: str
      returned: always
    parent_uid:
      description: The uid of the parent folder; empty at the top level.
      type: str
      returned: except in check mode when the folder would be changed
    description:
      description: The description.
      type: str
      returned: with Grafana 12.0 or later
    # BEGIN GENERATED (make generate): listed_permissions
    permissions:
      description:
        - The permissions. Each entry has RV(ignore:permission), one of RV(ignore:role), RV(ignore:team), RV(ignore:user) and
          RV(ignore:service_account), and RV(ignore:inherited) with V(true) if it belongs to a folder above.
        - Users and service accounts are named by their logins.
      type: list
      elements: dict
      returned: when O(permissions) is set
      sample: [{"role": "Viewer", "permission": "View"}, {"user": "alice", "permission": "Edit"}]
    # END GENERATED
# BEGIN GENERATED (make generate): status joined_org planned results summary concurrency failure code=not_empty
status:
  description: The status of the object, V(ok), V(changed) or V(failed). In a batch, each entry of RV(results) has it.
  type: str
  returned: always
  sample: changed
change:
  description: What changed or would change, in a few words.
  type: str
  returned: when the object is changed
  sample: role Editor→Admin
joined_org:
  description: Whether the caller joined the organization, because of O(join_org).
  type: bool
  returned: when it joined
planned:
  description: Why the module could not read the present state and planned the result without it.
  type: str
  returned: >-
    in check mode, if the organization or the file of O(batch[].token_file) does not exist yet, or if the caller would join the
    organization first
results:
  description:
    - The result of each item of O(batch), in order, with the same keys as the result of a single object. O(results) selects which
      items are listed.
  type: list
  elements: dict
  returned: when O(batch) is given
  contains:
    index:
      description: The position of the item in O(batch), from 0.
      type: int
      returned: always
    status:
      description: V(ok), V(changed), V(failed), or V(not_run) if O(fail_fast) ended the run before it.
      type: str
      returned: always
    label:
      description: The name of the object, as error messages show it.
      type: str
      returned: when it failed
    change:
      description: What changed or would change, in a few words.
      type: str
      returned: when the object is changed
      sample: role Editor→Admin
    failure:
      description: The error of this item.
      type: dict
      returned: when it failed
      contains:
        code:
          description: The code of the error. It is stable, so playbooks can depend on it.
          type: str
          returned: failure
          sample: not_empty
        message:
          description: The error message, the same as RV(ignore:msg).
          type: str
          returned: failure
        details:
          description:
            - The method, URL, HTTP status and message of the server, if a request failed. Some codes add facts, such as the
              contents of a folder.
          type: dict
          returned: failure
    diff:
      description: What changed or would change.
      type: dict
      returned: in diff mode, when the item is changed
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: always
    joined_org:
      description: Whether the caller joined the organization, because of O(join_org).
      type: bool
      returned: when it joined
    planned:
      description: Why the module could not read the present state and planned the result without it.
      type: str
      returned: >-
        in check mode, if the organization or the file of O(batch[].token_file) does not exist yet, or if the caller would join
        the organization first
summary:
  description: The number of items with each status.
  type: dict
  returned: when O(batch) is given
  sample: {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
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
      sample: not_empty
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

from ..module_utils._engine.module import manage
from ..module_utils._folders.resource import KIND
from ..module_utils._tenants.items import FOLDERS
from ..module_utils._tenants.source import from_file


def main() -> None:
    manage(KIND, tenants=from_file(FOLDERS))


if __name__ == "__main__":
    main()
