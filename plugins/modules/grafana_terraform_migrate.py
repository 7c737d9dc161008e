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
  - Reads a directory of Terraform code. It replaces each C(grafana_api_key) with C(grafana_service_account) and
    C(grafana_service_account_token), and each C(grafana_cloud_stack_api_key) with C(grafana_cloud_stack_service_account) and
    C(grafana_cloud_stack_service_account_token). A C(grafana_api_key) with C(cloud_stack_slug), from version 1 of the provider,
    is also a key of a stack. The module also rewrites all references to keys, and C(cloud_api_key) in the provider block becomes
    C(cloud_access_policy_token). Comments, formatting and all other code stay the same, to the byte.
  - Version 3 of the provider does not support API keys, so two applies are necessary. For the first one, with provider 2.19, the
    module writes C(removed) blocks. With them Terraform forgets the keys and does not delete them in Grafana. Between the two
    applies, old and new keys work. For the second apply, the module pins provider 3 and deletes these blocks.
  - If the code refers to a key in a way that the module cannot rewrite, it does not change the key, its block or any reference,
    and lists it in RV(not_rewritten). It does not change C(grafana_cloud_api_key), which is another kind of key.
  - The module never reads state files and sends no requests to Grafana or Terraform. Read the output of C(terraform plan) before
    each apply.
  - Run it on the host that has the code, usually the control node.
options:
  path:
    description:
      - The directory with the code. The module also reads its subdirectories, except C(.terraform) and similar ones. It must
        contain the root modules and all modules that they call by a local path.
    type: path
    required: true
  apply:
    description:
      - The apply for which the module rewrites the code.
      - V(second) moves C(org_id) from the provider block to the resources and data sources that use the provider.
      - V(second) fails if the code still contains API keys, or arguments that provider 3 does not accept and that the module
        cannot change.
    type: str
    choices: [first, second]
    default: first
  token_suffix:
    description:
      - The suffix of the names of tokens. Names of tokens and API keys are unique in an organization, so a token cannot
        have the
        name of a key that still exists.
    type: str
    default: "-token"
  provider_version:
    description:
      - The version of the provider for the second apply, if the code does not already require 3 or newer.
    type: str
    default: "~> 3.22"
  consolidate:
    description:
      - Keys that become tokens of one account. They must be in one module and have the same C(role), C(org_id), C(stack_slug),
        C(provider) and C(depends_on).
    type: list
    elements: dict
    default: []
    suboptions:
      account:
        description: The name of the account's resource.
        type: str
        required: true
      name:
        description: The name of the account in Grafana. The default is the name of its resource.
        type: str
      keys:
        description: The keys, such as V(grafana_api_key.ci).
        type: list
        elements: str
        required: true
      directory:
        description: The module that contains the keys, relative to O(path).
        type: str
        default: "."
  adopt:
    description:
      - Accounts that already exist because Grafana has migrated the keys itself (C(sa-autogen-...)). The module writes
        C(import)
        blocks for them, so that Terraform does not create new ones. Tokens cannot be imported, so Terraform creates new tokens
        next to the migrated keys.
      - Terraform renames the account to the name of the key. In Grafana Cloud an account cannot be renamed, so there the code
        ignores changes of the name.
    type: list
    elements: dict
    default: []
    suboptions:
      address:
        description:
          - The address of the key, as C(terraform state list) printed it, such as V(module.tenant["a"].grafana_api_key.ci[0]).
        type: str
        required: true
      id:
        description:
          - The import id of the account, C(ID) or C(ORGANIZATION:ID); for a key of a stack in Grafana Cloud C(STACK:ID).
        type: str
        required: true
      directory:
        description: The root module, relative to O(path).
        type: str
        default: "."
  strict:
    description:
      - Whether the module fails and writes nothing if it cannot rewrite something.
    type: bool
    default: false
requirements:
  - tree-sitter >= 0.23 (Python library)
  - tree-sitter-hcl >= 1.2 (Python library), which needs Python 3.10
extends_documentation_fragment:
  - orgsmith.grafana.attributes
attributes:
  diff_mode:
    details: The module hides values that may be secrets, and whole lines in heredocs and with escaped quotes.
  action_group:
    support: none
    membership: []
    details: The module does not connect to Grafana.
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Rewrite the code for the first apply, with provider 2.19
  orgsmith.grafana.grafana_terraform_migrate:
    path: "{{ playbook_dir }}/terraform"
  register: rewritten

- name: Show what must be rewritten by hand
  ansible.builtin.debug:
    var: rewritten.not_rewritten

- name: Turn two keys into tokens of one account, and import an existing account
  orgsmith.grafana.grafana_terraform_migrate:
    path: "{{ playbook_dir }}/terraform"
    consolidate:
      - account: pipeline
        keys: [grafana_api_key.build, grafana_api_key.deploy]
    adopt:
      - address: grafana_api_key.team["checkout"]
        id: "1:14"

- name: Rewrite the code for the second apply, with provider 3
  orgsmith.grafana.grafana_terraform_migrate:
    path: "{{ playbook_dir }}/terraform"
    apply: second
"""

RETURN = r"""
files:
  description: The files that were changed or would be changed.
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
  description: The keys that were rewritten, with the resources that replace them.
  type: list
  elements: dict
  returned: success
  contains:
    address:
      description: The address of the key in its module.
      type: str
      returned: success
      sample: grafana_api_key.ci
    directory:
      description: The module, relative to O(path).
      type: str
      returned: success
    file:
      description: The file that contained the key, relative to O(path).
      type: str
      returned: success
    line:
      description: The line number of the key.
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
  description: Code that the module did not change and that needs a rewrite by hand.
  type: list
  elements: dict
  returned: success
  contains:
    file:
      description: The file, relative to O(path).
      type: str
      returned: success
    line:
      description: The line number.
      type: int
      returned: success
    what:
      description: The resource or expression.
      type: str
      returned: success
    why:
      description: Why the module cannot rewrite it.
      type: str
      returned: success
notes:
  description: What to know before the apply. The module also prints these notes as warnings.
  type: list
  elements: str
  returned: success
# BEGIN GENERATED (make generate): failure code=bad_input
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

from ..module_utils._terraform.module import migrate


def main() -> None:
    migrate()


if __name__ == "__main__":
    main()
