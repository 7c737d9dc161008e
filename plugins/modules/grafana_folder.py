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
  - A folder that holds something is deleted only where O(contents=delete) says so.
  - Folders that something else manages (provisioning from Git or from files) are never written or deleted.
options:
  uid:
    description:
      - The uid. With it a folder can be renamed and moved.
      - Without it the folder is the one of exactly O(title) in its parent; two such are an error.
      - A new folder that has no uid gets one that follows from its parent and its title.
    type: raw
  title:
    description:
      - The title. With O(uid) it may be left out, and then stays as it is.
      - A folder is not given a title that another one in the same place has, not even by a server that would allow it.
    type: raw
  parent:
    description:
      - The folder that this one is in, by the path of titles from the top, joined by slashes; V(general) is the top level.
      - Without it and O(parent_uid) a folder that O(uid) finds stays where it is, and others are at the top level.
      - Folders in folders need Grafana 11.0 or later.
    type: raw
  parent_uid:
    description:
      - The folder that this one is in, by its uid; V(general) is the top level.
    type: raw
  create_parents:
    description:
      - Whether missing folders of O(parent) are made.
    type: bool
    default: false
  description:
    description:
      - The description. Without it a description stays as it is; the empty string takes it away.
      - It needs Grafana 12.0 or later. Earlier ones tell nobody what a folder's description is.
    type: raw
  contents:
    description:
      - What becomes of dashboards, subfolders, alert rules and library panels in a folder that is to be absent.
      - V(refuse) keeps the folder then, and the error says what it holds.
      - V(delete) deletes all of that with it, and the diff says what it was.
      - From Grafana 12.0 on the server counts dashboards by its search index, which may not have seen one that was made a
        moment ago.
    type: str
    choices: [refuse, delete]
    default: refuse
  state:
    description:
      - Whether the folder is to exist.
    type: str
    choices: [present, absent]
    default: present
  batch:
    # BEGIN GENERATED (make generate): batch
    description:
      - Many objects in one run, each with the options of a single one. What the task itself sets is the default of every item.
      - A mistake that can be seen without asking the server stops the run before the first write. What the server refuses fails
        that item alone.
      - Whatever their order, folders are made before what is in them, and deleted after it, as far as the items tell by
        O(batch[].parent) or O(batch[].parent_uid) which is in which.
    type: list
    elements: dict
    suboptions:
      uid:
        description:
          - The uid. With it a folder can be renamed and moved.
          - Without it the folder is the one of exactly O(title) in its parent; two such are an error.
          - A new folder that has no uid gets one that follows from its parent and its title.
        type: raw
      title:
        description:
          - The title. With O(uid) it may be left out, and then stays as it is.
          - A folder is not given a title that another one in the same place has, not even by a server that would allow it.
        type: raw
      parent:
        description:
          - The folder that this one is in, by the path of titles from the top, joined by slashes; V(general) is the top level.
          - Without it and O(parent_uid) a folder that O(uid) finds stays where it is, and others are at the top level.
          - Folders in folders need Grafana 11.0 or later.
        type: raw
      parent_uid:
        description:
          - The folder that this one is in, by its uid; V(general) is the top level.
        type: raw
      create_parents:
        description:
          - Whether missing folders of O(parent) are made.
        type: bool
      description:
        description:
          - The description. Without it a description stays as it is; the empty string takes it away.
          - It needs Grafana 12.0 or later. Earlier ones tell nobody what a folder's description is.
        type: raw
      contents:
        description:
          - What becomes of dashboards, subfolders, alert rules and library panels in a folder that is to be absent.
          - V(refuse) keeps the folder then, and the error says what it holds.
          - V(delete) deletes all of that with it, and the diff says what it was.
          - From Grafana 12.0 on the server counts dashboards by its search index, which may not have seen one that was made a
            moment ago.
        type: str
        choices: [refuse, delete]
      state:
        description:
          - Whether the folder is to exist.
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
    # END GENERATED
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.batch
  - orgsmith.grafana.attributes
seealso:
  - module: orgsmith.grafana.grafana_dashboard
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: A folder
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    title: Operations

- name: A folder in a folder, renamed or moved if it is elsewhere
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    uid: hosts
    title: Hosts
    parent: Operations/Infrastructure
    create_parents: true
    description: Whatever has a kernel

- name: A tree, in any order
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    batch:
      - title: Hosts
        parent: Operations
      - title: Operations

- name: Gone, with the dashboards in it
  orgsmith.grafana.grafana_folder:
    org_name: tenant-1
    uid: hosts
    state: absent
    contents: delete
"""

RETURN = r"""
folder:
  description: The folder as it is afterwards; none when it is absent.
  type: dict
  returned: always
  contains:
    # BEGIN GENERATED (make generate): org returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    # END GENERATED
    uid:
      description: The uid.
      type: str
      returned: except in check mode for one that the server would give
    title:
      description: The title.
      type: str
      returned: always
    parent:
      description: The titles of the folders that it is in, from the top, joined by slashes; empty for the top level.
      type: str
      returned: always
    parent_uid:
      description: The uid of the folder that it is in, empty for the top level.
      type: str
      returned: except in check mode for one that would be changed
    description:
      description: The description.
      type: str
      returned: by Grafana 12.0 or later
# BEGIN GENERATED (make generate): status joined_org planned results summary failure code=not_empty
status:
  description: What became of the object. In a batch this stands in each of RV(results).
  type: str
  returned: always
  sample: changed
joined_org:
  description: Whether the caller joined the organization first (O(join_org)).
  type: bool
  returned: when it did
planned:
  description: Why the result is planned and the present state was not read.
  type: str
  returned: >-
    in check mode, where the organization or the file of O(batch[].token_file) does not exist yet, or the caller would join the
    organization first
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
      contains:
        code:
          description: A word that stays the same, for playbooks to act on.
          type: str
          returned: failure
          sample: not_empty
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
    diff:
      description: What has changed, or would.
      type: dict
      returned: in diff mode, when it changed
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    joined_org:
      description: Whether the caller joined the organization first (O(join_org)).
      type: bool
      returned: when it did
    planned:
      description: Why the result is planned and the present state was not read.
      type: str
      returned: >-
        in check mode, where the organization or the file of O(batch[].token_file) does not exist yet, or the caller would join
        the organization first
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
      sample: not_empty
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

from ..module_utils._engine.module import GrafanaModule, manage
from ..module_utils._folders.plan import OPTIONS
from ..module_utils._folders.resource import Folders


def folders(module: GrafanaModule) -> Folders:
    """Return the resource; in check mode of a whole play a parent may be about to be made."""
    return Folders(plan_missing=module.check_mode and module.params["missing_parent"] == "plan")


def main() -> None:
    manage(folders, OPTIONS)


if __name__ == "__main__":
    main()
