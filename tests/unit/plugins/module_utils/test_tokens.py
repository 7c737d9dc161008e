# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from a token that is wanted and what is there: tables of the pure plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._secrets import KeyFile, Metadata
from ansible_collections.orgsmith.grafana.plugins.module_utils._service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens import (
    VALID,
    DesiredToken,
    Token,
    TokenState,
    belongs,
    judge,
    next_name,
    ours,
    plan,
    token,
)

ACCOUNT = Account(5, "ci", "sa-1-ci", "Editor", False)
WANTED = DesiredToken("ci", "ci", 3600, KeyFile("/keys/ci"))
KNOWN = Metadata(7, "ci", 5, "ci", 2, "tenant", "http://g", "c", "e", "sha256:k")
THERE = Token(7, "ci")
GOOD = TokenState(ACCOUNT, 2, (THERE,), KNOWN, "sha256:k", True)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        pytest.param(GOOD, VALID, id="all is well"),
        pytest.param(TokenState(ACCOUNT, 2), "absent", id="nothing at all"),
        pytest.param(replace(GOOD, metadata=None), "lost", id="no metadata"),
        pytest.param(replace(GOOD, metadata=Metadata(pending=("ci",))), "lost", id="a key that got lost on the way"),
        pytest.param(replace(GOOD, org_id=3), "elsewhere", id="another org"),
        pytest.param(replace(GOOD, account=replace(ACCOUNT, id=6)), "elsewhere", id="another account"),
        pytest.param(replace(GOOD, tokens=()), "gone", id="not listed"),
        pytest.param(replace(GOOD, tokens=(Token(8, "ci"),)), "gone", id="another id of that name"),
        pytest.param(replace(GOOD, tokens=(Token(7, "ci", expired=True),)), "expired", id="expired"),
        pytest.param(replace(GOOD, tokens=(Token(7, "ci", revoked=True),)), "revoked", id="revoked"),
        pytest.param(replace(GOOD, stored=None), "no key", id="no key file"),
        pytest.param(replace(GOOD, stored="sha256:x"), "other key", id="another key"),
        pytest.param(replace(GOOD, refused=True), "refused", id="refused by the server"),
    ],
)
def test_judge(state, verdict):
    assert judge(WANTED, state)[1] == verdict
    change = plan(WANTED, state)
    assert (change is None) == (verdict == VALID)


@pytest.mark.parametrize(
    ("tokens", "verdict"),
    [
        ((), "absent"),
        ((Token(1, "ci"),), VALID),
        ((Token(1, "ci", expired=True),), "expired"),
        ((Token(1, "ci", expired=True), Token(2, "ci-2")), VALID),
        ((Token(1, "ci", revoked=True),), "revoked"),
        ((Token(1, "other"),), "absent"),
    ],
)
def test_judge_without_a_file(tokens, verdict):
    assert judge(replace(WANTED, dest=None), TokenState(ACCOUNT, 2, tokens))[1] == verdict


@pytest.mark.parametrize(
    ("base", "name", "expected"),
    [
        ("ci", "ci", True),
        ("ci", "ci-2", True),
        ("ci", "ci-10", True),
        ("ci", "ci-0", False),
        ("ci", "ci-02", False),
        ("ci", "ci-x", False),
        ("ci", "ci2", False),
        ("ci", "CI", False),
        ("c.i", "cxi", False),
        ("ci-2", "ci-2-2", True),
    ],
)
def test_belongs(base, name, expected):
    assert belongs(base, name) is expected


@pytest.mark.parametrize(
    ("taken", "name"),
    [([], "ci"), (["ci"], "ci-2"), (["ci", "ci-2"], "ci-3"), (["ci-2"], "ci"), (["ci", "ci-3"], "ci-2")],
)
def test_next_name(taken, name):
    assert next_name("ci", taken) == name


@pytest.mark.parametrize(
    ("changes", "claimed", "expected"),
    [
        pytest.param({}, (), ["ci"], id="remembered"),
        pytest.param({"metadata": None}, (), ["ci"], id="of the base name"),
        pytest.param({"metadata": replace(KNOWN, token_id=9)}, (), ["ci"], id="base name beside another id"),
        pytest.param({"tokens": (THERE, Token(8, "ci-2"))}, (), ["ci"], id="a numbered one that lives may be somebody's"),
        pytest.param({"tokens": (THERE, Token(8, "ci-2", expired=True))}, (), ["ci", "ci-2"], id="a dead numbered one"),
        pytest.param({"tokens": (THERE, Token(8, "ci-2", expired=True))}, ("ci-2",), ["ci"], id="unless another item bears it"),
        pytest.param(
            {"tokens": (THERE, Token(8, "ci-2")), "metadata": replace(KNOWN, pending=("ci-2",))},
            (),
            ["ci", "ci-2"],
            id="pending",
        ),
        pytest.param({"tokens": (Token(9, "other"),)}, (), [], id="somebody else's"),
    ],
)
def test_ours(changes, claimed, expected):
    assert [entry.name for entry in ours(WANTED, replace(GOOD, **changes), claimed)] == expected


def test_absent_without_memory_goes_by_the_name():
    state = TokenState(ACCOUNT, 2, (Token(1, "ci"), Token(2, "ci-2"), Token(3, "ci-x")))
    gone = replace(WANTED, state="absent")
    assert [entry.name for entry in ours(gone, state)] == ["ci", "ci-2"]
    assert [entry.name for entry in ours(gone, state, ("ci-2",))] == ["ci"]


def test_replacing_makes_before_it_deletes():
    change = plan(WANTED, replace(GOOD, tokens=(Token(7, "ci", expired=True),)))
    name, obsolete = change.data
    assert (change.action, name) == ("replace", "ci-2")
    assert [entry.id for entry in obsolete] == [7]
    assert change.before["status"] == "expired"
    assert change.after == {"name": "ci-2", "service_account": "ci", "status": "valid", "dest": "/keys/ci"}


def test_what_was_left_over_is_tidied():
    state = replace(GOOD, tokens=(THERE, Token(6, "old")), metadata=replace(KNOWN, pending=("old",)))
    change = plan(WANTED, state)
    assert change.action == "tidy"
    assert [entry.id for entry in change.data[1]] == [6]


@pytest.mark.parametrize(
    ("state", "changes"),
    [(GOOD, True), (replace(GOOD, tokens=()), True), (TokenState(None, 2), False), (TokenState(ACCOUNT, 2), False)],
    ids=["token and file", "file alone", "no account", "nothing"],
)
def test_absent(state, changes):
    assert (plan(replace(WANTED, state="absent"), state) is not None) is changes


def test_no_key_in_any_view():
    state = replace(GOOD, key="glsa_the-key", tokens=())
    assert "glsa_the-key" not in repr(state)
    assert "glsa_the-key" not in repr(plan(WANTED, state))


def test_token_of_the_api():
    entry = {"id": 3, "name": "t", "created": "c", "lastUsedAt": None, "expiration": "e", "hasExpired": True, "isRevoked": False}
    assert token(entry) == Token(3, "t", "c", "e", None, True, False)
    assert not token(entry).alive
    assert token({"id": 1, "name": "t"}).alive
