#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_apikey_migrate
short_description: Migrate the API keys of Grafana to service accounts and tokens
version_added: 0.1.0
description:
  - Newer versions of Grafana do not support API keys. From 11.3 on, none can be created. From 11.6 on, each start of the server
    migrates all API keys to service accounts with names such as C(sa-autogen-NAME). From 12.1 on, the API for API keys no longer
    exists, and keys that were never migrated do not work.
  - This module migrates the API keys of one, some or all organizations, and reports the result for each key. It changes nothing
    if nothing is left to migrate.
  - With O(mode=server) the server migrates the keys itself (9.1 to 12.0). A key keeps its secret, id, name and expiry, so clients
    do not notice. The module does not rely on the response of the server. It counts a key as migrated when a service account has
    its token.
  - With O(mode=reissue) each key gets a successor, a token of a service account with a name and role of your choice. The module
    stores the new key in O(sink), and each client must switch to it.
  - With O(mode=plan) the module writes nothing and reports what it would do.
  - Up to Grafana 9.3, the server's own migration destroys keys if C([users] auto_assign_org) is off. The module reads this
    setting first. If it cannot, it tests the migration on an unused key. It refuses to migrate if keys would be
    destroyed.
  - In a stack of Grafana Cloud (O(cloud_stack)) all API keys have become service accounts. O(mode=reissue) replaces them with
    O(reissue_migrated) or by O(keys). The module rejects O(mode=server) and O(adopt) there.
  - The server lists at most 100 keys of an organization. The module migrates more keys in rounds.
