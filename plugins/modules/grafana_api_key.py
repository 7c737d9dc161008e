#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_api_key
short_description: Manage API keys of an organization of Grafana (up to 11.2)
version_added: 0.1.0
description:
  - Creates an API key, tests it and stores it, and deletes API keys. It is for servers that still have API keys.
  - Grafana creates API keys up to 11.2. From 11.3 on, a task that would have to create one fails before it writes anything, but
    the module can still delete existing API keys. From 12.1 on there are no API keys, and O(state=absent) does nothing. Each run
    warns that API keys end. M(orgsmith.grafana.grafana_apikey_migrate) turns API keys into service accounts and tokens. For new
    work use M(orgsmith.grafana.grafana_service_account) and M(orgsmith.grafana.grafana_sa_token).
  - An API key is present if the server lists one with the name that has not expired and has the role and lifetime of the task,
    and if O(dest) or O(sink) contains its key.
  - An API key cannot be changed, its name is unique in the organization, and the server shows its key only once, when it creates
    it. If an API key differs from the task, the module must delete it and create it again, and clients with the old key lose
    access. The module does so only with O(replace=when_needed). Otherwise the task fails and reports the difference.
  - If a key was stored without metadata, by hand or by another tool, the module adopts it if it is the key of that name and
    works.
  - The server does not return when an API key was created. The module knows the age of an API key only from the metadata that it
    stores with the key.
  - The server lists at most 100 API keys of an organization. The module cannot see more.
options:
  name:
    description:
      - The exact name. It is unique in the organization among all API keys and all tokens of service accounts.
    type: raw
  role:
    description:
      - The role in the organization. Without it, a new API key becomes V(Viewer), the lowest role that can read, and an
        existing
        API key may have any role.
      - V(None) needs Grafana 10.2 or later.
    type: str
    choices: [Viewer, Editor, Admin, None]
  seconds_to_live:
    description:
      - The lifetime, in seconds, or as a duration with C(s), C(m), C(h), C(d), C(w), C(M) (30 days) or C(y) (365 days), such as
        V(30d). V(0) means that the key never expires.
      - Without it, a new API key never expires, and the module warns. An existing API key may have any lifetime.
      - Without metadata, the module does not know when a key was created. It then sees a different lifetime only if the key
        expires later than a new one would.
    type: raw
  dest:
    description:
      - The file for the key, on the host that runs the module. Its directory must exist. O(dest) is short for a O(sink) of type
        V(file), but its value is not a template. The module writes the file atomically, with mode 0600, and keeps the owner of a
        file that it replaces.
      - Without it and O(sink), an existing API key is sufficient, and the module cannot create one.
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
      - Where the module stores the key, instead of O(dest). It stores metadata there too, which contains no secret. The module
        tests that it can write to the sink before it creates or deletes an API key.
    type: dict
    # BEGIN GENERATED (make generate): sink of=api_key
    suboptions: &sink_suboptions
      type:
        description:
          - The type of the sink.
          - V(file) is a file on the host that runs the module. V(hashi_vault) is a secret of HashiCorp Vault or OpenBao, in a KV
            secrets engine of version 2. V(awx_credential) is a field of a credential of AWX or Automation Platform. V(command) is
            a program that you provide.
          - V(ansible_vault) is only for tokens of service accounts (M(orgsmith.grafana.grafana_sa_token)). This module rejects
            it.
        type: str
        choices: [ansible_vault, awx_credential, command, file, hashi_vault]
        required: true
      path:
        description:
          - For V(file), the file for the key. It contains the key and a newline, and has mode 0600. The metadata is in a file
            with the same name and the additional ending C(.json).
          - For V(hashi_vault), the path of the secret, without the mount. The module keeps other fields of the secret.
          - It may contain C({org_name}), C({org_id}) and C({name}). So may O(sink.credential), O(sink.metadata_path) and the
            commands. In a path, a slash in a value becomes C(%2F), a percent sign C(%25), and a dot at its beginning C(%2E).
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
          - For V(ansible_vault), which this module rejects.
        type: str
      vault_id:
        description:
          - For V(ansible_vault), which this module rejects.
        type: str
      vault_password_file:
        description:
          - For V(ansible_vault), which this module rejects.
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
            C(GRAFANA_SINK_ORG_NAME), C(GRAFANA_SINK_ORG_ID) and C(GRAFANA_SINK_NAME) identify the key.
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
          - For V(command), a program that the module runs before it creates an API key. It must exit with 0 if a key can be
            stored.
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
  replace:
    description:
      - Whether the module may delete an API key that differs from the task and create it again. An API key differs if it has
        expired, if it has another role or lifetime, or if its key is not in O(dest) or O(sink). With V(when_needed) the module
        also overwrites a different key there.
      - The module requests the new key before it deletes the old one. If the server refuses the request, the old key still
        exists.
      - The module always replaces an API key whose key an earlier run could not store, because no one has that key.
    type: str
    choices: [never, when_needed]
    default: never
  state:
    description:
      - Whether the API key exists. V(absent) deletes it and what is stored of it. The module does not delete a stored key that
        belongs to something else, or one that still works as the token of a service account.
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
      name:
        description:
          - The exact name. It is unique in the organization among all API keys and all tokens of service accounts.
        type: raw
      role:
        description:
          - The role in the organization. Without it, a new API key becomes V(Viewer), the lowest role that can read, and an
            existing API key may have any role.
          - V(None) needs Grafana 10.2 or later.
        type: str
        choices: [Viewer, Editor, Admin, None]
      seconds_to_live:
        description:
          - The lifetime, in seconds, or as a duration with C(s), C(m), C(h), C(d), C(w), C(M) (30 days) or C(y) (365 days), such
            as V(30d). V(0) means that the key never expires.
          - Without it, a new API key never expires, and the module warns. An existing API key may have any lifetime.
          - Without metadata, the module does not know when a key was created. It then sees a different lifetime only if the key
            expires later than a new one would.
        type: raw
      dest:
        description:
          - The file for the key, on the host that runs the module. Its directory must exist. O(dest) is short for a O(sink) of
            type V(file), but its value is not a template. The module writes the file atomically, with mode 0600, and keeps the
            owner of a file that it replaces.
          - Without it and O(sink), an existing API key is sufficient, and the module cannot create one.
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
          - Where the module stores the key, instead of O(dest). It stores metadata there too, which contains no secret. The
            module tests that it can write to the sink before it creates or deletes an API key.
        type: dict
        suboptions: *sink_suboptions
      replace:
        description:
          - Whether the module may delete an API key that differs from the task and create it again. An API key differs if it has
            expired, if it has another role or lifetime, or if its key is not in O(dest) or O(sink). With V(when_needed) the
            module also overwrites a different key there.
          - The module requests the new key before it deletes the old one. If the server refuses the request, the old key still
            exists.
          - The module always replaces an API key whose key an earlier run could not store, because no one has that key.
        type: str
        choices: [never, when_needed]
      state:
        description:
          - Whether the API key exists. V(absent) deletes it and what is stored of it. The module does not delete a stored key
            that belongs to something else, or one that still works as the token of a service account.
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
  - orgsmith.grafana.batch
  - orgsmith.grafana.attributes
