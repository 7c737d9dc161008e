#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_user_info
short_description: List the users of a Grafana server
version_added: 0.1.0
description:
  - Returns the users of a server, optionally with their organizations. Service accounts are not users.
  - Only a server admin with user and password can list users. It does not work with tokens of service accounts, and not on
    Grafana Cloud stacks.
options:
  login:
    description:
      - Return only the user with this login or e-mail address.
      - The server compares it without case from Grafana 10 on, and exactly before.
    type: raw
  email:
    description:
      - Return only the user with this e-mail address, instead of O(login).
    type: raw
  orgs:
    description:
      - Whether to return the organizations of each user and the role there. It needs one more request for each user.
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org.unused
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_user
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: List all users with their organizations
  orgsmith.grafana.grafana_user_info:
    orgs: true
  register: all_users

- name: Read one user
  orgsmith.grafana.grafana_user_info:
    login: alice
"""

RETURN = r"""
users:
  description: The users.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: The id.
      type: int
      returned: success
    login:
      description: The login.
      type: str
      returned: success
    email:
      description: The e-mail address.
      type: str
      returned: success
    name:
      description: The name that is shown.
      type: str
      returned: success
    is_admin:
      description: Whether the user is a server admin.
      type: bool
      returned: success
    is_disabled:
      description: Whether the user is disabled.
      type: bool
      returned: success
    auth_labels:
      description: The external logins of the user.
      type: list
      elements: str
      returned: success
    active_org_id:
      description: The id of the active organization. It may not exist any more.
      type: int
      returned: when O(login) or O(email) is given
    last_seen_at:
      description: When the user was last seen.
      type: str
      returned: when neither O(login) nor O(email) is given
    orgs:
      description: Id, name and role of each organization of the user.
      type: list
      elements: dict
      returned: when O(orgs) is set
# BEGIN GENERATED (make generate): concurrency failure code=forbidden
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
      sample: forbidden
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
from ..module_utils._users.info import OPTIONS, users


def main() -> None:
    report(OPTIONS, users)


if __name__ == "__main__":
    main()
