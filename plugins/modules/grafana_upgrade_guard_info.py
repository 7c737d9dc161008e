#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_upgrade_guard_info
short_description: Report the effects of an upgrade of Grafana on API keys and on the server
version_added: 0.1.0
description:
  - Reports, for each organization, the API keys and what an upgrade does to them. From Grafana 11.3 on, no key can be created.
    From 11.6 on, each start of the server migrates all keys to service accounts with names such as C(sa-autogen-NAME). From 12.1
    on, there are no API keys.
  - Reports which keys have expired, which keys the server cannot migrate because the logins of their new accounts are in use, and
    which new accounts will have the name of an existing account.
  - Reports what the target version does to the server. The first start of 13.0 or later migrates folders and dashboards to
    unified storage, so back up the database before. Grafana withdrew 13.0.0 because of data loss. 13.1 and 13.2 cannot delete
    organizations.
  - Searches files for requests that the new version refuses, see O(scan).
  - RV(decisions) lists the findings that need a decision. The module does not fail because of them; the playbook
    C(orgsmith.grafana.upgrade_guard) does.
  - The module never writes anything. It sends three requests, and at most two for each organization with up to 1000 service
    accounts.
options:
  target_version:
    description:
      - The version to which the server is to be upgraded, such as V(12.4.3). The module rejects a version older than
        the present
        one.
      - Quote it, because YAML reads V(12.10) as the number V(12.1).
    type: str
    required: true
  present_version:
    description:
      - The version that the server runs now. Without it, the module asks the server, which may hide its version.
    type: str
  orgs:
    description:
      - V(all) for every organization, or a list of names and ids. Without it, the module uses the one of O(org_name) or
        O(org_id), or otherwise every organization.
    type: raw
  scan:
    description:
      - Files and directories to search, on the host that runs the module. The module searches for requests to
        C(/api/auth/keys),
        for code that creates API keys in Terraform, Pulumi, tasks and roles (C(grafana_api_key), C(grafana_api_keys)), and for
        API keys in plain text. Of API keys in plain text it reports only the file and the line.
      - It reports the method of a request if the line or the lines around it show it, in curl, wget, Python, Go, JavaScript,
        PowerShell, Terraform and Ansible. Otherwise the method is C(unknown), and a person has to look at it.
      - It skips binary files, and directories such as C(.git) and C(node_modules). Files above 10 MB, files that it
        cannot read,
        and files that ansible-vault has encrypted as a whole are findings. It does not follow symbolic links to directories.
    type: list
    elements: path
  scan_exclude:
    description:
      - Patterns of files and directories to skip, such as V(*.md) or V(vendor). A pattern matches a name, or a path relative to
        the directory in O(scan).
    type: list
    elements: str
  decided:
    description:
      - Findings that are already decided, by RV(findings[].id), or by RV(findings[].kind) for all of a kind. The module still
        reports them, but not in RV(decisions).
    type: list
    elements: str
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes.info
notes:
  - This module ignores O(join_org), because joining an organization is a change. Organizations that the caller is not a member of
    are findings.
  - The login of a new account may also be the login of a user of Grafana. The module does not check this.
seealso:
  - module: orgsmith.grafana.grafana_apikey_migrate
  - module: orgsmith.grafana.grafana_api_key_info
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Report the effects of an upgrade to 12.4.3
  orgsmith.grafana.grafana_upgrade_guard_info:
    target_version: "12.4.3"
    scan:
      - /srv/automation
    scan_exclude:
      - "*.md"
  register: guard

- name: Continue only if no finding needs a decision
  ansible.builtin.assert:
    that: guard.ready
    fail_msg: "{{ guard.decisions }}"
"""

RETURN = r"""
present_version:
  description: The version that the server runs now.
  type: str
  returned: success
target_version:
  description: The O(target_version) of the task.
  type: str
  returned: success
ready:
  description: Whether no finding needs a decision.
  type: bool
  returned: success
decisions:
  description: The ids of the findings that need a decision.
  type: list
  elements: str
  returned: success
report:
  description: The findings as lines of text. Those that need a decision come first.
  type: list
  elements: str
  returned: success
findings:
  description: The findings.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: The kind and the subject of the finding. It is the same in each run.
      type: str
      returned: success
    kind:
      description: The kind. The page on upgrades lists all kinds.
      type: str
      returned: success
    severity:
      description: C(info) or C(decision).
      type: str
      returned: success
    org_id:
      description: The organization's id, if the finding is about one.
      type: int
      returned: success
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: success
    what:
      description: What the module found.
      type: str
      returned: success
    why:
      description: Why it matters, and from which version on.
      type: str
      returned: success
    do:
      description: What to do.
      type: str
      returned: success
    decided:
      description: Whether O(decided) contains it.
      type: bool
      returned: success
    api_keys:
      description: The names of the API keys that it is about.
      type: list
      elements: str
      returned: if it is about API keys
    path:
      description: The file that it is about.
      type: str
      returned: if it is about a file
    lines:
      description: The line numbers in the file.
      type: list
      elements: int
      returned: if it is about lines
    method:
      description: >-
        C(GET), C(POST) or C(DELETE); C(resource) for code that creates, reads and deletes a key by itself; or C(unknown).
      type: str
      returned: for requests
    styles:
      description: How the request is made, such as C(curl) or C(ansible), as far as the module recognises it.
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
      description: The organization's name, if it is known.
      type: str
      returned: success
    # END GENERATED
    problem:
      description: C(not_a_member) or C(not_permitted) if the module cannot read the organization.
      type: str
      returned: success
    api_keys:
      description: Its API keys, including expired ones, at most 100.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: The key's id. The token keeps it.
          type: int
          returned: success
        name:
          description: The key's name.
          type: str
          returned: success
        role:
          description: The key's role.
          type: str
          returned: success
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
        becomes:
          description:
            - The C(service_account) and its C(login) that the server creates for the key at the first start; null if the key
              stays an API key or cannot be migrated.
          type: dict
          returned: success
scan:
  description: The number of searched C(files) and of C(skipped) files, by reason.
  type: dict
  returned: success
summary:
  description:
    - The number of C(organizations), of C(api_keys) and of those that have C(expired), and the number of C(findings), of
      C(decisions) among them, and of C(decided) ones.
  type: dict
  returned: success
# BEGIN GENERATED (make generate): concurrency failure code=bad_input
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
      sample: bad_input
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
from ..module_utils._upgrade.module import OPTIONS, guard


def main() -> None:
    report(OPTIONS, guard)


if __name__ == "__main__":
    main()
