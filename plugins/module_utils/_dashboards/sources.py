# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards that are downloaded: from the address in ``path``, or by number from the catalogue of grafana.com or a mirror."""

from __future__ import annotations

import os
import typing as t
from urllib.parse import urlsplit

from .._grafana.download import Downloads, checked_address, is_address
from .._grafana.errors import BadInput, public_url
from .formats.text import YAML_NAMES, load

#: Grafana's catalogue. It answers ``GET /dashboards/ID/revisions/REVISION/download`` with the JSON of an export for sharing; a
#: revision is a number from 1 on, or ``latest``.
CATALOG_URL = "https://grafana.com/api"
LATEST = "latest"

Options = t.Mapping[str, t.Any]


class Address(t.NamedTuple):
    """Where a dashboard is downloaded from: *url*. *what* names it in messages, without a secret; *missing* explains a 404."""

    url: str
    what: str
    missing: str = ""


def address_of(options: Options) -> Address | None:
    """Return the address of the dashboard that *options* describe, ``None`` for one that is not downloaded.

    Raises :class:`BadInput` for an address, a number or a revision that is not valid.
    """
    if options.get("dashboard_id") is not None:
        return _in_catalog(options)
    if options.get("dashboard_revision") not in (None, ""):
        raise BadInput("dashboard_revision is set without dashboard_id")
    if not is_address(options.get("path")):
        return None
    url = checked_address(options["path"], "path")
    return Address(url, "path %s" % public_url(url))


def _in_catalog(options: Options) -> Address:
    number, revision = options["dashboard_id"], str(options.get("dashboard_revision") or LATEST).strip()
    if number < 1:
        raise BadInput("dashboard_id has to be the number of a dashboard in the catalogue, 1 or more, not %d" % number)
    if revision != LATEST and not (revision.isascii() and revision.isdigit() and int(revision)):
        raise BadInput("dashboard_revision has to be %s or a number of 1 or more, not %r" % (LATEST, revision))
    base = checked_address(options.get("catalog_url") or CATALOG_URL, "catalog_url").rstrip("/")
    if urlsplit(base).query:
        raise BadInput("catalog_url must end with a host or a path, not with a query: %s" % public_url(base))
    return Address(
        "%s/dashboards/%d/revisions/%s/download" % (base, number, revision),
        "dashboard_id %d, revision %s" % (number, revision),
        "the catalogue has no dashboard with that number, or no such revision: correct dashboard_id or dashboard_revision",
    )


class Sources:
    """The downloaded dashboards of one run: each address is requested once."""

    def __init__(self, downloads: Downloads | None = None) -> None:
        self._downloads = downloads or Downloads()

    def prefetch(self, items: t.Iterable[Options]) -> None:
        """Download what *items*, the options of several dashboards, name. :meth:`document` returns or raises each result."""
        self._downloads.prefetch(url for url in map(_url, items) if url is not None)

    def document(self, address: Address) -> t.Any:
        """Return the document at *address*. Raises :class:`BadInput`, with the code ``download_failed``, or for bad JSON."""
        try:
            file = self._downloads.get(address.url)
        except BadInput as problem:
            missing = address.missing if problem.status == 404 else ""
            text = "GET %s: %s" % (public_url(address.url), missing) if missing else problem.message
            raise BadInput("%s: %s" % (address.what, text), code=problem.code, **problem.details) from None
        if file.is_html:
            raise BadInput(
                "%s: GET %s answered with an HTML page instead of a dashboard, such as a login page or a view of the file: set "
                "the address of the file itself (raw)" % (address.what, public_url(address.url)),
                code="download_failed",
                url=public_url(address.url),
            )
        return load(file.content, address.what, name=_name(address.url))


def _url(options: Options) -> str | None:
    """Return the address to download for *options*; ``None`` also for an invalid one, which ``parse`` refuses."""
    try:
        address = address_of(options)
    except BadInput:
        return None
    return address.url if address is not None else None


def _name(url: str) -> str:
    """Return the file name in *url* if it says whether the file is JSON or YAML, otherwise ``""``."""
    name = os.path.basename(urlsplit(url).path)
    return name if name.lower().endswith((*YAML_NAMES, ".json")) else ""


__all__ = ["CATALOG_URL", "LATEST", "Address", "Sources", "address_of"]
