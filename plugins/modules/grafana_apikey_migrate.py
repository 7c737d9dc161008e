#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_apikey_migrate
short_description: Turn the API keys of Grafana into service accounts and tokens
version_added: 0.1.0
description:
  - Newer versions of Grafana refuse API keys. From 11.3 on none can be made, from 11.6 on each start of the server turns
    those that are there into service accounts called C(sa-autogen-NAME), and from 12.1 on the requests about them are gone,
    and keys that were never migrated do not work any more.
  - This module migrates the API keys of one, some or all organizations, and reports what has become of each. It changes
    nothing where nothing is left to migrate.
  - With O(mode=server) the server does it itself (9.1 to 12.0). Secret, id, name and expiry of a key live on, so nobody who
    has the key notices. What the server answers is not believed; a key counts as migrated when a service account has its
    token.
  - With O(mode=reissue) each key gets a successor, a token of a service account with a name and a role that you choose. Its
    key goes to O(sink), and whoever has the old key has to take it from there.
  - With O(mode=plan) nothing is written, and the report says what would be.
  - Up to Grafana 9.3 the server's own migration destroys keys where C([users] auto_assign_org) is off. That is looked up
    first, or tried on a key that nobody uses where it cannot be looked up, and refused.
  - In a stack of Grafana Cloud (O(cloud_stack)) all API keys have become service accounts, which O(mode=reissue) replaces with
    O(reissue_migrated), or by O(keys). O(mode=server) and O(adopt) are refused there.
  - More than 100 keys in an organization, where the server's list ends, are migrated in rounds.
