# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from an API key that is wanted and what is there: tables of the pure plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._api_keys.api import ApiKey
from ansible_collections.orgsmith.grafana.plugins.module_utils._api_keys.plan import DesiredKey, KeyState, judge, plan
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Refused, Unsupported
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import Metadata, Stored
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.file import FileSink
from ansible_collections.orgsmith.grafana.plugins.module_utils._text.durations import iso

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
DAY = 86400
MONTH = 30 * DAY


def at(seconds):
    """Return a time *seconds* from now, as the server writes it."""
    return iso(NOW + timedelta(seconds=seconds))


class Unlocked(FileSink):
    """A place that cannot be locked."""

    locks = False


SINK, UNLOCKED = FileSink.at("/keys/ci"), Unlocked.at("/keys/ci")
WANTED = DesiredKey("ci", "Editor", MONTH, SINK)
KNOWN = Metadata(
    token_id=7, name="ci", org_id=2, org_name="tenant", created=at(-3 * DAY), expires=at(27 * DAY), fingerprint="sha256:k"
)
THERE = ApiKey(7, "ci", "Editor", at(27 * DAY))
GOOD = KeyState("org tenant", 2, THERE, Stored(KNOWN, "sha256:k", True), now=NOW)
EMPTY = KeyState("org tenant", 2, now=NOW)
LOST = replace(GOOD, stored=Stored())


def knowing(state=GOOD, **changes):
    """Return *state* with other metadata."""
    return replace(state, stored=replace(state.stored, metadata=replace(state.stored.metadata, **changes)))


def found(state=GOOD, **changes):
    """Return *state* with another listed key."""
    return replace(state, found=replace(THERE, **changes))


@pytest.mark.parametrize(
    ("state", "reasons"),
    [
        pytest.param(GOOD, [], id="all is well"),
        pytest.param(EMPTY, ["absent"], id="nothing at all"),
        pytest.param(replace(GOOD, found=None), ["gone"], id="not listed"),
        pytest.param(found(role="Viewer"), ["role"], id="another role"),
        pytest.param(found(expires=at(-60), expired=True), ["expired"], id="expired"),
        pytest.param(found(expires=at(26 * DAY)), ["lifetime"], id="a shorter life"),
        pytest.param(found(expires=at(30 * DAY)), ["lifetime"], id="a longer life"),
        pytest.param(found(expires=at(27 * DAY + 45)), [], id="a lifetime off by rounding"),
        pytest.param(found(expires=None), ["lifetime"], id="never expires"),
        pytest.param(found(role="Admin", expires=None), ["role", "lifetime"], id="two things"),
        pytest.param(LOST, ["lost"], id="nothing is stored"),
        pytest.param(replace(GOOD, stored=Stored(None, "sha256:k", True)), ["lost"], id="no metadata"),
        pytest.param(replace(GOOD, stored=Stored(None, "sha256:k", True), works=True), [], id="the key itself has shown it"),
        pytest.param(replace(GOOD, stored=Stored(KNOWN, None, True)), ["no key"], id="no key"),
        pytest.param(replace(GOOD, stored=Stored(KNOWN, "sha256:x", True)), ["other key"], id="another key"),
        pytest.param(replace(GOOD, stored=Stored(KNOWN, "sha256:x", True), works=False), ["other key"], id="one that is dead"),
        pytest.param(replace(GOOD, works=False), ["refused"], id="refused by the server"),
        pytest.param(knowing(token_id=6), ["remade"], id="an earlier key"),
        pytest.param(knowing(token_id=6, pending=("ci",)), ["unanswered"], id="a key whose making was noted"),
        pytest.param(knowing(token_id=None, pending=("ci",)), ["unanswered"], id="the first key whose making was noted"),
        pytest.param(knowing(pending=("ci",)), [], id="noted, and never made"),
        pytest.param(replace(LOST, unanswered=True), ["unanswered"], id="asked for in this run"),
        pytest.param(knowing(name="other"), ["elsewhere"], id="the key of another API key"),
        pytest.param(knowing(org_id=3), ["elsewhere"], id="the key of another org"),
        pytest.param(knowing(service_account_id=5), ["elsewhere"], id="the key of a token"),
        pytest.param(replace(knowing(org_id=3), works=True), ["elsewhere"], id="remembered as another's"),
    ],
)
def test_judged(state, reasons):
    assert judge(WANTED, state) == reasons


@pytest.mark.parametrize(
    ("lifetime", "expires", "differs"),
    [
        (None, None, False),
        (None, 9 * MONTH, False),
        (0, None, False),
        (0, DAY, True),
        (MONTH, None, True),
        (MONTH, MONTH, False),
        (MONTH, DAY, False),
        (MONTH, MONTH + 30, False),
        (MONTH, MONTH + 3600, True),
    ],
)
def test_a_lifetime_where_nothing_tells_when_the_key_was_made(lifetime, expires, differs):
    state = found(replace(EMPTY), expires=None if expires is None else at(expires))
    assert judge(replace(WANTED, lifetime=lifetime, sink=None), state) == (["lifetime"] if differs else [])


