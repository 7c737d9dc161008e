#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_sa_token
short_description: Manage tokens of service accounts of Grafana
version_added: 0.1.0
description:
  - Creates a token, tests its key, stores the key, and replaces the token before it expires. The server shows a key only once,
    when it creates the token.
  - With the key, the module stores metadata that the server does not return later. The metadata contains no secret.
  - A token is present if the server lists the token that the metadata names, if that token is neither expired nor revoked and
    does not expire within O(renew_before), and if the stored key is the one that the module stored. Otherwise the module replaces
    it. It creates, tests and stores a new token, and then deletes the old one.
  - Needs Grafana 9.1 or later.
options:
  service_account:
    description:
      - The exact name of the account, or its id as a number.
    type: raw
  name:
    description:
      - The base of the token's name on the server. Names are unique as long as a token exists, so the first token has
        this name,
        and its replacements have names as O(name_template) defines.
      - Do not give such a name to another token. The module deletes only tokens that the metadata of the sink knows; see
        O(on_foreign_token).
      - It is required unless O(purge) is set.
    type: raw
  seconds_to_live:
    description:
      - The lifetime of a new token, in seconds, or as a duration with C(s), C(m), C(h), C(d), C(w), C(M) (30 days) or C(y) (365
        days), such as V(30d).
      - V(max) is the longest lifetime that the server allows. Only server admins can read this limit
        (C(api_key_max_seconds_to_live)).
      - Without it, the token never expires, and the module warns. V(0) also means never, without a warning.
    type: raw
  dest:
    description:
      - The file for the key, on the host that runs the module. Its directory must exist. O(dest) is short for a O(sink) of type
        V(file), but its value is not a template. The module writes the file atomically, with mode 0600, and keeps the owner of a
        file that it replaces.
      - Without it and O(sink), any working token with the name is sufficient, and the module can create a token only with
        O(return_key).
    type: path
  # BEGIN GENERATED (make generate): allow_ephemeral
  allow_ephemeral:
    description:
      - Whether O(dest) may be a file that ends with a container. For a O(sink), set O(sink.allow_ephemeral).
      - A file on the own file system of a container is lost with the container, so the module refuses it unless this is V(true).
        Files on volumes that are mounted into the container are always allowed. If it is not set, the module uses
        E(ORGSMITH_ALLOW_EPHEMERAL).
    type: bool
  # END GENERATED
  sink:
    description:
      - Where the module stores the key, instead of O(dest). It stores the metadata there too. The module tests that it can write
        to the sink before it creates a token.
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
  return_key:
    description:
      - Whether the result contains the key of a new token. The task then needs C(no_log=true).
    type: bool
  prove:
    description:
      - When the module tests a key with a request. The server counts the request as a use of the token and updates the time of
        its last use.
      - V(new) tests a new key, V(always) also a key that is already stored, and V(never) none. The default is V(new).
      - From Grafana 11.5 on, V(always) also checks that the key belongs to this account.
    type: str
    choices: [new, always, never]
  rotate:
    description:
      - When the module replaces a working token. V(auto) replaces it if it expires within O(renew_before), V(always) in each run,
        and V(never) does not. It always replaces a token that does not work. The default is V(auto).
    type: str
    choices: [never, auto, always]
  renew_before:
    description:
      - How long before it expires the module replaces a token, as a duration such as V(7d). It must be shorter than
        O(seconds_to_live).
    type: raw
  name_template:
    description:
      - A template for the names of tokens, with C({name}), C({counter}) and C({date}) (such as C(20260131), from the clock of the
        server).
      - Without C({counter}), the module appends a number if the name is in use. Without a template, tokens have the names
        C(NAME), C(NAME-2), C(NAME-3) and so on.
    type: str
  keep_previous:
    description:
      - How long a replaced token keeps working next to the new one. A duration such as V(7d); or V(until_unused=7d), as long as
        it was used within that time; or V(until_unused), which is the same as V(until_unused=1d). A later run deletes it. Without
        this option, the module deletes it when the new key is stored.
      - The metadata stores until when the token is kept. Later tasks honour this, also without this option.
    type: raw
  max_tokens:
    description:
      - The maximum number of tokens of the account. If a new token would exceed it, the module does not create one.
    type: int
  orphan_after:
    description:
      - The minimum age of a token before the module deletes it because a run noted its name and then did not store its key. If
        the sink has no lock, another run may be about to store the key of a younger token. The default is V(15m).
    type: raw
  on_foreign_token:
    description:
      - What the module does if it would create a token, and the account has a working token with the name that the metadata of
        the sink does not know. Another task, another host or a person has created it, and clients may use it.
      - V(fail) fails before the first write. V(replace) replaces the token and honours O(keep_previous). The default is V(fail).
      - Without O(dest) and O(sink), the option has no effect.
    type: str
    choices: [fail, replace]
  purge:
    description:
      - Which other tokens of the account the module deletes. V(expired) deletes expired tokens, V(unlisted) those that no item of
        this task names, and for example V(unused_for=90d) those that were not used for 90 days.
      - It does not delete working tokens that are younger than O(orphan_after).
    type: list
    elements: str
  state:
    description:
      - Whether the token exists. V(absent) deletes the token that the metadata names, and the stored key and metadata. Without
        metadata, it deletes the token with the name.
      - If the metadata names another organization, account or token, the task fails and deletes nothing.
    type: str
    choices: [present, absent]
    default: present
  batch:
    # BEGIN GENERATED (make generate): batch
    description:
      - Many objects in one run. Each item takes the options of a single object. Options of the task are the defaults of all
        items.
      - If an item has a mistake that the module can detect without the server, the run stops before the first write. If the
        server refuses an item, only that item fails.
    type: list
    elements: dict
    suboptions:
      service_account:
        description:
          - The exact name of the account, or its id as a number.
        type: raw
      name:
        description:
          - The base of the token's name on the server. Names are unique as long as a token exists, so the first token has this
            name, and its replacements have names as O(name_template) defines.
          - Do not give such a name to another token. The module deletes only tokens that the metadata of the sink knows; see
            O(on_foreign_token).
          - It is required unless O(purge) is set.
        type: raw
      seconds_to_live:
        description:
          - The lifetime of a new token, in seconds, or as a duration with C(s), C(m), C(h), C(d), C(w), C(M) (30 days) or C(y)
            (365 days), such as V(30d).
          - V(max) is the longest lifetime that the server allows. Only server admins can read this limit
            (C(api_key_max_seconds_to_live)).
          - Without it, the token never expires, and the module warns. V(0) also means never, without a warning.
        type: raw
      dest:
        description:
          - The file for the key, on the host that runs the module. Its directory must exist. O(dest) is short for a O(sink) of
            type V(file), but its value is not a template. The module writes the file atomically, with mode 0600, and keeps the
            owner of a file that it replaces.
          - Without it and O(sink), any working token with the name is sufficient, and the module can create a token only with
            O(return_key).
        type: path
      allow_ephemeral:
        description:
          - Whether O(dest) may be a file that ends with a container. For a O(sink), set O(sink.allow_ephemeral).
          - A file on the own file system of a container is lost with the container, so the module refuses it unless this is
            V(true). Files on volumes that are mounted into the container are always allowed. If it is not set, the module uses
            E(ORGSMITH_ALLOW_EPHEMERAL).
        type: bool
      sink:
        description:
          - Where the module stores the key, instead of O(dest). It stores the metadata there too. The module tests that it can
            write to the sink before it creates a token.
        type: dict
        suboptions: *sink_suboptions
      return_key:
        description:
          - Whether the result contains the key of a new token. The task then needs C(no_log=true).
        type: bool
      prove:
        description:
          - When the module tests a key with a request. The server counts the request as a use of the token and updates the time
            of its last use.
          - V(new) tests a new key, V(always) also a key that is already stored, and V(never) none. The default is V(new).
          - From Grafana 11.5 on, V(always) also checks that the key belongs to this account.
        type: str
        choices: [new, always, never]
      rotate:
        description:
          - When the module replaces a working token. V(auto) replaces it if it expires within O(renew_before), V(always) in each
            run, and V(never) does not. It always replaces a token that does not work. The default is V(auto).
        type: str
        choices: [never, auto, always]
      renew_before:
        description:
          - How long before it expires the module replaces a token, as a duration such as V(7d). It must be shorter than
            O(seconds_to_live).
        type: raw
      name_template:
        description:
          - A template for the names of tokens, with C({name}), C({counter}) and C({date}) (such as C(20260131), from the clock of
            the server).
          - Without C({counter}), the module appends a number if the name is in use. Without a template, tokens have the names
            C(NAME), C(NAME-2), C(NAME-3) and so on.
        type: str
      keep_previous:
        description:
          - How long a replaced token keeps working next to the new one. A duration such as V(7d); or V(until_unused=7d), as long
            as it was used within that time; or V(until_unused), which is the same as V(until_unused=1d). A later run deletes it.
            Without this option, the module deletes it when the new key is stored.
          - The metadata stores until when the token is kept. Later tasks honour this, also without this option.
        type: raw
      max_tokens:
        description:
          - The maximum number of tokens of the account. If a new token would exceed it, the module does not create one.
        type: int
      orphan_after:
        description:
          - The minimum age of a token before the module deletes it because a run noted its name and then did not store its key.
            If the sink has no lock, another run may be about to store the key of a younger token. The default is V(15m).
        type: raw
      on_foreign_token:
        description:
          - What the module does if it would create a token, and the account has a working token with the name that the metadata
            of the sink does not know. Another task, another host or a person has created it, and clients may use it.
          - V(fail) fails before the first write. V(replace) replaces the token and honours O(keep_previous). The default is
            V(fail).
          - Without O(dest) and O(sink), the option has no effect.
        type: str
        choices: [fail, replace]
      purge:
        description:
          - Which other tokens of the account the module deletes. V(expired) deletes expired tokens, V(unlisted) those that no
            item of this task names, and for example V(unused_for=90d) those that were not used for 90 days.
          - It does not delete working tokens that are younger than O(orphan_after).
        type: list
        elements: str
      state:
        description:
          - Whether the token exists. V(absent) deletes the token that the metadata names, and the stored key and metadata.
            Without metadata, it deletes the token with the name.
          - If the metadata names another organization, account or token, the task fails and deletes nothing.
        type: str
        choices: [present, absent]
      org_id:
        description: The id of this item's organization. It replaces the organization of the task.
        type: raw
      org_name:
        description: The exact name of this item's organization. It replaces the organization of the task.
        type: raw
      token_file:
        description: A file with the key that the module uses for this item, instead of the identity of the task.
        type: path
    # END GENERATED
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.cloud
  - orgsmith.grafana.batch
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create a token for the pipelines of tenant-1
  orgsmith.grafana.grafana_sa_token:
    org_name: tenant-1
    service_account: ci
    name: ci
    seconds_to_live: 30d
    dest: /run/keys/tenant-1.token

