# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who wrote a dashboard last: the mark that this collection leaves in a dashboard's history, and how it is read.

The mark is the end of the message of a version: ``[orgsmith.grafana]``, or ``[orgsmith.grafana: SOURCE]`` with the
source that a task names. A version that somebody else writes has another message, so a dashboard carries the mark only
as long as nobody else has touched it.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .._grafana.client import segment
from .._grafana.errors import BadInput
from .._grafana.scope import Scope
from .._grafana.versions import VERSIONS_BY_UID
from .._text.secrets import masked

_MARK = re.compile(r"\[orgsmith\.grafana(?:: ([^\[\]]*))?\]\Z")
_SOURCE = re.compile(r"[\w.,/ -]{1,60}")


@dataclass(frozen=True)
class LastWrite:
    """The newest version of a dashboard: who wrote it (a login), when (as the server words it), with which message."""

    version: int
    by: str
    at: str
    message: str

    @property
    def ours(self) -> bool:
        return source_of(self.message) is not None

    def shown(self) -> dict[str, t.Any]:
        """Return it as part of a result; what looks like a key in the message is masked."""
        return {"version": self.version, "by": self.by, "at": self.at, "message": masked(self.message)}


def mark(message: str | None, source: str) -> str:
    """Return *message* with the mark at its end."""
    words = "[orgsmith.grafana: %s]" % source if source else "[orgsmith.grafana]"
    return "%s %s" % (message.strip(), words) if message and message.strip() else words


def source_of(message: str | None) -> str | None:
    """Return the source that a message's mark names (empty for none), ``None`` for a message without the mark."""
    found = _MARK.search(message or "")
    return None if found is None else found.group(1) or ""


def check_source(source: str) -> str:
    """Return *source* if it can stand in the mark. Raises :class:`BadInput`."""
    if source and (not _SOURCE.fullmatch(source) or source != source.strip()):
        raise BadInput("source %r cannot be kept: take up to 60 letters, digits, spaces and .,/_- for it" % source)
    return source


def last_write(scope: Scope, uid: str, number: int | None = None) -> LastWrite | None:
    """Return the newest version of a dashboard; ``None`` where its history is empty, or the dashboard gone.

    *number* is its database id, by which Grafana before 9.0 names it here.
    """
    path = "/api/dashboards/uid/%s/versions" % segment(uid)
    if number is not None and scope.client.at_least(VERSIONS_BY_UID) is False:
        path = "/api/dashboards/id/%d/versions" % number
    found = scope.client.find(path, org=scope.org_id, limit=1)
    # Grafana 11.6 and later wrap the list together with a token for the next page.
    versions = found.get("versions") if isinstance(found, dict) else found
    if not versions:
        return None
    newest = max(versions, key=lambda one: int(one.get("version") or 0))
    version = int(newest.get("version") or 0)
    if not newest.get("parentVersion"):
        # The list calls every first version "Initial save"; asked for alone, it has the message that it was written with.
        alone = scope.client.find("%s/%d" % (path, version), org=scope.org_id)
        newest = {**newest, "message": (alone or {}).get("message")}
    return LastWrite(
        version=version,
        by=str(newest.get("createdBy") or ""),
        at=str(newest.get("created") or ""),
        message=str(newest.get("message") or ""),
    )
