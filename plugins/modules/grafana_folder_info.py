#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_folder_info
short_description: List the folders of an organization of Grafana
version_added: 0.1.0
description:
  - Returns the folders of an organization and the parent of each. It returns the folders that the caller may see.
  - Grafana 12.0 or later returns all folders in one request. With Grafana 11, the module needs a request for each folder.
options:
  uid:
    description:
      - Return only the folder with this uid.
    type: raw
  title:
    description:
      - Return only folders with exactly this title.
    type: raw
  parent:
    description:
      - Return only folders directly in this one, a path of titles from the top level, joined by slashes. V(general) is the top
        level.
    type: raw
  parent_uid:
    description:
      - Return only folders directly in the one with this uid. V(general) and the empty string are the top level.
    type: raw
  parent_path:
    description:
      - Return only folders directly in this one, given as a list of exact titles from the top level. The titles may
        contain slashes. An empty list means the
        top level.
    type: list
    elements: raw
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
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_folder
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: List the folders of tenant-1
  orgsmith.grafana.grafana_folder_info:
    org_name: tenant-1
  register: all_folders

- name: List the subfolders of Operations
  orgsmith.grafana.grafana_folder_info:
    org_name: tenant-1
    parent: Operations
  register: inside
"""

RETURN = r"""
folders:
  description: The folders. In a list of all folders, each comes after its parent.
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
    parent:
      description: The titles of the parent folders from the top level, joined by slashes; empty at the top level.
      type: str
      returned: success
    parent_uid:
      description: The uid of the parent folder; empty at the top level.
      type: str
      returned: success
    description:
      description: The description.
      type: str
      returned: with Grafana 12.0 or later
    managed_by:
      description: The type of manager of a folder that must not be written with the API, such as V(repo); null if it has none.
      type: str
      returned: with Grafana 12.0 or later
    # BEGIN GENERATED (make generate): listed_permissions org returned=success
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
from ..module_utils._folders.info import OPTIONS, all_folders


def main() -> None:
    report(OPTIONS, all_folders)


if __name__ == "__main__":
    main()
