# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Library elements: of them only a refusal is recorded, so this holds the emulator to Grafana's source.

pkg/services/libraryelements and pkg/services/librarypanels of 8.5.15, 9.3.2, 11.5.2 and 12.4.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from conformance.api import Api

from emulator import VERSIONS, Emulator

ELEMENTS = "/api/library-elements"
FIELDS = {"id", "orgId", "folderId", "uid", "name", "kind", "type", "description", "model", "version", "meta"}
#: Versions that look for the library panels of a dashboard.
CONNECTING = ("8.5.15", "9.3.2", "10.4.3", "11.5.1", "12.0.0-pre")
#: Versions that know which dashboards use a library panel.
COUNTING = (*CONNECTING, "13.1.0-pre")
PLACE = {"h": 1, "w": 2, "x": 0, "y": 0}


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(version=request.param) as running:
        yield running


def make(api: Api, uid: str = "l1", name: str = "One", **more: Any) -> dict[str, Any]:
    model = {"type": "gauge", "title": "Of the library", "datasource": None}
    return dict(api.made("POST", ELEMENTS, uid=uid, name=name, kind=1, model=model, **more)["result"])


def post(api: Api, *uids: str) -> Any:
    panels = [{"id": 5, "gridPos": PLACE, "title": "Own", "libraryPanel": {"uid": uid, "name": "One"}} for uid in uids]
    return api("POST", "/api/dashboards/db", dashboard={"uid": "d1", "title": "D", "panels": panels}, overwrite=True)


def test_one(server: Emulator) -> None:
    api = Api(server)
    folder = api.made("POST", "/api/folders", uid="f1", title="F")
    made = make(api, folderUid="f1", folderId=folder["id"])
    assert set(made) == FIELDS | (set() if server.version == "8.5.15" else {"folderUid"})
    assert (made["folderId"], made["meta"]["folderUid"], made["meta"]["folderName"]) == (folder["id"], "f1", "F")
    assert made["model"] == {"type": "gauge", "title": "Of the library", "datasource": None, "description": ""}
    assert api.made("GET", f"{ELEMENTS}/l1")["result"] == made
    assert api.made("GET", f"{ELEMENTS}/name/One")["result"] == [made]
    assert api("GET", f"{ELEMENTS}/l2").status_code == 404
    assert api.made("DELETE", f"{ELEMENTS}/l1") == {"id": made["id"], "message": "Library element deleted"}
    assert api("DELETE", f"{ELEMENTS}/l1").status_code == 404


def test_a_folder_is_named_by_its_number_alone_before_9(server: Emulator) -> None:
    api = Api(server)
    api.made("POST", "/api/folders", uid="f1", title="F")
    found = make(api, folderUid="f1")["meta"]["folderName"]
    assert found == ("General" if server.version == "8.5.15" else "F")


def test_lists(server: Emulator) -> None:
    api = Api(server)
    for number in range(5):
        make(api, f"l{number}", f"Panel {4 - number}")
    page = api.made("GET", f"{ELEMENTS}?perPage=2&page=2")["result"]
    assert [one["uid"] for one in page["elements"]] == ["l2", "l1"]
    assert (page["page"], page["perPage"]) == (2, 2)
    assert len(api.made("GET", ELEMENTS)["result"]["elements"]) == 5
    assert [one["uid"] for one in api.made("GET", f"{ELEMENTS}?searchString=panel%204")["result"]["elements"]] == ["l0"]


def test_taken(server: Emulator) -> None:
    api = Api(server)
    make(api)
    for uid, name, free in (("l1", "Two", False), ("l2", "One", server.version not in CONNECTING)):
        answer = api("POST", ELEMENTS, uid=uid, name=name, kind=1, model={})
        assert answer.status_code == (200 if free else 400)
        if not free:
            assert answer.json()["message"] == "library element with that name or UID already exists"


def test_a_dashboard_is_stored_before_its_library_panels_are_missed(server: Emulator) -> None:
    api = Api(server)
    answer = post(api, "l1")
    assert answer.status_code == (500 if server.version in CONNECTING else 200)
    assert api.made("GET", "/api/dashboards/uid/d1")["dashboard"]["version"] == 1
    make(api)
    assert post(api, "l1").status_code == 200


def test_what_is_connected_stays(server: Emulator) -> None:
    api = Api(server)
    api.made("POST", "/api/folders", uid="f1", title="F")
    make(api, folderUid="f1", folderId=api.made("GET", "/api/folders/f1")["id"])
    post(api, "l1")
    known = server.version in COUNTING
    assert api.made("GET", f"{ELEMENTS}/l1")["result"]["meta"]["connectedDashboards"] == int(known)
    # a write that fails for one leaves the connections of before
    connects = server.version in CONNECTING
    post(api, "l2")
    assert api("DELETE", f"{ELEMENTS}/l1").status_code == (403 if connects else 200)
    assert api("DELETE", "/api/folders/f1").status_code == (403 if connects else 200)
    api("DELETE", "/api/dashboards/uid/d1")
    assert api("DELETE", "/api/folders/f1").status_code == (200 if connects else 404)
    assert api("GET", f"{ELEMENTS}/l1").status_code == 404


def test_what_a_dashboard_shows(server: Emulator) -> None:
    api = Api(server)
    make(api)
    post(api, "l1")
    panel = api.made("GET", "/api/dashboards/uid/d1")["dashboard"]["panels"][0]
    if server.version != "8.5.15":
        assert panel == {"id": 5, "gridPos": PLACE, "title": "Own", "libraryPanel": {"uid": "l1", "name": "One"}}
        return
    library = panel.pop("libraryPanel")
    assert panel == {
        "id": 5,
        "gridPos": PLACE,
        "title": "Of the library",
        "type": "gauge",
        "description": "",
        "datasource": None,
    }
    assert set(library) == {"uid", "name", "type", "description", "version", "meta"}
    post(api, "l1", "l2")
    lost = api.made("GET", "/api/dashboards/uid/d1")["dashboard"]["panels"][1]
    assert lost["type"] == 'Name: "One", UID: "l2"'
