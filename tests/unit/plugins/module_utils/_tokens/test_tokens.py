# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from a token that is wanted and what is there: tables of the pure plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Refused
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import Metadata, Previous, Stored
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.model import (
    VALID,
    DesiredToken,
    Keep,
    Purge,
    Token,
    TokenState,
    mistyped,
    never_used,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.plan import others, own_tokens, plan, present, purged

from .states import ACCOUNT, DAY, GOOD, KNOWN, NOTHING_STORED, NOW, OLD, SINK, THERE, WANTED, YOUNG, Unlocked, at, knowing


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        pytest.param(GOOD, VALID, id="all is well"),
        pytest.param(TokenState(ACCOUNT, 2, now=NOW), "absent", id="nothing at all"),
        pytest.param(replace(GOOD, stored=Stored(Metadata(pending=("ci",)))), "lost", id="a key that got lost on the way"),
        pytest.param(replace(NOTHING_STORED, unanswered=frozenset(["ci"])), "lost", id="this run got no answer"),
        pytest.param(replace(NOTHING_STORED, tokens=(replace(THERE, expired=True),)), "absent", id="not ours, expired"),
        pytest.param(replace(NOTHING_STORED, tokens=(Token(8, "ci-2"),)), "absent", id="perhaps of another task"),
        pytest.param(replace(GOOD, org_id=3, dead=True), "elsewhere", id="another org, dead"),
        pytest.param(replace(GOOD, account=replace(ACCOUNT, id=6), dead=True), "elsewhere", id="another account, dead"),
        pytest.param(replace(GOOD, tokens=()), "gone", id="not listed"),
        pytest.param(replace(GOOD, tokens=(Token(7, "deploy"),)), "gone", id="the id has another name"),
        pytest.param(replace(GOOD, tokens=(replace(THERE, expired=True),)), "expired", id="expired"),
        pytest.param(replace(GOOD, tokens=(replace(THERE, revoked=True),)), "revoked", id="revoked"),
        pytest.param(replace(GOOD, stored=Stored(KNOWN)), "no key", id="no key"),
        pytest.param(replace(GOOD, stored=Stored(KNOWN, "sha256:x", True)), "other key", id="another key, not shown"),
        pytest.param(replace(GOOD, stored=Stored(KNOWN, "sha256:x", True, "glsa_x")), "mistyped", id="a mistyped key"),
        pytest.param(replace(GOOD, refused="refused"), "refused", id="refused by the server"),
    ],
)
def test_present(state, verdict):
    assert present(WANTED, state)[1] == verdict
    change = plan(WANTED, state)
    assert (change is None) == (verdict == VALID)


@pytest.mark.parametrize(
    ("rotation", "expires", "verdict"),
    [
        ({}, 60, VALID),
        ({"renew_before": 3600}, 3601, VALID),
        ({"renew_before": 3600}, 3600, "due"),
        ({"renew_before": 3600}, None, VALID),
        ({"renew_before": 3600, "rotate": "never"}, 60, VALID),
        ({"rotate": "always"}, 9 * DAY, "told"),
        ({"rotate": "always"}, None, "told"),
    ],
)
def test_due(rotation, expires, verdict):
    there = replace(THERE, expires=None if expires is None else at(expires))
    assert present(replace(WANTED, **rotation), replace(GOOD, tokens=(there,)))[1] == verdict


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
def test_without_a_place_for_the_key_any_living_one_is_enough(tokens, verdict):
    assert present(replace(WANTED, sink=None), TokenState(ACCOUNT, 2, tokens, now=NOW))[1] == verdict