options:
  mode:
    description:
      - How the keys are migrated, see the description. V(plan) reports what V(server) would do, or what V(reissue) would do if
        O(sink), O(keys), O(consolidate) or another option for reissuing is set.
    type: str
    choices: [plan, server, reissue]
    required: true
  orgs:
    description:
      - V(all) for every organization, or a list of names and ids. Without it, the module uses the organizations of O(keys), or
        the one of O(org_name) or O(org_id).
    type: raw
  key_id:
    description:
      - Migrate only API keys with these ids.
    type: list
    elements: int
  key_name:
    description:
      - Migrate only API keys with these names. If a name does not exist, the module warns, because the key may have
        been migrated
        before.
    type: list
    elements: str
  name_pattern:
    description:
      - Migrate only API keys whose names contain a match of this regular expression.
    type: str
  roles:
    description:
      - Migrate only API keys with these roles.
    type: list
    elements: str
    choices: [None, Viewer, Editor, Admin]
  unused_for:
    description:
      - Migrate only API keys that were never used, or not for this long, as a duration such as V(90d). It needs Grafana 10.0 or
        later, because earlier versions do not return the last use.
    type: raw
  expired_keys:
    description:
      - What the module does with selected keys that have expired. The default is V(migrate) with O(mode=server) and
        V(keep) with
        O(mode=reissue).
    type: str
    choices: [migrate, delete, keep]
  keys:
    description:
      - For O(mode=reissue), the keys to reissue. Use it for keys that the server does not list (any more), or to
        reissue exactly
        these keys.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the old key.
        type: raw
      role:
        description: The role of its successor.
        type: str
        choices: [None, Viewer, Editor, Admin]
      service_account:
        description: The account of its successor. It replaces the name from O(account_template).
        type: raw
      seconds_to_live:
        description: The lifetime of its successor. It replaces O(seconds_to_live).
        type: raw
      org_id:
        description: The id of the organization. It replaces the organization of the task.
        type: raw
      org_name:
        description: The exact name of the organization. It replaces the organization of the task.
        type: raw
  consolidate:
    description:
      - For O(mode=reissue), rules for keys that become tokens of one account. The first rule that matches a key applies.
      - All tokens of an account have the role of the account, so the module rejects keys with different roles, unless
        O(consolidate[].mixed_roles) is set.
    type: list
    elements: dict
    suboptions:
      service_account:
        description: The account's name. With O(consolidate[].pattern), C(\1) stands for the text that its first group matches.
        type: raw
      keys:
        description: Names of keys.
        type: list
        elements: str
      pattern:
        description: A regular expression that must match the whole name of a key.
        type: str
      role:
        description: The account's role. The default is the role of its keys.
        type: str
        choices: [None, Viewer, Editor, Admin]
      mixed_roles:
        description:
          - Whether keys with different roles may share the account. O(consolidate[].role) is then the role of the account.
        type: bool
  account_template:
    description:
      - For a reissued key that no rule matches, the name of the account, with C({name}), C({id}) and C({role}) of the key, and
        C({org_id}). The default is V({name}).
      - Up to Grafana 10.4.0, accounts of two organizations cannot have the same name, so use C({org_id}) in the template there.
    type: str
  token_template:
    description:
      - The name of the token of a reissued key. It must contain C({name}), so that a later run can recognise which key it
        replaces. It must not be the name alone, which is in use as long as the old key exists. The default is V(replaces-{name}).
    type: str
  seconds_to_live:
    description:
      - The longest lifetime of a reissued key, in seconds, as a duration such as V(90d), or V(max) for the longest that the
        server allows. Without it, a new key expires at the same time as the old one.
    type: raw
  sink:
    description:
      - Where the module stores the keys that O(mode=reissue) creates, as for M(orgsmith.grafana.grafana_sa_token). A template
        must give each key its own location. C({name}) is the name of the token.
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
  delete_keys:
    description:
      - When O(mode=reissue) deletes an old key. V(never) keeps it. V(after_proof) deletes it when its successor is stored and its
        key has worked in a request. V(unused_for=30d) in addition requires that the old key was not used for this long (Grafana
        10.0 or later, because earlier versions do not return the last use). The default is V(never).
    type: str
  reissue_migrated:
    description:
      - Whether O(mode=reissue) also replaces tokens of accounts that the server's own migration created (C(sa-autogen-…)). Use it
        to group such tokens, because a token cannot move to another account. O(delete_keys) then deletes the account.
    type: bool
    default: false
  adopt:
    description:
      - New names and roles for the accounts that the server's own migration creates in this run or has created before. Their
        tokens do not change. The first rule that matches an account applies.
    type: list
    elements: dict
    suboptions:
      service_account:
        description: The current name of the account.
        type: raw
      pattern:
        description: A regular expression that must match the whole current name.
        type: str
      name:
        description: The new name. With O(adopt[].pattern), C(\1) stands for the text that its first group matches.
        type: raw
      role:
        description: The new role.
        type: str
        choices: [None, Viewer, Editor, Admin]
  verify_keys:
    description:
      - Old keys that the module tests with a request before and after the migration. RV(verified) reports in which organization,
        as which account and with which role each key works. If a key does not work, the task fails, but not in check mode or with
        O(mode=plan).
      - A test counts as a use on the server.
    type: list
    elements: dict
    suboptions:
      key:
        description: The key.
        type: str
      path:
        description: A file with the key, on the host that runs the module.
        type: path
      sink:
        description: Where the key is stored, as for O(sink).
        type: dict
        suboptions: *sink_suboptions
      name:
        description:
          - The value of C({name}) in O(verify_keys[].sink), and the name of a O(verify_keys[].key) in the result.
        type: raw
      service_account:
        description: >-
          The account that the key is expected to belong to, and the value of C({service_account}) in O(verify_keys[].sink).
        type: raw
      org_id:
        description: The id of the organization in which the key is expected to work.
        type: raw
      org_name:
        description: The name of the organization in which the key is expected to work.
        type: raw
      role:
        description: The role that the key is expected to have.
        type: str
        choices: [None, Viewer, Editor, Admin]
  hide_api_keys_page:
    description:
      - Whether the module hides the page of API keys in the menu of each organization that has none left after this run migrated
        some. Only Grafana 9.1 to 9.4 can do this. With other versions the option has no effect.
      - Users can still create API keys with the API.
    type: bool
    default: false
  fail_fast:
    description:
      - Whether the run stops at the first organization that fails. By default the module continues with the other organizations,
        and fails at the end.
    type: bool
    default: false
  on_failure:
    description:
      - V(fail) fails the task if a key or an organization fails.
      - V(report) does not fail the task; the result says what failed, and the play decides what to do.
    type: str
    choices: [fail, report]
    default: fail
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.cloud
  - orgsmith.grafana.attributes
seealso:
  - module: orgsmith.grafana.grafana_api_key_info
  - module: orgsmith.grafana.grafana_sa_token
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Plan the server's own migration
  orgsmith.grafana.grafana_apikey_migrate:
    mode: plan
    orgs: all
  register: planned

