# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of lists of ``/apis``."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Forbidden, ServerError
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.kubernetes import pages
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ..conftest import Call, health

PATH = "/apis/dashboard.grafana.app/v1beta1/namespaces/org-2/dashboards"
NEWER = health("13.1.0-pre")


def listed(*names, after=None, more=None):
    """Expect a request for a page with these objects; *more* announces another page."""
    query = "?limit=2" + (f"&continue={after}" if after else "")
    metadata = {"continue": more} if more else {}
    return Call("GET", PATH + query).answers(
        200, {"metadata": metadata, "items": [{"metadata": {"name": name}} for name in names]}
    )


@pytest.fixture
def read(script, by_token):
    """A function that returns the names on each page."""
    scope = Scope(by_token, Org(2, "tenant"), OrgFinder(by_token))

    def run():
        return [[entry["metadata"]["name"] for entry in page] for page, _last in pages(scope, PATH, 2)]

    return run


def test_pages(script, read):
    script.expect(listed("a", "b", more="x"), listed("c", after="x"))
    assert read() == [["a", "b"], ["c"]]


def test_an_empty_list_is_requested_again(script, read):
    script.expect(listed(), NEWER, listed("a"))
    assert read() == [["a"]]


def test_a_list_that_is_empty_twice_is_empty(script, read):
    script.expect(listed(), NEWER, listed())
    assert read() == [[]]


def test_before_13_an_empty_list_is_empty(script, read):
    script.expect(listed(), health("12.4.3"))
    assert read() == [[]]


def test_an_announced_page_is_requested_again(script, read):
    script.expect(listed("a", "b", more="x"), listed(after="x"), NEWER, listed("c", after="x"))
    assert read() == [["a", "b"], ["c"]]


def test_an_announced_page_that_stays_empty_is_a_failure(script, read):
    script.expect(listed("a", "b", more="x"), listed(after="x"), NEWER, listed(after="x"), listed(after="x"))
    with pytest.raises(ServerError, match="announced more objects"):
        read()


def test_a_caller_who_is_not_a_member(script, client):
    caller = client()
    scope = Scope(caller, Org(2, "tenant"), OrgFinder(caller))
    script.expect(listed(), NEWER, Call("GET", "/api/user/orgs").answers(200, [{"orgId": 1, "name": "Main Org."}]))
    with pytest.raises(Forbidden) as caught:
        list(pages(scope, PATH, 2))
    assert caught.value.code == "not_a_member"
