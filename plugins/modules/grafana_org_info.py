#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_org_info
short_description: Tell which organizations a Grafana has
version_added: 0.1.0
description:
  - Returns the organizations of a server, with members and quotas on demand.
  - A caller who may not list them all is told about those that the caller is a member of.
options:
  name:
    description:
      - Only the organization of exactly this name.
    type: raw
  id:
    description:
      - Only the organization of this id.
    type: raw
  quotas:
    description:
      - Whether limit and use of each quota are told; one request more for each organization.
    type: bool
    default: false
  members:
    description:
      - Whether the members are told; one request more for each organization.
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
- name: Every organization, with its members
  orgsmith.grafana.grafana_org_info:
    members: true
  register: all_orgs

- name: One, with its address and quotas
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
      description: Target, limit and use of each quota; none where the server has quotas switched off.
      type: list
      elements: dict
      returned: when O(quotas) is set
    members:
      description: Login, e-mail, name, id and role of each member.
      type: list
      elements: dict
      returned: when O(members) is set
# BEGIN GENERATED (make generate): failure code=org_not_found
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

from ..module_utils._engine.info import tell
from ..module_utils._orgs.info import ORG_OPTIONS, organizations


def main() -> None:
    tell(ORG_OPTIONS, organizations)


if __name__ == "__main__":
    main()