options:
  mode:
    description:
      - Who migrates the keys; see above. V(plan) reports what V(server) would do, or, where O(sink), O(keys), O(consolidate)
        or another option about reissuing is set, what V(reissue) would.
    type: str
    choices: [plan, server, reissue]
    required: true
  orgs:
    description:
      - V(all) for every organization, or a list of names and ids. Without it, the organizations of O(keys), or the one of
        O(org_name) or O(org_id).
    type: raw
  key_id:
    description:
      - Only the API keys with these ids.
    type: list
    elements: int
  key_name:
    description:
      - Only the API keys with these names. A name that is not there is warned of, as it may have been migrated before.
    type: list
    elements: str
  name_pattern:
    description:
      - Only API keys in whose names this regular expression is found.
    type: str
  roles:
    description:
      - Only API keys of these roles.
    type: list
    elements: str
    choices: [None, Viewer, Editor, Admin]
  unused_for:
    description:
      - Only API keys that nobody has used for so long, as a duration such as V(90d), or ever. Needs Grafana 10.0, as older
        versions do not tell the last use.
    type: raw
  expired_keys:
    description:
      - What becomes of selected keys that have expired. Without it, V(migrate) with O(mode=server), and V(keep) with
        O(mode=reissue).
    type: str
    choices: [migrate, delete, keep]
  keys:
    description:
      - Keys to reissue that the server does not list (any more), or that are to be taken from this list alone, for
        O(mode=reissue).
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
        description: The account of its successor, in place of what O(account_template) makes of the name.
        type: raw
      seconds_to_live:
        description: The lifetime of its successor, in place of O(seconds_to_live).
        type: raw
      org_id:
        description: The organization, in place of the task's.
        type: raw
      org_name:
        description: The organization by its exact name, in place of the task's.
        type: raw
  consolidate:
    description:
      - Which keys become tokens of one account, for O(mode=reissue). The first rule that fits a key counts.
      - Keys of different roles are refused, as all tokens of an account have its role, unless O(consolidate[].mixed_roles)
        is set.
    type: list
    elements: dict
    suboptions:
      service_account:
        description: The account's name. With O(consolidate[].pattern), C(\\1) stands for what its first group has caught.
        type: raw
      keys:
        description: Names of keys.
        type: list
        elements: str
      pattern:
        description: A regular expression that has to match a key's whole name.
        type: str
      role:
        description: The account's role. Without it, the role of its keys.
        type: str
        choices: [None, Viewer, Editor, Admin]
      mixed_roles:
        description:
          - Whether keys of different roles may share the account; O(consolidate[].role) then says which role that
            has.
        type: bool
  account_template:
    description:
      - How the account of a reissued key is called that no rule takes, with C({name}), C({id}) and C({role}) of the key, and
        C({org_id}). Without it, V({name}).
      - Up to Grafana 10.4.0 two organizations cannot have accounts of one name, so put C({org_id}) into it there.
    type: str
  token_template:
    description:
      - How the token of a reissued key is called. It holds C({name}), so that a later run knows which key it replaces, and
        differs from the name alone, which is taken as long as the old key is there. Without it, V(replaces-{name}).
    type: str
  seconds_to_live:
    description:
      - The longest lifetime of a reissued key, in seconds, as a duration such as V(90d), or V(max) for what the server
        allows. Without it a key lives as long as the old one would have.
    type: raw
  sink:
    description:
      - Where the keys go that O(mode=reissue) makes, as for M(orgsmith.grafana.grafana_sa_token). A template has to tell
        them apart; C({name}) is the token's name.
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
  delete_keys:
    description:
      - When O(mode=reissue) deletes an old key. V(never); V(after_proof), once its successor is stored and has made a
        request; or V(unused_for=30d), once moreover nobody has used the old key for so long (Grafana 10.0 or later, as
        before that the last use is not told). Without it, V(never).
    type: str
  reissue_migrated:
    description:
      - Whether O(mode=reissue) also takes the tokens of accounts that the server's own migration has made (C(sa-autogen-…)).
        A token cannot move to another account, so this is how they are grouped. O(delete_keys) then deletes the account.
    type: bool
    default: false
  adopt:
    description:
      - New names and roles for the accounts that the server's own migration has made, in this run or any time before. Their
        tokens stay as they are. The first rule that fits an account counts.
    type: list
    elements: dict
    suboptions:
      service_account:
        description: The present name of the account.
        type: raw
      pattern:
        description: A regular expression that has to match the whole present name.
        type: str
      name:
        description: The new name. With O(adopt[].pattern), C(\\1) stands for what its first group has caught.
        type: raw
      role:
        description: The new role.
        type: str
        choices: [None, Viewer, Editor, Admin]
  verify_keys:
    description:
      - Old keys that are to show that they work, before and after the migration, by a request of their own. RV(verified)
        says in which organization, as whom, and with what role. One that does not work fails the task, but not in check mode
        and with O(mode=plan).
      - A test counts as use on the server.
    type: list
    elements: dict
    suboptions:
      key:
        description: The key.
        type: str
      path:
        description: A file that holds the key, on the host that runs the module.
        type: path
      sink:
        description: Where the key is, as for O(sink).
        type: dict
        suboptions: *sink_suboptions
      name:
        description:
          - What C({name}) stands for in O(verify_keys[].sink), and how a O(verify_keys[].key) is called in the
            result.
        type: raw
      service_account:
        description: The account that it is expected to belong to; also C({service_account}) in O(verify_keys[].sink).
        type: raw
      org_id:
        description: The organization in which it is expected to work.
        type: raw
      org_name:
        description: The organization in which it is expected to work, by name.
        type: raw
      role:
        description: The role that it is expected to have.
        type: str
        choices: [None, Viewer, Editor, Admin]
  hide_api_keys_page:
    description:
      - Whether the page of API keys is taken out of Grafana's menu in each organization that has none left after this run
        has migrated some. Only Grafana 9.1 to 9.4 can do that; others are left as they are.
      - It stops nobody from making API keys, by the API.
    type: bool
    default: false
  fail_fast:
    description:
      - Whether the first organization that fails ends the run. Otherwise the others go on, and the task fails at its end.
    type: bool
    default: false
  on_failure:
    description:
      - V(fail) fails the task when a key or an organization failed.
      - V(report) leaves that to the play; the result says what failed.
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
- name: What there is, and what the server would make of it
  orgsmith.grafana.grafana_apikey_migrate:
    mode: plan
    orgs: all
  register: planned

