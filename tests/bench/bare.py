# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same work with nothing but `requests`: what a careful script would do, with one session and no more than needed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from benchmark import TooLong

#: How often a write is sent that the server answers with an error of its own.
ATTEMPTS = 6


def bootstrap(url: str, user: str, password: str, tenants: list[dict], concurrency: int, ends: float) -> None:
    """Bring *tenants* about, so many at a time, until the clock shows *ends*."""
    login = requests.post(f"{url}/login", json={"user": user, "password": password}, timeout=30)
    login.raise_for_status()
    cookies = login.cookies.get_dict()
    local = threading.local()

    def call(method: str, path: str, org: int | None = None, body: object = None) -> requests.Response:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.cookies.update(cookies)
        headers = {"X-Grafana-Org-Id": str(org)} if org else {}
        for attempt in range(ATTEMPTS if method == "POST" else 1):  # SQLite may be locked
            answer = local.session.request(method, url + path, json=body, headers=headers, timeout=60)
            if answer.status_code < 500:
                break
            time.sleep(0.1 * 2**attempt)
        return answer

    # The legacy route takes a second on a server with two thousand organizations that have a dashboard of the same uid.
    newer = int(call("GET", "/api/health").json()["version"].split(".")[0]) >= 12
    known = {org["name"]: org["id"] for org in call("GET", "/api/orgs?perpage=10000").json()}

    def one(tenant: dict) -> None:
        if time.monotonic() > ends:
            raise TooLong
        org = known.get(tenant["name"])
        if org is None:
            made = call("POST", "/api/orgs", body={"name": tenant["name"]})
            again = made.status_code == 409  # made by an attempt that ended in an error
            org = call("GET", f"/api/orgs/name/{tenant['name']}").json()["id"] if again else made.json()["orgId"]
        member = tenant["members"][0]
        if member["login"] not in [one["login"] for one in call("GET", f"/api/orgs/{org}/users").json()]:
            body = {"loginOrEmail": member["login"], "role": member["role"]}
            call("POST", f"/api/orgs/{org}/users", body=body).raise_for_status()
        account = tenant["service_accounts"][0]
        found = call("GET", "/api/serviceaccounts/search?perpage=1000", org).json()["serviceAccounts"]
        ids = [one["id"] for one in found if one["name"] == account["name"]]
        if not ids:
            body = {"name": account["name"], "role": account["role"]}
            ids = [call("POST", "/api/serviceaccounts", org, body).json()["id"]]
        token = account["tokens"][0]
        listed = call("GET", f"/api/serviceaccounts/{ids[0]}/tokens", org).json()
        if token["name"] not in [one["name"] for one in listed]:
            body = {"name": token["name"], "secondsToLive": token["seconds_to_live"]}
            key = call("POST", f"/api/serviceaccounts/{ids[0]}/tokens", org, body).json()["key"]
            bearer = {"Authorization": f"Bearer {key}"}
            requests.get(f"{url}/api/org", headers=bearer, timeout=30).raise_for_status()
            Path(token["dest"]).write_text(key + "\n", encoding="utf-8")
        dashboard = tenant["dashboards"][0]["dashboard"]
        space = f"/apis/dashboard.grafana.app/v0alpha1/namespaces/org-{org}/dashboards"
        there = f"{space}/{dashboard['uid']}" if newer else f"/api/dashboards/uid/{dashboard['uid']}"
        if call("GET", there, org).status_code == 404:
            call("POST", "/api/dashboards/db", org, {"dashboard": dashboard}).raise_for_status()

    with ThreadPoolExecutor(concurrency) as pool:
        list(pool.map(one, tenants))
    call("GET", "/logout")