@pytest.mark.parametrize(
    ("entry", "state", "sink", "fate"),
    [
        pytest.param(Token(8, "ci-2", **OLD), GOOD, SINK, "stranger", id="a numbered one that lives may be another task's"),
        pytest.param(Token(8, "ci-2", expired=True), GOOD, SINK, "stranger", id="a numbered one that is dead"),
        pytest.param(Token(8, "ci-2", revoked=True), GOOD, SINK, "stranger", id="a numbered one that is revoked"),
        pytest.param(Token(8, "ci-2", expired=True), GOOD, None, "delete", id="dead, and the task has no sink"),
        pytest.param(Token(8, "ci", **OLD), knowing(name="ci-3"), SINK, "stranger", id="of the name, and not known"),
        pytest.param(Token(8, "ci", **YOUNG), knowing(name="ci-3"), SINK, "stranger", id="of the name, and just created"),
        pytest.param(Token(8, "ci-2", **YOUNG), knowing(pending=("ci-2",)), SINK, "delete", id="pending, with the lock"),
        pytest.param(
            Token(8, "ci-2", **YOUNG), knowing(pending=("ci-2",)), Unlocked.at("/k"), "pending", id="pending, without a lock"
        ),
        pytest.param(
            Token(8, "ci-2", **OLD), knowing(pending=("ci-2",)), Unlocked.at("/k"), "delete", id="pending for long, without"
        ),
        pytest.param(
            Token(8, "ci-2", **YOUNG), replace(GOOD, unanswered=frozenset(["ci-2"])), Unlocked.at("/k"), "delete", id="ours"
        ),
        pytest.param(Token(8, "other"), GOOD, SINK, "nothing", id="somebody else's"),
        pytest.param(
            Token(8, "ci-2", expired=True),
            replace(GOOD, siblings=(DesiredToken("ci", "ci-2"),)),
            SINK,
            "nothing",
            id="the name of another item",
        ),
    ],
)
def test_others(entry, state, sink, fate):
    state = replace(state, tokens=(replace(THERE, name=state.stored.metadata.name), entry))
    wanted = replace(WANTED, sink=sink)
    rest = others(wanted, state, *present(wanted, state))
    found = {"delete": rest.tokens(), "pending": rest.pending, "stranger": rest.foreign}
    assert {name: entries for name, entries in found.items() if entry in entries} == (
        {fate: found[fate]} if fate in found else {}
    )


PREVIOUS = (Previous(6, "ci-0", at(-DAY)),)


@pytest.mark.parametrize(
    ("keep", "entry", "stays"),
    [
        pytest.param(None, Token(6, "ci-0", **OLD), False, id="not kept"),
        pytest.param(Keep(2 * DAY), Token(6, "ci-0", **OLD), True, id="within its time"),
        pytest.param(Keep(DAY), Token(6, "ci-0", **OLD), False, id="its time is over"),
        pytest.param(Keep(2 * DAY), Token(6, "ci-0", expired=True), False, id="dead"),
        pytest.param(Keep(DAY, True), Token(6, "ci-0", at(-9 * DAY), last_used=at(-60)), True, id="still used"),
        pytest.param(Keep(DAY, True), Token(6, "ci-0", at(-9 * DAY), last_used=at(-DAY)), False, id="not used any more"),
        pytest.param(Keep(DAY, True), Token(6, "ci-0", at(-60)), True, id="never used, and young"),
        pytest.param(Keep(DAY, True), Token(6, "ci-0", at(-9 * DAY)), False, id="never used"),
    ],
)
def test_what_was_replaced_waits(keep, entry, stays):
    _waits(PREVIOUS, keep, entry, stays)


def _waits(previous, keep, entry, stays):
    state = knowing(replace(GOOD, tokens=(THERE, entry)), previous=previous)
    wanted = replace(WANTED, keep=keep)
    rest = others(wanted, state, *present(wanted, state))
    assert (rest.waiting == previous, entry in rest.tokens()) == (stays, not stays)
    assert (plan(wanted, state) is None) is stays


UNTIL_TOMORROW = (replace(PREVIOUS[0], keep_until=at(DAY)),)
WHILE_USED = (replace(PREVIOUS[0], unused_for=DAY),)


@pytest.mark.parametrize("keep", [None, Keep(3600), Keep(600, True)], ids=["no wish", "a shorter time", "a shorter use"])
@pytest.mark.parametrize(
    ("previous", "entry", "stays"),
    [
        pytest.param(UNTIL_TOMORROW, Token(6, "ci-0", at(-9 * DAY)), True, id="the promised time"),
        pytest.param((replace(PREVIOUS[0], keep_until=at(-1)),), Token(6, "ci-0", at(-9 * DAY)), False, id="it is over"),
        pytest.param(UNTIL_TOMORROW, Token(6, "ci-0", at(-9 * DAY), expired=True), False, id="expired"),
        pytest.param(WHILE_USED, Token(6, "ci-0", at(-9 * DAY), last_used=at(-3600)), True, id="used as promised"),
        pytest.param(WHILE_USED, Token(6, "ci-0", at(-9 * DAY), last_used=at(-DAY)), False, id="not used any more"),
    ],
)
def test_a_promise_is_kept_by_later_tasks(previous, keep, entry, stays):
    _waits(previous, keep, entry, stays)


