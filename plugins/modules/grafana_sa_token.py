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
  - Makes a token, proves that its key works, stores the key, and keeps it there and fresh. The server shows a key once,
    when it is made.
  - Beside the key stands what nobody can ask the server for later, the metadata. It holds no secret.
  - A token is present if the server lists the token that is remembered there, neither expired nor revoked, if the key
    that is stored is the one that was put there, and if it does not expire within O(renew_before). Otherwise it is
    replaced. A new token is made, proven and stored, and then the old one is deleted.
  - Needs Grafana 9.1 or later.
options:
  service_account:
    description:
      - The account, by its exact name, or by its id as a number.
    type: raw
  name:
    description:
      - The base of the token's name on the server. A name is taken as long as its token exists, so the token is named
        like this, and those that replace it as O(name_template) says.
      - Tokens of that account with such a name are taken to be this task's. Give no other token one.
      - Only with O(purge) it may be left out.
    type: raw
  seconds_to_live:
    description:
      - The lifetime of a new token, in seconds, or as a duration of C(s), C(m), C(h), C(d), C(w), C(M) (30 days) and
        C(y) (365 days), such as V(30d).
      - V(max) is the longest that the server allows. Its C(api_key_max_seconds_to_live) is shown to server admins only.
      - Without it the token never expires, with a warning; V(0) says that this is meant.
    type: raw
  dest:
    description:
      - The file for the key, on the host that runs the module, in a directory that exists. It is short for a O(sink) of
        type V(file), but for templates. The file is written atomically, with mode 0600, and keeps the owner of a file that
        it replaces.
      - Without it and without O(sink) any token of the name that still works is enough, and a new one can be made only with
        O(return_key).
    type: path
  sink:
    description:
      - Where the key goes, in place of O(dest). The metadata is kept beside it. The place is tested before a token is made.
    type: dict
    # BEGIN GENERATED (make generate): sink
    suboptions: &sink_suboptions
      type:
        description:
          - Where the key goes.
          - V(file) is a file on the host that runs the module. V(ansible_vault) is a variable in a YAML file on the control node
            that C(ansible-vault) has encrypted. V(hashi_vault) is a secret of HashiCorp Vault or OpenBao, in a KV secrets engine
            of version 2. V(awx_credential) is a field of a credential of AWX or Automation Platform. V(command) is a program of
            yours.
        type: str
        choices: [ansible_vault, awx_credential, command, file, hashi_vault]
        required: true
      path:
        description:
          - Of V(file), the file for the key. It holds the key and a newline, with mode 0600; the metadata is in a file of the
            same name with C(.json) at its end.
          - Of V(ansible_vault), the encrypted file. A relative path starts from the playbook's directory. One that does not exist
            is made. What else is in the file stays as it is, to the byte.
          - Of V(hashi_vault), the secret, without the mount. Other fields of the secret stay.
          - May hold C({org_name}), C({org_id}), C({service_account}) and C({name}), as may O(sink.variable), O(sink.credential),
            O(sink.metadata_path) and the commands. In a path a slash in a value becomes C(%2F), a percent sign C(%25), and a dot
            at its beginning C(%2E).
        type: str
      variable:
        description:
          - Of V(ansible_vault), the variable for the key. The metadata is in the variable of that name with C(_metadata) at its
            end. In values that a template fills in, what no variable's name may hold becomes an underscore.
        type: str
      vault_id:
        description:
          - Of V(ansible_vault), whose secret encrypts a file that does not exist yet. A file that exists is encrypted with the
            secret that decrypts it.
        type: str
      vault_password_file:
        description:
          - Of V(ansible_vault), a file with the vault's password, in place of the vault secrets that Ansible was started with.
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
            on its standard input, and has to end with 0. C(GRAFANA_SINK_ORG_NAME), C(GRAFANA_SINK_ORG_ID),
            C(GRAFANA_SINK_SERVICE_ACCOUNT) and C(GRAFANA_SINK_NAME) in its environment say which key it is.
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
          - Of V(command), a program that is run before a token is made, and ends with 0 where a key could be stored.
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
  return_key:
    description:
      - Whether the key is in the result when it was just made. The task then needs C(no_log=true).
    type: bool
  prove:
    description:
      - When a key is tested by a request of its own. Doing so counts as use on the server, and moves the token's last
        use.
      - V(new) tests a key that was just made, V(always) also one that is stored already, V(never) none. Without it,
        V(new) holds.
      - From Grafana 11.5 on V(always) also finds out whether the key is one of this account.
    type: str
    choices: [new, always, never]
  rotate:
    description:
      - When a token that works is replaced. V(auto) does so when it expires within O(renew_before), V(always) in each run,
        V(never) not at all. One that does not work is always replaced. Without it, V(auto) holds.
    type: str
    choices: [never, auto, always]
  renew_before:
    description:
      - How long before its end a token is replaced, as a duration such as V(7d). It has to be shorter than
        O(seconds_to_live).
    type: raw
  name_template:
    description:
      - How tokens are named, with C({name}), C({counter}) and C({date}) (such as C(20260131), by the server's clock).
      - Without C({counter}), a number follows where the name is taken. Without it, tokens are called C(NAME), C(NAME-2),
        C(NAME-3) and so on.
    type: str
  keep_previous:
    description:
      - How long a replaced token that works goes on to work beside the new one, as a duration such as V(7d), or
        V(until_unused=7d) for as long as somebody has used it within that time, or V(until_unused) for a day. A later run
        deletes it. Without it, it is deleted once the new key is stored.
    type: raw
  max_tokens:
    description:
      - How many tokens the account may have. Where one more would be too many, nothing is made.
    type: int
  orphan_after:
    description:
      - How old a token of which nothing is remembered has to be before it is deleted, as another run may be about to store
        its key. Without it, V(15m).
    type: raw
  purge:
    description:
      - Which other tokens of the account are deleted. V(expired) ones, those V(unlisted), which no item of this task names,
        and those that nobody has used for so long, as V(unused_for=90d).
      - Tokens that work and are younger than O(orphan_after) are left alone.
    type: list
    elements: str
  state:
    description:
      - Whether there is to be such a token. V(absent) deletes the token that the metadata names, those of the name,
        and what is stored.
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
      service_account:
        description:
          - The account, by its exact name, or by its id as a number.
        type: raw
      name:
        description:
          - The base of the token's name on the server. A name is taken as long as its token exists, so the token is named like
            this, and those that replace it as O(name_template) says.
          - Tokens of that account with such a name are taken to be this task's. Give no other token one.
          - Only with O(purge) it may be left out.
        type: raw
      seconds_to_live:
        description:
          - The lifetime of a new token, in seconds, or as a duration of C(s), C(m), C(h), C(d), C(w), C(M) (30 days) and C(y)
            (365 days), such as V(30d).
          - V(max) is the longest that the server allows. Its C(api_key_max_seconds_to_live) is shown to server admins only.
          - Without it the token never expires, with a warning; V(0) says that this is meant.
        type: raw
      dest:
        description:
          - The file for the key, on the host that runs the module, in a directory that exists. It is short for a O(sink) of type
            V(file), but for templates. The file is written atomically, with mode 0600, and keeps the owner of a file that it
            replaces.
          - Without it and without O(sink) any token of the name that still works is enough, and a new one can be made only with
            O(return_key).
        type: path
      sink:
        description:
          - Where the key goes, in place of O(dest). The metadata is kept beside it. The place is tested before a token is made.
        type: dict
        suboptions: *sink_suboptions
      return_key:
        description:
          - Whether the key is in the result when it was just made. The task then needs C(no_log=true).
        type: bool
      prove:
        description:
          - When a key is tested by a request of its own. Doing so counts as use on the server, and moves the token's last use.
          - V(new) tests a key that was just made, V(always) also one that is stored already, V(never) none. Without it, V(new)
            holds.
          - From Grafana 11.5 on V(always) also finds out whether the key is one of this account.
        type: str
        choices: [new, always, never]
      rotate:
        description:
          - When a token that works is replaced. V(auto) does so when it expires within O(renew_before), V(always) in each run,
            V(never) not at all. One that does not work is always replaced. Without it, V(auto) holds.
        type: str
        choices: [never, auto, always]
      renew_before:
        description:
          - How long before its end a token is replaced, as a duration such as V(7d). It has to be shorter than
            O(seconds_to_live).
        type: raw
      name_template:
        description:
          - How tokens are named, with C({name}), C({counter}) and C({date}) (such as C(20260131), by the server's clock).
          - Without C({counter}), a number follows where the name is taken. Without it, tokens are called C(NAME), C(NAME-2),
            C(NAME-3) and so on.
        type: str
      keep_previous:
        description:
          - How long a replaced token that works goes on to work beside the new one, as a duration such as V(7d), or
            V(until_unused=7d) for as long as somebody has used it within that time, or V(until_unused) for a day. A later run
            deletes it. Without it, it is deleted once the new key is stored.
        type: raw
      max_tokens:
        description:
          - How many tokens the account may have. Where one more would be too many, nothing is made.
        type: int
      orphan_after:
        description:
          - How old a token of which nothing is remembered has to be before it is deleted, as another run may be about to store
            its key. Without it, V(15m).
        type: raw
      purge:
        description:
          - Which other tokens of the account are deleted. V(expired) ones, those V(unlisted), which no item of this task names,
            and those that nobody has used for so long, as V(unused_for=90d).
          - Tokens that work and are younger than O(orphan_after) are left alone.
        type: list
        elements: str
      state:
        description:
          - Whether there is to be such a token. V(absent) deletes the token that the metadata names, those of the name, and what
            is stored.
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
  - orgsmith.grafana.cloud
  - orgsmith.grafana.batch
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: A token for the pipelines of tenant-1, stored on the control node
  orgsmith.grafana.grafana_sa_token:
    org_name: tenant-1
    service_account: ci
    name: ci
    seconds_to_live: 30d
    dest: /run/keys/tenant-1.token

- name: Rotated a week before its end, in Vault, while the old key works for another day
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

- name: The keys of many tenants in one file of the inventory that ansible-vault has encrypted
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

- name: A token of a stack of Grafana Cloud
  orgsmith.grafana.grafana_sa_token:
    cloud_stack: acme
    token_file: /etc/grafana/cloud-token
    service_account: ci
    name: ci
    seconds_to_live: 90d
    renew_before: 14d
    dest: /etc/ci/grafana-key

- name: No token that nobody needs
  orgsmith.grafana.grafana_sa_token:
    org_name: tenant-1
    service_account: ci
    purge: [expired, unused_for=90d]

- name: A token whose key goes straight into something else
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
  description: The token as it is afterwards; none when it is absent.
  type: dict
  returned: always
  contains:
    id:
      description: The token's id.
      type: int
      returned: except in check mode for one that would be made
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
      returned: except in check mode for one that would be made
    # BEGIN GENERATED (make generate): org cloud_stack returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    cloud_stack:
      description: The stack's slug.
      type: str
      returned: when O(cloud_stack) is given
    # END GENERATED
    created:
      description: When it was made.
      type: str
      returned: except in check mode for one that would be made
    expires:
      description: When it expires; none for never. Of a token that was just made, by the clock of this host.
      type: str
      returned: except in check mode for one that would be made
    last_used:
      description: When it was last used, as far as the server tells.
      type: str
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
    proved:
      description: When the key was tested before it was stored; none where it was not.
      type: str
      returned: when O(dest) or O(sink) is given
    was:
      description:
        - What was there before, where a token was made. V(absent) for nothing, V(due) for one that expires within
          O(renew_before), V(told) for O(rotate=always), or V(expired), V(revoked), V(gone), V(lost), V(elsewhere), V(no key),
          V(mistyped), V(other key), V(refused), V(other org), V(other account).
      type: str
      returned: when it was made
      sample: due
    reason:
      description: The same in words.
      type: str
      returned: when it was made
    left_over:
      description:
        - Tokens that would be deleted, those of O(purge) among them, with why. Where a token is made as well, those of O(purge)
          alone.
      type: dict
      returned: in check mode, when there are any
      sample: {"old": "it has expired"}
    never_used:
      description: Whether nobody but this collection has used it since it was made, a week ago or more.
      type: bool
      returned: when O(dest) or O(sink) is given
    waiting:
      description: Tokens that it replaces and that O(keep_previous) still keeps, each with C(id), C(name) and C(replaced).
      type: list
      elements: dict
      returned: when O(dest) or O(sink) is given
    pending:
      description: Names of tokens that another run may be about to store. A later run deletes them if none does.
      type: list
      elements: str
      returned: when O(dest) or O(sink) is given
    key:
      description: The key.
      type: str
      returned: when it was just made, O(return_key) is set and the task has C(no_log=true)
# BEGIN GENERATED (make generate): status joined_org planned results summary failure code=org_not_found
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

from ..module_utils._engine.module import GrafanaModule, manage
from ..module_utils._tokens.options import OPTIONS
from ..module_utils._tokens.resource import Task, Tokens


def tokens(module: GrafanaModule) -> Tokens:
    """Return the resource, which hides keys and warns through *module*."""
    planned = module.check_mode and module.params["missing_parent"] == "plan"
    return Tokens(Task(module.hide, module.warn, module.check_mode, module.no_log, planned, module.handover))


def main() -> None:
    manage(tokens, OPTIONS, cloud=True)


if __name__ == "__main__":
    main()
