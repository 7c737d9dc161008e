# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for the requests, and their order, that the library panels and plugins of an export need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.inputs import LibraryPanel
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.imports import (
    PER_PAGE,
    dangling,
    filled_in,
    foresee_panels,
    make_panels,
    missing_panels,
    panels_to_make,
    required,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.options import parse
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Forbidden, Refused, ServerError
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ..conftest import Call

CPU = LibraryPanel("cpu", "CPU", 1, {"type": "gauge"})
BODY = {"uid": "cpu", "name": "CPU", "kind": 1, "model": {"type": "gauge"}}
ELEMENTS = "/api/library-elements"
TAKEN = {"message": "library element with that name or UID already exists"}
MISSING = {"message": "library element could not be found"}


@pytest.fixture
def scope(by_token):
    return Scope(by_token, Org(2, "tenant"), OrgFinder(by_token))


def health(version):
    return Call("GET", "/api/health").answers(200, {"version": version} if version else {})


def panel_request(status, uid="cpu"):
    return Call("GET", f"{ELEMENTS}/{uid}").answers(status, {"result": {}} if status == 200 else MISSING)


def folder(**more):
    return Call("GET", "/api/folders/hosts").answers(200, {"uid": "hosts", "id": 7, "title": "Hosts", **more})


def test_the_folder_is_sent_by_uid(script, scope):
    body = {**BODY, "folderUid": "hosts"}
    script.expect(panel_request(404), health("9.0.0"), Call("POST", ELEMENTS, json=body), panel_request(200))
    make_panels(scope, [CPU, CPU], "hosts")


def test_the_folder_is_sent_by_id_before_9(script, scope):
    body = {**BODY, "folderUid": "hosts", "folderId": 7}
    script.expect(panel_request(404), health("8.5.15"), folder(), Call("POST", ELEMENTS, json=body))
    make_panels(scope, [CPU], "hosts")


def test_the_folder_is_sent_by_uid_and_id_if_the_version_is_hidden(script, scope):
    settings = Call("GET", "/api/frontend/settings").answers(200, {})
    body = {**BODY, "folderUid": "hosts", "folderId": 7}
    script.expect(panel_request(404), health(None), settings, folder(), Call("POST", ELEMENTS, json=body))
    make_panels(scope, [CPU], "hosts")


def test_a_library_panel_in_general(script, scope):
    script.expect(panel_request(404), Call("POST", ELEMENTS, json={**BODY, "folderUid": ""}))
    make_panels(scope, [CPU], "")


def test_existing_library_panels_are_not_created(script, scope):
    script.expect(panel_request(200))
    assert panels_to_make(scope, desired({}, panels=[CPU])) == []
    make_panels(scope, [CPU], "hosts")


@pytest.mark.parametrize("status", [400, 409, 412])
def test_another_client_creates_the_panel_first(script, scope, status):
    refusal = Call("POST", ELEMENTS).answers(status, TAKEN)
    script.expect(panel_request(404), refusal, panel_request(200))
    make_panels(scope, [CPU], "")


def test_the_name_is_taken(script, scope):
    script.expect(panel_request(404), Call("POST", ELEMENTS).answers(400, TAKEN), panel_request(404))
    with pytest.raises(Refused, match=r"library panel CPU \(cpu\) cannot be created in org tenant") as failed:
        make_panels(scope, [CPU], "")
    assert failed.value.code == "library_panel_taken"
    assert failed.value.status == 400


@pytest.mark.parametrize(("status", "kind"), [(400, Refused), (500, ServerError)])
def test_other_refusals_are_passed_on(script, scope, status, kind):
    script.expect(panel_request(404), Call("POST", ELEMENTS).answers(status, {"message": "uid too long, max 40 characters"}))
    if status == 400:
        script.expect(panel_request(404))
    with pytest.raises(kind, match="uid too long"):
        make_panels(scope, [CPU], "")


def desired(document, panels=(), **options):
    return replace(parse({"dashboard": {"title": "T", **document}, **options}), panels=tuple(panels))


def board(*uids):
    return desired({"panels": [{"libraryPanel": {"uid": uid, "name": uid.upper()}} for uid in uids]})


def test_each_panel_is_requested_once(script, scope):
    script.expect(panel_request(200, "a"), panel_request(404, "b"))
    assert missing_panels(scope, board("a", "b", "b")) == ["B (b)"]
    assert missing_panels(scope, board("b", "a")) == ["B (b)"]


def test_a_run_with_many_dashboards_lists_the_panels(script, scope):
    scope.many = True
    first = [{"uid": f"u{number}"} for number in range(PER_PAGE)]
    for number, elements in enumerate((first, [{"uid": "a"}]), 1):
        page = Call("GET", f"{ELEMENTS}?perPage={PER_PAGE}&page={number}")
        script.expect(page.answers(200, {"result": {"elements": elements}}))
    script.expect(panel_request(404, "b"))
    assert missing_panels(scope, board("a", "u3", "b")) == ["B (b)"]


def test_a_forbidden_library_panel_exists(script, scope):
    scope.many = True
    script.expect(Call("GET", f"{ELEMENTS}?perPage={PER_PAGE}&page=1").answers(403, {"message": "no"}))
    script.expect(Call("GET", f"{ELEMENTS}/a").answers(403, {"message": "insufficient permissions for getting library panel"}))
    assert missing_panels(scope, board("a")) == []


def test_library_panels_of_the_export_are_not_missing(script, scope):
    script.expect()
    assert missing_panels(scope, desired({"panels": [{"libraryPanel": {"uid": "cpu"}}]}, panels=[CPU])) == []


def test_planned_library_panels_exist_in_check_mode(script, scope):
    script.expect()
    foresee_panels(scope, [CPU])
    assert missing_panels(scope, board("cpu")) == []
    assert panels_to_make(scope, desired({}, panels=[CPU])) == []


def requires(*names):
    return desired({"__requires": [{"type": "panel", "id": name, "name": name} for name in names]})


def plugins(*names):
    return Call("GET", "/api/plugins?embedded=0").answers(200, [{"id": name} for name in names])


def test_plugins_that_the_list_lacks_are_requested(script, scope):
    script.expect(health("9.3.2"), plugins("gauge", "text"))
    script.expect(Call("GET", "/api/plugins/acme-globe/settings").answers(200, {"id": "acme-globe"}))
    script.expect(Call("GET", "/api/plugins/acme-app/settings").answers(403, {"message": "Access Denied"}))
    script.expect(Call("GET", "/api/plugins/acme-gone/settings").answers(404, {"message": "Plugin not found"}))
    wanted = requires("gauge", "acme-globe", "acme-app", "acme-gone")
    assert required(scope, wanted) == ["it uses the panel plugin acme-gone, which is not installed"]
    assert required(scope, wanted) == ["it uses the panel plugin acme-gone, which is not installed"]


def test_a_forbidden_list_of_plugins(script, scope):
    script.expect(health("9.3.2"), Call("GET", "/api/plugins?embedded=0").answers(403, {"message": "no"}))
    assert required(scope, requires("acme-gone")) == []


EXPORT = {
    "uid": "a",
    "title": "A",
    "__inputs": [{"name": "DS_A", "type": "datasource", "pluginId": "prometheus", "label": "A"}],
    "panels": [{"type": "graph", "datasource": {"type": "prometheus", "uid": "${DS_A}"}}],
}
HIDDEN = Call("GET", "/api/datasources").answers(403, {"message": "You'll need additional permissions"})


def test_without_the_data_sources_an_input_takes_the_uid_as_it_is(script, scope):
    warned = []
    scope.warn = warned.append
    script.expect(HIDDEN, HIDDEN)
    wanted = filled_in(scope, parse({"dashboard": EXPORT, "inputs": {"DS_A": "some-uid"}}))
    assert wanted.body["panels"][0]["datasource"]["uid"] == "some-uid"
    assert "(DS_A) are taken as uids" in warned[0]
    assert "may not list the data sources" in dangling(scope, wanted)[0]


def test_without_the_data_sources_an_input_needs_a_value(script, scope):
    script.expect(HIDDEN)
    with pytest.raises(Forbidden, match="may not list the data sources") as failed:
        filled_in(scope, parse({"dashboard": EXPORT}))
    assert failed.value.code == "data_sources_hidden"
