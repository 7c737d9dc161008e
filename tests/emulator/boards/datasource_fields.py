# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server stores of a data source, and what it shows of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from ..core.profile import Profile
from ..core.state import uid as new_uid

SHAPE: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "type": str,
    "access": str,
    "url": str,
    "user": str,
    "database": str,
    "basicAuth": bool,
    "basicAuthUser": str,
    "withCredentials": bool,
    "isDefault": bool,
    # Anything is stored (recorded: a text).
    "jsonData": (dict, list, str),
    "secureJsonData": dict,
    "uid": str,
    "version": int,
    "apiVersion": str,
}
#: Types that were renamed, from 10.2 on; a server stores the new one.
RENAMED = {
    "phlare": "grafana-pyroscope-datasource",
    "postgres": "grafana-postgresql-datasource",
    "testdata": "grafana-testdata-datasource",
}
TESTDATA = ("testdata", "grafana-testdata-datasource")
#: Name and logo of the types that were recorded; the others have a common logo here.
KNOWN = {
    "loki": ("Loki", "loki_icon.svg"),
    "prometheus": ("Prometheus", "prometheus_logo.svg"),
    "testdata": ("TestData DB", "testdata.svg"),
    "grafana-testdata-datasource": ("TestData", "testdata.svg"),
}
LOGO = "public/img/icn-datasource.svg"
#: Types that need a URL (pkg/api/datasource/validation.go).
NEED_URL = {
    *("graphite", "influxdb", "influxdb_08", "elasticsearch", "prometheus", "alertmanager", "jaeger", "loki", "opentsdb"),
    *("tempo", "zipkin", "mysql", "postgres", "mssql"),
}
#: What a list leaves out of a data source.
ALONE = ("basicAuthUser", "withCredentials", "secureJsonFields", "version", "apiVersion")
_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")


def stored_type(profile: Profile, kind: str) -> str:
    """Return the type that the server stores for *kind*."""
    return RENAMED.get(kind, kind) if profile >= (10, 2) else kind


def url_refused(kind: str, url: str) -> bool:
    """Tell whether the server refuses *url* for a data source of this type."""
    if not url.strip():
        return kind in NEED_URL
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        return " " in parts.netloc or parts.netloc.startswith(":") or bool(parts.port and parts.port < 0)
    except ValueError:
        return True


def uid_refused(profile: Profile, uid: str) -> bool:
    """Tell whether the server refuses *uid*: older ones take any text."""
    return profile >= (12, 0) and bool(uid) and not _UID.fullmatch(uid)


def secrets_in(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the secrets of a request by name; the value ``""`` removes one."""
    return {name: value or "" for name, value in fields.get("secureJsonData", {}).items()}


def made(fields: dict[str, Any], profile: Profile, number: int, org_id: int) -> dict[str, Any]:
    """Return a new data source as it is stored: of its secrets only that they are there."""
    found: dict[str, Any] = {"id": number, "uid": fields.get("uid") or new_uid(), "orgId": org_id, "name": fields["name"]}
    found.update(type=stored_type(profile, fields["type"]), access=fields["access"])
    found.update({name: fields.get(name, "") for name in ("url", "user", "database")})
    found.update(basicAuth=fields.get("basicAuth", False), basicAuthUser=fields.get("basicAuthUser", ""))
    found.update(withCredentials=fields.get("withCredentials", False), isDefault=fields.get("isDefault", False))
    found.update(jsonData=fields.get("jsonData", {}))
    found.update(secureJsonFields={name: True for name, value in secrets_in(fields).items() if value})
    found.update(version=1, readOnly=fields.get("readOnly", False), apiVersion=fields.get("apiVersion", ""))
    return found


def replace(found: dict[str, Any], fields: dict[str, Any], profile: Profile) -> None:
    """Replace *found*: secrets stay where they are not sent, and some texts stay where they are empty."""
    kept = ("url", "basicAuthUser") if profile >= (9, 5) else ("url", "basicAuthUser", "database")
    fields = {**fields, **{name: found[name] for name in kept if not fields.get(name)}}
    left = {**dict.fromkeys(found["secureJsonFields"], "kept"), **secrets_in(fields)}
    same = {name: found[name] for name in ("uid", "readOnly")}
    found.update(made({**same, **fields}, profile, found["id"], found["orgId"]))
    found["secureJsonFields"] = {name: True for name, value in left.items() if value}
    found["version"] = fields.get("version", 0) + 1


def shown(one: dict[str, Any], profile: Profile) -> dict[str, Any]:
    """Return a data source as its own routes show it."""
    logo = "" if profile < (10, 0) else _logo(one["type"], profile)
    found = {**one, "typeLogoUrl": logo}
    if profile < (11, 0):
        del found["apiVersion"]
    return found


def listed(one: dict[str, Any], profile: Profile) -> dict[str, Any]:
    """Return a data source as the list shows it."""
    found = {name: value for name, value in one.items() if name not in ALONE}
    name = KNOWN.get(one["type"], (one["type"], ""))[0]
    return {**found, "typeName": name, "typeLogoUrl": _logo(one["type"], profile)}


def _logo(kind: str, profile: Profile) -> str:
    if kind not in KNOWN:
        return LOGO
    folder = f"public/plugins/{kind}" if profile >= (12, 0) else f"public/app/plugins/datasource/{kind}"
    return f"{folder}/img/{KNOWN[kind][1]}"