@pytest.mark.parametrize(
    ("wanted", "state", "action"),
    [
        pytest.param(WANTED, EMPTY, "create", id="nothing there"),
        pytest.param(WANTED, replace(GOOD, found=None), "create", id="deleted on the server"),
        pytest.param(replace(WANTED, replace="when_needed"), found(role="Viewer"), "replace", id="another role"),
        pytest.param(replace(WANTED, replace="when_needed"), LOST, "replace", id="lost"),
        pytest.param(replace(WANTED, replace="when_needed"), knowing(service_account_id=5), "replace", id="a token's place"),
        pytest.param(WANTED, knowing(token_id=None, pending=("ci",)), "replace", id="nobody's key"),
        pytest.param(
            WANTED, found(knowing(token_id=6, pending=("ci",)), role="Viewer"), "replace", id="nobody's key of another role"
        ),
        pytest.param(
            replace(WANTED, sink=UNLOCKED),
            knowing(token_id=None, pending=("ci",), noted=at(-1000)),
            "replace",
            id="noted long ago",
        ),
        pytest.param(replace(WANTED, sink=UNLOCKED), replace(LOST, unanswered=True), "replace", id="without a lock, this run's"),
        pytest.param(WANTED, replace(GOOD, stored=Stored(None, "sha256:k", True), works=True), "adopt", id="stored by hand"),
        pytest.param(WANTED, knowing(pending=("ci",)), "tidy", id="noted, and never made"),
        pytest.param(replace(WANTED, sink=UNLOCKED), knowing(pending=("ci",)), None, id="noted, without a lock"),
        pytest.param(WANTED, GOOD, None, id="all is well"),
        pytest.param(replace(WANTED, sink=None), LOST, None, id="listed, and no place"),
        pytest.param(replace(WANTED, state="absent"), GOOD, "delete", id="to go"),
        pytest.param(replace(WANTED, state="absent"), replace(GOOD, found=None), "delete", id="what is stored goes"),
        pytest.param(replace(WANTED, state="absent"), EMPTY, None, id="gone"),
        pytest.param(replace(WANTED, state="absent"), replace(knowing(name="x"), found=None), None, id="another's place"),
    ],
)
def test_planned(wanted, state, action):
    change = plan(wanted, state)
    assert (change.action if change else None) == action


@pytest.mark.parametrize(
    ("wanted", "state", "code", "words"),
    [
        (WANTED, found(role="Viewer"), "replace_needed", "its role is Viewer, not Editor"),
        (WANTED, found(expires=None), "replace_needed", "it expires never"),
        (WANTED, LOST, "replace_needed", "its key was not stored"),
        (
            replace(WANTED, sink=UNLOCKED),
            knowing(token_id=None, pending=("ci",), noted=at(-60)),
            "replace_needed",
            "another run may be about to store it: run the task again in 15 minutes",
        ),
        (replace(WANTED, sink=None), EMPTY, "no_place_for_key", "set dest"),
        (replace(WANTED, sink=None, replace="when_needed"), found(role="Viewer"), "no_place_for_key", "set dest"),
        (WANTED, replace(knowing(name="other"), found=None), "place_taken", "API key other of org tenant"),
        (
            WANTED,
            replace(knowing(service_account_id=5, service_account="sa", name=None, pending=("t",)), found=None),
            "place_taken",
            "token t of service account sa",
        ),
    ],
)
def test_what_may_not_be_done(wanted, state, code, words):
    with pytest.raises(Refused, match=words.replace("(", "\\(")) as refused:
        plan(wanted, state)
    assert refused.value.code == code


@pytest.mark.parametrize("state", [EMPTY, found(role="Viewer"), LOST])
def test_a_server_that_makes_none(state):
    wanted = replace(WANTED, replace="when_needed")
    with pytest.raises(Unsupported):
        plan(wanted, replace(state, unmakable=Unsupported("no")))


def test_a_server_that_makes_none_and_has_one():
    assert plan(WANTED, replace(GOOD, unmakable=Unsupported("no"))) is None


def test_what_is_shown():
    change = plan(replace(WANTED, replace="when_needed"), found(role="Viewer", expires=None))
    assert change.before == {
        "name": "ci",
        "role": "Viewer",
        "status": "role",
        "expires": None,
        "reason": "it has another role; it has another lifetime",
        "dest": "/keys/ci",
    }
    assert change.after == {"name": "ci", "role": "Editor", "status": "valid", "seconds_to_live": MONTH, "dest": "/keys/ci"}
    assert change.work.old == found(role="Viewer", expires=None).found


@pytest.mark.parametrize(
    ("wanted", "there", "role"), [("Admin", None, "Admin"), (None, None, "Viewer"), (None, "Editor", "Editor")]
)
def test_the_role_of_a_new_key(wanted, there, role):
    state = found(LOST, role=there) if there else EMPTY
    assert plan(replace(WANTED, role=wanted, replace="when_needed"), state).work.role == role


@pytest.mark.parametrize(("listed", "gone"), [(True, True), (False, False)])
def test_what_is_stored_of_a_key_that_lives_on_as_a_token_stays(listed, gone):
    heir = Account(9, "sa-autogen-ci", "sa-autogen-2-ci", {"role": "Editor", "disabled": False})
    state = replace(GOOD, heir=heir, found=THERE if listed else None)
    change = plan(replace(WANTED, state="absent"), state)
    assert (change is not None and "dest" in change.before) == gone