seealso:
  - module: orgsmith.grafana.grafana_api_key_info
  - module: orgsmith.grafana.grafana_apikey_migrate
  - module: orgsmith.grafana.grafana_sa_token
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create an API key for the pipelines of tenant-1
  orgsmith.grafana.grafana_api_key:
    org_name: tenant-1
    name: ci
    role: Editor
    seconds_to_live: 30d
    dest: /run/keys/tenant-1.key

- name: Create keys of many tenants, and replace expired ones
  orgsmith.grafana.grafana_api_key:
    name: ci
    role: Editor
    seconds_to_live: 90d
    replace: when_needed
    sink:
      type: file
      path: /run/keys/{org_name}.key
    batch:
      - org_name: tenant-1
      - org_name: tenant-2

- name: Delete an unused key
  orgsmith.grafana.grafana_api_key:
    org_name: tenant-1
    name: reader
    state: absent
"""

RETURN = r"""
api_key:
  description: The API key after the task; null when it is absent. The module never returns its secret.
  type: dict
  returned: always
  contains:
    id:
      description: The API key's id.
      type: int
      returned: except in check mode when the API key would be created
    name:
      description: The API key's name.
      type: str
      returned: always
    role:
      description: The API key's role.
      type: str
      returned: always
    # BEGIN GENERATED (make generate): org returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: always
    # END GENERATED
    expires:
      description: >-
        When the API key expires; null for never. For an API key that was just created, the time comes from the clock of this
        host.
      type: str
      returned: except in check mode when the API key would be created
    expired:
      description: Whether the API key has expired.
      type: bool
      returned: except in check mode when the API key would be created
    last_used:
      description: When the API key was last used; null for never, and up to Grafana 9, which does not return it.
      type: str
      returned: except in check mode when the API key would be created
    created:
      description: When the API key was created; null without stored metadata, because the server does not return it.
      type: str
      returned: except in check mode when the API key would be created
    age:
      description: The time since RV(api_key.created), in seconds.
      type: int
      returned: except in check mode when the API key would be created
    cut:
      description: Whether the list of the server ended at 100 API keys, so that the organization may have more.
      type: bool
      returned: except in check mode when the API key would be created
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
    was:
      description:
        - What the module found before it created an API key. V(absent) is no API key, and V(gone) a stored key that the server
          does not know. Other values are V(expired), V(role), V(lifetime), V(unanswered), V(lost), V(elsewhere), V(remade), V(no
          key), V(other key), V(refused).
      type: str
      returned: when an API key was created
      sample: expired
    reason:
      description: The meaning of RV(api_key.was), as text.
      type: str
      returned: when an API key was created
# BEGIN GENERATED (make generate): status joined_org planned results summary concurrency failure code=replace_needed
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
          sample: replace_needed
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
      sample: replace_needed
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

from ..module_utils._api_keys.resource import KIND
from ..module_utils._engine.module import manage


def main() -> None:
    manage(KIND)


if __name__ == "__main__":
    main()
