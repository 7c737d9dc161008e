#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_api_key_info
short_description: List the API keys of an organization of Grafana
version_added: 0.1.0
description:
  - Returns the API keys of an organization, or of all organizations, with role and expiry, and with the last use if the server
    returns it (10.0 or later). It never returns the secrets, because the server does not show them.
  - Grafana does not return when an API key was created. The module returns the age only of API keys whose keys
    M(orgsmith.grafana.grafana_api_key) has stored in files of O(dests). For all others it is null.
  - From Grafana 12.1 on there are no API keys. The module then returns an empty list with a warning and does not fail.
  - Grafana lists at most 100 API keys of an organization. RV(cut_in) lists the organizations that may have more.
options:
  name:
    description:
      - Return only API keys with exactly this name.
    type: raw
  expired:
    description:
      - Return only API keys that have expired, or only those that have not. Without it, return both.
    type: bool
  dests:
    description:
      - Files in which M(orgsmith.grafana.grafana_api_key) has stored keys, on the host that runs the module. The module reads
        from the metadata next to them when the keys were created. It does not read the keys.
    type: list
    elements: path
  all_orgs:
    description:
      - Whether to return the API keys of all organizations instead of one. The result omits organizations that the
        caller is not
        a member of and lists them in RV(not_a_member_of).
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
- name: List all API keys of the server
  orgsmith.grafana.grafana_api_key_info:
    all_orgs: true
  register: all_keys

- name: Show API keys that never expire
  ansible.builtin.debug:
    msg: "{{ all_keys.api_keys | selectattr('expires', 'none') | map(attribute='name') | list }}"

- name: Read the age of keys that were stored on this host
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
      description: The API key's name.
      type: str
      returned: success
    role:
      description: The API key's role.
      type: str
      returned: success
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
    # BEGIN GENERATED (make generate): api_key_dates returned=success
    expires:
      description: When the API key expires; null for never.
      type: str
      returned: success
    expired:
      description: Whether the API key has expired.
      type: bool
      returned: success
    last_used:
      description: When the API key was last used; null for never, and up to Grafana 9, which does not return it.
      type: str
      returned: success
    # END GENERATED
    created:
      description: When the API key was created, if the metadata of one of O(dests) contains it; otherwise null.
      type: str
      returned: success
    age:
      description: The time since RV(api_keys[].created), in seconds; null if it is not known.
      type: int
      returned: success
cut_in:
  description: The organizations for which the list of the server ended at 100 API keys, so that they may have more.
  type: list
  elements: dict
  returned: success
server:
  description:
    - What this server can do with API keys. Values are null if the server hides its version.
  type: dict
  returned: success
  contains:
    version:
      description: The version of the server.
      type: str
      returned: success
    lists:
      description: Whether the server has API keys (up to 12.0).
      type: bool
      returned: success
    creates:
      description: Whether the server creates new API keys (up to 11.2).
      type: bool
      returned: success
    migrates:
      description: Whether the server can migrate API keys to service accounts (9.1 to 12.0).
      type: bool
      returned: success
    migrates_at_start:
      description: Whether the server migrates all API keys at each start (from 11.6 on).
      type: bool
      returned: success
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

from ..module_utils._api_keys.info import API_KEY_OPTIONS, api_keys
from ..module_utils._engine.info import report


def main() -> None:
    report(API_KEY_OPTIONS, api_keys)


if __name__ == "__main__":
    main()
