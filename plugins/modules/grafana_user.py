#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_user
short_description: Manage the users of a Grafana server
version_added: 0.1.0
description:
  - Creates, changes and deletes users of a server, and sets their password.
  - Only a server admin with user and password can do this. It does not work with tokens of service accounts, and not on Grafana
    Cloud stacks, where grafana.com manages the users; the task then fails with the code V(forbidden) before anything is written.
  - The options O(username) and O(password) are those of the caller. The password of the managed user is O(user_password).
  - The module finds a user by O(login) or, without that option, by O(email). It never renames a login. From Grafana 10 on, the
    server stores both in lower case and compares them without case; before, names that differ in case are two users.
  - Fields that an external login (LDAP, SAML, OAuth, an authentication proxy) sets are not changed. A task that would change one
    fails with the code V(externally_synced).
  - A user whose active organization was deleted gets 403 for each request, although it may be a member of other organizations.
    The module moves such a user to O(initial_org_name) or O(initial_org_id) if it is a member there, or else to its
    organization with the lowest id. It never changes the active organization of the caller for its own requests.
  - Members of organizations are managed with M(orgsmith.grafana.grafana_org_user), and service accounts with
    M(orgsmith.grafana.grafana_service_account). This module never changes a service account, and does not create users whose
    login begins with V(sa-).
options:
  login:
    description:
      - The login of the user. For an existing user, it may also be the e-mail address.
      - Without it, the user is found by O(email), and a new user gets the e-mail address as its login.
    type: raw
  email:
    description:
      - The e-mail address. A new user without it gets the login as its e-mail address. It cannot be cleared.
      - If the server verifies e-mail addresses, it stores a new one after its owner has confirmed it, which is a warning.
    type: raw
  name:
    description:
      - The name that is shown. It cannot be cleared.
    type: raw
  user_password:
    description:
      - The password of the user, at least 4 characters. Grafana creates users only with a password.
      - If the server has a password policy (from Grafana 11 on), the module tests the password against it before it writes
        anything, in check mode too.
    type: str
  update_password:
    description:
      - When an existing user gets O(user_password). With V(on_create) never.
      - With V(always) the module logs in once as the user to find out whether the password is right, also in check mode, ends
        that session at once, and sets the password if it is wrong. It logs in at most once in a run, as five failed logins in
        five minutes lock a user out. From Grafana 10 on, a new password ends the sessions of the user.
      - If the login form is disabled or not reachable, or the user is disabled, it is unknown whether the password is right. The
        module then does not change it, which is a warning.
    type: str
    choices: [on_create, always]
    default: on_create
  is_admin:
    description:
      - Whether the user is a server admin. Without it, a new user is not.
      - The last enabled server admin cannot lose this.
    type: bool
  is_disabled:
    description:
      - Whether the user is disabled and cannot log in. Without it, a new user is not.
      - The caller and the last enabled server admin cannot be disabled.
    type: bool
  initial_org_name:
    description:
      - The name of the organization whose member a new user becomes, with the role that the server's setting
        C(auto_assign_org_role) names, by default Viewer. It becomes the user's active organization.
      - Without it and without O(initial_org_id), the server adds a new user to its default organization, V(Main Org.), which is a
        warning.
      - It does not make an existing user a member; use M(orgsmith.grafana.grafana_org_user).
      - If the server's setting C(auto_assign_org) is off, the server ignores it and creates an organization for each new user,
        which is a warning.
    type: raw
  initial_org_id:
    description:
      - The id of the organization, instead of O(initial_org_name).
    type: raw
  on_existing:
    description:
      - With V(keep) the module only creates a user who does not exist, and leaves an existing one as it is.
    type: str
    choices: [update, keep]
    default: update
  orphans_only:
    description:
      - Whether V(absent) keeps a user who is a server admin, or a member of an organization that O(ignored_orgs) does not name.
    type: bool
    default: false
  ignored_orgs:
    description:
      - The names of organizations that do not count for O(orphans_only), as the same play removes them.
    type: list
    elements: raw
  state:
    description:
      - Whether the user exists. V(absent) deletes the user with its memberships.
      - The caller and the last enabled server admin cannot be deleted.
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
      - An item may also be a string, which is its O(batch[].login).
    type: list
    elements: raw
    suboptions:
      login:
        description:
          - The login of the user. For an existing user, it may also be the e-mail address.
          - Without it, the user is found by O(email), and a new user gets the e-mail address as its login.
        type: raw
      email:
        description:
          - The e-mail address. A new user without it gets the login as its e-mail address. It cannot be cleared.
          - If the server verifies e-mail addresses, it stores a new one after its owner has confirmed it, which is a warning.
        type: raw
      name:
        description:
          - The name that is shown. It cannot be cleared.
        type: raw
      user_password:
        description:
          - The password of the user, at least 4 characters. Grafana creates users only with a password.
          - If the server has a password policy (from Grafana 11 on), the module tests the password against it before it writes
            anything, in check mode too.
        type: str
      update_password:
        description:
          - When an existing user gets O(user_password). With V(on_create) never.
          - With V(always) the module logs in once as the user to find out whether the password is right, also in check mode, ends
            that session at once, and sets the password if it is wrong. It logs in at most once in a run, as five failed logins in
            five minutes lock a user out. From Grafana 10 on, a new password ends the sessions of the user.
          - If the login form is disabled or not reachable, or the user is disabled, it is unknown whether the password is right.
            The module then does not change it, which is a warning.
        type: str
        choices: [on_create, always]
      is_admin:
        description:
          - Whether the user is a server admin. Without it, a new user is not.
          - The last enabled server admin cannot lose this.
        type: bool
      is_disabled:
        description:
          - Whether the user is disabled and cannot log in. Without it, a new user is not.
          - The caller and the last enabled server admin cannot be disabled.
        type: bool
      initial_org_name:
        description:
          - The name of the organization whose member a new user becomes, with the role that the server's setting
            C(auto_assign_org_role) names, by default Viewer. It becomes the user's active organization.
          - Without it and without O(initial_org_id), the server adds a new user to its default organization, V(Main Org.), which
            is a warning.
          - It does not make an existing user a member; use M(orgsmith.grafana.grafana_org_user).
          - If the server's setting C(auto_assign_org) is off, the server ignores it and creates an organization for each new
            user, which is a warning.
        type: raw
      initial_org_id:
        description:
          - The id of the organization, instead of O(initial_org_name).
        type: raw
      on_existing:
        description:
          - With V(keep) the module only creates a user who does not exist, and leaves an existing one as it is.
        type: str
        choices: [update, keep]
      orphans_only:
        description:
          - Whether V(absent) keeps a user who is a server admin, or a member of an organization that O(ignored_orgs) does not
            name.
        type: bool
      ignored_orgs:
        description:
          - The names of organizations that do not count for O(orphans_only), as the same play removes them.
        type: list
        elements: raw
      state:
        description:
          - Whether the user exists. V(absent) deletes the user with its memberships.
          - The caller and the last enabled server admin cannot be deleted.
        type: str
        choices: [present, absent]
    # END GENERATED
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org.unused
  - orgsmith.grafana.batch
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes
seealso:
  - module: orgsmith.grafana.grafana_user_info
  - module: orgsmith.grafana.grafana_org_user
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create alice as a member of tenant-1
  orgsmith.grafana.grafana_user:
    url: http://localhost:3000
    username: admin
    password: "{{ grafana_admin_password }}"
    login: alice
    email: alice@example.org
    name: Alice
    user_password: "{{ alice_password }}"
    initial_org_name: tenant-1

