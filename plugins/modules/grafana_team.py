#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_team
short_description: Manage the teams of an organization of Grafana and their members
version_added: 0.1.0
description:
  - Creates, renames and deletes teams, and sets their members and Admins.
  - It does not create users, and does not add them to the organization. Use M(orgsmith.grafana.grafana_org_user) for that first.
  - Grafana makes the user who creates a team its Admin. Such a membership stays, unless O(members_exclusive=true) or the lists of
    the task say something else. The token of a service account that creates a team is no member of it.
  - Organization Admins, and tokens with the role Admin, can use this module. Admins of a team can also change its name and
    address. To see and change its members, they need the permission C(org.users:read).
  - It works on Grafana Cloud stacks with the address and a token of the stack.
options:
  name:
    description:
      - The name of the team.
      - Upper and lower case, accents and spaces must match. The module ignores them only if the database of the server does
        (MySQL and MariaDB).
      - With O(id) or O(uid), it is the name that the team gets.
    type: raw
  id:
    description:
      - The id of an existing team, to rename it. Without O(name), the name stays.
    type: raw
  uid:
    description:
      - The uid of an existing team, to rename it. Without O(name), the name stays.
      - Needs Grafana 10.1 or later.
    type: raw
  email:
    description:
      - The e-mail address of the team. An empty string removes it.
      - Without it, an existing team keeps its address.
    type: raw
  members:
    description:
      - The logins or e-mail addresses of users who are members of the team. A user who was an Admin of the team becomes a member.
      - The users must be in the organization, or in the team already.
      - Without it and O(admins), the module does not read the members.
    type: list
    elements: raw
  admins:
    description:
      - The logins or e-mail addresses of users who are Admins of the team. They can rename it and change its members.
    type: list
    elements: raw
  members_exclusive:
    description:
      - Whether O(members) and O(admins) together are complete. V(true) ends all other memberships, except those of team sync.
      - Needs O(members) or O(admins). O(members=[]) with it removes all members.
      - Service accounts in a team are not changed, as the server does not list them.
    type: bool
    default: false
  state:
    description:
      - Whether the team exists. V(absent) deletes it with its permissions and keeps its members.
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
      - An item may also be a string, which is its O(batch[].name).
    type: list
    elements: raw
    suboptions:
      name:
        description:
          - The name of the team.
          - Upper and lower case, accents and spaces must match. The module ignores them only if the database of the server does
            (MySQL and MariaDB).
          - With O(id) or O(uid), it is the name that the team gets.
        type: raw
      id:
        description:
          - The id of an existing team, to rename it. Without O(name), the name stays.
        type: raw
      uid:
        description:
          - The uid of an existing team, to rename it. Without O(name), the name stays.
          - Needs Grafana 10.1 or later.
        type: raw
      email:
        description:
          - The e-mail address of the team. An empty string removes it.
          - Without it, an existing team keeps its address.
        type: raw
      members:
        description:
          - The logins or e-mail addresses of users who are members of the team. A user who was an Admin of the team becomes a
            member.
          - The users must be in the organization, or in the team already.
          - Without it and O(admins), the module does not read the members.
        type: list
        elements: raw
      admins:
        description:
          - The logins or e-mail addresses of users who are Admins of the team. They can rename it and change its members.
        type: list
        elements: raw
      members_exclusive:
        description:
          - Whether O(members) and O(admins) together are complete. V(true) ends all other memberships, except those of team sync.
          - Needs O(members) or O(admins). O(members=[]) with it removes all members.
          - Service accounts in a team are not changed, as the server does not list them.
        type: bool
      state:
        description:
          - Whether the team exists. V(absent) deletes it with its permissions and keeps its members.
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
notes:
  - Grafana allows a team without an Admin. Admins of the organization can always change it.
  - Only server admins can name users in another case than that of their login or address, as only they can look up users.
  - Memberships that team sync (LDAP, SAML, OAuth) manages stay as they are. If the task names such a user with another level, the
    item fails with the code V(externally_synced).
  - Teams that an identity provider manages (SCIM) cannot be renamed, deleted or given other members. Such an item fails with the
    code V(provisioned).
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.batch
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes
seealso:
  - module: orgsmith.grafana.grafana_team_info
  - module: orgsmith.grafana.grafana_org_user
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create a team of tenant-1 with a member and an Admin
  orgsmith.grafana.grafana_team:
    org_name: tenant-1
    name: operators
    email: operators@example.org
    members:
      - alice
    admins:
      - bob@example.org

- name: Set the complete lists of members of several teams
  orgsmith.grafana.grafana_team:
    org_name: tenant-1
    members_exclusive: true
    batch:
      - name: operators
        members: [alice, carol]
      - name: auditors
        members: [dave]
        admins: [bob@example.org]

- name: Rename a team
  orgsmith.grafana.grafana_team:
    org_name: tenant-1
    id: 7
    name: on-call
"""

RETURN = r"""
team:
  description: The team after the task; null when it is absent.
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
    id:
      description: The team's id.
      type: int
      returned: except in check mode when the team would be created
    uid:
      description: The team's uid, from Grafana 10.1 on.
      type: str
      returned: except in check mode when the team would be created
    name:
      description: The name.
      type: str
      returned: always
    email:
      description: The e-mail address; empty if the team has none.
      type: str
      returned: always
    members:
      description: The logins of the members who are no Admins of the team.
      type: list
      elements: str
      returned: if the task names members or Admins
    admins:
      description: The logins of the Admins of the team.
      type: list
      elements: str
      returned: if the task names members or Admins
    provisioned:
      description: Whether an identity provider manages the team.
      type: bool
      returned: except in check mode when the team would change
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
from ..module_utils._teams.resource import KIND
from ..module_utils._tenants.items import TEAMS
from ..module_utils._tenants.source import from_file


def main() -> None:
    manage(KIND, tenants=from_file(TEAMS))


if __name__ == "__main__":
    main()
