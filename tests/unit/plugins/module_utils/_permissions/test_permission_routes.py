# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which routes each version gets, who is looked up, and who would be locked out: scripts of calls."""

from __future__ import annotations

import contextlib

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import Identity
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Forbidden, NotFound, Refused, Unsupported
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._permissions import reconcile
from ansible_collections.orgsmith.grafana.plugins.module_utils._permissions.model import (
    DASHBOARD,
    FOLDER,
    SERVICE_ACCOUNT,
    DesiredPermissions,
    Wanted,
)

from ..conftest import Call, health

HEADERS = {"X-Grafana-Org-Id": "2"}
TARGET = reconcile.Target(FOLDER, "ops", "folder Operations")
BOARD = reconcile.Target(DASHBOARD, "cpu", "dashboard CPU", 12)
VIEW = DesiredPermissions((Wanted("role", "Viewer", "View"),))
EDIT = DesiredPermissions((Wanted("role", "Viewer", "Edit"),))
SINGLE = "/api/access-control/folders/ops"


@pytest.fixture
def scope(client):
    def make(check=False, many=False, warn=None, **changed):
        found = client(**changed)
        return Scope(found, Org(2, "tenant"), OrgFinder(found), many, check, warn or (lambda text: None))

    return make


def viewer(level="View", inherited=False, **more):
    entry = {"isManaged": not inherited, "isInherited": inherited, "builtInRole": "Viewer", "permission": level}
    return {**entry, **more}


def get(path, body, status=200):
    return Call("GET", path, headers=HEADERS).answers(status, body)


def settle(scope, target, desired):
    """Read, check and write as a module does; return the entries afterwards."""
    state = reconcile.read(scope, target, desired)
    reconcile.precheck(scope, target, desired, state)
    return reconcile.shown(reconcile.apply(scope, target, desired, state))["permissions"]


def test_a_task_without_permissions_asks_nothing(scope):
    assert reconcile.read(scope(), TARGET, None) is None
    assert reconcile.apply(scope(), TARGET, None, None) is None


def test_fixed_and_inherited_entries_are_not_written(script, scope):
    fixed = {"isManaged": False, "isInherited": False, "builtInRole": "Admin", "permission": "Admin"}
    body = {"permissions": [{"permission": "View", "builtInRole": "Viewer"}]}
    script.expect(
        health("12.4.3"),
        get(SINGLE, [fixed, viewer("Edit", inherited=True)]),
        Call("POST", SINGLE, headers=HEADERS, json=body),
    )
    assert settle(scope(), TARGET, VIEW) == [
        {"role": "Viewer", "permission": "View"},
        {"role": "Viewer", "permission": "Edit", "inherited": True},
    ]


