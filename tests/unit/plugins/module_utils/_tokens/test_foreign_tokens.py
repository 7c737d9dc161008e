# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens and stored keys of other creators: tables of the pure plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Refused
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import Stored
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.file import FileSink
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.model import VALID, Keep, Purge, Token
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.plan import plan

from .states import ACCOUNT, DAY, GOOD, KNOWN, NOTHING_STORED, SINK, THERE, WANTED, at, knowing

FOREIGN = Token(8, "ci", at(-9 * DAY), last_used=at(-60))


@pytest.mark.parametrize(
    ("state", "template"),
    [
        pytest.param(replace(NOTHING_STORED, tokens=(FOREIGN,)), None, id="nothing is stored"),
        pytest.param(replace(GOOD, tokens=(FOREIGN,)), None, id="the stored one is gone"),
        pytest.param(replace(NOTHING_STORED, tokens=(replace(FOREIGN, created=at(-1)),)), None, id="just created"),
        pytest.param(replace(NOTHING_STORED, tokens=(replace(FOREIGN, name="ci-20260101"),)), "{name}-{date}", id="template"),
        pytest.param(replace(NOTHING_STORED, tokens=(replace(FOREIGN, expires=at(60)),)), None, id="due"),
    ],
)
@pytest.mark.parametrize("keep", [None, Keep(DAY)], ids=["at once", "kept"])
def test_a_token_of_another_creator(state, template, keep):
    wanted = replace(WANTED, name_template=template, keep=keep, renew_before=600)
    with pytest.raises(Refused, match=r"\(id 8, last used 2026-06-01T11:59:00Z\).*/keys/ci.*on_foreign_token") as caught:
        plan(wanted, state)
    assert caught.value.code == "foreign_token"
    change = plan(replace(wanted, on_foreign="replace"), state)
    entry = state.tokens[0]
    assert (change.action, change.planned["was"], change.work.name != entry.name) == ("replace", "foreign", True)
    assert (change.work.to_delete, [one.id for one in change.work.waiting]) == (((entry,), []) if keep is None else ((), [8]))


@pytest.mark.parametrize("verdict", [{}, {"rotate": "always"}])
def test_a_token_of_another_creator_beside_ours_stays(verdict):
    state = knowing(replace(GOOD, tokens=(replace(THERE, name="ci-2"), FOREIGN)), name="ci-2")
    for on_foreign in ("fail", "replace"):
        change = plan(replace(WANTED, on_foreign=on_foreign, **verdict), state)
        assert change is None or FOREIGN not in change.work.to_delete


def test_absent_beside_a_token_of_another_creator():
    state = knowing(replace(GOOD, tokens=(replace(THERE, name="ci-2"), FOREIGN)), name="ci-2")
    gone = replace(WANTED, state="absent")
    with pytest.raises(Refused, match="on_foreign_token: replace, which deletes it, too") as caught:
        plan(gone, state)
    assert caught.value.code == "foreign_token"
    assert sorted(one.id for one in plan(replace(gone, on_foreign="replace"), state).work.to_delete) == [7, 8]


@pytest.mark.parametrize("action", ["present", "absent"])
@pytest.mark.parametrize(
    "state",
    [
        pytest.param(replace(GOOD, org_id=3, org_name="other"), id="another org"),
        pytest.param(replace(GOOD, account=replace(ACCOUNT, id=6, name="build")), id="another account"),
        pytest.param(knowing(name="deploy", base_name="deploy"), id="another name"),
        pytest.param(knowing(name="deploy", base_name=None), id="another name, in older metadata"),
        pytest.param(knowing(name="ci-2", base_name="ci-2"), id="a name that looks like ours"),
        pytest.param(knowing(service_account_id=None, service_account=None), id="an API key"),
        pytest.param(replace(knowing(server="http://other"), tokens=()), id="gone, and another server"),
        pytest.param(replace(knowing(server="http://other"), refused="refused"), id="refused, and another server"),
        pytest.param(replace(GOOD, refused="other org"), id="it works in another org"),
        pytest.param(replace(GOOD, refused="other account"), id="it works as another account"),
        pytest.param(replace(GOOD, tokens=(), stored=Stored(None, "sha256:x", True), unknown_key=VALID), id="no metadata"),
        pytest.param(replace(GOOD, stored=Stored(KNOWN, "sha256:x", True), unknown_key=VALID), id="a key put there by hand"),
    ],
)
def test_a_sink_of_another_key(state, action):
    with pytest.raises(Refused, match="/keys/ci stores the key of ") as caught:
        plan(replace(WANTED, state=action), state)
    assert caught.value.code == "place_taken"


