#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_terraform_migrate
short_description: Rewrite API keys in Terraform code to service accounts and tokens
version_added: 0.1.0
description:
  - Reads a directory of Terraform code and puts C(grafana_service_account) and C(grafana_service_account_token) in the place
    of each C(grafana_api_key), and C(grafana_cloud_stack_service_account) and C(grafana_cloud_stack_service_account_token) in
    the place of each C(grafana_cloud_stack_api_key), with all that refers to them. Comments, formatting and everything else
    in the files stay as they are, to the byte.
  - Version 3 of the provider does not know API keys, so two applies are needed. For the first one, with provider 2.19, the
    module writes C(removed) blocks, with which Terraform forgets the keys without deleting them in Grafana. Between the two,
    old and new keys work. For the second one the module pins provider 3 and takes these blocks away again.
  - A key that is mentioned somewhere in a way that cannot be rewritten stays as it is, its block and all references, and is
    told in RV(not_rewritten). C(grafana_cloud_api_key) is something else, and stays.
  - State files are never read. The module asks neither Grafana nor Terraform anything; look at what C(terraform plan) says
    before each apply.
  - Runs on the host that has the code, as a rule the control node.
options:
  path:
    description:
      - The directory. Directories in it are read as well, but for C(.terraform) and the like. Give the one that holds the root
        modules and the modules that they call by a local path.
    type: path
    required: true
  apply:
    description:
      - Which apply the code is made ready for.
      - V(second) fails while there are API keys in the code.
    type: str
    choices: [first, second]
    default: first
  token_suffix:
    description:
      - What is put at the end of a token's name. Names of tokens and API keys are unique in an organization, so a token
        cannot have the name of a key that is still there.
    type: str
    default: "-token"
  provider_version:
    description:
      - The version of the provider for the second apply, where the code does not ask for 3 or newer already.
    type: str
    default: "~> 3.22"
  consolidate:
    description:
      - Keys that become tokens of one account. They have to be of one module, and to say the same for C(role), C(org_id),
        C(stack_slug), C(provider) and C(depends_on).
    type: list
    elements: dict
    default: []
    suboptions:
      account:
        description: What the account's resource is called.
        type: str
        required: true
      name:
        description: What the account is called in Grafana; by default as its resource.
        type: str
      keys:
        description: The keys, such as V(grafana_api_key.ci).
        type: list
        elements: str
        required: true
      directory:
        description: The module that they are in, relative to O(path).
        type: str
        default: "."
  adopt:
    description:
      - Accounts that Grafana has already because it has migrated the keys by itself (C(sa-autogen-...)). They are adopted by
        C(import) blocks rather than made anew. Tokens cannot be imported, so new ones are made beside the migrated keys.
      - Terraform gives the account the name of the key. In Grafana Cloud an account cannot be renamed, so there changes of
        the name are ignored.
    type: list
    elements: dict
    default: []
    suboptions:
      address:
        description:
          - The key as C(terraform state list) has shown it, such as V(module.tenant["a"].grafana_api_key.ci[0]).
        type: str
        required: true
      id:
        description:
          - The account's id for import, C(ID) or C(ORGANIZATION:ID); in Grafana Cloud C(STACK:ID).
        type: str
        required: true
      directory:
        description: The root module, relative to O(path).
        type: str
        default: "."
  strict:
    description:
      - Whether to fail, with nothing written, when something cannot be rewritten.
    type: bool
    default: false
requirements:
  - tree-sitter >= 0.23 (Python library)
  - tree-sitter-hcl >= 1.2 (Python library), which needs Python 3.10
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status without modifying the target.
    support: full
  diff_mode:
    description: Returns what has changed, or would, when in diff mode.
    support: full
    details: Strings that look like keys or passwords are hidden.
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  platform:
    description: The platform of the host that runs the module.
    platforms: posix
    support: full
  action_group:
    description: Belongs to the action group C(group/orgsmith.grafana.grafana) for C(module_defaults).
    support: none
    membership: []
    details: It has no connection to Grafana.
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Make the code ready for the first apply, with provider 2.19
  orgsmith.grafana.grafana_terraform_migrate:
    path: "{{ playbook_dir }}/terraform"
  register: rewritten

- name: What has to be done by hand
  ansible.builtin.debug:
    var: rewritten.not_rewritten

- name: Two keys become tokens of one account, and accounts that are there already are adopted
  orgsmith.grafana.grafana_terraform_migrate:
    path: "{{ playbook_dir }}/terraform"
    consolidate:
      - account: pipeline
        keys: [grafana_api_key.build, grafana_api_key.deploy]
    adopt:
      - address: grafana_api_key.team["checkout"]
        id: "1:14"

- name: Make the code ready for the second apply, with provider 3
  orgsmith.grafana.grafana_terraform_migrate:
    path: "{{ playbook_dir }}/terraform"
    apply: second
"""

RETURN = r"""
files:
  description: The files that differ now, or would.
  type: list
  elements: dict
  returned: success
  contains:
    path:
      description: The file, relative to O(path).
      type: str
      returned: success
    change:
      description: C(changed), C(created) or C(removed).
      type: str
      returned: success
resources:
  description: The keys that were rewritten, and what stands in their place.
  type: list
  elements: dict
  returned: success
  contains:
    address:
      description: The key, in its module.
      type: str
      returned: success
      sample: grafana_api_key.ci
    directory:
      description: The module, relative to O(path).
      type: str
      returned: success
    file:
      description: The file that has it, relative to O(path).
      type: str
      returned: success
    line:
      description: The line on which it was.
      type: int
      returned: success
    account:
      description: The account's address in the module.
      type: str
      returned: success
      sample: grafana_service_account.ci
    token:
      description: The token's address in the module.
      type: str
      returned: success
      sample: grafana_service_account_token.ci
not_rewritten:
  description: What was left as it is, and is to be rewritten by hand.
  type: list
  elements: dict
  returned: success
  contains:
    file:
      description: The file, relative to O(path).
      type: str
      returned: success
    line:
      description: The line.
      type: int
      returned: success
    what:
      description: The resource or expression.
      type: str
      returned: success
    why:
      description: What keeps it from being rewritten.
      type: str
      returned: success
notes:
  description: What to mind before the first apply; these are warnings as well.
  type: list
  elements: str
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

from ..module_utils._terraform.module import migrate


def main() -> None:
    migrate()


if __name__ == "__main__":
    main()
