#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_sa_token_info
short_description: Tell which tokens the service accounts of Grafana have
version_added: 0.1.0
description:
  - Returns the tokens of one, some or all service accounts of an organization, or of all organizations, with when they
    expire and when they were last used. Keys are never returned, as the server does not show them.
  - Grafana moves the last use of a token at most every five minutes, and a test of a key counts as use.
  - Needs Grafana 9.1 or later.
options:
  service_accounts:
    description:
      - Only the tokens of accounts of exactly these names.
    type: list
    elements: raw
  all_orgs:
    description:
      - Whether the tokens of all organizations are told, and not only of one. Organizations of which the caller is no
        member are left out, and named in RV(not_a_member_of).
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
- name: Every token of the server
  orgsmith.grafana.grafana_sa_token_info:
    all_orgs: true
  register: all_tokens

- name: Those that nobody has used yet
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
      description: The organization's name, where it is known.
      type: str
      returned: success
    cloud_stack:
      description: The stack's slug.
      type: str
      returned: when O(cloud_stack) is given
    # END GENERATED
    created:
      description: When it was made.
      type: str
      returned: success
    expires:
      description: When it expires; none for never.
      type: str
      returned: success
    last_used:
      description: When it was last used; none for never.
      type: str
      returned: success
    expired:
      description: Whether it has expired.
      type: bool
      returned: success
    revoked:
      description: Whether it is revoked.
      type: bool
      returned: success
    never_used:
      description: Whether nobody has used it yet, not even to test it.
      type: bool
      returned: success
    only_tested:
      description:
        - Whether its only use is within a minute of when it was made. That is what M(orgsmith.grafana.grafana_sa_token) leaves,
          which tests a new key, so nobody may have used it since.
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

from ..module_utils._engine.info import tell
from ..module_utils._tokens.info import TOKEN_OPTIONS, tokens


def main() -> None:
    tell(TOKEN_OPTIONS, tokens, cloud=True)


if __name__ == "__main__":
    main()
