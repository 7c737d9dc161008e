#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_service_account
short_description: Manage service accounts of an organization of Grafana
version_added: 0.1.0
description:
  - Creates, changes and deletes service accounts.
  - Needs Grafana 9.1 or later.
options:
  name:
    description:
      - The exact name. With O(state=present) it must not contain a backslash.
      - Grafana derives a login from the name, in lower case and with dashes for spaces. The login must be unique in the
        organization, and up to Grafana 10.4.0 on the server. So C(CI x) and C(ci-x) cannot both exist.
    type: raw
  role:
    description:
      - The basic role in the organization. Without it, a new account becomes V(Viewer), the lowest role that can read, and an
        existing account keeps its role.
      - V(None) needs Grafana 10.2 or later.
    type: str
    choices: [Viewer, Editor, Admin, None]
  disabled:
    description:
      - Whether the account is disabled. The server refuses the tokens of a disabled account. Without it, a new account is
        enabled, and an existing account is not changed.
    type: bool
  recreate:
    description:
      - Whether the module may delete an account with all its tokens and create it again, with a new id, if O(role) or
        O(disabled)
        differ and the server cannot change them. Only O(cloud_stack) cannot change them, and without this option such a task
        fails there. On other servers this option has no effect.
    type: bool
    default: false
  # BEGIN GENERATED (make generate): account_permissions permissions_exclusive
  permissions:
    description:
      - Who may manage the service account. Each entry names one of O(permissions[].team) and O(permissions[].user).
      - The module adds missing entries, and changes the permission of others. Other entries, such as Admin for the creator, stay,
        unless O(permissions_exclusive=true).
      - Without this option, the module neither reads nor changes permissions. With it, each account costs one request more.
      - Users and teams that do not exist in the organization are an error before the first write.
      - Servers apply a change of permissions after up to a minute.
      - It needs Grafana 9.1 or later with role-based access control, and does not work with O(cloud_stack).
    type: list
    elements: dict
    suboptions:
      team:
        description: The exact name of a team.
        type: raw
      user:
        description: The login or the e-mail address of a member of the organization.
        type: raw
      permission:
        description: What they may do. V(Edit) includes creating tokens. V(Admin) includes deleting the account.
        type: str
        choices: [Edit, Admin]
        required: true
  permissions_exclusive:
    description:
      - Whether O(permissions) is the complete list. If V(true), the module removes other entries, except inherited ones. This
        includes the entry of the creator.
      - The module refuses a list with which the caller could not change the permissions any more (code V(caller_locked_out)).
    type: bool
    default: false
  # END GENERATED
  state:
    description:
      - Whether the account exists. V(absent) deletes it with all its tokens.
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
          - The exact name. With O(state=present) it must not contain a backslash.
          - Grafana derives a login from the name, in lower case and with dashes for spaces. The login must be unique in the
            organization, and up to Grafana 10.4.0 on the server. So C(CI x) and C(ci-x) cannot both exist.
        type: raw
      role:
        description:
          - The basic role in the organization. Without it, a new account becomes V(Viewer), the lowest role that can read, and an
            existing account keeps its role.
          - V(None) needs Grafana 10.2 or later.
        type: str
        choices: [Viewer, Editor, Admin, None]
      disabled:
        description:
          - Whether the account is disabled. The server refuses the tokens of a disabled account. Without it, a new account is
            enabled, and an existing account is not changed.
        type: bool
      recreate:
        description:
          - Whether the module may delete an account with all its tokens and create it again, with a new id, if O(role) or
            O(disabled) differ and the server cannot change them. Only O(cloud_stack) cannot change them, and without this option
            such a task fails there. On other servers this option has no effect.
        type: bool
      permissions:
        description:
          - Who may manage the service account. Each entry names one of O(permissions[].team) and O(permissions[].user).
          - The module adds missing entries, and changes the permission of others. Other entries, such as Admin for the creator,
            stay, unless O(permissions_exclusive=true).
          - Without this option, the module neither reads nor changes permissions. With it, each account costs one request more.
          - Users and teams that do not exist in the organization are an error before the first write.
          - Servers apply a change of permissions after up to a minute.
          - It needs Grafana 9.1 or later with role-based access control, and does not work with O(cloud_stack).
        type: list
        elements: dict
        suboptions:
          team:
            description: The exact name of a team.
            type: raw
          user:
            description: The login or the e-mail address of a member of the organization.
            type: raw
          permission:
            description: What they may do. V(Edit) includes creating tokens. V(Admin) includes deleting the account.
            type: str
            choices: [Edit, Admin]
            required: true
      permissions_exclusive:
        description:
          - Whether O(permissions) is the complete list. If V(true), the module removes other entries, except inherited ones. This
            includes the entry of the creator.
          - The module refuses a list with which the caller could not change the permissions any more (code V(caller_locked_out)).
        type: bool
      state:
        description:
          - Whether the account exists. V(absent) deletes it with all its tokens.
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
  - orgsmith.grafana.cloud
  - orgsmith.grafana.batch
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create an account for the pipelines of tenant-1
  orgsmith.grafana.grafana_service_account:
    org_name: tenant-1
    name: ci
    role: Editor

- name: Let a user create tokens of an account
  orgsmith.grafana.grafana_service_account:
    org_name: tenant-1
    name: ci
    permissions:
      - user: alice
        permission: Edit

- name: Disable an account and its tokens
  orgsmith.grafana.grafana_service_account:
    org_name: tenant-1
    name: old-pipeline
    disabled: true

- name: Create an account of a stack of Grafana Cloud
  orgsmith.grafana.grafana_service_account:
    cloud_stack: acme
    token_file: /etc/grafana/cloud-token
    name: ci
    role: Editor
"""

RETURN = r"""
service_account:
  description: The account after the task; null when it is absent.
  type: dict
  returned: always
  contains:
    # BEGIN GENERATED (make generate): org cloud_stack returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: always
    cloud_stack:
      description: The slug of the stack.
      type: str
      returned: when O(cloud_stack) is given
    # END GENERATED
    id:
      description: The account's id.
      type: int
      returned: except in check mode when the account would be created
    uid:
      description: The account's uid, if the server has one.
      type: str
      returned: except in check mode when the account would be created
    login:
      description: The login that Grafana derived from the name.
      type: str
      returned: except in check mode when the account would be created
    name:
      description: The name.
      type: str
      returned: always
    role:
      description: The role.
      type: str
      returned: always
    disabled:
      description: Whether the account is disabled.
      type: bool
      returned: always
    tokens:
      description: The number of its tokens.
      type: int
      returned: except in check mode when the account would be created
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
# BEGIN GENERATED (make generate): status joined_org planned results summary concurrency failure code=org_not_found
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
from ..module_utils._orgs.service_accounts import KIND
from ..module_utils._tenants.items import ACCOUNTS_OR_REMOVED
from ..module_utils._tenants.source import from_file


def main() -> None:
    manage(KIND, tenants=from_file(ACCOUNTS_OR_REMOVED))


if __name__ == "__main__":
    main()
