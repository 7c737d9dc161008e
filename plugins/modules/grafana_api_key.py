#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_api_key
short_description: Manage API keys of an organization of Grafana, up to 11.2
version_added: 0.1.0
description:
  - Makes an API key, proves that it works, and stores it; and deletes API keys. For servers that still have them.
  - Grafana makes API keys up to 11.2. From 11.3 on a task that would have to make one fails, and says so before anything is
    written; what is there can still be deleted. From 12.1 on there are none, and O(state=absent) does nothing.
    Each run warns of that end. M(orgsmith.grafana.grafana_apikey_migrate) turns API keys into service accounts and tokens;
    new work is better off with M(orgsmith.grafana.grafana_service_account) and M(orgsmith.grafana.grafana_sa_token).
  - An API key is present if the server lists one of its name that has not expired, with the role and the lifetime that the
    task says, and if what is stored in O(dest) or O(sink) is its key.
  - An API key cannot be changed, its name is unique in the organization, and its key is shown once, when it is made. So one
    that is not as the task says can only be deleted and made again, which locks out whoever uses it. That is done where
    O(replace=when_needed) allows it. Otherwise the task fails and says what differs.
  - A key that is stored without anything being remembered of it, by hand or by another tool, is taken over if it is the key of
    that name and works.
  - The server never tells when an API key was made. Its age is known as long as what this module remembers beside the key is
    there.
  - Up to 100 API keys of an organization can be seen, as Grafana's list ends there.
