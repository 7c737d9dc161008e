#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_service_account_info
short_description: Tell which service accounts an organization of Grafana has
version_added: 0.1.0
description:
  - Returns the service accounts of an organization, with role, state and the number of their tokens.
  - Needs Grafana 9.1 or later.
options:
  name:
    description:
      - Only accounts of exactly this name.
    type: raw
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.cloud
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_service_account
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Every service account of tenant-1
  orgsmith.grafana.grafana_service_account_info:
    org_name: tenant-1
  register: accounts
"""

RETURN = r"""
service_accounts:
  description: The accounts.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: The account's id.
      type: int
      returned: success
    uid:
      description: The account's uid, where the server has one.
      type: str
      returned: success
    name:
      description: The name.
      type: str
      returned: success
    login:
      description: The login that Grafana derived from the name.
      type: str
      returned: success
    role:
      description: The role.
      type: str
      returned: success
    disabled:
      description: Whether it is disabled.
      type: bool
      returned: success
    tokens:
      description: How many tokens it has.
      type: int
      returned: success
    # BEGIN GENERATED (make generate): org cloud_stack returned=success
    org_id:
      description: The organization's id.
      type: int
      returned: success
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: success
    cloud_stack:
      description: The stack's slug.
      type: str
      returned: when O(cloud_stack) is given
    # END GENERATED
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
from ..module_utils._orgs.info import ACCOUNT_OPTIONS, service_accounts


def main() -> None:
    tell(ACCOUNT_OPTIONS, service_accounts, cloud=True)


if __name__ == "__main__":
    main()