def test_a_later_task_may_keep_it_longer():
    _waits((replace(PREVIOUS[0], keep_until=at(-1)),), Keep(2 * DAY), Token(6, "ci-0", at(-9 * DAY)), True)


def test_a_removal_ends_the_promise():
    state = knowing(replace(GOOD, tokens=(THERE, Token(6, "ci-0", **OLD))), previous=UNTIL_TOMORROW)
    assert [entry.id for entry in plan(replace(WANTED, state="absent"), state).work.to_delete] == [7, 6]


def test_what_is_replaced_now_is_kept_if_it_works():
    wanted = replace(WANTED, rotate="always", keep=Keep(DAY))
    work = plan(wanted, GOOD).work
    assert (work.name, work.delete) == ("ci-2", ())
    assert work.waiting == (Previous(7, "ci", at(0), keep_until=at(DAY)),)
    used = plan(replace(wanted, keep=Keep(DAY, True)), replace(GOOD, tokens=(replace(THERE, last_used=at(-60)),))).work
    assert used.waiting == (Previous(7, "ci", at(0), unused_for=DAY),)
    assert plan(wanted, replace(GOOD, tokens=(replace(THERE, expired=True),))).work.waiting == ()


@pytest.mark.parametrize(
    ("rules", "gone"),
    [
        (Purge(expired=True), ["dead", "ci-2"]),
        (Purge(unlisted=True), ["dead", "young-and-dead", "ci-2", "unused", "used"]),
        (Purge(unused_for=90 * DAY), ["unused"]),
        (Purge(), []),
    ],
)
def test_purge(rules, gone):
    tokens = (
        THERE,
        Token(10, "dead", at(-99 * DAY), expired=True, last_used=at(-DAY)),
        Token(11, "young-and-dead", at(-60), revoked=True),
        Token(12, "ci-2", at(-DAY), expired=True),
        Token(13, "unused", at(-99 * DAY), last_used=at(-91 * DAY)),
        Token(14, "used", at(-99 * DAY), last_used=at(-DAY)),
        Token(15, "young", at(-60)),
        Token(16, "their-2", at(-99 * DAY)),
    )
    state = replace(GOOD, tokens=tokens, siblings=(DesiredToken("ci", "their"),))
    found = [entry.name for entry, _why in purged(replace(WANTED, purge=rules), state, {7})]
    assert sorted(found) == sorted(gone)


def test_purge_alone():
    wanted = DesiredToken("ci", None, purge=Purge(expired=True))
    change = plan(wanted, replace(GOOD, tokens=(Token(10, "dead", expired=True), Token(11, "alive"))))
    assert change.action == "tidy"
    assert [entry.id for entry in change.work.to_delete] == [10]
    assert change.before["left_over"] == {"dead": "it has expired"}
    assert plan(wanted, replace(GOOD, tokens=(Token(11, "alive"),))) is None


@pytest.mark.parametrize(("most", "refused"), [(None, False), (4, False), (3, True)])
def test_max_tokens(most, refused):
    state = replace(GOOD, tokens=(Token(1, "a"), Token(2, "b"), Token(3, "c")), stored=Stored())
    wanted = replace(WANTED, max_tokens=most)
    if not refused:
        assert plan(wanted, state).action == "create"
        return
    with pytest.raises(Refused, match="max_tokens") as caught:
        plan(wanted, state)
    assert caught.value.code == "too_many_tokens"


def test_max_tokens_counts_what_the_list_does_not_show():
    state = replace(GOOD, tokens=(), stored=Stored(), account=replace(ACCOUNT, tokens=400))
    with pytest.raises(Refused):
        plan(replace(WANTED, max_tokens=400), state)


