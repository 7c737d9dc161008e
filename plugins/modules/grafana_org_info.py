#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_org_info
short_description: List the organizations of a Grafana server
version_added: 0.1.0
description:
  - Returns the organizations of a server, optionally with members and quotas.
  - For a caller who may not list all organizations, it returns those that the caller is a member of.
options:
  name:
    description:
      - Return only the organization with exactly this name.
    type: raw
  id:
    description:
      - Return only the organization with this id.
    type: raw
  quotas:
    description:
      - Whether to return limit and usage of each quota. It needs one more request for each organization.
    type: bool
    default: false
  members:
    description:
      - Whether to return the members. It needs one more request for each organization.
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org.unused
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_org
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: List all organizations with their members
  orgsmith.grafana.grafana_org_info:
    members: true
  register: all_orgs

- name: Read one organization with its address and quotas
  orgsmith.grafana.grafana_org_info:
    name: tenant-1
    quotas: true
"""

RETURN = r"""
organizations:
  description: The organizations.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: The id.
      type: int
      returned: success
    name:
      description: The name.
      type: str
      returned: success
    address:
      description: The address.
      type: dict
      returned: when O(name) or O(id) is given
    quotas:
      description: Target, limit and usage of each quota; null if quotas are disabled on the server.
      type: list
      elements: dict
      returned: when O(quotas) is set
    members:
      description: Login, e-mail, name, id and role of each member.
      type: list
      elements: dict
      returned: when O(members) is set
# BEGIN GENERATED (make generate): concurrency failure code=org_not_found
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

from ..module_utils._engine.info import report
from ..module_utils._orgs.info import ORG_OPTIONS, organizations


def main() -> None:
    report(ORG_OPTIONS, organizations)


if __name__ == "__main__":
    main()