options:
  name:
    description:
      - The exact name. It is unique in the organization, over all API keys and all tokens of service accounts.
    type: raw
  role:
    description:
      - The role in the organization. Without it a new API key becomes V(Viewer), the least that can read, and of an existing
        one any role is fine.
      - V(None) needs Grafana 10.2 or later.
    type: str
    choices: [Viewer, Editor, Admin, None]
  seconds_to_live:
    description:
      - The lifetime, in seconds, or as a duration of C(s), C(m), C(h), C(d), C(w), C(M) (30 days) and C(y) (365 days), such as
        V(30d). V(0) is a key that never expires.
      - Without it a new API key never expires, with a warning, and of an existing one any lifetime is fine.
      - Where nothing is remembered of when a key was made, only one that expires later than a new one would is known to have
        another lifetime.
    type: raw
  dest:
    description:
      - The file for the key, on the host that runs the module, in a directory that exists. It is short for a O(sink) of
        type V(file), but for templates. The file is written atomically, with mode 0600, and keeps the owner of a file that
        it replaces.
      - Without it and without O(sink) an API key that is there is enough, and none can be made.
    type: path
  sink:
    description:
      - Where the key goes, in place of O(dest). What is remembered of the key is kept beside it, and is no secret. The place is
        tested before an API key is made or deleted.
    type: dict
    # BEGIN GENERATED (make generate): sink of=api_key
    suboptions: &sink_suboptions
      type:
        description:
          - Where the key goes.
          - V(file) is a file on the host that runs the module. V(hashi_vault) is a secret of HashiCorp Vault or OpenBao, in a KV
            secrets engine of version 2. V(awx_credential) is a field of a credential of AWX or Automation Platform. V(command) is
            a program of yours.
          - V(ansible_vault) is for the tokens of M(orgsmith.grafana.grafana_sa_token) alone, and refused here.
        type: str
        choices: [ansible_vault, awx_credential, command, file, hashi_vault]
        required: true
      path:
        description:
          - Of V(file), the file for the key. It holds the key and a newline, with mode 0600; the metadata is in a file of the
            same name with C(.json) at its end.
          - Of V(hashi_vault), the secret, without the mount. Other fields of the secret stay.
          - May hold C({org_name}), C({org_id}) and C({name}), as may O(sink.credential), O(sink.metadata_path) and the commands.
            In a path a slash in a value becomes C(%2F), a percent sign C(%25), and a dot at its beginning C(%2E).
        type: str
      variable:
        description:
          - Of V(ansible_vault), which is refused here.
        type: str
      vault_id:
        description:
          - Of V(ansible_vault), which is refused here.
        type: str
      vault_password_file:
        description:
          - Of V(ansible_vault), which is refused here.
        type: path
      url:
        description:
          - The address of the server of V(hashi_vault) or V(awx_credential). Without it E(VAULT_ADDR), or E(CONTROLLER_HOST).
        type: str
      token:
        description:
          - The token to ask that server with. Without it, and without another identity, E(VAULT_TOKEN) and then
            C(~/.vault-token), or E(CONTROLLER_OAUTH_TOKEN).
        type: str
      token_file:
        description:
          - A file with that token.
        type: path
      username:
        description:
          - The user of V(awx_credential), in place of a token, with O(sink.password). Without it E(CONTROLLER_USERNAME).
        type: str
      password:
        description:
          - The password of O(sink.username). Without it E(CONTROLLER_PASSWORD).
        type: str
      role_id:
        description:
          - Of V(hashi_vault), the role of the AppRole method, with O(sink.secret_id) or O(sink.secret_id_file). Without it
            E(VAULT_ROLE_ID). The login is made once in a task.
        type: str
      secret_id:
        description:
          - The secret of O(sink.role_id). Without it E(VAULT_SECRET_ID).
        type: str
      secret_id_file:
        description:
          - A file with that secret.
        type: path
      auth_mount:
        description:
          - Of V(hashi_vault), where the AppRole method is mounted. Without it C(approle).
        type: str
      mount:
        description:
          - Of V(hashi_vault), where the KV secrets engine is mounted. Without it C(secret).
        type: str
      namespace:
        description:
          - Of V(hashi_vault), the namespace. Without it E(VAULT_NAMESPACE).
        type: str
      key_field:
        description:
          - Of V(hashi_vault), the field for the key; without it C(key). Of V(awx_credential), the id of the credential's field,
            which has to be a secret one.
        type: str
      metadata_field:
        description:
          - Of V(hashi_vault), the field for the metadata, as JSON text; without it C(metadata). Of V(awx_credential), a field for
            it that is not secret; without it the metadata is a line of the credential's description.
        type: str
      credential:
        description:
          - Of V(awx_credential), the credential, by its name, or by its id as a number. It has to exist.
        type: raw
      organization:
        description:
          - Of V(awx_credential), the controller's organization that the credential belongs to, where several have its name.
        type: str
      store_command:
        description:
          - Of V(command), the program that stores the key, and its arguments, run without a shell. It gets the key and a newline
            on its standard input, and has to end with 0. C(GRAFANA_SINK_ORG_NAME), C(GRAFANA_SINK_ORG_ID) and
            C(GRAFANA_SINK_NAME) in its environment say which key it is.
        type: list
        elements: str
      read_command:
        description:
          - Of V(command), the program that prints the key, and ends with 3 where there is none. Without it, a key that was stored
            is taken to be there still.
        type: list
        elements: str
      remove_command:
        description:
          - Of V(command), the program that takes the key away.
        type: list
        elements: str
      probe_command:
        description:
          - Of V(command), a program that is run before an API key is made, and ends with 0 where a key could be stored.
        type: list
        elements: str
      metadata_path:
        description:
          - Of V(command), the file for the metadata.
        type: str
      validate_certs:
        description:
          - Whether the certificate of O(sink.url) is checked. Without it E(VAULT_SKIP_VERIFY) or E(CONTROLLER_VERIFY_SSL) says
            so, and else it is.
        type: bool
      ca_path:
        description:
          - The authority's certificate to check it with. Without it E(VAULT_CACERT).
        type: path
      timeout:
        description:
          - How long a request (30 without it) or a command (60 without it) may take, in seconds.
        type: float
    # END GENERATED
  replace:
    description:
      - Whether an API key that is not as the task says may be deleted and made again. That is one that has expired, one with
        another role or lifetime, or one whose key is not in its place. With V(when_needed) the key of something else
        in the place is overwritten, too.
      - The new key is asked for before the old one is deleted, so that what the server refuses, it refuses before that.
      - An API key that was made by a run that could not store it is replaced in any case, as nobody has it.
    type: str
    choices: [never, when_needed]
    default: never
  state:
    description:
      - Whether there is to be such an API key. V(absent) deletes it, and what is stored of it, but leaves the key of something
        else in the place alone, and one that works on as the token of a service account.
    type: str
    choices: [present, absent]
    default: present
  batch:
    # BEGIN GENERATED (make generate): batch
    description:
      - Many objects in one run, each with the options of a single one. What the task itself sets is the default of every item.
      - A mistake that can be seen without asking the server stops the run before the first write. What the server refuses fails
        that item alone.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The exact name. It is unique in the organization, over all API keys and all tokens of service accounts.
        type: raw
      role:
        description:
          - The role in the organization. Without it a new API key becomes V(Viewer), the least that can read, and of an existing
            one any role is fine.
          - V(None) needs Grafana 10.2 or later.
        type: str
        choices: [Viewer, Editor, Admin, None]
      seconds_to_live:
        description:
          - The lifetime, in seconds, or as a duration of C(s), C(m), C(h), C(d), C(w), C(M) (30 days) and C(y) (365 days), such
            as V(30d). V(0) is a key that never expires.
          - Without it a new API key never expires, with a warning, and of an existing one any lifetime is fine.
          - Where nothing is remembered of when a key was made, only one that expires later than a new one would is known to have
            another lifetime.
        type: raw
      dest:
        description:
          - The file for the key, on the host that runs the module, in a directory that exists. It is short for a O(sink) of type
            V(file), but for templates. The file is written atomically, with mode 0600, and keeps the owner of a file that it
            replaces.
          - Without it and without O(sink) an API key that is there is enough, and none can be made.
        type: path
      sink:
        description:
          - Where the key goes, in place of O(dest). What is remembered of the key is kept beside it, and is no secret. The place
            is tested before an API key is made or deleted.
        type: dict
        suboptions: *sink_suboptions
      replace:
        description:
          - Whether an API key that is not as the task says may be deleted and made again. That is one that has expired, one with
            another role or lifetime, or one whose key is not in its place. With V(when_needed) the key of something else in the
            place is overwritten, too.
          - The new key is asked for before the old one is deleted, so that what the server refuses, it refuses before that.
          - An API key that was made by a run that could not store it is replaced in any case, as nobody has it.
        type: str
        choices: [never, when_needed]
      state:
        description:
          - Whether there is to be such an API key. V(absent) deletes it, and what is stored of it, but leaves the key of
            something else in the place alone, and one that works on as the token of a service account.
        type: str
        choices: [present, absent]
      org_id:
        description: The organization of this item, in place of the task's.
        type: raw
      org_name:
        description: The organization of this item by its exact name, in place of the task's.
        type: raw
      token_file:
        description: A file with the key to ask with for this item, in place of the task's identity.
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
- name: An API key for the pipelines of tenant-1
  orgsmith.grafana.grafana_api_key:
    org_name: tenant-1
    name: ci
    role: Editor
    seconds_to_live: 30d
    dest: /run/keys/tenant-1.key

