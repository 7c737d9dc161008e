#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_org
short_description: Manage organizations of Grafana
version_added: 0.1.0
description:
  - Creates, renames and deletes organizations, and sets their address.
  - Only server admins, with user and password, may do so; tokens of service accounts never can.
  - The caller becomes Admin of an organization that it creates, and nobody's current organization is switched.
options:
  name:
    description:
      - The exact name. Together with O(id) it is the name that the organization is to have.
    type: raw
  id:
    description:
      - The id, for an organization that is to be renamed, or known by its id. The server gives ids itself.
    type: raw
  address:
    description:
      - The organization's address. A field that is left out stays as it is.
      - Grafana cannot clear a field, so an empty string is refused where the field has a value.
    type: dict
    suboptions: &address_suboptions
      address1:
        description: First line.
        type: raw
      address2:
        description: Second line.
        type: raw
      city:
        description: City.
        type: raw
      zip_code:
        description: Postal code; quote it in YAML.
        type: raw
        aliases: [zipCode]
      state:
        description: State.
        type: raw
      country:
        description: Country.
        type: raw
  state:
    description:
      - Whether the organization is to exist. V(absent) deletes it with everything in it; its members stay users.
      - An organization is deleted from the context of another one, so that also the caller's current one can be.
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
          - The exact name. Together with O(id) it is the name that the organization is to have.
        type: raw
      id:
        description:
          - The id, for an organization that is to be renamed, or known by its id. The server gives ids itself.
        type: raw
      address:
        description:
          - The organization's address. A field that is left out stays as it is.
          - Grafana cannot clear a field, so an empty string is refused where the field has a value.
        type: dict
        suboptions: *address_suboptions
      state:
        description:
          - Whether the organization is to exist. V(absent) deletes it with everything in it; its members stay users.
          - An organization is deleted from the context of another one, so that also the caller's current one can be.
        type: str
        choices: [present, absent]
    # END GENERATED
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org.unused
  - orgsmith.grafana.batch
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Make an organization
  orgsmith.grafana.grafana_org:
    url: http://localhost:3000
    username: admin
    password: "{{ grafana_admin_password }}"
    name: tenant-1
    address:
      city: Basel
      country: CH

- name: Make many, in one run
  orgsmith.grafana.grafana_org:
    batch:
      - name: tenant-1
      - name: tenant-2
      - name: tenant-old
        state: absent

- name: Rename one
  orgsmith.grafana.grafana_org:
    id: 7
    name: tenant-seven
"""

RETURN = r"""
organization:
  description: The organization as it is afterwards; none when it is absent.
  type: dict
  returned: always
  contains:
    id:
      description: The id.
      type: int
      returned: except in check mode for one that would be created
    name:
      description: The name.
      type: str
      returned: always
    address:
      description: The address, under the names of the option's fields.
      type: dict
      returned: when O(address) or O(id) is given
# BEGIN GENERATED (make generate): status org_results summary failure code=org_not_found
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
from ..module_utils._orgs.organizations import OPTIONS, Organizations


def main() -> None:
    manage(lambda module: Organizations(many=module.raw_batch is not None), OPTIONS, in_org=False)


if __name__ == "__main__":
    main()