@pytest.mark.parametrize(
    ("state", "removes"),
    [
        pytest.param(replace(GOOD, account=replace(ACCOUNT, id=6), tokens=(), dead=True), True, id="an account created again"),
        pytest.param(replace(GOOD, account=None, tokens=(), dead=True), True, id="the account is gone"),
        pytest.param(replace(GOOD, org_id=3, tokens=(), dead=True), True, id="an org created again"),
        pytest.param(replace(GOOD, org_id=3, org_name="other", dead=True), False, id="another org"),
        pytest.param(
            knowing(replace(GOOD, dead=True), service_account="build", service_account_id=6), False, id="another account"
        ),
        pytest.param(knowing(replace(GOOD, dead=True), name="deploy", base_name="deploy"), False, id="another name"),
    ],
)
def test_a_dead_key_may_be_overwritten_and_is_removed_only_under_its_names(state, removes):
    assert plan(WANTED, replace(state, account=ACCOUNT, tokens=())).action == "create"
    gone = replace(WANTED, state="absent")
    if removes:
        assert plan(gone, state).action == "delete"
        return
    with pytest.raises(Refused) as caught:
        plan(gone, state)
    assert caught.value.code == "place_taken"


def test_nothing_is_purged_for_a_sink_of_another_key():
    dead = Token(10, "dead", expired=True)
    state = replace(GOOD, tokens=(dead,), cut=Refused("the list ends", code="list_cut"))
    wanted = replace(WANTED, purge=Purge(expired=True))
    assert plan(wanted, state).work.to_delete == (dead,)
    with pytest.raises(Refused) as caught:
        plan(wanted, knowing(state, name="deploy", base_name="deploy"))
    assert caught.value.code == "place_taken"


def test_absent_in_an_account_that_was_created_again():
    """The metadata describes the token of the old account, and a token of the new one belongs to another creator."""
    state = replace(GOOD, account=replace(ACCOUNT, id=6), tokens=(FOREIGN,), dead=True)
    gone = replace(WANTED, state="absent")
    with pytest.raises(Refused) as caught:
        plan(gone, state)
    assert caught.value.code == "foreign_token"
    assert plan(replace(gone, on_foreign="replace"), state).work.to_delete == (FOREIGN,)


class Unreadable(FileSink):
    """A sink that does not return its key, as an AWX credential."""

    readable = False


UNREADABLE = Unreadable.at("/keys/ci")
MOVED = knowing(server="http://other")
DUE = {"renew_before": 30 * DAY}


@pytest.mark.parametrize(
    ("wanted", "state", "refused"),
    [
        (DUE, knowing(MOVED, created=at(-4 * DAY)), True),
        (DUE, knowing(MOVED, created=None), True),
        (DUE, MOVED, False),
        (DUE, knowing(MOVED, created=at(-3 * DAY - 2)), False),
        (DUE, knowing(MOVED, server="http://g", created=at(-4 * DAY)), False),
        ({"rotate": "always"}, knowing(MOVED, created=at(-4 * DAY)), True),
        ({"state": "absent"}, knowing(MOVED, created=at(-4 * DAY)), True),
        ({"state": "absent"}, MOVED, False),
        ({}, knowing(MOVED, created=at(-4 * DAY)), False),
        ({**DUE, "sink": SINK}, knowing(MOVED, created=at(-4 * DAY)), False),
    ],
)
def test_a_key_that_cannot_be_tested_at_another_address(wanted, state, refused):
    wanted = replace(WANTED, **{"sink": UNREADABLE, **wanted})
    if not refused:
        plan(wanted, state)
        return
    with pytest.raises(Refused) as caught:
        plan(wanted, state)
    assert caught.value.code == "place_taken"
    assert "stores the key of token ci of service account ci on http://other" in caught.value.message


def test_another_address_of_the_same_server():
    assert plan(WANTED, knowing(server="http://other")) is None
    assert plan(replace(WANTED, state="absent"), knowing(server="http://other")).work.to_delete == (THERE,)
