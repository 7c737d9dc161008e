# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The caller of a credential, also of an account with the role None, which may not read its organization."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.caller import Caller, ask_caller
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Forbidden, Refused, Unauthorized
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.api import check_key, refused

from ..conftest import Call

USER = {"login": "sa-2-ci", "uid": "service-account:7", "orgId": 2}
DENIED = {"message": "Permissions needed: orgs:read"}
ORG = {"id": 2, "name": "tenant"}


def user(status=200, body=None):
    return Call("GET", "/api/user").answers(status, body or USER)


def org(status=200, body=None):
    return Call("GET", "/api/org").answers(status, body or ORG)


@pytest.mark.parametrize(
    ("calls", "org_name", "expected"),
    [
        pytest.param([user()], False, Caller("sa-2-ci", "7", 2), id="11.5 and later"),
        pytest.param([user(), org()], True, Caller("sa-2-ci", "7", 2, "tenant"), id="with the organization's name"),
        pytest.param([user(), org(403, DENIED)], True, Caller("sa-2-ci", "7", 2), id="role None"),
        pytest.param([user(404, {"message": "user not found"}), org()], False, Caller(None, None, 2, "tenant"), id="9.3"),
        pytest.param([user(403, {"message": "users only"}), org()], False, Caller(None, None, 2, "tenant"), id="10.4"),
        pytest.param([user(403, {"message": "users only"}), org(403, DENIED)], False, Caller(), id="10.4, role None"),
    ],
)
def test_ask_caller(script, by_token, calls, org_name, expected):
    script.expect(*calls)
    assert ask_caller(by_token, org_name) == expected


def test_a_refused_key_needs_one_request(script, by_token):
    """With anonymous access on, ``/api/org`` would answer with Main Org. (recorded: settings anonymous)."""
    script.expect(user(401, {"message": "Unauthorized"}))
    with pytest.raises(Unauthorized):
        ask_caller(by_token)


def scope(client):
    return Scope(client, Org(2, "tenant"), OrgFinder(client))


def test_a_key_of_another_organization_is_an_error(script, by_token):
    script.expect(user(body={**USER, "orgId": 5}))
    with pytest.raises(Refused, match="the key works, but in org") as caught:
        check_key(scope(by_token), "glsa_new")
    assert caught.value.code == "unproven"


def test_a_key_of_an_account_without_a_role_is_tested(script, by_token):
    script.expect(user())
    check_key(scope(by_token), "glsa_new")


ACCOUNT = Account(id=7, name="ci", login="sa-2-ci", fields={"role": "None", "disabled": False})


@pytest.mark.parametrize(
    ("body", "reason"),
    [(USER, None), ({**USER, "uid": "service-account:8"}, "other account"), ({**USER, "orgId": 3}, "other org")],
)
def test_refused(script, by_token, body, reason):
    script.expect(user(body=body))
    assert refused(scope(by_token), "glsa_stored", ACCOUNT) == reason


# The organization of a caller with a token


def resolve(client, **choice):
    wanted = OrgChoice(**choice)
    return OrgFinder(client).resolve([wanted])[wanted]


def test_the_id_comes_from_the_user_if_the_organization_is_hidden(script, by_token):
    script.expect(user(), org(403, DENIED))
    assert resolve(by_token) == Org(2)


def test_a_name_that_cannot_be_compared_is_refused(script, by_token):
    script.expect(user(), org(403, DENIED))
    with pytest.raises(Refused, match="set org_id instead of org_name") as caught:
        resolve(by_token, name="tenant")
    assert caught.value.code == "org_hidden"


def test_the_tasks_id_is_used_if_the_server_reports_none(script, by_token):
    script.expect(user(403, {"message": "users only"}), org(403, DENIED))
    assert resolve(by_token, id=2) == Org(2)


def test_without_an_id_the_error_says_to_set_it(script, by_token):
    script.expect(user(403, {"message": "users only"}), org(403, DENIED))
    with pytest.raises(Forbidden, match="set org_id") as caught:
        resolve(by_token)
    assert caught.value.code == "org_hidden"
