# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for reading many dashboards: the requests, and that dashboards of the new layout are read in their own version."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.export.reading import everything, one_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import Identity
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Refused
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ...conftest import Call, health


def call(method, path, status=200, body=None, **expected):
    return Call(method, path, **expected).answers(status, body)


GROUP = "/apis/dashboard.grafana.app"
SEARCH = "/api/search?type=dash-db&limit=1000&page=1"


def path(version="v0alpha1"):
    return f"{GROUP}/{version}/namespaces/org-2/dashboards"


@pytest.fixture
def scope(client):
    a_client = client(identity=Identity(token="glsa_token-1"), concurrency=1)
    return Scope(a_client, Org(2), OrgFinder(a_client), many=True)


def thing(uid, version="v0alpha1", stored="", **spec):
    status = {"conversion": {"storedVersion": stored}} if stored else {}
    found = {"apiVersion": f"dashboard.grafana.app/{version}", "metadata": {"name": uid}, "status": status}
    return {**found, "spec": {"title": uid.upper(), **spec}}


def page(*items, more=None):
    return {"items": list(items), "metadata": {"continue": more} if more else {}}


def legacy(uid):
    return {"dashboard": {"uid": uid, "title": uid.upper(), "id": 1, "version": 2}, "meta": {"version": 2}}


def anything(_head):
    return True


def test_apis_read_one_list_in_pages(script, scope):
    script.expect(
        health("12.4.3"),
        call("GET", path() + "?limit=1000", 200, page(thing("a"), thing("b"), more="next")),
        call("GET", path() + "?limit=1000&continue=next", 200, page(thing("c"))),
    )
    heads, found = everything(scope, "auto", lambda head: head.uid != "b")
    assert [head.uid for head in heads] == ["a", "b", "c"]
    assert [current.uid for current in found] == ["a", "c"]


def test_few_dashboards_of_the_new_layout_are_requested_one_by_one(script, scope):
    script.expect(
        health("12.4.3"),
        call("GET", path() + "?limit=1000", 200, page(thing("a", stored="v2beta1"), thing("b"), thing("c", stored="v1beta1"))),
        call("GET", path("v2beta1") + "/a", 200, thing("a", "v2beta1", elements={})),
    )
    _heads, found = everything(scope, "auto", anything)
    assert [(current.uid, current.stored) for current in found] == [("a", "v2beta1"), ("b", "v0alpha1"), ("c", "v1beta1")]
    assert "elements" in found[0].body


def test_many_dashboards_of_the_new_layout_are_listed(script, scope):
    uids = [f"d{n}" for n in range(11)]
    script.expect(
        health("12.4.3"),
        call("GET", path() + "?limit=1000", 200, page(*(thing(uid, stored="v2beta1") for uid in uids))),
        call("GET", path("v2beta1") + "?limit=1000", 200, page(*(thing(uid, "v2beta1") for uid in [*uids, "other"]))),
    )
    _heads, found = everything(scope, "auto", anything)
    assert [(current.uid, current.stored) for current in found] == [(uid, "v2beta1") for uid in uids]


def test_legacy_routes_need_one_request_per_dashboard(script, scope):
    hits = [{"uid": uid, "title": uid.upper(), "tags": ["x"]} for uid in ("a", "gone", "b")]
    script.expect(
        health("9.3.2"),
        call("GET", SEARCH, 200, hits),
        call("GET", "/api/dashboards/uid/a", 200, legacy("a")),
        call("GET", "/api/dashboards/uid/gone", 404, {"message": "no"}),
        call("GET", "/api/dashboards/uid/b", 200, legacy("b")),
    )
    heads, found = everything(scope, "auto", anything)
    assert [head.tags for head in heads] == [("x",)] * 3
    assert [(current.uid, current.version) for current in found] == [("a", 2), ("b", 2)]


def test_the_layout_is_read_over_apis_for_the_legacy_route(script, scope):
    script.expect(
        health("12.4.3"),
        call("GET", SEARCH, 200, [{"uid": "a", "title": "A"}, {"uid": "b", "title": "B"}]),
        call("GET", path() + "?limit=1000", 200, page(thing("a", stored="v2beta1"), thing("b"))),
        call("GET", path("v2beta1") + "/a", 200, thing("a", "v2beta1")),
        call("GET", "/api/dashboards/uid/b", 200, legacy("b")),
    )
    _heads, found = everything(scope, "legacy", anything)
    assert [(current.uid, current.stored) for current in found] == [("a", "v2beta1"), ("b", "")]


def test_a_406_names_the_layout(script, scope):
    message = f"dashboard api version not supported, use {path('v2alpha1')}/a instead"
    script.expect(
        call("GET", "/api/dashboards/uid/a", 406, {"message": message}),
        call("GET", path("v2alpha1") + "/a", 200, thing("a", "v2alpha1")),
        health("12.0.1"),
        call("GET", "/api/dashboards/uid/b", 406, {"message": "something else"}),
    )
    scope.cached_for_run("dashboard APIs", lambda: False)
    found = one_of(scope, "legacy", "a")
    assert found is not None
    assert found.stored == "v2alpha1"
    with pytest.raises(Refused):
        one_of(scope, "legacy", "b")