- name: Replace a token a week before it expires, store it in Vault, and keep the old key for a day
  orgsmith.grafana.grafana_sa_token:
    org_name: tenant-1
    service_account: ci
    name: ci
    name_template: "{name}-{date}"
    seconds_to_live: 30d
    renew_before: 7d
    keep_previous: 1d
    sink:
      type: hashi_vault
      url: https://vault.example.org:8200
      path: grafana/{org_name}/{service_account}
      role_id: grafana-rotation
      secret_id_file: /run/secrets/vault-secret-id

- name: Store the keys of many tenants in one encrypted file of the inventory
  orgsmith.grafana.grafana_sa_token:
    service_account: ci
    name: ci
    seconds_to_live: 90d
    renew_before: 14d
    sink:
      type: ansible_vault
      path: group_vars/all/grafana_keys.yml
      variable: grafana_key_{org_name}
    batch:
      - org_name: tenant-1
      - org_name: tenant-2

- name: Create a token of a stack of Grafana Cloud
  orgsmith.grafana.grafana_sa_token:
    cloud_stack: acme
    token_file: /etc/grafana/cloud-token
    service_account: ci
    name: ci
    seconds_to_live: 90d
    renew_before: 14d
    dest: /etc/ci/grafana-key

- name: Delete expired and unused tokens
  orgsmith.grafana.grafana_sa_token:
    org_name: tenant-1
    service_account: ci
    purge: [expired, unused_for=90d]

