# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for users, and the password policy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._users import policy
from ansible_collections.orgsmith.grafana.plugins.module_utils._users.model import CurrentUser, parsed
from ansible_collections.orgsmith.grafana.plugins.module_utils._users.plan import plan

PROFILE = {
    "id": 3,
    "login": "alice",
    "email": "alice@x",
    "name": "Alice",
    "isGrafanaAdmin": False,
    "isDisabled": False,
    "orgId": 1,
}
ALICE = CurrentUser.from_api(PROFILE)
WRONG, UNTESTED = replace(ALICE, password_right=False), ALICE
OFF = replace(ALICE, fields={**ALICE.fields, "is_disabled": True})
MOVED = replace(ALICE, org_id=7, move_to=(2, "tenant"))
#: An account of LDAP, whose server admins are synchronized, and one of OAuth, whose are not.
LDAP = CurrentUser.from_api({**PROFILE, "isExternal": True, "authLabels": ["LDAP"], "isGrafanaAdminExternallySynced": True})
OAUTH = CurrentUser.from_api({**PROFILE, "isExternal": True, "authLabels": ["OAuth"], "isGrafanaAdminExternallySynced": False})
PASSWORD = {"login": "alice", "user_password": "n33dle-1"}
ALWAYS = {**PASSWORD, "update_password": "always"}


@pytest.mark.parametrize(
    ("options", "current", "written"),
    [
        ({"login": "alice"}, ALICE, None),
        ({"login": "alice", "name": "Alice", "email": "alice@x", "is_admin": False, "is_disabled": False}, ALICE, None),
        ({"login": "alice", "name": "A"}, ALICE, {"name": "A"}),
        ({"login": "alice", "email": "a@x", "is_admin": True}, ALICE, {"email": "a@x", "is_admin": True}),
        ({"login": "alice", "email": "ALICE@x"}, ALICE, None),
        ({"login": "alice", "email": "ALICE@x"}, replace(ALICE, caseless=False), {"email": "ALICE@x"}),
        ({"login": "alice@x", "is_disabled": True}, ALICE, {"is_disabled": True}),
        ({"email": "alice@x", "name": "A"}, ALICE, {"name": "A"}),
        (PASSWORD, WRONG, None),
        (ALWAYS, replace(ALICE, password_right=True), None),
        (ALWAYS, UNTESTED, None),
        (ALWAYS, WRONG, "password"),
        (ALWAYS, OFF, None),
        ({**ALWAYS, "is_disabled": False}, OFF, "password"),
        ({"login": "alice"}, MOVED, {}),
        ({"login": "alice", "name": "Alice", "is_admin": False}, LDAP, None),
        ({"login": "alice", "is_admin": True}, OAUTH, {"is_admin": True}),
        (PASSWORD, LDAP, None),
    ],
)
def test_what_is_written(options, current, written):
    change = plan(parsed({"state": "present", **options}), current)
    if written is None:
        assert change is None
        return
    assert change.action == "update"
    assert change.work.password is (written == "password")
    assert written == "password" or change.work.fields == written
    assert "n33dle" not in repr((change, parsed(options)))
    assert change.before != change.after


@pytest.mark.parametrize(
    ("options", "current", "code"),
    [
        ({"login": "bob"}, None, "password_missing"),
        ({"login": "alice", "name": ""}, ALICE, "cannot_clear"),
        ({"login": "alice@x", "email": "b@x"}, ALICE, "login_mismatch"),
        ({"login": "alice", "name": "A"}, LDAP, "externally_synced"),
        ({"login": "alice", "email": "b@x"}, OAUTH, "externally_synced"),
        ({"login": "alice", "is_disabled": True}, OAUTH, "externally_synced"),
        ({"login": "alice", "is_admin": True}, LDAP, "externally_synced"),
        (ALWAYS, LDAP, "externally_synced"),
    ],
)
def test_what_is_refused(options, current, code):
    with pytest.raises(GrafanaError) as caught:
        plan(parsed({"state": "present", **options}), current)
    assert caught.value.code == code


def test_new_and_deleted_users():
    new = plan(parsed({"email": "bob@x", "user_password": "n33dle-1"}), None)
    assert new.after == {"login": "bob@x", "email": "bob@x", "name": "", "is_admin": False, "is_disabled": False}
    assert plan(parsed({"login": "bob", "state": "absent"}), None) is None
    assert plan(parsed({"login": "alice", "state": "absent"}), LDAP).action == "delete"


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("Long-enough-1", 0),
        ("pässwörter-Ä1", 0),
        ("Sh0rt-word", 1),
        ("no-upper-case-1", 1),
        ("NO-LOWER-CASE-1", 1),
        ("No-digit-at-all", 1),
        ("NoSymbolAtAll1", 1),
        ("abc", 4),
    ],
)
def test_the_password_policy(password, missing):
    assert len(policy.missing(password)) == missing
