# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo` three times, and who sees what it has made."""

from __future__ import annotations

import re
import sys
import time

from lane.conftest import ROOT

#: Seconds after which a server has to show new dashboards in searches: its index is written a moment later.
INDEXED = 10


def test_demo_three_times(server, command, unique, tmp_path):
    """The first run changes something, no other one does; then a Viewer, an Editor and the token see every dashboard."""
    org, key = f"demo-{unique}", tmp_path / "keys" / "token"
    try:
        for time_ in range(3):
            printed = command(sys.executable, str(ROOT / "tests/tools/demo.py"), DEMO_ORG=org, DEMO_KEY=str(key))
            changed = int(re.search(r"First run: (\d+) tasks changed", printed)[1])
            assert bool(changed) is (time_ == 0), printed
            assert "Second run: changed=0." in printed
        number = server.made("GET", f"/api/orgs/name/{org}")["id"]
        uids = [hit["uid"] for hit in server.made("GET", "/api/search?type=dash-db", org=number)]
        assert uids
        readers = {role: reader(server, f"{role.lower()}-{unique}", role, number) for role in ("Viewer", "Editor")}
        readers["the tenant's token"] = key.read_text().strip()
        seen = {name: sees(server, identity, number, uids) for name, identity in readers.items()}
        assert seen == dict.fromkeys(readers, (dict.fromkeys(uids, 200), sorted(uids)))
    finally:
        clean_up(server, org, unique)


def reader(server, login, role, org):
    """Create a member, and return login and password."""
    user = {"login": login, "name": login, "password": "long-enough-1", "OrgId": org}
    number = server.made("POST", "/api/admin/users", user)["id"]
    server.made("PATCH", f"/api/orgs/{org}/users/{number}", {"role": role})
    return login, "long-enough-1"


def sees(server, identity, org, uids):
    """Return the statuses of reading the dashboards, and the dashboards that the search shows."""
    read = {uid: server.api("GET", f"/api/dashboards/uid/{uid}", org=org, auth=identity).status_code for uid in uids}
    end = time.monotonic() + INDEXED
    while True:
        answer = server.api("GET", "/api/search?type=dash-db", org=org, auth=identity)
        found = sorted(hit["uid"] for hit in answer.json()) if answer.ok else answer.status_code
        if found == sorted(uids) or time.monotonic() > end:
            return read, found
        time.sleep(1)


def clean_up(server, org, unique):
    """Delete what the test has made. From 13.1 on no request deletes an organization: there it stays."""
    for user in server.made("GET", f"/api/users/search?query={unique}&perpage=100")["users"]:
        server.api("DELETE", f"/api/admin/users/{user['id']}")
    found = server.api("GET", f"/api/orgs/name/{org}")
    if found.ok:
        server.api("DELETE", f"/api/orgs/{found.json()['id']}")
