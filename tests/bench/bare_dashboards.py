# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same dashboards with nothing but `requests`: what a careful script would do, so many at a time and no more than needed.

It reads what is there and writes what differs: from 12.0 on with one list and a ``PUT`` each, before with a ``GET`` each and
a ``POST``.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from benchmark import TooLong

PAGE = 1000
OWN = ("id", "uid", "version")
Session = Callable[[], requests.Session]


def apply(url: str, user: str, password: str, org: int, folder: str, directory: Path, concurrency: int, ends: float) -> None:
    """Make the dashboards of *directory* be those of the org's *folder*.

    *concurrency* dashboards are written at a time. Raises :class:`TooLong` when the clock shows *ends*.
    """
    login = requests.post(f"{url}/login", json={"user": user, "password": password}, timeout=60)
    login.raise_for_status()
    local = threading.local()

    def session() -> requests.Session:
        """Return the session of this thread."""
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.trust_env = False
            local.session.cookies.update(login.cookies.get_dict())
            local.session.headers["X-Grafana-Org-Id"] = str(org)
        return local.session

    version = session().get(f"{url}/api/health", timeout=60).json()["version"]
    newer = int(re.split(r"\D", version)[0]) >= 12
    write = (_objects if newer else _legacy)(session, url, org, folder)

    def one(path: Path) -> None:
        if time.monotonic() > ends:
            raise TooLong
        write(json.loads(path.read_text(encoding="utf-8")))

    with ThreadPoolExecutor(concurrency) as pool:
        list(pool.map(one, sorted(directory.glob("*.json"))))
    session().get(f"{url}/logout", timeout=60, allow_redirects=False)


def _objects(session: Session, url: str, org: int, folder: str) -> Any:
    """Return what writes one dashboard by ``/apis``, if it differs, after all were listed."""
    place = f"{url}/apis/dashboard.grafana.app/v0alpha1/namespaces/{'default' if org == 1 else f'org-{org}'}/dashboards"
    there = {
        item["metadata"]["name"]: (item["spec"], item["metadata"].get("annotations", {}).get("grafana.app/folder"))
        for item in _items(session(), place)
    }

    def write(wanted: dict[str, Any]) -> None:
        spec = {key: value for key, value in wanted.items() if key not in OWN}
        if there.get(wanted["uid"]) == (spec, folder):
            return
        metadata = {"name": wanted["uid"], "annotations": {"grafana.app/folder": folder}}
        session().put(f"{place}/{wanted['uid']}", json={"metadata": metadata, "spec": spec}, timeout=60).raise_for_status()

    return write


def _items(session: requests.Session, place: str) -> Iterator[dict[str, Any]]:
    more = ""
    while True:
        answer = session.get(place, params={"limit": str(PAGE), **({"continue": more} if more else {})}, timeout=600)
        answer.raise_for_status()
        body = answer.json()
        yield from body.get("items") or []
        more = body["metadata"].get("continue", "")
        if not more:
            return


def _legacy(session: Session, url: str, _org: int, folder: str) -> Any:
    """Return what reads one dashboard by the legacy route, and writes it if it differs."""

    def write(wanted: dict[str, Any]) -> None:
        answer = session().get(f"{url}/api/dashboards/uid/{wanted['uid']}", timeout=60)
        if answer.status_code != 404:
            answer.raise_for_status()
            found = answer.json()
            there = {key: value for key, value in found["dashboard"].items() if key not in OWN}
            if there == {key: value for key, value in wanted.items() if key not in OWN} and found["meta"]["folderUid"] == folder:
                return
        body = {"dashboard": wanted, "folderUid": folder, "overwrite": True}
        session().post(f"{url}/api/dashboards/db", json=body, timeout=60).raise_for_status()

    return write