- name: Create a token and use its key in the next task
  orgsmith.grafana.grafana_sa_token:
    org_name: tenant-1
    service_account: ci
    name: handed-over
    seconds_to_live: 12h
    return_key: true
  register: made
  no_log: true
"""

RETURN = r"""
token:
  description: The token after the task; null when it is absent.
  type: dict
  returned: always
  contains:
    id:
      description: The token's id.
      type: int
      returned: except in check mode when the token would be created
    name:
      description: The token's name on the server.
      type: str
      returned: always
    service_account:
      description: The account's name.
      type: str
      returned: always
    service_account_id:
      description: The account's id.
      type: int
      returned: except in check mode when the token would be created
    # BEGIN GENERATED (make generate): org cloud_stack returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: always
    cloud_stack:
      description: The slug of the stack.
      type: str
      returned: when O(cloud_stack) is given
    # END GENERATED
    created:
      description: When the token was created.
      type: str
      returned: except in check mode when the token would be created
    expires:
      description: >-
        When the token expires; null for never. For a token that was just created, the time comes from the clock of this host.
      type: str
      returned: except in check mode when the token would be created
    last_used:
      description: When the token was last used, if the server returns it.
      type: str
      returned: except in check mode when the token would be created
    # BEGIN GENERATED (make generate): stored_key
    dest:
      description: Where the key is stored. The path of O(dest) or of a file, or a description of another O(sink).
      type: str
      returned: when O(dest) or O(sink) is given
    fingerprint:
      description: The SHA-256 of the key. It identifies the key and does not reveal it.
      type: str
      returned: when O(dest) or O(sink) is given
    # END GENERATED
    proved:
      description: When the module tested the key before it stored it; null if it did not test it.
      type: str
      returned: when O(dest) or O(sink) is given
    was:
      description:
        - What the module found before it created a token. V(absent) is no token, V(due) a token that expires within
          O(renew_before), V(told) a token that O(rotate=always) replaces, and V(foreign) one that O(on_foreign_token=replace)
          replaces. Other values are V(expired), V(revoked), V(gone), V(lost), V(elsewhere), V(no key), V(mistyped),
          V(other key), V(refused).
      type: str
      returned: when a token was created
      sample: due
    reason:
      description: The meaning of RV(token.was), as text.
      type: str
      returned: when a token was created
    left_over:
      description:
        - Tokens that the module would delete, with the reason of each. If it would also create a token, only those of O(purge).
      type: dict
      returned: in check mode, if there are any
      sample: {"old": "it has expired"}
    never_used:
      description: Whether only this collection has used the token since it was created, and that was a week ago or more.
      type: bool
      returned: when O(dest) or O(sink) is given
    waiting:
      description:
        - Replaced tokens that O(keep_previous) still keeps, each with C(id), C(name), C(replaced) (a time), and C(keep_until) (a
          time) or C(unused_for) (seconds).
      type: list
      elements: dict
      returned: when O(dest) or O(sink) is given
    pending:
      description: Names of tokens whose keys another run may be about to store. If it does not, a later run deletes them.
      type: list
      elements: str
      returned: when O(dest) or O(sink) is given
    key:
      description: The key.
      type: str
      returned: when a token was created, O(return_key) is set and the task has C(no_log=true)
