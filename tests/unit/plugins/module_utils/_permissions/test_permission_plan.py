# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which request leads from the present entries to the wanted ones, and which options are refused: tables."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._permissions.model import (
    FOLDER,
    SERVICE_ACCOUNT,
    DesiredPermissions,
    Entry,
    PermissionState,
    Wanted,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._permissions.options import parse
from ansible_collections.orgsmith.grafana.plugins.module_utils._permissions.plan import combined, plan

VIEWER, EDITOR = Entry("role", "Viewer", "View"), Entry("role", "Editor", "Edit")
ADMIN = Entry("user", "admin", "Admin", 1)
ALICE = Entry("user", "alice", "View", 2, email="alice@example.com")
CI = Entry("service_account", "sa-7-ci", "Edit", 9)
OPS = Entry("team", "Ops", "Edit", 4)
ABOVE = Entry("user", "alice", "Edit", 2, inherited=True)
NEW = (ADMIN, EDITOR, VIEWER)
IDS = {("user", "alice"): 2, ("user", "alice@example.com"): 2, ("team", "Ops"): 4, ("service_account", "ci"): 9}


def role(level):
    return Wanted("role", "Viewer", level)


def alice(level, name="alice"):
    return Wanted("user", name, level)


def body(*items, exclusive=False, current=NEW, ids=None, replaces=False):
    """Return the body of the request, ``None`` for none."""
    state = PermissionState(current, ids or {}, {"ci": ("sa-ci", "sa-7-ci")}, replaces)
    change = plan(DesiredPermissions(items, exclusive), state)
    return None if change is None else change.body


def single(**whom):
    return {"permission": whom.pop("permission", ""), **whom}


@pytest.mark.parametrize(
    ("items", "more", "expected"),
    [
        ([], {}, None),
        ([role("View")], {}, None),
        ([role("Edit")], {}, [single(builtInRole="Viewer", permission="Edit")]),
        ([alice("Edit")], {"ids": IDS}, [single(userId=2, permission="Edit")]),
        ([alice("View")], {"current": (*NEW, ALICE)}, None),
        ([alice("View", "alice@example.com")], {"current": (*NEW, ALICE)}, None),
        ([alice("View", "alice@example.com")], {"current": (ALICE,), "ids": IDS}, None),
        ([alice("Edit")], {"current": (ALICE,)}, [single(userId=2, permission="Edit")]),
        ([Wanted("team", "Ops", "Admin")], {"ids": IDS}, [single(teamId=4, permission="Admin")]),
        ([Wanted("team", "Ops", "Edit")], {"current": (OPS,)}, None),
        ([Wanted("service_account", "ci", "Edit")], {"current": (CI,)}, None),
        ([Wanted("service_account", "sa-7-ci", "Edit")], {"current": (CI,)}, None),
        ([Wanted("service_account", "ci", "View")], {"current": (CI,)}, [single(userId=9, permission="View")]),
        # A team, a user and an account of one name differ.
        (
            [Wanted("team", "alice", "View")],
            {"current": (ALICE,), "ids": {("team", "alice"): 5}},
            [single(teamId=5, permission="View")],
        ),
        # A complete list: what is written comes before what is removed.
        ([], {"exclusive": True}, [single(userId=1), single(builtInRole="Editor"), single(builtInRole="Viewer")]),
        ([role("View")], {"exclusive": True}, [single(userId=1), single(builtInRole="Editor")]),
        ([role("View")], {"exclusive": True, "current": (VIEWER, ABOVE)}, None),
        (
            [role("Edit"), alice("View")],
            {"exclusive": True, "current": (VIEWER, OPS), "ids": IDS},
            [single(builtInRole="Viewer", permission="Edit"), single(userId=2, permission="View"), single(teamId=4)],
        ),
        # An inherited entry is no entry of the object, but shows the id.
        ([alice("View")], {"current": (ABOVE,)}, [single(userId=2, permission="View")]),
        ([alice("Edit")], {"current": (ABOVE, ALICE)}, [single(userId=2, permission="Edit")]),
    ],
)
def test_single_entries(items, more, expected):
    assert body(*items, **more) == (None if expected is None else {"permissions": expected})


