#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_team_info
short_description: List the teams of an organization of Grafana
version_added: 0.1.0
description:
  - Returns the teams of an organization, or of all organizations, and on request their members.
  - Callers who are not Admins of the organization see only the teams that they are in, or are refused.
options:
  name:
    description:
      - Return only the team with exactly this name.
    type: raw
  members:
    description:
      - Whether to return the members of each team. It takes one more request for each team.
    type: bool
    default: false
  all_orgs:
    description:
      - Whether to return the teams of all organizations instead of one. The result omits organizations that the caller is not a
        member of and lists them in RV(not_a_member_of).
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_team
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: List the teams of tenant-1 with their members
  orgsmith.grafana.grafana_team_info:
    org_name: tenant-1
    members: true
  register: result
"""

RETURN = r"""
teams:
  description: The teams.
  type: list
  elements: dict
  returned: success
  contains:
    # BEGIN GENERATED (make generate): org returned=success
    org_id:
      description: The organization's id.
      type: int
      returned: success
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: success
    # END GENERATED
    id:
      description: The team's id.
      type: int
      returned: success
    uid:
      description: The team's uid, from Grafana 10.1 on.
      type: str
      returned: success
    name:
      description: The name.
      type: str
      returned: success
    email:
      description: The e-mail address; empty if the team has none.
      type: str
      returned: success
    provisioned:
      description: Whether an identity provider manages the team (SCIM).
      type: bool
      returned: success
    member_count:
      description: The number of members. It includes service accounts, which RV(teams[].members) does not show.
      type: int
      returned: success
    members:
      description: The logins of the members who are no Admins of the team.
      type: list
      elements: str
      returned: when O(members) is set
    admins:
      description: The logins of the Admins of the team.
      type: list
      elements: str
      returned: when O(members) is set
    synced:
      description: The logins of those members and Admins whom team sync (LDAP, SAML, OAuth) manages.
      type: list
      elements: str
      returned: when O(members) is set
# BEGIN GENERATED (make generate): not_a_member_of concurrency failure code=org_not_found
not_a_member_of:
  description: The organizations that the caller is not a member of. The result contains nothing of them.
  type: list
  elements: dict
  returned: when O(all_orgs) is set
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
from ..module_utils._teams.info import INFO_OPTIONS, teams


def main() -> None:
    report(INFO_OPTIONS, teams)


if __name__ == "__main__":
    main()
