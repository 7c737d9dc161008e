# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers make of a dashboard is no change of it; and the emulator makes the same of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from conformance.normalisations import NAMES, changes, dashboard, rebuilt, recorded

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare.diff import ABSENT, compare
from emulator import VERSIONS, Emulator

FIELDS = ("id", "uid", "version")
#: A running 10.4.3 made the same of all of them as 9.3.2 and 11.5.1 did, so it has no file.
RECORDED = [version for version in VERSIONS if version != "10.4.3"]
each_version = pytest.mark.parametrize("version", RECORDED)


def _body(name: str) -> dict[str, Any]:
    return {key: value for key, value in dashboard(name).items() if key not in FIELDS}


def test_every_dashboard_is_recorded_on_every_version() -> None:
    assert len(NAMES) == 105
    assert all(sorted(recorded(version)) == NAMES for version in RECORDED)


@each_version
@pytest.mark.parametrize("route", ["legacy", "kubernetes"])
def test_what_the_server_gives_back_is_no_change(version: str, route: str) -> None:
    for name in NAMES:
        posted = _body(name)
        # Of a write that the server refused, and of a route that it does not have: what was posted.
        read = rebuilt(posted, recorded(version)[name].get(route, {}))
        assert compare(read, posted) == [], name
        assert compare({**read, "id": 3, "uid": "of-the-server", "version": 8}, dashboard(name)) == [], name
        edited = {**posted, "title": posted["title"] + " (edited)"}
        assert [difference.path for difference in compare(read, edited)] == ["title"], name


@pytest.mark.parametrize("version", ["12.0.0-pre", "12.4.3"])  # one that migrates, one that does not
def test_one_edited_query_is_one_change(version: str) -> None:
    for name in NAMES:
        desired = _body(name)
        read = rebuilt(desired, recorded(version)[name].get("legacy", {}))
        for index, panel in enumerate(desired["panels"]):
            if "libraryPanel" in panel or not panel.get("targets"):
                continue
            target = panel["targets"][0]
            expression = target.get("expr", ABSENT)
            target["expr"] = "edited"
            (changed,) = compare(read, desired)
            assert (changed.old, changed.new) == (expression, "edited"), name
            assert changed.path.startswith(f"panels[{index}]"), name
            assert changed.path.endswith(".targets[0].expr"), name
            if expression is ABSENT:
                del target["expr"]
            else:
                target["expr"] = expression


class Server:
    """Requests to one emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator, self.session = emulator, requests.Session()
        self.session.trust_env = False
        self.session.auth = ("admin", "admin")

    def __call__(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(method, self.emulator.url + path, json=body, timeout=30)

    def legacy(self, name: str) -> dict[str, Any]:
        """Post and read a dashboard by the legacy route, and post it again, as the recording did."""
        document = {key: value for key, value in dashboard(name).items() if key not in ("id", "version")}
        answer = self("POST", "/api/dashboards/db", {"dashboard": document, "overwrite": True})
        if answer.status_code != 200:
            return {"legacy_status": answer.status_code, "message": answer.json()["message"]}
        read = self("GET", f"/api/dashboards/uid/{document['uid']}").json()["dashboard"]
        again = self("POST", "/api/dashboards/db", {"dashboard": document, "overwrite": True}).json()
        return {
            "legacy_status": 200,
            "legacy": dict(changes(_body(name), {key: value for key, value in read.items() if key not in FIELDS})),
            "version_after_the_same_again": again["version"],
        }

    def kubernetes(self, name: str) -> dict[str, Any]:
        """The same by ``/apis``."""
        path = "/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards"
        uid = dashboard(name)["uid"]
        document = {"metadata": {"name": uid}, "spec": _body(name)}
        answer = self("POST", path, document)
        spec = self("GET", f"{path}/{uid}").json()["spec"]
        again = self("PUT", f"{path}/{uid}", document).json()
        return {
            "kubernetes_status": answer.status_code,
            "kubernetes": dict(changes(_body(name), spec)),
            "generation_after_the_same_again": again["metadata"]["generation"],
        }


def _expected(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without the trace id, which differs from server to server."""
    expected = {key: value for key, value in record.items() if key != "legacy_answer"}
    if "legacy_answer" in record:
        expected["message"] = json.loads(record["legacy_answer"])["message"]
    return expected


@each_version
def test_emulator_makes_the_same_of_every_dashboard(version: str) -> None:
    with Emulator(version=version) as emulator:
        server = Server(emulator)
        found = {name: server.legacy(name) for name in NAMES}
        emulator.reset()
        if "kubernetes" in next(iter(recorded(version).values())):
            for name in NAMES:
                found[name].update(server.kubernetes(name))
    wrong = {name: (found[name], _expected(recorded(version)[name])) for name in NAMES}
    assert {name: pair for name, pair in wrong.items() if pair[0] != pair[1]} == {}
