# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many dashboards at once: the lists that are read, and what a prune deletes."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.resource import Dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice

from ..conftest import Call, health
from .calls import APIS, body, call, thing


def many(task_of, **options):
    return [{"dashboard": {"uid": uid, **body(uid)}, **options} for uid in task_of]


@pytest.fixture
def batch(scope):
    """A function that brings many dashboards about at once."""

    def run(*options):
        resource = Dashboards()
        items = [Item(index, OrgChoice(), resource.parse(one)) for index, one in enumerate(options)]
        return Run(resource, scope.client, Mode()).all(items)

    return run


UIDS = [f"d{number}" for number in range(12)]
OWN = Call("GET", "/api/org").answers(200, {"id": 2, "name": "tenant"})


def page(uids, more=None):
    metadata = {"resourceVersion": "9", **({"continue": more} if more else {})}
    return {"metadata": metadata, "items": [thing(uid) for uid in uids]}


def test_many_are_one_list(script, batch):
    script.expect(OWN, health("12.4.3"), call("GET", APIS + "?limit=125").answers(200, page(UIDS)))
    assert {outcome.status for outcome in batch(*many(UIDS))} == {OK}


def test_pages_are_read_until_all_that_is_wanted_was_seen(script, batch):
    script.expect(
        OWN,
        health("12.4.3"),
        call("GET", APIS + "?limit=125").answers(200, page(["x", *UIDS[:6]], "t1")),
        call("GET", APIS + "?limit=125&continue=t1").answers(200, page(["y", *UIDS[6:]], "t2")),
    )
    assert {outcome.status for outcome in batch(*many(UIDS))} == {OK}


MANY = [f"d{number}" for number in range(45)]


def test_the_next_page_of_a_long_list_is_read_ahead(script, batch):
    script.expect(
        OWN,
        health("12.4.3"),
        call("GET", APIS + "?limit=125").answers(200, page(MANY[:20], "t1")),
        call("GET", APIS + "?limit=125&continue=t1").answers(200, page(MANY[20:40], "t2")),
        call("GET", APIS + "?limit=125&continue=t2").answers(200, page(MANY[40:])),
    )
    assert {outcome.status for outcome in batch(*many(MANY))} == {OK}


def test_the_last_few_are_asked_for_alone(script, batch):
    script.expect(
        OWN,
        health("12.4.3"),
        call("GET", APIS + "?limit=125").answers(200, page(UIDS[:-1], "t1")),
        call("GET", APIS + "/d11").answers(200, thing("d11")),
    )
    assert {outcome.status for outcome in batch(*many(UIDS))} == {OK}


def test_pruning_asks_for_nothing_that_the_list_has_told(script, batch):
    listed = page([*UIDS, "gone"])
    listed["items"] += [thing("by hand", message="x"), thing("other", message="[orgsmith.grafana: other]")]
    provisioned = thing("file", **{"grafana.app/managedBy": "classic-file-provisioning"})
    script.expect(
        OWN,
        health("12.4.3"),
        call("GET", APIS + "?limit=125").answers(200, {**listed, "items": [*listed["items"], provisioned]}),
        call("GET", APIS + "/gone").answers(200, thing("gone")),
        call("DELETE", APIS + "/gone").answers(200, {"status": "Success"}),
    )
    done = batch(*many(UIDS, prune=True))
    assert [outcome.status for outcome in done] == [OK] * 12 + [CHANGED]
    assert done[-1].before["uid"] == "gone"
