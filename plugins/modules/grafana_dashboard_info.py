#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_dashboard_info
short_description: Tell which dashboards an organization of Grafana has
version_added: 0.1.0
description:
  - Returns uid, title and folder of the dashboards of an organization, and the dashboards themselves on demand.
options:
  uid:
    description:
      - Only the dashboard of this uid.
    type: raw
  title:
    description:
      - Only dashboards of exactly this title.
    type: raw
  folder_uid:
    description:
      - Only dashboards in this folder; the empty string means those in none.
    type: raw
  content:
    description:
      - Whether the dashboards themselves are returned. Ansible takes long for many.
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_dashboard
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: What dashboards tenant-1 has
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
  register: all_dashboards

- name: One, whole
  orgsmith.grafana.grafana_dashboard_info:
    org_name: tenant-1
    uid: cpu
    content: true
  register: cpu
"""

RETURN = r"""
dashboards:
  description: The dashboards.
  type: list
  elements: dict
  returned: success
  contains:
    uid:
      description: The uid.
      type: str
      returned: success
    title:
      description: The title.
      type: str
      returned: success
    folder_uid:
      description: The folder's uid, empty for no folder.
      type: str
      returned: success
    version:
      description: The version.
      type: int
      returned: when O(content) is set
    provisioned:
      description: Whether it is provisioned, and so not to be written over the API.
      type: bool
      returned: when O(content) is set
    dashboard:
      description: The dashboard itself.
      type: dict
      returned: when O(content) is set
    org_id:
      description: The organization's id.
      type: int
      returned: success
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: success
failure:
  description: What went wrong, as C(code), C(message) and C(details).
  type: dict
  returned: failure
"""

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_info import OPTIONS, dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._info import tell


def main():
    tell(OPTIONS, dashboards)


if __name__ == "__main__":
    main()
