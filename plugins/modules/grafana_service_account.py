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
      - The exact name.
      - Grafana derives a login from it, in lower case with dashes for spaces, which has to be unique in the
        organization (up to Grafana 10.4.0, on the server). So C(CI x) and C(ci-x) cannot both exist.
    type: raw
  role:
    description:
      - The basic role in the organization. Without it a new account becomes V(Viewer), the least that can read, and
        an existing one keeps its role.
      - V(None) needs Grafana 10.2 or later.
    type: str
    choices: [Viewer, Editor, Admin, None]
  disabled:
    description:
      - Whether the account is disabled, and its tokens refused. Without it a new account is enabled, and an existing
        one stays as it is.
    type: bool
  recreate:
    description:
      - Whether an account whose role, or whether it is disabled, has to change is deleted with all its tokens and made
        anew, with another id, where it cannot be changed. That is so with O(cloud_stack) alone, where such a change
        fails otherwise. Elsewhere this does nothing.
    type: bool
    default: false
  state:
    description:
      - Whether the account is to exist. V(absent) deletes it with all its tokens.
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
      name:
        description:
          - The exact name.
          - Grafana derives a login from it, in lower case with dashes for spaces, which has to be unique in the organization (up
            to Grafana 10.4.0, on the server). So C(CI x) and C(ci-x) cannot both exist.
        type: raw
      role:
        description:
          - The basic role in the organization. Without it a new account becomes V(Viewer), the least that can read, and an
            existing one keeps its role.
          - V(None) needs Grafana 10.2 or later.
        type: str
        choices: [Viewer, Editor, Admin, None]
      disabled:
        description:
          - Whether the account is disabled, and its tokens refused. Without it a new account is enabled, and an existing one
            stays as it is.
        type: bool
      recreate:
        description:
          - Whether an account whose role, or whether it is disabled, has to change is deleted with all its tokens and made anew,
            with another id, where it cannot be changed. That is so with O(cloud_stack) alone, where such a change fails
            otherwise. Elsewhere this does nothing.
        type: bool
      state:
        description:
          - Whether the account is to exist. V(absent) deletes it with all its tokens.
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
  - orgsmith.grafana.cloud
  - orgsmith.grafana.batch
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: An account for the pipelines of tenant-1
  orgsmith.grafana.grafana_service_account:
    org_name: tenant-1
    name: ci
    role: Editor

- name: Switch an account off, and its tokens with it
  orgsmith.grafana.grafana_service_account:
    org_name: tenant-1
    name: old-pipeline
    disabled: true

- name: An account of a stack of Grafana Cloud
  orgsmith.grafana.grafana_service_account:
    cloud_stack: acme
    token_file: /etc/grafana/cloud-token
    name: ci
    role: Editor
"""

RETURN = r"""
service_account:
  description: The account as it is afterwards; none when it is absent.
  type: dict
  returned: always
  contains:
    # BEGIN GENERATED (make generate): org cloud_stack returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    cloud_stack:
      description: The stack's slug.
      type: str
      returned: when O(cloud_stack) is given
    # END GENERATED
    id:
      description: The account's id.
      type: int
      returned: except in check mode for one that would be created
    uid:
      description: The account's uid, where the server has one.
      type: str
      returned: except in check mode for one that would be created
    login:
      description: The login that Grafana derived from the name.
      type: str
      returned: except in check mode for one that would be created
    name:
      description: The name.
      type: str
      returned: always
    role:
      description: The role.
      type: str
      returned: always
    disabled:
      description: Whether it is disabled.
      type: bool
      returned: always
    tokens:
      description: How many tokens it has.
      type: int
      returned: except in check mode for one that would be created
# BEGIN GENERATED (make generate): status joined_org planned results summary failure code=org_not_found
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
from ..module_utils._orgs.service_accounts import OPTIONS, ServiceAccounts


def main() -> None:
    manage(lambda module: ServiceAccounts(), OPTIONS, cloud=True)


if __name__ == "__main__":
    main()