def test_ours_are_not_those_of_other_items():
    state = replace(GOOD, tokens=(THERE, Token(8, "ci-2"), Token(9, "ci-3")), siblings=(DesiredToken("ci", "ci-2"),))
    assert [entry.name for entry in own_tokens(WANTED, state)] == ["ci", "ci-3"]


def test_absent_without_metadata_goes_by_the_name():
    state = TokenState(ACCOUNT, 2, (Token(1, "ci"), Token(2, "ci-2"), Token(3, "ci-x")), now=NOW)
    gone = replace(WANTED, state="absent")
    assert [entry.name for entry in plan(gone, state).work.to_delete] == ["ci"]


def test_replacing_makes_before_it_deletes():
    change = plan(WANTED, replace(GOOD, tokens=(replace(THERE, expired=True),)))
    assert (change.action, change.work.name) == ("replace", "ci-2")
    assert [entry.id for entry in change.work.to_delete] == [7]
    assert change.before["status"] == "expired"
    assert change.before["reason"] == "it has expired"
    assert change.after == {"name": "ci-2", "service_account": "ci", "status": "valid", "dest": "/keys/ci"}


def test_what_was_left_over_is_tidied():
    change = plan(WANTED, knowing(replace(GOOD, tokens=(THERE, Token(6, "old"))), pending=("old",)))
    assert change.action == "tidy"
    assert [entry.id for entry in change.work.to_delete] == [6]


@pytest.mark.parametrize(("sink", "tidies"), [(SINK, True), (Unlocked.at("/k"), False)])
def test_a_noted_name_that_no_token_bears(sink, tidies):
    """A run died, and what it left is swept where the lock tells that it is gone."""
    change = plan(replace(WANTED, sink=sink), knowing(pending=("ci-2",)))
    assert (change is not None) is tidies
    if tidies:
        assert (change.action, change.work.delete, change.work.pending) == ("tidy", (), ())
        assert change.before["left_over"] == {"ci-2": "it was noted and never created"}


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (GOOD, True),
        (replace(GOOD, tokens=()), True),
        (TokenState(None, 2), False),
        (TokenState(ACCOUNT, 2), False),
        (replace(NOTHING_STORED, tokens=(Token(8, "ci", **YOUNG),)), True),
    ],
    ids=["token and file", "file alone", "no account", "nothing", "just made"],
)
def test_absent(state, changes):
    assert (plan(replace(WANTED, state="absent"), state) is not None) is changes


@pytest.mark.parametrize(
    ("created", "last_used", "proved", "expected"),
    [
        (-30 * DAY, None, None, True),
        (-30 * DAY, -30 * DAY + 1, -30 * DAY, True),
        (-30 * DAY, -DAY, -30 * DAY, False),
        (-DAY, None, None, False),
        (-30 * DAY, -30 * DAY + 1, None, False),
    ],
    ids=["never", "only proven", "used", "young", "used at once"],
)
def test_never_used(created, last_used, proved, expected):
    entry = replace(THERE, created=at(created), last_used=None if last_used is None else at(last_used))
    state = knowing(proved=None if proved is None else at(proved))
    assert never_used(state, entry) is expected


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("glsa_" + "a" * 32 + "_b1a40a94", False),
        ("glsa_" + "a" * 32 + "_b1a40a95", True),
        ("glsa_" + "b" * 32 + "_b1a40a94", True),
        ("glsa_" + "a" * 31 + "_b1a40a94", True),
        ("", True),
        ("eyJrIjoi", True),
    ],
)
def test_mistyped(key, wrong):
    assert mistyped(key) is wrong


def test_no_key_in_any_view():
    state = replace(GOOD, key="glsa_the-key", tokens=(), stored=Stored(KNOWN, "sha256:k", True, "glsa_the-key"))
    assert "glsa_the-key" not in repr(state)
    assert "glsa_the-key" not in repr(plan(WANTED, state))


def test_token_of_the_api():
    entry = {"id": 3, "name": "t", "created": "c", "lastUsedAt": None, "expiration": "e", "hasExpired": True, "isRevoked": False}
    assert Token.from_api(entry) == Token(3, "t", "c", "e", None, True, False)
    assert not Token.from_api(entry).alive
    assert Token.from_api({"id": 1, "name": "t"}).alive