- name: All API keys of all organizations, and two of them have to work before and after
  orgsmith.grafana.grafana_apikey_migrate:
    mode: server
    orgs: all
    verify_keys:
      - path: /run/keys/ci.key
        role: Editor
      - path: /run/keys/reader.key

- name: Accounts with names of their own, after the server has migrated by itself
  orgsmith.grafana.grafana_apikey_migrate:
    mode: server
    orgs: all
    adopt:
      - pattern: sa-autogen-(.*)
        name: \1

- name: New keys for what were the API keys of a stack of Grafana Cloud
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

- name: New keys, those of the pipelines in one account, and the old ones deleted when nobody has used them for a month
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
  description: What was asked for.
  type: str
  returned: success
server:
  description:
    - The server's C(url) and C(version). C(api_keys) is C(listed), or C(gone) where this version has none (12.1 on).
      C(migrates_at_start) tells whether each start of the server migrates all keys by itself (11.6 on).
  type: dict
  returned: success
organizations:
  description: What was done, or would be, in each organization.
  type: list
  elements: dict
  returned: success
  contains:
    index:
      description: Its place in the list.
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
      description: The organization's name, where it is known.
      type: str
      returned: success
    # END GENERATED
    found:
      description:
        - C(listed) where there were API keys, C(none) where there were not, C(gone) where the server has none any
          more.
      type: str
      returned: success
    cut:
      description: Whether the server's list ended at 100 keys, so that there may be more.
      type: bool
      returned: success
    joined_org:
      description: Whether the caller joined the organization first (O(join_org)).
      type: bool
      returned: when it did
    api_keys:
      description: Each key that was seen.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: Its id; none for one of O(keys) that the server does not list.
          type: int
          returned: success
        name:
          description: Its name.
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
        action:
          description: C(migrate), C(reissue), C(delete) or C(keep).
          type: str
          returned: success
        status:
          description: C(ok), C(changed) or C(failed); with O(mode=plan) and in check mode, what it would be.
          type: str
          returned: success
        reason:
          description: Why it is kept, or deleted.
          type: str
          returned: where there is something to say
        service_account:
          description: The account that it belongs to now, or would, with C(id), C(name), C(login), C(role) and C(disabled).
          type: dict
          returned: success
        role_after:
          description: The role of that account.
          type: str
          returned: success
        token:
          description:
            - The token that it is now, or that replaces it, with C(id), C(name), C(expires), and C(dest) where its key was
              put.
          type: dict
          returned: success
        deleted:
          description: Whether the API key was deleted.
          type: bool
          returned: success
        failure:
          description: What went wrong with it.
          type: dict
          returned: when it failed
    service_accounts:
      description:
        - The accounts that the server's own migration has made, in this run or before. C(adopted) tells whether they have
          another name by now.
      type: list
      elements: dict
      returned: success
    failure:
      description: What went wrong with the organization as a whole.
      type: dict
      returned: when it did
verified:
  description:
    - What each of O(verify_keys) has shown. C(works), C(worked_before), C(as_expected), C(reason) and C(message); C(org_id),
      C(org_name), C(service_account), C(api_key) (the name that is spelt in a key of the old form) and C(role); and
      C(source), where the key came from.
  type: list
  elements: dict
  returned: when O(verify_keys) is set
summary:
  description:
    - How many C(organizations) and C(api_keys) there were, how many of these were C(migrated), C(reissued), C(deleted),
      C(kept), or have C(failed), how many are C(left), and how many C(service_accounts) the server's own migration has made
      so far.
  type: dict
  returned: success
# BEGIN GENERATED (make generate): failure code=org_not_found
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

from ..module_utils._migration.module import migrate_api_keys


def main() -> None:
    migrate_api_keys()


if __name__ == "__main__":
    main()
