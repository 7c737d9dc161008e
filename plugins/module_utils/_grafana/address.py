# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of a task: the address of a Grafana, or the address of a Grafana Cloud stack in the Cloud API."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from .errors import BadInput, public_url

DEFAULT_CLOUD_URL = "https://grafana.com/api"

#: Examples of addresses for messages, by option.
_EXAMPLES = {
    "url": "http://host:3000 or https://host/grafana, sub-path included",
    "cloud_url": DEFAULT_CLOUD_URL,
}
#: A page or a route of Grafana at the end of an address, as people copy it from a browser or from curl.
_PAGE = re.compile(r"/(api(/(health|orgs?|user))?|apis|login|logout)$")
#: The names of the two settings that exclude each other, by source.
_EXCLUSIVE = {"options": "url and cloud_stack", "environment": "GRAFANA_URL and GRAFANA_CLOUD_STACK"}


def server(options: t.Mapping[str, t.Any], environment: t.Mapping[str, t.Any]) -> tuple[str, str | None]:
    """Return the address of the server, and the slug of its Grafana Cloud stack (``None`` for a Grafana by address).

    *options* are the task's options, *environment* the settings of the environment; the options win. Raises
    :class:`BadInput` if no server is set, if one source sets two, or if an address or a slug is invalid.
    """
    if "cloud_url" in options and "cloud_stack" not in options and "cloud_stack" not in environment:
        raise BadInput("cloud_url is set without cloud_stack: the stack's slug is missing")
    for source, values in (("options", options), ("environment", environment)):
        if "url" in values and "cloud_stack" in values:
            raise BadInput(
                "two servers in the %s: %s; keep one (an option that is set to the empty string counts as not set). The "
                "module gets the address of a stack from the Cloud API" % (source, _EXCLUSIVE[source])
            )
        if "cloud_stack" in values:
            slug = _slug(values["cloud_stack"])
            base = options.get("cloud_url", environment.get("cloud_url", DEFAULT_CLOUD_URL))
            return "%s/instances/%s" % (_url(base, "cloud_url"), slug), slug
        if "url" in values:
            return _url(values["url"]), None
    raise BadInput("no server is given: set url, or GRAFANA_URL, to the address of Grafana (http://host:3000)")


def _slug(value: t.Any) -> str:
    slug = str(value).strip()
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", slug) is None:
        raise BadInput(
            "cloud_stack has to be the slug of a stack alone: for https://acme.grafana.net it is acme, also if the stack "
            "has a custom domain"
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
        raise BadInput("%s has to look like %s" % (option, _EXAMPLES[option]))
    if parts.username or parts.password:
        raise BadInput(
            "%s must not carry a user and a password, because logs show it; set username and password, and set %s to %s"
            % (option, option, public_url(text))
        )
    if parts.query or parts.fragment:
        raise BadInput("%s must end with the host or a sub-path, not with a query: %s" % (option, public_url(text)))
    page = _PAGE.search(parts.path) if option == "url" else None
    if page is not None:
        raise BadInput(
            "url must end with the host or a sub-path, not with the page or route %s: set url to %s"
            % (page[0].strip("/"), public_url(text[: -len(page[0])]))
        )
    return text