- name: Create many users in one run, and keep their passwords as they are here
  orgsmith.grafana.grafana_user:
    update_password: always
    initial_org_name: tenant-1
    batch:
      - login: bob
        user_password: "{{ bob_password }}"
      - email: carol@example.org
        user_password: "{{ carol_password }}"

- name: Disable a user
  orgsmith.grafana.grafana_user:
    login: dave
    is_disabled: true

- name: Delete a user
  orgsmith.grafana.grafana_user:
    login: mallory
    state: absent
"""

RETURN = r"""
user:
  description: The user after the task; null when it is absent.
  type: dict
  returned: always
  contains:
    id:
      description: The user's id.
      type: int
      returned: except in check mode when the user would be created
    login:
      description: The login.
      type: str
      returned: always
    email:
      description: The e-mail address.
      type: str
      returned: always
    name:
      description: The name that is shown.
      type: str
      returned: always
    is_admin:
      description: Whether the user is a server admin.
      type: bool
      returned: always
    is_disabled:
      description: Whether the user is disabled.
      type: bool
      returned: always
    auth_labels:
      description: The external logins of the user, such as V(LDAP), V(SAML), V(OAuth) or V(Auth Proxy).
      type: list
      elements: str
      returned: except in check mode when the user would be created
    active_org_id:
      description: The id of the organization to which the user would be moved, because its active one does not exist.
      type: int
      returned: in check mode, when the user would be moved
    user_password:
      description: The text V(as in the task). A password is never returned.
      type: str
      returned: in check mode, when the password would be set
password_changed:
  description: Whether the module has set, or would set, the password of an existing user.
  type: bool
  returned: when an existing user is changed
# BEGIN GENERATED (make generate): status org_results summary concurrency failure code=externally_synced
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
          sample: externally_synced
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
      sample: externally_synced
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
from ..module_utils._tenants.items import USERS
from ..module_utils._tenants.source import from_file
from ..module_utils._users.resource import KIND


def main() -> None:
    manage(KIND, tenants=from_file(USERS))


if __name__ == "__main__":
    main()