deleted:
  description:
    - The deleted tokens; in check mode those that would be deleted. In a batch, each entry of RV(results) has them.
  type: list
  elements: dict
  returned: when the status is C(changed)
  contains:
    id:
      description: The token's id.
      type: int
      returned: always
    name:
      description: The token's name.
      type: str
      returned: always
    reason:
      description: Why the module deleted it.
      type: str
      returned: always
      sample: it has expired
# BEGIN GENERATED (make generate): status joined_org planned results summary concurrency failure code=org_not_found
status:
  description: The status of the object, V(ok), V(changed) or V(failed). In a batch, each entry of RV(results) has it.
  type: str
  returned: always
  sample: changed
change:
  description: What changed or would change, in a few words.
  type: str
  returned: when the object is changed
  sample: role Editor→Admin
joined_org:
  description: Whether the caller joined the organization, because of O(join_org).
  type: bool
  returned: when it joined
planned:
  description: Why the module could not read the present state and planned the result without it.
  type: str
  returned: >-
    in check mode, if the organization or the file of O(batch[].token_file) does not exist yet, or if the caller would join the
    organization first
results:
  description:
    - The result of each item of O(batch), in order, with the same keys as the result of a single object. O(results) selects which
      items are listed.
  type: list
  elements: dict
  returned: when O(batch) is given
  contains:
    index:
      description: The position of the item in O(batch), from 0.
      type: int
      returned: always
    status:
      description: V(ok), V(changed), V(failed), or V(not_run) if O(fail_fast) ended the run before it.
      type: str
      returned: always
    label:
      description: The name of the object, as error messages show it.
      type: str
      returned: when it failed
    change:
      description: What changed or would change, in a few words.
      type: str
      returned: when the object is changed
      sample: role Editor→Admin
    failure:
      description: The error of this item.
      type: dict
      returned: when it failed
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
            - The method, URL, HTTP status and message of the server, if a request failed. Some codes add facts, such as the
              contents of a folder.
          type: dict
          returned: failure
    diff:
      description: What changed or would change.
      type: dict
      returned: in diff mode, when the item is changed
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: always
    joined_org:
      description: Whether the caller joined the organization, because of O(join_org).
      type: bool
      returned: when it joined
    planned:
      description: Why the module could not read the present state and planned the result without it.
      type: str
      returned: >-
        in check mode, if the organization or the file of O(batch[].token_file) does not exist yet, or if the caller would join
        the organization first
summary:
  description: The number of items with each status.
  type: dict
  returned: when O(batch) is given
  sample: {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
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

from ..module_utils._engine.module import manage
from ..module_utils._tenants.source import from_file
from ..module_utils._tenants.tokens import TOKENS
from ..module_utils._tokens.resource import KIND


def main() -> None:
    manage(KIND, tenants=from_file(TOKENS))


if __name__ == "__main__":
    main()
