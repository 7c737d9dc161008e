# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which server a task means: the address of a Grafana, or a stack of Grafana Cloud in the Cloud API."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from .errors import BadInput, public_url

DEFAULT_CLOUD_URL = "https://grafana.com/api"

#: What addresses look like, by option.
_LIKE = {
    "url": "http://host:3000 or https://host/grafana, sub-path included",
    "cloud_url": DEFAULT_CLOUD_URL,
}
#: How the two that exclude each other are spelt, by source.
_BOTH = {"options": "url and cloud_stack", "environment": "GRAFANA_URL and GRAFANA_CLOUD_STACK"}


def server(own: t.Mapping[str, t.Any], around: t.Mapping[str, t.Any]) -> tuple[str, str | None]:
    """Return the address of the server that the more specific source names, and the slug of a stack of Grafana Cloud.

    Raises :class:`BadInput` for none, for two of one source, and for what is no address or no slug.
    """
    if "cloud_url" in own and "cloud_stack" not in own and "cloud_stack" not in around:
        raise BadInput("cloud_url is set without cloud_stack: the stack's slug is missing")
    for source, values in (("options", own), ("environment", around)):
        if "url" in values and "cloud_stack" in values:
            raise BadInput(
                "two servers in the %s: %s; keep one (an option that is set to the empty string counts as not set). The "
                "Cloud API tells the address of its stack itself" % (source, _BOTH[source])
            )
        if "cloud_stack" in values:
            slug = _slug(values["cloud_stack"])
            base = own.get("cloud_url", around.get("cloud_url", DEFAULT_CLOUD_URL))
            return "%s/instances/%s" % (_url(base, "cloud_url"), slug), slug
        if "url" in values:
            return _url(values["url"]), None
    raise BadInput("no server is given: set url, or GRAFANA_URL, to the address of Grafana (http://host:3000)")


def _slug(value: t.Any) -> str:
    slug = str(value).strip()
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", slug) is None:
        raise BadInput(
            "cloud_stack has to be the slug of a stack alone: of https://acme.grafana.net it is acme, also where the stack "
            "has an address of its own"
        )
    return slug


def _url(value: t.Any, option: str = "url") -> str:
    text = str(value).strip().rstrip("/")
    try:
        parts = urlsplit(text)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_ok = urlsplit(""), False
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_ok:
        raise BadInput("%s has to look like %s" % (option, _LIKE[option]))
    if parts.username or parts.password:
        raise BadInput(
            "%s must not carry a user and a password, as it is shown in logs; set username and password, and %s "
            "to %s" % (option, option, public_url(text))
        )
    if parts.query or parts.fragment:
        raise BadInput("%s must end with the host or a sub-path, not with a query: %s" % (option, public_url(text)))
    return text