- name: Keys of many tenants, made again when they have expired
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

- name: A key that nobody needs any more
  orgsmith.grafana.grafana_api_key:
    org_name: tenant-1
    name: reader
    state: absent
"""

RETURN = r"""
api_key:
  description: The API key as it is afterwards; none when it is absent. Its secret is never returned.
  type: dict
  returned: always
  contains:
    id:
      description: The API key's id.
      type: int
      returned: except in check mode for one that would be made
    name:
      description: The API key's name.
      type: str
      returned: always
    role:
      description: Its role.
      type: str
      returned: always
    # BEGIN GENERATED (make generate): org returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    # END GENERATED
    expires:
      description: When it expires; none for never. Of an API key that was just made, by the clock of this host.
      type: str
      returned: except in check mode for one that would be made
    expired:
      description: Whether it has expired.
      type: bool
      returned: except in check mode for one that would be made
    last_used:
      description: When it was last used; none for never, and up to Grafana 9, which does not tell.
      type: str
      returned: except in check mode for one that would be made
    created:
      description: When it was made; none where that is not remembered beside the stored key, as the server does not tell.
      type: str
      returned: except in check mode for one that would be made
    age:
      description: How long ago that was, in seconds.
      type: int
      returned: except in check mode for one that would be made
    cut:
      description: Whether the server's list ended at 100 API keys, so that there may be more in the organization.
      type: bool
      returned: except in check mode for one that would be made
    # BEGIN GENERATED (make generate): stored_key
    dest:
      description: Where the key is. The path of O(dest) or of a file, or another O(sink) in words.
      type: str
      returned: when O(dest) or O(sink) is given
    fingerprint:
      description: The SHA-256 of the key, by which a key can be recognised and not be guessed.
      type: str
      returned: when O(dest) or O(sink) is given
    # END GENERATED
    was:
      description:
        - What was there before, where an API key was made. V(absent) for nothing, V(gone) for a stored key that the server
          does not know, or V(expired), V(role), V(lifetime), V(unanswered), V(lost), V(elsewhere), V(remade), V(no key),
          V(other key), V(refused).
      type: str
      returned: when it was made
      sample: expired
    reason:
      description: The same in words.
      type: str
      returned: when it was made
