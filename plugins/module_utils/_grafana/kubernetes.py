# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/apis``: paths, annotations and pages of objects in the style of Kubernetes (dashboards, folders)."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from .errors import ServerError
from .interpreting import started
from .scope import Scope
from .versions import LISTS_MAY_OMIT

DASHBOARDS, FOLDERS = "dashboard.grafana.app", "folder.grafana.app"

#: The prefix of annotations and labels, and the annotations that the collection reads or writes.
NOTE = "grafana.app/"
FOLDER_NOTE = NOTE + "folder"
MESSAGE_NOTE = NOTE + "message"
MANAGER_NOTE = NOTE + "managedBy"
MANAGER_ID_NOTE = NOTE + "managerId"
#: The kind of manager of objects in Git Sync.
REPOSITORY = "repo"
#: ``true`` if the manager lets others edit the object.
EDITS_NOTE = NOTE + "managerAllowsEdits"
#: Asks the server to give a new object in General the default permissions (Viewer, Editor and its creator), as the legacy
#: routes do. Without it only Admins see the object (12.0 to 13.1, recorded). Updates ignore it; any other value is a 500.
GRANT_NOTE = NOTE + "grant-permissions"
GRANT_DEFAULT = "default"


def folder_uid(value: t.Any) -> str:
    """Return the uid of a folder in an answer of the server; ``""`` for General, which 13.1 may call ``general`` (seen)."""
    return "" if value is None or str(value) == "general" else str(value)


def takes_edits(notes: t.Mapping[str, str]) -> bool:
    """Return whether the manager in an object's annotations lets others edit it: gcx, Terraform and files can be set to.

    A repository refuses edits whatever the annotation says (from the source of 13.1).
    """
    return notes.get(EDITS_NOTE) == "true" and notes.get(MANAGER_NOTE) != REPOSITORY


def collection(scope: Scope, group: str, version: str, kind: str) -> str:
    """Return the path of all objects of a *kind* in the organization of *scope*.

    The namespace in the path selects the organization; the server ignores the header X-Grafana-Org-Id.
    """
    namespace = "default" if scope.org_id == 1 else "org-%d" % scope.org_id
    return "/apis/%s/%s/namespaces/%s/%s" % (group, version, namespace, kind)


#: How often an empty page is requested.
_ATTEMPTS = 3


def pages(scope: Scope, path: str, size: int, ahead: bool = False) -> t.Iterator[tuple[list[dict[str, t.Any]], bool]]:
    """Yield the pages of a list of objects as (objects, whether this is the last page).

    With *ahead* the next page is requested while the caller works on one: for callers who read all pages, which then are twice
    in memory. Raises :class:`Forbidden` for a caller who is not a member, and :class:`ServerError` for a page that stays empty
    although the page before announced it.
    """
    read = partial(_page, scope, path, size)
    wait: t.Callable[[], dict[str, t.Any]] = partial(read, None)
    with ThreadPoolExecutor(1) as pool:
        while True:
            page = wait()
            more = (page.get("metadata") or {}).get("continue") or None
            if more is not None:
                wait = started(pool, partial(read, more)) if ahead else partial(read, more)
            yield page.get("items") or [], more is None
            if more is None:
                return


def _page(scope: Scope, path: str, size: int, more: str | None) -> dict[str, t.Any]:
    """Return a page of a list.

    13.1 answers 200 with an empty list to callers who are not members, and leaves out objects if its database is too busy to
    read their permissions (seen on SQLite). So an empty page is requested again.
    """
    for attempt in range(_ATTEMPTS):
        page: dict[str, t.Any] = scope.client.get(path, org=scope.org_id, limit=size, **{"continue": more})
        if page.get("items") or not scope.client.at_least(LISTS_MAY_OMIT):
            return page
        if more is None:
            scope.check_member("the server returns an empty list")
            if attempt:
                return page
    raise ServerError(
        "GET %s on %s announced more objects, and %d times returned none of them: its database is probably too busy; run the "
        "task again" % (path, scope.client.connection.url, _ATTEMPTS)
    )
