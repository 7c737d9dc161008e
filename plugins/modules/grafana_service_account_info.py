#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_service_account_info
short_description: List the service accounts of an organization of Grafana
version_added: 0.1.0
description:
  - Returns the service accounts of an organization, with role, status and number of tokens.
  - Needs Grafana 9.1 or later.
options:
  name:
    description:
      - Return only accounts with exactly this name.
    type: raw
  # BEGIN GENERATED (make generate): permissions_shown
  permissions:
    description:
      - Whether the result has the permissions of each object. This costs one request for each, and the caller needs the
        permission Admin there.
    type: bool
    default: false
  # END GENERATED
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
- name: List the service accounts of tenant-1
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
      description: The account's uid, if the server has one.
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
      description: Whether the account is disabled.
      type: bool
      returned: success
    tokens:
      description: The number of its tokens.
      type: int
      returned: success
    # BEGIN GENERATED (make generate): listed_permissions org cloud_stack returned=success
    permissions:
      description:
        - The permissions. Each entry has RV(ignore:permission), one of RV(ignore:role), RV(ignore:team), RV(ignore:user) and
          RV(ignore:service_account), and RV(ignore:inherited) with V(true) if it belongs to a folder above.
        - Users and service accounts are named by their logins.
      type: list
      elements: dict
      returned: when O(permissions) is set
      sample: [{"role": "Viewer", "permission": "View"}, {"user": "alice", "permission": "Edit"}]
    org_id:
      description: The organization's id.
      type: int
      returned: success
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: success
    cloud_stack:
      description: The slug of the stack.
      type: str
      returned: when O(cloud_stack) is given
    # END GENERATED
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
from ..module_utils._orgs.info import ACCOUNT_OPTIONS, service_accounts


def main() -> None:
    report(ACCOUNT_OPTIONS, service_accounts, cloud=True)


if __name__ == "__main__":
    main()