@pytest.mark.parametrize(
    ("version", "target", "path"),
    [
        ("8.5.15", TARGET, "/api/folders/ops/permissions"),
        ("8.5.15", BOARD, "/api/dashboards/id/12/permissions"),
        ("9.3.2", TARGET, "/api/folders/ops/permissions"),
        ("9.3.2", BOARD, "/api/dashboards/uid/cpu/permissions"),
    ],
)
def test_without_role_based_access_control_the_list_is_replaced(script, scope, version, target, path):
    listed = [{"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 2}]
    items = [{"role": "Viewer", "permission": 2}, {"role": "Editor", "permission": 2}]
    single = "/api/access-control/%s/%s" % (target.kind.path, target.key)
    missing = [] if version.startswith("8") else [get(single, {"message": "Not found"}, 404)]
    script.expect(health(version), *missing, get(path, listed), Call("POST", path, headers=HEADERS, json={"items": items}))
    assert settle(scope(), target, EDIT)[0] == {"role": "Editor", "permission": "Edit"}


def test_a_server_is_asked_once_whether_it_has_access_control(script, scope):
    path = "/api/folders/ops/permissions"
    listed = [{"role": "Viewer", "permission": 1}]
    script.expect(health("9.3.2"), get(SINGLE, {"message": "Not found"}, 404), get(path, listed), get(path, listed))
    where = scope()
    assert settle(where, TARGET, VIEW) == settle(where, TARGET, VIEW)


def test_from_10_on_a_404_is_an_object_that_is_missing(script, scope):
    script.expect(health("11.5.1"), get(SINGLE, {"message": "NotFound", "messageId": "folder.notFound"}, 404))
    with pytest.raises(NotFound):
        settle(scope(), TARGET, VIEW)


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2"])
def test_service_accounts_need_access_control(script, scope, version):
    missing = [] if version.startswith("8") else [get("/api/access-control/serviceaccounts/9", {"message": "Not found"}, 404)]
    script.expect(health(version), *missing)
    with pytest.raises(Unsupported, match="role-based access control"):
        settle(scope(), reconcile.Target(SERVICE_ACCOUNT, "9", "service account ci"), DesiredPermissions())


def test_a_refusal_names_the_object(script, scope):
    script.expect(health("12.4.3"), get(SINGLE, {"message": "denied"}, 403))
    with pytest.raises(Forbidden, match="may not read the permissions of folder Operations") as caught:
        settle(scope(), TARGET, VIEW)
    assert caught.value.code == "permissions_forbidden"


# Who is looked up

PEOPLE = DesiredPermissions(
    (
        Wanted("user", "bob@example.com", "View"),
        Wanted("team", "Ops", "Edit"),
        Wanted("service_account", "ci", "Edit"),
    )
)
USERS = [
    {"userId": 3, "login": "Bob@example.com", "email": "", "role": "Viewer"},
    {"userId": 4, "login": "bob", "email": "bob@example.com", "role": "Viewer"},
]


@pytest.mark.parametrize(("many", "team", "account"), [(False, "&name=Ops", "&query=ci"), (True, "", "")])
def test_everybody_is_looked_up_once(script, scope, many, team, account):
    where = scope(many=many)
    teams = {"teams": [{"id": 4, "name": "ops"}, {"id": 5, "name": "Ops"}]}
    accounts = {"serviceAccounts": [{"id": 8, "name": "ci2", "login": "ci"}, {"id": 9, "name": "ci", "login": "sa-2-ci"}]}
    script.expect(
        get("/api/org/users", USERS),
        get("/api/teams/search?perpage=1000&page=1" + team, teams),
        get("/api/serviceaccounts/search?perpage=1000&page=1" + account, accounts),
    )
    new = reconcile.Target(FOLDER, None, "folder Operations")
    for _time in range(2):
        state = reconcile.read(where, new, PEOPLE)
        assert list(state.ids.values()) == [4, 5, 9]


@pytest.mark.parametrize(
    ("wanted", "call", "code"),
    [
        (Wanted("user", "carol", "View"), get("/api/org/users", USERS), "user_not_found"),
        (Wanted("team", "ops", "View"), get("/api/teams/search?perpage=1000&page=1&name=ops", {"teams": []}), "team_not_found"),
        (
            Wanted("service_account", "c", "View"),
            get("/api/serviceaccounts/search?perpage=1000&page=1&query=c", {"serviceAccounts": [{"id": 9, "name": "ci"}]}),
            "account_not_found",
        ),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_nobody_has_the_name(script, scope, wanted, call, code, check):
    script.expect(call)
    with pytest.raises(NotFound, match=wanted.name) as caught:
        reconcile.read(scope(check=check), reconcile.Target(FOLDER, None, "folder Operations"), DesiredPermissions((wanted,)))
    assert caught.value.code == code


def test_an_earlier_task_may_create_them(script, scope):
    warned = []
    script.expect(get("/api/org/users", USERS))
    where, new = scope(check=True, warn=warned.append), reconcile.Target(FOLDER, None, "folder Operations")
    state = reconcile.read(where, new, DesiredPermissions((Wanted("user", "carol", "View"),)), plan_missing=True)
    assert (state.ids, len(warned), "carol" in warned[0]) == ({}, 1, True)


def test_two_accounts_with_one_name(script, scope):
    accounts = {"serviceAccounts": [{"id": number, "name": "ci", "login": "sa-%d" % number} for number in (8, 9)]}
    script.expect(get("/api/serviceaccounts/search?perpage=1000&page=1&query=ci", accounts))
    with pytest.raises(Refused, match="ids 8, 9"):
        reconcile.read(scope(), reconcile.Target(FOLDER, None, "f"), DesiredPermissions((PEOPLE.entries[2],)))


# Who would be locked out

MEMBERSHIP = [{"orgId": 2, "name": "tenant", "role": "Editor"}]
OWN = {"id": 7, "login": "bob", "orgId": 2}
GRANTED = "/api/access-control/user/permissions?reloadcache=true"


def entry(level="Admin", **whom):
    return {"isManaged": True, "isInherited": False, "permission": level, **whom}


def by_bob(wanted, granted, script, scope, above=()):
    """Check a complete list for a folder, as bob, an Editor who is Admin of the folder."""
    script.answers_identity = False
    script.expect(
        health("12.4.3"),
        Call("GET", "/api/user").answers(200, OWN),
        get(SINGLE, [entry(userId=7, userLogin="bob"), entry("View", builtInRole="Viewer")]),
        Call("GET", "/api/user/orgs").answers(200, MEMBERSHIP),
        get(GRANTED, {"folders.permissions:write": granted}),
    )
    where, desired = scope(), DesiredPermissions(wanted, exclusive=True)
    state = reconcile.read(where, TARGET, desired)
    reconcile.precheck(where, TARGET, desired, state, lambda: list(above))


@pytest.mark.parametrize(
    ("wanted", "granted", "above", "allowed"),
    [
        ([], ["folders:uid:ops"], (), False),
        ([Wanted("user", "bob", "Edit")], ["folders:uid:ops"], (), False),
        ([Wanted("role", "Viewer", "Admin")], ["folders:uid:ops"], (), False),
        ([Wanted("role", "Editor", "Admin")], ["folders:uid:ops"], (), True),
        ([Wanted("role", "Admin", "Admin")], ["folders:uid:ops"], (), False),
        ([], ["folders:*"], (), True),
        ([], ["folders:uid:ops", "folders:uid:top"], ("top",), True),
        ([], ["folders:uid:ops", "folders:uid:other"], ("top",), False),
    ],
)
def test_who_would_be_locked_out(script, scope, wanted, granted, above, allowed):
    with contextlib.nullcontext() if allowed else pytest.raises(Refused, match="the caller would lose"):
        by_bob(tuple(wanted), granted, script, scope, above)


def test_the_teams_of_the_caller_are_read_once(script, scope):
    script.answers_identity = False
    teams = {"teams": [{"id": 4, "name": "Dev"}, {"id": 5, "name": "Ops"}]}
    script.expect(
        Call("GET", "/api/user").answers(200, OWN),
        get("/api/teams/search?perpage=1000&page=1", teams),
        Call("GET", "/api/user/orgs").answers(200, MEMBERSHIP),
        health("12.4.3"),
        get(GRANTED, {"folders.permissions:write": []}),
        Call("POST", "/login").answers(200, {}, cookies={"grafana_session": "abc"}),
        get("/api/user/teams", [{"id": 5, "name": "Ops"}]),
    )
    where = scope(many=True)
    desired = DesiredPermissions((Wanted("team", "Dev", "Admin"), Wanted("team", "Ops", "Admin")), exclusive=True)
    for title in ("Operations", "Development"):
        new = reconcile.Target(FOLDER, None, "folder " + title)
        reconcile.precheck(where, new, desired, reconcile.read(where, new, desired))


def test_an_admin_of_the_organization_is_never_locked_out(script, scope):
    script.expect(
        health("12.4.3"),
        get(SINGLE, [entry(userId=7, userLogin="bob")]),
        Call("GET", "/api/user/orgs").answers(200, [{**MEMBERSHIP[0], "role": "Admin"}]),
    )
    where, desired = scope(), DesiredPermissions((), exclusive=True)
    reconcile.precheck(where, TARGET, desired, reconcile.read(where, TARGET, desired))


def test_a_token_keeps_its_own_entry(script, scope):
    script.answers_identity = False
    script.expect(
        Call("GET", "/api/user").answers(200, {"id": 9, "login": "sa-2-ci", "orgId": 2}),
        get("/api/serviceaccounts/search?perpage=1000&page=1&query=ci", {"serviceAccounts": [{"id": 9, "name": "ci"}]}),
        health("12.4.3"),
        get(GRANTED, {"folders.permissions:write": []}),
    )
    where = scope(identity=Identity(token="glsa_token-1"))
    new = reconcile.Target(FOLDER, None, "folder Operations")
    desired = DesiredPermissions((Wanted("service_account", "ci", "Admin"),), exclusive=True)
    reconcile.precheck(where, new, desired, reconcile.read(where, new, desired))


def test_the_role_of_a_key_of_8_5_is_unknown(script, scope):
    script.expect(health("8.5.15"))
    where = scope(identity=Identity(token="eyJrIjoi"))
    new = reconcile.Target(FOLDER, None, "folder Operations")
    desired = DesiredPermissions((Wanted("role", "Viewer", "View"),), exclusive=True)
    reconcile.precheck(where, new, desired, reconcile.read(where, new, desired))
