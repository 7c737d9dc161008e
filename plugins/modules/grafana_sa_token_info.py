#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_sa_token_info
short_description: List the tokens of service accounts of Grafana
version_added: 0.1.0
description:
  - Returns the tokens of one, some or all service accounts of an organization, or of all organizations, with the times of expiry
    and of the last use. It never returns keys, because the server does not show them.
  - Grafana updates the last use of a token at most every five minutes. A test of a key counts as use.
  - Needs Grafana 9.1 or later.
options:
  service_accounts:
    description:
      - Return only the tokens of accounts with exactly these names.
    type: list
    elements: raw
  all_orgs:
    description:
      - Whether to return the tokens of all organizations instead of one. The result omits organizations that the caller
        is not a
        member of and lists them in RV(not_a_member_of).
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.cloud
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_sa_token
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: List all tokens of the server
  orgsmith.grafana.grafana_sa_token_info:
    all_orgs: true
  register: all_tokens

- name: Show tokens that were never used
  ansible.builtin.debug:
    msg: "{{ (all_tokens.tokens | selectattr('never_used') + all_tokens.tokens | selectattr('only_tested'))
      | map(attribute='name') | list }}"
"""

RETURN = r"""
tokens:
  description: The tokens.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: The token's id.
      type: int
      returned: success
    name:
      description: The token's name.
      type: str
      returned: success
    service_account_id:
      description: The account's id.
      type: int
      returned: success
    service_account:
      description: The account's name.
      type: str
      returned: success
    # BEGIN GENERATED (make generate): org cloud_stack returned=success
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
    created:
      description: When the token was created.
      type: str
      returned: success
    expires:
      description: When the token expires; null for never.
      type: str
      returned: success
    last_used:
      description: When the token was last used; null for never.
      type: str
      returned: success
    expired:
      description: Whether the token has expired.
      type: bool
      returned: success
    revoked:
      description: Whether the token is revoked.
      type: bool
      returned: success
    never_used:
      description: Whether the token was never used, not even for a test.
      type: bool
      returned: success
    only_tested:
      description:
        - Whether the only use of the token is within a minute of its creation. M(orgsmith.grafana.grafana_sa_token) tests a new
          key, so such a token may be unused since then.
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

from ..module_utils._engine.info import report
from ..module_utils._tokens.info import TOKEN_OPTIONS, tokens


def main() -> None:
    report(TOKEN_OPTIONS, tokens, cloud=True)


if __name__ == "__main__":
    main()
