#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_api_key_info
short_description: Tell which API keys an organization of Grafana has
version_added: 0.1.0
description:
  - Returns the API keys of an organization, or of all organizations, with role, expiry, and last use where the server tells
    it (10.0 or later). The secrets are never returned, as the server does not show them.
  - Grafana never tells when an API key was made. The age is told of those whose keys M(orgsmith.grafana.grafana_api_key) has
    stored in files that O(dests) names, and is none for all others.
  - From Grafana 12.1 on there are no API keys, which is told with an empty list and a warning, and is no failure.
  - Grafana's list of an organization's API keys ends at 100. RV(cut_in) names the organizations where it did.
options:
  name:
    description:
      - Only API keys of exactly this name.
    type: raw
  expired:
    description:
      - Only API keys that have expired, or only those that have not. Without it, both.
    type: bool
  dests:
    description:
      - Files in which M(orgsmith.grafana.grafana_api_key) has stored keys, on the host that runs the module. What it remembers
        beside them tells when those keys were made; the keys themselves are not read.
    type: list
    elements: path
  all_orgs:
    description:
      - Whether the API keys of all organizations are told, and not only of one. Organizations of which the caller is no
        member are left out, and named in RV(not_a_member_of).
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_api_key
  - module: orgsmith.grafana.grafana_apikey_migrate
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Every API key of the server
  orgsmith.grafana.grafana_api_key_info:
    all_orgs: true
  register: all_keys

- name: Those that would work for ever
  ansible.builtin.debug:
    msg: "{{ all_keys.api_keys | selectattr('expires', 'none') | map(attribute='name') | list }}"

- name: How old the keys are that were stored here
  orgsmith.grafana.grafana_api_key_info:
    org_name: tenant-1
    dests:
      - /run/keys/tenant-1.key
"""

RETURN = r"""
api_keys:
  description: The API keys.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: The API key's id.
      type: int
      returned: success
    name:
      description: Its name.
      type: str
      returned: success
    role:
      description: Its role.
      type: str
      returned: success
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
    # BEGIN GENERATED (make generate): api_key_dates returned=success
    expires:
      description: When it expires; none for never.
      type: str
      returned: success
    expired:
      description: Whether it has expired.
      type: bool
      returned: success
    last_used:
      description: When it was last used; none for never, and up to Grafana 9, which does not tell.
      type: str
      returned: success
    # END GENERATED
    created:
      description: When it was made, where one of O(dests) tells; otherwise none.
      type: str
      returned: success
    age:
      description: How long ago that was, in seconds; none where it is not known.
      type: int
      returned: success
cut_in:
  description: The organizations where the server's list ended at 100 API keys, so that there may be more.
  type: list
  elements: dict
  returned: success
server:
  description:
    - What this server does with API keys; none for what cannot be told, as the server hides its version.
  type: dict
  returned: success
  contains:
    version:
      description: Its version.
      type: str
      returned: success
    lists:
      description: Whether it has API keys (up to 12.0).
      type: bool
      returned: success
    creates:
      description: Whether it makes new ones (up to 11.2).
      type: bool
      returned: success
    migrates:
      description: Whether it can turn them into service accounts (9.1 to 12.0).
      type: bool
      returned: success
    migrates_at_start:
      description: Whether each of its starts does so by itself (11.6 on).
      type: bool
      returned: success
# BEGIN GENERATED (make generate): not_a_member_of failure code=org_not_found
not_a_member_of:
  description: The organizations that the caller is not a member of, so that nothing can be told of them.
  type: list
  elements: dict
  returned: when O(all_orgs) is set
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

from ..module_utils._api_keys.info import API_KEY_OPTIONS, api_keys
from ..module_utils._engine.info import tell


def main() -> None:
    tell(API_KEY_OPTIONS, api_keys)


if __name__ == "__main__":
    main()
