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
  - Makes a token, proves that its key works, stores the key in a file, and keeps it there. The server shows a key
    once, when it is made.
  - Beside the key, in O(dest) with C(.json) at its end, stands what nobody can ask the server for later. It holds no
    secret.
  - A token is present if the server lists the token that is remembered there, neither expired nor revoked, and the
    key in O(dest) is the one that was stored. Otherwise it is replaced. A new token is made, proven and stored, and
    then the old one is deleted.
  - Needs Grafana 9.1 or later.
options:
  service_account:
    description: &service_account
      - The account, by its exact name, or by its id as a number.
    type: raw
  name:
    description: &name
      - The base of the token's name on the server. A name is taken as long as its token exists, so the token is named
        like this, and those that replace it C(NAME-2), C(NAME-3) and so on.
      - Tokens of that account with such a name are taken to be this task's. Give no other token one.
    type: raw
  seconds_to_live:
    description: &seconds_to_live
      - The lifetime of a new token, in seconds, or as a duration of C(s), C(m), C(h), C(d), C(w), C(M) (30 days) and
        C(y) (365 days), such as V(30d).
      - Without it the token never expires, with a warning; V(0) says that this is meant.
    type: raw
  dest:
    description: &dest
      - The file for the key, on the host that runs the module, in a directory that exists. It is written atomically,
        with mode 0600, and keeps the owner of a file that it replaces.
      - Without it any token of the name that still works is enough, and a new one can be made only with
        O(return_key).
    type: path
  return_key:
    description: &return_key
      - Whether the key is in the result when it was just made. The task then needs C(no_log=true).
    type: bool
  prove:
    description: &prove
      - When a key is tested by a request of its own. Doing so counts as use on the server, and moves the token's last
        use.
      - V(new) tests a key that was just made, V(always) also one that is stored already, V(never) none. Without it,
        V(new) holds.
    type: str
    choices: [new, always, never]
  state:
    description: &state
      - Whether there is to be such a token. V(absent) deletes the token that the metadata names, those of the name,
        and the files.
    type: str
    choices: [present, absent]
    default: present
  batch:
    description:
      - Many objects in one run, each with the options of a single one. What the task itself sets is the default of
        every item.
      - A mistake that can be seen without asking the server stops the run before the first write. What the server
        refuses fails that item alone.
    type: list
    elements: dict
    suboptions:
      service_account:
        description: *service_account
        type: raw
      name:
        description: *name
        type: raw
      seconds_to_live:
        description: *seconds_to_live
        type: raw
      dest:
        description: *dest
        type: path
      return_key:
        description: *return_key
        type: bool
      prove:
        description: *prove
        type: str
        choices: [new, always, never]
      state:
        description: *state
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
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
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
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
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
    dest:
      description: Where the key is.
      type: str
      returned: when O(dest) is given
    fingerprint:
      description: The SHA-256 of the key, by which a key can be recognised and not be guessed.
      type: str
      returned: when O(dest) is given
    key:
      description: The key.
      type: str
      returned: when it was just made, O(return_key) is set and the task has C(no_log=true)
status:
  description: What became of the object. In a batch this stands in each of RV(results).
  type: str
  returned: always
  sample: changed
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
      description: Method, URL, HTTP status and the server's own message, where a request failed.
      type: dict
      returned: failure
"""

from ansible_collections.orgsmith.grafana.plugins.module_utils._module import manage
from ansible_collections.orgsmith.grafana.plugins.module_utils._token_options import OPTIONS
from ansible_collections.orgsmith.grafana.plugins.module_utils._token_resource import Surroundings, Tokens


def tokens(module):
    """Return the resource, which hides keys and warns through *module*."""
    planned = module.check_mode and module.params["missing_parent"] == "plan"
    return Tokens(Surroundings(module.hide, module.warn, module.check_mode, module.no_log, planned, module.handover))


def main():
    manage(tokens, OPTIONS)


if __name__ == "__main__":
    main()
