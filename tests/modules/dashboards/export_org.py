# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization whose dashboards are exported to files, and imported from them."""

from __future__ import annotations

import pathlib

#: Real dashboards that were exported for sharing ask for data sources of these types.
TYPES = ("prometheus", "loki", "influxdb", "elasticsearch", "graphite", "mysql", "postgres", "testdata")
#: 8.5 looks at what the alerts of a panel ask.
UIDS = {"testdata": "PD8C576611E62080A"}


class Org:
    """One organization of a server, by one of its routes."""

    def __init__(self, server, name, api="auto"):
        self.server, self.name, self.api = server, name, api
        made = server.ok("grafana_org", name=name)
        self.id = made["organization"]["id"]

    def sources(self):
        for kind in TYPES:
            body = {"name": kind.title(), "type": kind, "access": "proxy", "uid": UIDS.get(kind, f"the-{kind}")}
            self.server.api("POST", "/api/datasources", body, org=self.id)
        return self

    def bring(self, directory, **options):
        return self.server.ok(
            "grafana_dashboard", org_name=self.name, **{"directory": str(directory), "api": self.api, **options}
        )

    def make(self, **options):
        return self.server.ok("grafana_dashboard", **{"org_name": self.name, "api": self.api, **options})

    def export(self, directory, **options):
        return self.server.ok("grafana_dashboard_info", **self.asked(directory, options))

    def refused(self, directory, **options):
        return self.server.fails("grafana_dashboard_info", **self.asked(directory, options))

    def asked(self, directory, options):
        return {"org_name": self.name, "api": self.api, "directory": str(directory), **options}

    def told(self, **options):
        return self.server.ok("grafana_dashboard_info", org_name=self.name, api=self.api, **options)["dashboards"]

    def folder(self, title, parent=None):
        body = {"title": title, **({"parentUid": parent} if parent else {})}
        return self.server.api("POST", "/api/folders", body, org=self.id)["uid"]


def number(org):
    return tuple(int(part) for part in org.server.version.split("-")[0].split(".")[:2])


def files(top):
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in pathlib.Path(top).rglob("*") if path.is_file()}
