# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to paths without a route."""

from __future__ import annotations

from collections.abc import Iterator

from .profile import Profile
from .replies import Reply, not_found

#: The groups that the API server of 10.4 has.
GROUPS = ("featuretoggle", "playlist")
HOOKS = ("max-in-flight-filter", "storage-object-count-tracker-hook")


def no_route(profile: Profile, path: str) -> Reply:
    """Return the 404 of a path without a route: the API server of 10.x lists all paths that it has."""
    if path.startswith("/apis/") and (10, 4) <= profile.numbers < (11, 0):
        return Reply(404, {"paths": list(_paths())})
    return not_found()


def _paths() -> Iterator[str]:
    yield "/apis"
    for group in GROUPS:
        yield from (f"/apis/{group}.grafana.app", f"/apis/{group}.grafana.app/v0alpha1")
    for check in ("healthz", "livez", "readyz"):
        yield from (f"/{check}", f"/{check}/log", f"/{check}/ping")
        yield from (f"/{check}/poststarthook/{hook}" for hook in HOOKS)
        if check == "readyz":
            yield "/readyz/shutdown"
        if check == "livez":
            yield from ("/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3", "/openapi/v3/")
    yield "/version"