@pytest.mark.parametrize(
    ("items", "more", "expected"),
    [
        ([role("View")], {}, None),
        # The other entries are sent again: the request replaces the list.
        (
            [alice("Edit")],
            {"current": (VIEWER, OPS), "ids": IDS},
            [{"role": "Viewer", "permission": 1}, {"teamId": 4, "permission": 2}, {"userId": 2, "permission": 2}],
        ),
        ([alice("Admin")], {"current": (VIEWER, OPS), "ids": IDS, "exclusive": True}, [{"userId": 2, "permission": 4}]),
        ([], {"exclusive": True}, []),
        # The server refuses an entry that a folder above gives already, and stores a higher one.
        ([alice("Edit")], {"current": (ABOVE,)}, None),
        ([alice("View")], {"current": (ABOVE,), "exclusive": True}, None),
        ([alice("Admin")], {"current": (ABOVE,)}, [{"userId": 2, "permission": 4}]),
    ],
)
def test_whole_lists(items, more, expected):
    assert body(*items, replaces=True, **more) == (None if expected is None else {"items": expected})


def test_two_names_of_one_user():
    with pytest.raises(BadInput, match=r"user alice and user alice@example\.com, which are the same"):
        body(alice("View"), alice("Edit", "alice@example.com"), ids=IDS)


@pytest.mark.parametrize(
    ("after", "loses"),
    [([alice("View")], False), ([Wanted("user", "admin", "Edit")], True), ([Wanted("user", "admin", "Admin")], False)],
)
def test_who_loses_admin(after, loses):
    change = plan(DesiredPermissions(tuple(after)), PermissionState(NEW, IDS))
    assert (change is not None and change.takes_admin()) == loses


def test_an_object_that_does_not_exist_yet():
    wanted = DesiredPermissions((alice("Edit"),))
    assert plan(wanted, PermissionState()) is None
    found = combined(None, "work", wanted, PermissionState(), {"uid": "ops"})
    assert (found.action, found.before, found.after) == (
        "update",
        {"uid": "ops"},
        {"uid": "ops", "permissions": [{"user": "alice", "permission": "Edit"}]},
    )
    assert combined(None, "work", DesiredPermissions(), PermissionState(), {}) is None


@pytest.mark.parametrize(
    ("entry", "kind", "problem"),
    [
        ({"permission": "Edit"}, FOLDER, r"permissions\[0\]: set role, team, user or service_account"),
        ({"user": "a", "team": "b", "permission": "Edit"}, FOLDER, r"permissions\[0\]: team and user are set"),
        ({"user": "alice"}, FOLDER, r"permissions\[0\]: permission is missing: set View or Edit or Admin"),
        ({"user": " ", "permission": "Edit"}, FOLDER, r"permissions\[0\]: user is empty"),
        ({"user": 7, "permission": "Edit"}, FOLDER, r"permissions\[0\]\.user has to be a string"),
        ({"permission": "Edit"}, SERVICE_ACCOUNT, r"permissions\[0\]: set team or user"),
    ],
)
def test_entries_that_are_refused(entry, kind, problem):
    with pytest.raises(BadInput, match=problem):
        parse({"permissions": [entry]}, kind)


def test_options_that_exclude_each_other():
    entry = {"user": "alice", "permission": "Edit"}
    with pytest.raises(BadInput, match="user alice twice"):
        parse({"permissions": [entry, {**entry, "permission": "View"}]}, FOLDER)
    with pytest.raises(BadInput, match="state absent"):
        parse({"permissions": [], "state": "absent"}, FOLDER)
    assert parse({"permissions_exclusive": True, "state": "absent"}, FOLDER) is None
