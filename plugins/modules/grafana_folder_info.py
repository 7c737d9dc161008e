#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_folder_info
short_description: Tell which folders an organization of Grafana has
version_added: 0.1.0
description:
  - Returns the folders of an organization and where each of them is, as far as the caller may see them.
  - Grafana 12.0 or later tells them all in one request. Grafana 11 is asked for what is in each of them.
options:
  uid:
    description:
      - Only the folder of this uid.
    type: raw
  title:
    description:
      - Only folders of exactly this title.
    type: raw
  parent:
    description:
      - Only folders directly in this one, by the path of titles from the top, joined by slashes; V(general) is the top level.
    type: raw
  parent_uid:
    description:
      - Only folders directly in this one, by its uid; V(general) and the empty string are the top level.
    type: raw
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
- name: What folders tenant-1 has
  orgsmith.grafana.grafana_folder_info:
    org_name: tenant-1
  register: all_folders

- name: What is in Operations
  orgsmith.grafana.grafana_folder_info:
    org_name: tenant-1
    parent: Operations
  register: inside
"""

RETURN = r"""
folders:
  description: The folders; in the list of all of them each comes after the one that it is in.
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
      description: The titles of the folders that it is in, from the top, joined by slashes; empty for the top level.
      type: str
      returned: success
    parent_uid:
      description: The uid of the folder that it is in, empty for the top level.
      type: str
      returned: success
    description:
      description: The description.
      type: str
      returned: by Grafana 12.0 or later
    managed_by:
      description: What manages the folder, such as V(repo), where it must not be written over the API; none for nothing.
      type: str
      returned: by Grafana 12.0 or later
    # BEGIN GENERATED (make generate): org returned=success
    org_id:
      description: The organization's id.
      type: int
      returned: success
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: success
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
from ..module_utils._folders.info import OPTIONS, all_folders


def main() -> None:
    tell(OPTIONS, all_folders)


if __name__ == "__main__":
    main()
