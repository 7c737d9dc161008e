#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_tenants
short_description: Create and remove complete tenants of Grafana
version_added: 0.1.0
description:
  - Creates tenants as complete organizations, with people, teams, data sources, service accounts, tokens, folders, dashboards and
    preferences, and removes tenants. The role P(orgsmith.grafana.org_bootstrap#role) runs this module.
  - It does the same as one run of each module for one kind of object, in the order of O(steps), but starts once and logs in once.
    That makes a few tenants several times faster.
  - It checks the objects of all steps before the first write. A tenant that fails in one step takes no part in the following
    ones, the other tenants go on. In check mode, each step assumes that the objects of earlier steps exist.
  - Unlike the role, it asks for no confirmation before it removes an organization, and it does not remove users.
options:
  batch:
    description:
      - The organizations. An entry has the options of an entry of C(org_bootstrap_organizations), which the role's documentation
        describes.
    type: list
    elements: dict
  steps:
    description:
      - The steps that run. They always run in the order of the list of choices.
    type: list
    elements: str
    choices: &steps
      - organizations
      - users
      - members
      - teams
      - data_sources
      - service_accounts
      - tokens
      - folders
      - dashboards
      - preferences
    default: *steps
  sink:
    description:
      - Where the module stores the keys of tokens that have neither C(dest) nor C(sink).
      - The type V(ansible_vault) needs M(orgsmith.grafana.grafana_sa_token). The role runs that module for the step V(tokens),
        and this one for the steps before and after it.
    type: dict
    # BEGIN GENERATED (make generate): sink
    suboptions: &sink_suboptions
      type:
        description:
          - The type of the sink.
          - V(file) is a file on the host that runs the module. V(ansible_vault) is a variable in a YAML file on the control node
            that is encrypted with C(ansible-vault). V(hashi_vault) is a secret of HashiCorp Vault or OpenBao, in a KV secrets
            engine of version 2. V(awx_credential) is a field of a credential of AWX or Automation Platform. V(command) is a
            program that you provide.
        type: str
        choices: [ansible_vault, awx_credential, command, file, hashi_vault]
        required: true
      path:
        description:
          - For V(file), the file for the key. It contains the key and a newline, and has mode 0600. The metadata is in a file
            with the same name and the additional ending C(.json).
          - For V(ansible_vault), the encrypted file. A relative path starts from the playbook's directory. The module creates a
            missing file. It does not change any other byte of the file.
          - For V(hashi_vault), the path of the secret, without the mount. The module keeps other fields of the secret.
          - It may contain C({org_name}), C({org_id}), C({service_account}) and C({name}). So may O(sink.variable),
            O(sink.credential), O(sink.metadata_path) and the commands. In a path, a slash in a value becomes C(%2F), a percent
            sign C(%25), and a dot at its beginning C(%2E).
        type: str
      allow_ephemeral:
        description:
          - For V(file) and V(ansible_vault), whether the key may be stored in a file that ends with a container.
          - A file on the own file system of a container is lost with the container, so the module refuses it unless this is
            V(true). Files on volumes that are mounted into the container are always allowed. If it is not set, the module uses
            E(ORGSMITH_ALLOW_EPHEMERAL).
        type: bool
      variable:
        description:
          - For V(ansible_vault), the variable for the key. The metadata is in the variable with the same name and the additional
            ending C(_metadata). In values that a template inserts, the module replaces characters that are not valid in the name
            of a variable with underscores.
        type: str
      vault_id:
        description:
          - For V(ansible_vault), the vault id whose secret encrypts a new file. The module encrypts an existing file with the
            secret that decrypts it.
        type: str
      vault_password_file:
        description:
          - For V(ansible_vault), a file with the vault password, instead of the vault secrets of the Ansible run.
        type: path
      url:
        description:
          - The address of the server, for V(hashi_vault) and V(awx_credential). If it is not set, the module uses E(VAULT_ADDR)
            or E(CONTROLLER_HOST).
        type: str
      token:
        description:
          - The token for that server. If neither it nor another identity is set, the module uses E(VAULT_TOKEN) and then
            C(~/.vault-token), or E(CONTROLLER_OAUTH_TOKEN).
        type: str
      token_file:
        description:
          - A file with that token.
        type: path
      username:
        description:
          - For V(awx_credential), the user, instead of a token. It needs O(sink.password). If it is not set, the module uses
            E(CONTROLLER_USERNAME).
        type: str
      password:
        description:
          - The password of O(sink.username). If it is not set, the module uses E(CONTROLLER_PASSWORD).
        type: str
      role_id:
        description:
          - For V(hashi_vault), the role of the AppRole method. It needs O(sink.secret_id) or O(sink.secret_id_file). If it is not
            set, the module uses E(VAULT_ROLE_ID). The module logs in once in a task.
        type: str
      secret_id:
        description:
          - The secret of O(sink.role_id). If it is not set, the module uses E(VAULT_SECRET_ID).
        type: str
      secret_id_file:
        description:
          - A file with that secret.
        type: path
      auth_mount:
        description:
          - For V(hashi_vault), the mount of the AppRole method. The default is C(approle).
        type: str
      mount:
        description:
          - For V(hashi_vault), the mount of the KV secrets engine. The default is C(secret).
        type: str
      namespace:
        description:
          - For V(hashi_vault), the namespace. If it is not set, the module uses E(VAULT_NAMESPACE).
        type: str
      key_field:
        description:
          - For V(hashi_vault), the field for the key. The default is C(key).
          - For V(awx_credential), the id of the credential's field for the key. The field must be a secret one.
        type: str
      metadata_field:
        description:
          - For V(hashi_vault), the field for the metadata, as JSON text. The default is C(metadata).
          - For V(awx_credential), a field for the metadata that is not secret. Without it, the metadata is a line in the
            description of the credential.
        type: str
      credential:
        description:
          - For V(awx_credential), the name of the credential, or its id as a number. The credential must exist, unless
            O(sink.credential_type) is set.
        type: raw
      credential_type:
        description:
          - For V(awx_credential), the name of the credential's type. The module creates a credential that does not exist, with
            this type, in O(sink.organization). A credential of the same name and another type is not used.
          - A module that deletes the key also deletes a credential that it has created, unless the credential has other content.
        type: str
      credential_inputs:
        description:
          - For V(awx_credential) with O(sink.credential_type), further inputs of a credential that the module creates, such as
            the address of Grafana. They must not be secret. An existing credential keeps its inputs.
        type: dict
      organization:
        description:
          - For V(awx_credential), the organization (of the controller) that the credential belongs to. It is needed if several
            credentials have the name, and with O(sink.credential_type).
        type: str
      store_command:
        description:
          - For V(command), the program that stores the key, with its arguments. The module runs it without a shell and writes the
            key and a newline to its standard input. The program must exit with 0. The environment variables
            C(GRAFANA_SINK_ORG_NAME), C(GRAFANA_SINK_ORG_ID), C(GRAFANA_SINK_SERVICE_ACCOUNT) and C(GRAFANA_SINK_NAME) identify
            the key.
        type: list
        elements: str
      read_command:
        description:
          - For V(command), the program that prints the key. It must exit with 3 if there is no key. Without it, the module
            assumes that a key that it stored still exists.
        type: list
        elements: str
      remove_command:
        description:
          - For V(command), the program that deletes the key.
        type: list
        elements: str
      probe_command:
        description:
          - For V(command), a program that the module runs before it creates a token. It must exit with 0 if a key can be stored.
        type: list
        elements: str
      metadata_path:
        description:
          - For V(command), the file for the metadata.
        type: str
      validate_certs:
        description:
          - Whether the module verifies the certificate of O(sink.url). If it is not set, the module uses E(VAULT_SKIP_VERIFY) or
            E(CONTROLLER_VERIFY_SSL), and otherwise verifies it.
        type: bool
      ca_path:
        description:
          - The CA certificate for O(sink.url). If it is not set, the module uses E(VAULT_CACERT) or E(CONTROLLER_CA_PATH).
        type: path
      timeout:
        description:
          - The time limit in seconds, for a request (default 30) or a command (default 60).
        type: float
    # END GENERATED
  on_undeletable:
    description:
      - What happens to an absent organization on a server that cannot delete organizations, as for
        O(orgsmith.grafana.grafana_org#module:on_undeletable).
    type: str
    choices: [fail, empty]
    default: fail
  fail_fast:
    description:
      - Whether the run stops at the first object that fails. By default the module continues with the other objects of the step,
        and with the other tenants.
    type: bool
    default: false
  on_failure:
    description:
      - V(fail) fails the task at the end, if an object fails.
      - V(report) does not fail the task; the result says what failed, and the play decides what to do.
    type: str
    choices: [fail, report]
    default: fail
  results:
    description:
      - Which objects the results of the steps list. RV(summary) has the numbers of all of them.
      - V(brief) lists objects that changed or failed, each with its tenant, its C(label), and its C(change) or its C(failure).
      - V(all), V(changed) and V(failed) list objects with everything that the module for them returns.
    type: list
    elements: str
    choices: [all, changed, failed, brief]
    default: [all]
seealso:
  - name: The role org_bootstrap
    description: Describes the options of a tenant.
    link: https://github.com/orgsmith/orgsmith.grafana/blob/main/roles/org_bootstrap/README.md
  - module: orgsmith.grafana.grafana_tenants_info
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org.unused
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create a tenant with an account for its pipelines, and one dashboard
  orgsmith.grafana.grafana_tenants:
    batch:
      - name: tenant-1
        members:
          - login: alice
            role: Editor
        service_accounts:
          - name: ci
            role: Editor
            tokens:
              - name: ci
                seconds_to_live: 30d
                dest: /run/keys/tenant-1.token
        folders: [Ops]
        dashboards:
          - path: files/overview.json
            folder: Ops

- name: Create the tenants of a file
  orgsmith.grafana.grafana_tenants:
    tenants_file: tenants.json
    sink:
      type: file
      path: /run/keys/{org_name}.{name}
    results: [brief]
"""

RETURN = r"""
steps:
  description: The result of each step that the tenants need, by the names of O(steps).
  type: dict
  returned: success
  contains:
    organizations:
      description: The result of the step. The other steps have the same keys.
      type: dict
      returned: always
      contains:
        changed:
          description: Whether the step changed an object.
          type: bool
          returned: always
        results:
          description:
            - The objects that O(results) selects. An entry has the C(tenant), and what an entry of C(results) of the module for
              this kind of object has.
          type: list
          elements: dict
          returned: always
        summary:
          description: The number of objects with each status.
          type: dict
          returned: always
  sample:
    organizations:
      changed: true
      results: [{"index": 0, "tenant": "tenant-1", "status": "changed", "label": "tenant-1", "change": "created"}]
      summary: {"ok": 0, "changed": 1, "failed": 0, "not_run": 0, "total": 1}
summary:
  description: The number of objects of all steps with each status.
  type: dict
  returned: success
  sample: {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
# BEGIN GENERATED (make generate): concurrency failure code=items_failed
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
      sample: items_failed
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

from ..module_utils._tenants.manage import manage_tenants


def main() -> None:
    manage_tenants()


if __name__ == "__main__":
    main()
