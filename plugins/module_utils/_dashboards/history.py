# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Detects who wrote a dashboard last, by a mark that this collection adds to the message of each version.

The message ends in ``[orgsmith.grafana]``, or in ``[orgsmith.grafana: SOURCE]`` if the task sets ``source``. A version
that a user or another tool writes has no mark, so the newest version has one only if the collection wrote it.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .._grafana.client import segment
from .._grafana.errors import BadInput
from .._grafana.scope import Scope
from .._grafana.secrets import masked
from .._grafana.versions import VERSIONS_BY_UID

_MARK = re.compile(r"\[orgsmith\.grafana(?:: ([^\[\]]*))?\]\Z")
#: The longest message of a version, in bytes of UTF-8.
_LONGEST = 500
_SOURCE = re.compile(r"[\w.,/ -]{1,60}")


@dataclass(frozen=True)
class LastWrite:
    """The newest version of a dashboard: *by* is a login, *at* the time in the server's own format."""

    version: int
    by: str
    at: str
    message: str

    @property
    def ours(self) -> bool:
        """Whether this collection wrote the version."""
        return source_of(self.message) is not None

    def shown(self) -> dict[str, t.Any]:
        """Return the version as part of a result. Anything in the message that looks like a key is masked."""
        return {"version": self.version, "by": self.by, "at": self.at, "message": masked(self.message)}


def mark(message: str | None, source: str) -> str:
    """Return *message* with the mark appended, cut to the length that servers accept (12.1 and later refuse a longer one)."""
    own_mark = "[orgsmith.grafana: %s]" % source if source else "[orgsmith.grafana]"
    own = (message or "").strip().encode("utf-8", "replace")
    most = _LONGEST - len(own_mark) - 1
    if len(own) > most:
        own = own[: most - 3].decode("utf-8", "ignore").rstrip().encode() + b"..."
    return "%s %s" % (own.decode(), own_mark) if own else own_mark


def source_of(message: str | None) -> str | None:
    """Return the source in the mark of *message* (``""`` if the mark has none); ``None`` for a message without a mark."""
    match = _MARK.search(message or "")
    return None if match is None else match.group(1) or ""


def check_source(source: str) -> str:
    """Return *source* if the mark can contain it. Raises :class:`BadInput` otherwise."""
    if source and (not _SOURCE.fullmatch(source) or source != source.strip()):
        raise BadInput("%r is not a valid source: use up to 60 letters, digits, spaces and .,/_-" % source)
    return source


def last_write(scope: Scope, uid: str, number: int | None = None) -> LastWrite | None:
    """Return the newest version of a dashboard; ``None`` if it has no history or does not exist.

    *number* is the dashboard's database id. Grafana before 9.0 has the history by this id only.
    """
    path = "/api/dashboards/uid/%s/versions" % segment(uid)
    if number is not None and scope.client.at_least(VERSIONS_BY_UID) is False:
        path = "/api/dashboards/id/%d/versions" % number
    answer = scope.client.find(path, org=scope.org_id, limit=1)
    # Grafana 11.6 and later return an object with the list and a token for the next page.
    versions = answer.get("versions") if isinstance(answer, dict) else answer
    if not versions:
        return None
    newest = max(versions, key=lambda one: int(one.get("version") or 0))
    version = int(newest.get("version") or 0)
    if not newest.get("parentVersion"):
        # The list shows "Initial save" for every first version. A request for that version returns its real message.
        single = scope.client.find("%s/%d" % (path, version), org=scope.org_id)
        newest = {**newest, "message": (single or {}).get("message")}
    return LastWrite(
        version=version,
        by=str(newest.get("createdBy") or ""),
        at=str(newest.get("created") or ""),
        message=str(newest.get("message") or ""),
    )
