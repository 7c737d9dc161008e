#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_org_user
short_description: Manage the members of an organization of Grafana and their roles
version_added: 0.1.0
description:
  - Adds users to an organization, sets their role, and removes them from the organization.
  - It does not create or delete users; M(orgsmith.grafana.grafana_user) does.
  - It sets the role in one run, whatever role the user had before.
options:
  login:
    description:
      - The login or e-mail address of the user.
      - It must match exactly. The module ignores case only if the server does.
    type: raw
    aliases: [email]
  role:
    description:
      - The role in the organization. Without it, a new member becomes Viewer and an existing member keeps its role.
      - V(None) needs Grafana 10.2 or later.
    type: str
    choices: [Viewer, Editor, Admin, None]
  state:
    description:
      - Whether the user is a member. V(absent) removes the user from the organization and keeps the user.
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
      - An item may also be a string, which is its O(batch[].login).
    type: list
    elements: raw
    suboptions:
      login:
        description:
          - The login or e-mail address of the user.
          - It must match exactly. The module ignores case only if the server does.
        type: raw
        aliases: [email]
      role:
        description:
          - The role in the organization. Without it, a new member becomes Viewer and an existing member keeps its role.
          - V(None) needs Grafana 10.2 or later.
        type: str
        choices: [Viewer, Editor, Admin, None]
      state:
        description:
          - Whether the user is a member. V(absent) removes the user from the organization and keeps the user.
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
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Make alice an Editor of tenant-1
  orgsmith.grafana.grafana_org_user:
    org_name: tenant-1
    login: alice
    role: Editor

- name: Set members of many organizations in one run
  orgsmith.grafana.grafana_org_user:
    role: Viewer
    batch:
      - org_name: tenant-1
        login: bob@example.org
      - org_name: tenant-2
        login: bob@example.org
        role: Admin
"""

RETURN = r"""
member:
  description: The member after the task; null when it is absent.
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
    user_id:
      description: The user's id.
      type: int
      returned: except in check mode when the member would be added
    login:
      description: The user's login.
      type: str
      returned: always
    email:
      description: The user's e-mail address, if it is known.
      type: str
      returned: except in check mode when the member would be added
    name:
      description: The user's name, if it is known.
      type: str
      returned: except in check mode when the member would be added
    role:
      description: The role.
      type: str
      returned: always
# BEGIN GENERATED (make generate): status planned results summary concurrency failure code=org_not_found
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
          sample: org_not_found
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

from ..module_utils._engine.module import manage
from ..module_utils._orgs.members import KIND
from ..module_utils._tenants.items import MEMBERS
from ..module_utils._tenants.source import from_file


def main() -> None:
    manage(KIND, tenants=from_file(MEMBERS))


if __name__ == "__main__":
    main()
