#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_upgrade_guard_info
short_description: Tell before an upgrade of Grafana what becomes of API keys
version_added: 0.1.0
description:
  - Tells, for each organization, which API keys there are and what an upgrade makes of them. From Grafana 11.3 on no key can
    be made, from 11.6 on each start of the server turns all of them into service accounts called C(sa-autogen-NAME), and from
    12.1 on there are none.
  - Tells which keys have expired, which cannot be migrated because the logins for their accounts are taken, and whose
    accounts will have a name that is there already.
  - Looks through files for requests that the new version refuses, see O(scan).
  - What somebody has to decide is in RV(decisions). The module itself never fails because of that; the playbook
    C(orgsmith.grafana.upgrade_guard) does.
  - Nothing is ever written. Three requests are made, and at most two for each organization with up to 1000 service accounts.
options:
  target_version:
    description:
      - The version that the server is to be upgraded to, such as V(12.4.3). An older one than it runs now is refused.
      - Put it in quotes, as YAML takes V(12.10) for the number V(12.1).
    type: str
    required: true
  present_version:
    description:
      - The version that the server runs now. Without it the server is asked, which may hide it.
    type: str
  orgs:
    description:
      - V(all) for every organization, or a list of names and ids. Without it, the one of O(org_name) or O(org_id), or else
        every organization.
    type: raw
  scan:
    description:
      - Files and folders, on the host that runs the module, that are looked through for requests to C(/api/auth/keys), for
        what makes API keys in Terraform, Pulumi, tasks and roles (C(grafana_api_key), C(grafana_api_keys)), and for
        API keys in clear, of which only file and line are told.
      - Which request it is, is told where the line or its neighbours show it, in curl, wget, Python, Go, JavaScript,
        PowerShell, Terraform and Ansible. Otherwise the method is C(unknown), and somebody has to look.
      - Binary files, and folders such as C(.git) and C(node_modules), are left out. Files above 10 MB, those that
        cannot be read, and those that ansible-vault has encrypted as a whole, are findings. Symbolic links to folders are not
        followed.
    type: list
    elements: path
  scan_exclude:
    description:
      - Patterns of what O(scan) leaves out, such as V(*.md) or V(vendor). They are compared with the name of a file or folder,
        and with its path below the folder of O(scan).
    type: list
    elements: str
  decided:
    description:
      - Findings that somebody has decided already, by RV(findings[].id), or RV(findings[].kind) for all of a kind. They are
        told still, and are in RV(decisions) no more.
    type: list
    elements: str
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes.info
notes:
  - O(join_org) is not used here, as joining an organization is a change. Organizations of which the caller is no
    member are findings.
  - Users of Grafana may also have a login that an account is to get; they are not asked for.
seealso:
  - module: orgsmith.grafana.grafana_apikey_migrate
  - module: orgsmith.grafana.grafana_api_key_info
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: What an upgrade to 12.4.3 means for the API keys of this server
  orgsmith.grafana.grafana_upgrade_guard_info:
    target_version: "12.4.3"
    scan:
      - /srv/automation
    scan_exclude:
      - "*.md"
  register: guard

- name: Go on only where nothing is to be decided
  ansible.builtin.assert:
    that: guard.ready
    fail_msg: "{{ guard.decisions }}"
"""

RETURN = r"""
present_version:
  description: What the server runs now.
  type: str
  returned: success
target_version:
  description: What it is to run.
  type: str
  returned: success
ready:
  description: Whether nothing is left to decide.
  type: bool
  returned: success
decisions:
  description: The ids of the findings that somebody has to decide.
  type: list
  elements: str
  returned: success
report:
  description: The findings as lines to read, first those to decide.
  type: list
  elements: str
  returned: success
findings:
  description: What there is to know and to decide.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: The kind and what it is about; the same finding has the same id in each run.
      type: str
      returned: success
    kind:
      description: What it is; the page on upgrades lists all kinds.
      type: str
      returned: success
    severity:
      description: C(info) or C(decision).
      type: str
      returned: success
    org_id:
      description: The organization's id, where it is about one.
      type: int
      returned: success
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: success
    what:
      description: What was found.
      type: str
      returned: success
    why:
      description: Why that matters, and which version brings it.
      type: str
      returned: success
    do:
      description: What to do.
      type: str
      returned: success
    decided:
      description: Whether O(decided) names it.
      type: bool
      returned: success
    api_keys:
      description: The names of the API keys that it is about.
      type: list
      elements: str
      returned: where it is about some
    path:
      description: The file that it is about.
      type: str
      returned: where it is about one
    lines:
      description: The lines of the file.
      type: list
      elements: int
      returned: where it is about some
    method:
      description: C(GET), C(POST), C(DELETE), C(resource) for what makes, reads and deletes a key by itself, or C(unknown).
      type: str
      returned: for requests
    styles:
      description: How the request is made, such as C(curl) or C(ansible), as far as it can be told.
      type: list
      elements: str
      returned: for requests
organizations:
  description: The organizations, with their API keys.
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
      description: The organization's name, where it is known.
      type: str
      returned: success
    # END GENERATED
    problem:
      description: C(not_a_member) or C(not_permitted) where nothing can be told of it.
      type: str
      returned: success
    api_keys:
      description: Its API keys, expired ones too, at most 100.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: The key's id, which the token keeps.
          type: int
          returned: success
        name:
          description: The key's name.
          type: str
          returned: success
        role:
          description: Its role.
          type: str
          returned: success
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
        becomes:
          description:
            - The C(service_account) and its C(login) that the server makes of it at the first start; none where it stays a
              key, or cannot be migrated.
          type: dict
          returned: success
scan:
  description: How many C(files) were looked through, and how many were C(skipped), by the reason.
  type: dict
  returned: success
summary:
  description:
    - How many C(organizations) and C(api_keys) there are, how many of these have C(expired), and how many C(findings) there
      are, C(decisions) among them, and C(decided) ones.
  type: dict
  returned: success
# BEGIN GENERATED (make generate): failure code=bad_input
failure:
  description: What went wrong.
  type: dict
  returned: failure
  contains:
    code:
      description: A word that stays the same, for playbooks to act on.
      type: str
      returned: failure
      sample: bad_input
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
from ..module_utils._upgrade.module import OPTIONS, guard


def main() -> None:
    tell(OPTIONS, guard)


if __name__ == "__main__":
    main()