# BEGIN GENERATED (make generate): status joined_org planned results summary failure code=replace_needed
status:
  description: What became of the object. In a batch this stands in each of RV(results).
  type: str
  returned: always
  sample: changed
joined_org:
  description: Whether the caller joined the organization first (O(join_org)).
  type: bool
  returned: when it did
planned:
  description: Why the result is planned and the present state was not read.
  type: str
  returned: >-
    in check mode, where the organization or the file of O(batch[].token_file) does not exist yet, or the caller would join the
    organization first
results:
  description: What became of each item of O(batch), in order, with the same keys as a single object's result.
  type: list
  elements: dict
  returned: when O(batch) is given
  contains:
    index:
      description: The item's place in O(batch), from 0.
      type: int
      returned: always
    status:
      description: V(ok), V(changed), V(failed), or V(not_run) after O(fail_fast).
      type: str
      returned: always
    failure:
      description: What went wrong with this item.
      type: dict
      returned: when it failed
      contains:
        code:
          description: A word that stays the same, for playbooks to act on.
          type: str
          returned: failure
          sample: replace_needed
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
    diff:
      description: What has changed, or would.
      type: dict
      returned: in diff mode, when it changed
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    joined_org:
      description: Whether the caller joined the organization first (O(join_org)).
      type: bool
      returned: when it did
    planned:
      description: Why the result is planned and the present state was not read.
      type: str
      returned: >-
        in check mode, where the organization or the file of O(batch[].token_file) does not exist yet, or the caller would join
        the organization first
summary:
  description: How many items came to which status.
  type: dict
  returned: when O(batch) is given
  sample: {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
failure:
  description: What went wrong.
  type: dict
  returned: failure
  contains:
    code:
      description: A word that stays the same, for playbooks to act on.
      type: str
      returned: failure
      sample: replace_needed
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

from ..module_utils._api_keys.resource import OPTIONS, ApiKeys
from ..module_utils._engine.module import GrafanaModule, manage
from ..module_utils._tokens.resource import Task


def api_keys(module: GrafanaModule) -> ApiKeys:
    """Return the resource, which hides keys and warns through *module*."""
    planned = module.check_mode and module.params["missing_parent"] == "plan"
    return ApiKeys(Task(module.hide, module.warn, module.check_mode, module.no_log, planned))


def main() -> None:
    manage(api_keys, OPTIONS)


if __name__ == "__main__":
    main()
