#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_org_user
short_description: Manage who is a member of an organization of Grafana, and with which role
version_added: 0.1.0
description:
  - Makes users members of an organization, sets their role, and ends memberships.
  - Users themselves are neither made nor deleted.
  - A role is right after the first run, whatever role the user had before.
options:
  login:
    description:
      - The user's login, or e-mail address.
      - Matches exactly. Another case is the same user only where the server says so.
    type: raw
    aliases: [email]
  role:
    description:
      - The role in the organization. Without it a new member becomes Viewer, and a member keeps its role.
      - V(None) needs Grafana 10.2 or later.
    type: str
    choices: [Viewer, Editor, Admin, None]
  state:
    description:
      - Whether the user is to be a member. V(absent) ends the membership and leaves the user.
    type: str
    choices: [present, absent]
    default: present
  batch:
    # BEGIN GENERATED (make generate): batch
    description:
      - Many objects in one run, each with the options of a single one. What the task itself sets is the default of every item.
      - A mistake that can be seen without asking the server stops the run before the first write. What the server refuses fails
        that item alone.
    type: list
    elements: dict
    suboptions:
      login:
        description:
          - The user's login, or e-mail address.
          - Matches exactly. Another case is the same user only where the server says so.
        type: raw
        aliases: [email]
      role:
        description:
          - The role in the organization. Without it a new member becomes Viewer, and a member keeps its role.
          - V(None) needs Grafana 10.2 or later.
        type: str
        choices: [Viewer, Editor, Admin, None]
      state:
        description:
          - Whether the user is to be a member. V(absent) ends the membership and leaves the user.
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
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Make alice an Editor of tenant-1
  orgsmith.grafana.grafana_org_user:
    org_name: tenant-1
    login: alice
    role: Editor

- name: Members of many organizations, in one run
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
  description: The member as it is afterwards; none when it is absent.
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
    user_id:
      description: The user's id.
      type: int
      returned: except in check mode for one that would be added
    login:
      description: The user's login.
      type: str
      returned: always
    email:
      description: The user's e-mail address, where it is known.
      type: str
      returned: except in check mode for one that would be added
    name:
      description: The user's name, where it is known.
      type: str
      returned: except in check mode for one that would be added
    role:
      description: The role.
      type: str
      returned: always
# BEGIN GENERATED (make generate): status planned results summary failure code=org_not_found
status:
  description: What became of the object. In a batch this stands in each of RV(results).
  type: str
  returned: always
  sample: changed
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

from ..module_utils._engine.module import manage
from ..module_utils._orgs.members import OPTIONS, OrgUsers


def main() -> None:
    manage(lambda module: OrgUsers(), OPTIONS)


if __name__ == "__main__":
    main()
