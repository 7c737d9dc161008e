#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_org_preferences_info
short_description: Read the preferences of organizations of Grafana or of teams
version_added: 0.1.0
description:
  - Returns the preferences of an organization, of a team in it, or of all organizations.
  - Only Admins of an organization may read its preferences. A team's preferences are open to the team's members too.
options:
  team:
    description:
      - The exact name of a team. The module returns the preferences of the team then, instead of those of the organization. With
        O(all_orgs) it leaves out the organizations without such a team.
    type: raw
  all_orgs:
    description:
      - Whether to return the preferences of all organizations instead of one. The result omits organizations that the caller is
        not a member of and lists them in RV(not_a_member_of).
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_org_preferences
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Read the preferences of tenant-1
  orgsmith.grafana.grafana_org_preferences_info:
    org_name: tenant-1
  register: tenant

- name: Read the preferences of all organizations
  orgsmith.grafana.grafana_org_preferences_info:
    all_orgs: true
  register: tenants
"""

RETURN = r"""
preferences:
  description: The preferences, one entry for each organization. An empty string is a preference that is not set.
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
    team:
      description: The name of the team; null for the preferences of the organization.
      type: str
      returned: success
    home_dashboard_uid:
      description: The uid of the home dashboard. Grafana 12.4 and later also show the uid of a dashboard that was deleted.
      type: str
      returned: success
    theme:
      description: The theme.
      type: str
      returned: success
    timezone:
      description: The time zone.
      type: str
      returned: success
    week_start:
      description: The first day of the week.
      type: str
      returned: success
    language:
      description: The language.
      type: str
      returned: with Grafana 9.4 or later
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
from ..module_utils._preferences.info import OPTIONS, org_preferences


def main() -> None:
    report(OPTIONS, org_preferences)


if __name__ == "__main__":
    main()