- name: Migrate all API keys, and test two of them before and after
  orgsmith.grafana.grafana_apikey_migrate:
    mode: server
    orgs: all
    verify_keys:
      - path: /run/keys/ci.key
        role: Editor
      - path: /run/keys/reader.key

- name: Rename the accounts that the server's own migration created
  orgsmith.grafana.grafana_apikey_migrate:
    mode: server
    orgs: all
    adopt:
      - pattern: sa-autogen-(.*)
        name: \1

- name: Reissue the former API keys of a stack of Grafana Cloud
  orgsmith.grafana.grafana_apikey_migrate:
    cloud_stack: acme
    token_file: /etc/grafana/cloud-token
    mode: reissue
    reissue_migrated: true
    seconds_to_live: 90d
    sink:
      type: file
      path: /run/keys/{name}
    delete_keys: unused_for=30d

- name: Reissue keys, those of pipelines in one account, and delete old keys after a month without use
  orgsmith.grafana.grafana_apikey_migrate:
    mode: reissue
    orgs: all
    consolidate:
      - service_account: pipelines
        pattern: ci-.*
    seconds_to_live: 90d
    sink:
      type: file
      path: /run/keys/{org_name}/{name}
    delete_keys: unused_for=30d
"""

RETURN = r"""
mode:
  description: The O(mode) of the task.
  type: str
  returned: success
server:
  description:
    - C(url) and C(version) of the server. C(api_keys) is C(listed), or C(gone) if this version has no API keys (from 12.1 on).
      C(migrates_at_start) is true if each start of the server migrates all keys (from 11.6 on).
  type: dict
  returned: success
organizations:
  description: The result for each organization; in check mode and with O(mode=plan), what would happen.
  type: list
  elements: dict
  returned: success
  contains:
    index:
      description: The position in this list, from 0.
      type: int
      returned: success
    status:
      description: C(ok), C(changed), C(failed) or C(not_run).
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
    found:
      description:
        - C(listed) if the organization had API keys, C(none) if it had none, C(gone) if the server has no API keys any more.
      type: str
      returned: success
    cut:
      description: Whether the list of the server ended at 100 keys, so that the organization may have more.
      type: bool
      returned: success
    joined_org:
      description: Whether the caller joined the organization, because of O(join_org).
      type: bool
      returned: when it joined
    api_keys:
      description: The API keys of the organization.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: The API key's id; null for one of O(keys) that the server does not list.
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
        action:
          description: C(migrate), C(reissue), C(delete) or C(keep).
          type: str
          returned: success
        status:
          description: C(ok), C(changed) or C(failed); in check mode and with O(mode=plan), the status that it would have.
          type: str
          returned: success
        reason:
          description: Why the key is kept or deleted.
          type: str
          returned: when there is a reason
        service_account:
          description: >-
            The account that the key belongs to or would belong to, with C(id), C(name), C(login), C(role) and C(disabled).
          type: dict
          returned: success
        role_after:
          description: The role of that account.
          type: str
          returned: success
        token:
          description:
            - The token that the key has become, or that replaces it, with C(id), C(name), C(expires), and C(dest) if the module
              stored its key.
          type: dict
          returned: success
        deleted:
          description: Whether the API key was deleted.
          type: bool
          returned: success
        failure:
          description: The error of this key.
          type: dict
          returned: when it failed
    service_accounts:
      description:
        - The accounts that the server's own migration created in this run or before. C(adopted) is true if the account has
          another name by now.
      type: list
      elements: dict
      returned: success
    failure:
      description: The error of the organization as a whole.
      type: dict
      returned: when it failed
verified:
  description:
    - The result of the test of each of O(verify_keys). It contains C(works), C(worked_before), C(as_expected), C(reason) and
      C(message); C(org_id), C(org_name), C(service_account), C(api_key) (the name inside a key of the old format) and C(role);
      and C(source), where the key came from.
  type: list
  elements: dict
  returned: when O(verify_keys) is set
summary:
  description:
    - The number of C(organizations) and C(api_keys); of the keys that were C(migrated), C(reissued), C(deleted) or C(kept), or
      that C(failed); of the keys that are C(left); and of the C(service_accounts) that the server's own migration has created so
      far.
  type: dict
  returned: success
# BEGIN GENERATED (make generate): concurrency failure code=org_not_found
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

from ..module_utils._migration.module import migrate_api_keys


def main() -> None:
    migrate_api_keys()


if __name__ == "__main__":
    main()
