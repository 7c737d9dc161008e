#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_tenants_info
short_description: Checks a file with tenants
version_added: 0.1.0
description:
  - Reads a file with the tenants of the role P(orgsmith.grafana.org_bootstrap#role), and checks them. It sends no requests.
  - Fails if the file cannot be read, or if it has two organizations with one name, a template, an unknown option, a value of a
    wrong type, or a token without a destination for its key.
  - Returns the names of the tenants, and what the role needs to know of them. It returns no other values of the file.
  - The role runs this module before it writes anything. A pipeline can run it to check a file.
options:
  tenants_file:
    required: true
  ephemeral_on:
    description:
      - The connection plugin of the host that runs the module.
      - If set, RV(ephemeral) lists the tenants with a token whose key may end with a container.
    type: str
seealso:
  - name: The role org_bootstrap
    description: Creates tenants as complete organizations.
    link: https://github.com/orgsmith/orgsmith.grafana/blob/main/roles/org_bootstrap/README.md
extends_documentation_fragment:
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes.info
author:
  - orgsmith contributors (@orgsmith)
attributes:
  action_group:
    description: Use C(group/orgsmith.grafana.grafana) in C(module_defaults) to set defaults for this module.
    support: none
    membership: []
    details: The module needs no connection to Grafana, so the defaults of the group do not apply to it.
"""

EXAMPLES = r"""
- name: Check a file with tenants
  orgsmith.grafana.grafana_tenants_info:
    tenants_file: tenants.json
"""

RETURN = r"""
tenants:
  description: The tenants in the order of the file.
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: The name of the organization.
      type: str
      returned: success
      sample: tenant-1
    state:
      description: V(absent) if the organization is to be removed.
      type: str
      returned: if the organization is to be removed
      sample: absent
    members:
      description: The members that the file names, each with its C(login).
      type: list
      elements: dict
      returned: if the organization is to be removed
      sample: [{login: alice}]
steps:
  description: The steps of the role that the tenants need.
  type: list
  elements: str
  returned: success
  sample: [organizations, members, service_accounts, tokens]
ephemeral:
  description: The names of organizations with a token whose key may end with a container.
  type: list
  elements: str
  returned: success
  sample: []
# BEGIN GENERATED (make generate): failure code=bad_input
failure:
  description: The error.
  type: dict
  returned: failure
  contains:
    code:
      description: The code of the error. It is stable, so playbooks can depend on it.
      type: str
      returned: failure
      sample: bad_input
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

from ..module_utils._tenants.info import info


def main() -> None:
    info()


if __name__ == "__main__":
    main()
