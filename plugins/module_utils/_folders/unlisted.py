# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders and dashboards that exist, but that the server's lists do not show yet.

From 12.0 on, lists leave out the newest nested folders, and the dashboards in them, for up to 30 seconds, unless the
caller is an Admin (seen on 12.4.3). Only a request by uid finds them. Therefore a new folder or dashboard without a uid in
the task gets a uid derived from its folder and title. The next run, and another run at the same time, derive the same uid,
request it and find the object.
"""

from __future__ import annotations

import hashlib
import json
import typing as t

from .._grafana.granted import permissions
from .._grafana.scope import Scope
from .._grafana.versions import FOLDER_APIS

#: The number of derived uids to try. A uid can be taken by an object that was renamed or moved after it got this uid.
MOST = 20
T = t.TypeVar("T")


def derived_uid(folder_uid: str, title: str, number: int = 0) -> str:
    """Return the uid for a new object titled *title* in a folder (``""`` for General): 28 letters and digits. Pure.

    *number* selects another uid if renamed or moved objects have those with lower numbers.
    """
    key: list[t.Any] = [folder_uid, title]
    text = json.dumps([*key, number] if number else key)
    return "o" + hashlib.sha256(text.encode("ascii")).hexdigest()[:27]


def derived_uids(folder_uid: str, title: str) -> t.Iterator[str]:
    """Yield the uids to try for a new object, in order."""
    for number in range(MOST):
        yield derived_uid(folder_uid, title, number)


def look_up(
    folder_uid: str, title: str, get: t.Callable[[str], T | None], place_of: t.Callable[[T], tuple[str, str]]
) -> T | None:
    """Return the object titled *title* in a folder that *get* finds by a derived uid, ``None`` if there is none.

    *place_of* returns the uid of an object's folder and its title.
    """
    for uid in derived_uids(folder_uid, title):
        candidate = get(uid)
        if candidate is None or place_of(candidate) == (folder_uid, title):
            return candidate
    return None


def may_be_unlisted(scope: Scope) -> bool:
    """Return whether the server's lists may lack objects that this caller can read by uid."""
    if scope.client.at_least(FOLDER_APIS) is False:
        return False
    granted = permissions(scope)  # an Admin may read every folder
    return granted is None or "folders:*" not in (granted.get("folders:read") or [])


def reads_no_dashboard(scope: Scope) -> bool:
    """Return whether the caller may read no dashboard at all, like an Editor in an org without dashboards and folders.

    From 9.0 to 11 such a caller gets 403 for every dashboard, also for one that does not exist.
    """
    granted = permissions(scope)
    return granted is not None and not granted.get("dashboards:read")


__all__ = ["derived_uid", "derived_uids", "look_up", "may_be_unlisted", "reads_no_dashboard"]
