# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters playbook_stats and migration_drift: what playbooks report to the next node of a workflow."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._playbooks import stats

ONE = {"failed": 1, "done": True, "names": ["a"], "plans": {"a": "1"}}
TWO = {"failed": 2, "done": False, "names": ["b", "c"], "plans": {"b": "2"}}


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], {}),
        ([ONE], ONE),
        ([ONE, TWO], {"failed": 3, "done": False, "names": ["a", "b", "c"], "plans": {"a": "1", "b": "2"}}),
        ([ONE, ONE], {"failed": 2, "done": True, "names": ["a", "a"], "plans": {"a": "1"}}),
        ([{"a": 1}, {"b": True}], {"a": 1, "b": True}),
    ],
)
def test_servers_are_joined(results, expected):
    assert stats.playbook_stats(results, "mine") == {"mine": {**expected, "more": {}}}
    assert "more" not in ONE


def test_a_job_of_a_workflow_has_a_name_of_its_own():
    """AWX keeps of each name the value of the slice that ended last."""
    found = stats.playbook_stats([ONE], "mine", 12)
    assert sorted(found) == ["mine", "mine_job_12"]
    assert found["mine"] == found["mine_job_12"]


def test_the_size_is_bounded():
    many = [f"tenant-{number}" for number in range(5000)]
    whole = {
        "names": many,
        "failures": ["x" * 10_000] * 5000,
        "plans": dict.fromkeys(many, "0123456789ab"),
        "text": "y" * 900,
    }
    found = stats.playbook_stats([whole, {"names": ["z"]}], "mine")["mine"]
    assert found["names"] == many[:50]
    assert found["more"] == {"names": 4951, "failures": 4950, "plans": 4500}
    assert found["text"] == "y" * 499 + "…"
    assert len(json.dumps(found)) < 50_000


def test_other_values_are_refused():
    with pytest.raises(AnsibleFilterError, match="seconds has to be a number"):
        stats.playbook_stats([{"seconds": 1.5}], "mine")


def key(name="ci", status="changed", **more):
    return {"id": 1, "name": name, "role": "Editor", "action": "migrate", "status": status, "deleted": False, **more}


def plan(*keys, org="a", **more):
    orgs = [{"org_id": 2, "org_name": org, "status": "ok", "api_keys": list(keys), **more}]
    return {"server": {"url": "http://one"}, "organizations": orgs}


def approved(result, planned=True, **more):
    return {"planned": planned, **stats.migration_drift(result), **more}


BECOMES = {"id": 5, "name": "sa", "becomes": {"name": "ci", "role": None}}


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        (plan(key()), plan(key(last_used="2026-01-01T00:00:00Z")), False),
        (plan(key("a", id=1), key("b", id=2)), plan(key("b", id=2), key("a", id=1)), False),
        (plan(key()), plan(), False),
        (plan(key()), plan(key(), key("late", id=2)), True),
        (plan(key()), plan(key(action="delete")), True),
        (plan(key()), plan(key(id=2)), True),
        (plan(key()), plan(key(role="Admin")), True),
        (plan(key()), plan(key(), org="b"), True),
        (plan(key("a"), key("b", "ok")), plan(key("a")), False),
        (plan(service_accounts=[BECOMES]), plan(service_accounts=[{**BECOMES, "becomes": {"name": "x"}}]), True),
        (plan(), plan(status="changed"), True),
        (plan(status="changed"), plan(status="changed"), False),
    ],
)
def test_drift(before, now, changed):
    found = stats.migration_drift(now, [approved(before)])
    assert found["compared"]
    assert bool(found["changed"]) == changed
    assert stats.migration_drift(now, [{}, approved(before, planned=False)])["changed"] == []


def test_plans_of_several_slices_are_one():
    plans = [approved(plan(key(), org="a")), approved(plan(key(), org="b"))]
    both = {**plan(), "organizations": plan(key(), org="a")["organizations"] + plan(key(), org="c")["organizations"]}
    assert stats.migration_drift(both, plans)["changed"] == ["c at http://one"]


def test_organizations_beyond_the_limit_are_not_compared():
    found = stats.migration_drift(plan(key()), [approved(plan(key(), org="b"), more={"plans": 1})])
    assert not found["compared"]
    assert found["changed"] == []
