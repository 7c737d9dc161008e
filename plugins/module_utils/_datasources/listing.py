# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data sources of an organization during one run: read once, and kept up to date with what the run writes or plans."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._grafana import data_sources
from .._grafana.client import segment
from .._grafana.names import Names
from .._grafana.scope import Scope
from .model import DataSource, DesiredSource

_KEY = "data sources"


class Listing:
    """Data sources by uid and by name, as the list shows them. In check mode also those that a run would have created."""

    def __init__(self, entries: t.Iterable[DataSource] = ()) -> None:
        self._by_name = Names((entry.name, entry) for entry in entries)
        self._by_uid = {entry.uid: entry for entry in self._by_name.values()}

    def __len__(self) -> int:
        return len(self._by_name)

    def with_uid(self, uid: str) -> DataSource | None:
        """Return the data source with this uid."""
        return self._by_uid.get(uid)

    def named(self, name: str) -> DataSource | None:
        """Return the data source with exactly this name."""
        return self._by_name.get(name)

    def settles(self, name: str) -> bool:
        """Tell whether :meth:`named` is the server's own answer, as no data source has only a similar name."""
        return self._by_name.settles(name)

    def put(self, source: DataSource, before: DataSource | None = None) -> None:
        """Add *source*, in place of *before*; a new default takes the default from the other one, as on the server."""
        if before is not None:
            self.remove(before)
        if source.is_default:
            for other in [one for one in self._by_name.values() if one.is_default]:
                self._add(replace(other, fields={**other.fields, "is_default": False}))
        self._add(source)

    def remove(self, source: DataSource) -> None:
        """Forget *source*."""
        self._by_name.remove(source.name)
        self._by_uid.pop(source.uid, None)

    def _add(self, source: DataSource) -> None:
        self._by_name.put(source.name, source)
        if source.uid:
            self._by_uid[source.uid] = source


def listing(scope: Scope) -> Listing:
    """Return the data sources of the organization; a new one has none."""
    found: Listing = scope.cached(_KEY, lambda: Listing() if scope.new else _read(scope))
    return found


def _read(scope: Scope) -> Listing:
    return Listing(DataSource.from_api(entry) for entry in data_sources.listed(scope))


def look_up(scope: Scope, desired: DesiredSource) -> DataSource | None:
    """Return the data source with the uid or, without one, with the name: as the list shows it."""
    if desired.uid is not None:
        return listing(scope).with_uid(desired.uid)
    return by_name(scope, str(desired.name))


def by_name(scope: Scope, name: str) -> DataSource | None:
    """Return the data source that the server finds by this name.

    MySQL and MariaDB compare names without case, accents and spaces at the end; SQLite and PostgreSQL compare them exactly. If
    only a similar name exists, the server decides.
    """
    known = listing(scope)
    if scope.new or known.settles(name):
        return known.named(name)
    entry = scope.client.find("%s/name/%s" % (data_sources.PATH, segment(name)), org=scope.org_id)
    return None if entry is None else known.with_uid(str(entry["uid"]))


def completed(scope: Scope, head: DataSource) -> DataSource | None:
    """Return a data source with all its fields, ``None`` if it no longer exists. The list lacks secrets and version."""
    if head.planned:
        return head
    entry = scope.client.find("%s/uid/%s" % (data_sources.PATH, segment(head.uid)), org=scope.org_id)
    if entry is None:
        listing(scope).remove(head)
        return None
    found = DataSource.from_api(entry)
    # In check mode an earlier item may have taken the default.
    return replace(found, fields={**found.fields, "is_default": head.is_default}) if scope.check else found
