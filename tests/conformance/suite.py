# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which recordings there are, and the server that each wants: its version, settings and files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator import Emulator

from .replayer import Difference, Values, read, replay

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"
RECORDINGS = HERE / "recordings"

#: Dashboards that a scenario's first line speaks of, as the files of the recorded servers.
PROVISIONED: dict[str, dict[str, Any]] = {
    'A file-provisioned dashboard with uid "prov"': {
        "dashboard": {"uid": "prov", "title": "Provisioned", "panels": [], "schemaVersion": 30},
        "path": "/srv/dashboards/p.json",
    },
}

_LOKI = {"type": "loki", "access": "proxy", "url": "http://127.0.0.1:8"}
#: Data sources that a scenario's first line speaks of, as the files of the recorded servers.
PROVISIONED_SOURCES: dict[str, list[dict[str, Any]]] = {
    '"Prov" (uid provds': [
        {
            "uid": "provds",
            "name": "Prov",
            "readOnly": True,
            **_LOKI,
            "jsonData": {"maxLines": 10},
            "secureJsonData": {"basicAuthPassword": "s3cret"},
        },
        {"uid": "provedit", "name": "Prov editable", **_LOKI},
    ],
}
#: Data sources that organization 1 of a recorded server had from before: 13.1 has no route to delete them by number.
LEFT_OVER = {"13.1.0-pre/datasources": [{"uid": "left-over", "name": "left over", **_LOKI}]}

#: When the file of provisioned dashboards was written before each recorded server was started, in seconds since the epoch.
MODIFIED = {"11.5.1": 1795445777, "12.4.3": 1795445792}

#: What the program of a recorded server was called, if not as its version's other recorded servers: objects show that name.
PROGRAMS = dict.fromkeys(("13.1.0-pre/visibility-apis", "13.1.0-pre/visibility-folders"), "grafana-13.1.0-pre")

_UPGRADE = re.compile(r"upgrade-(?P<old>.+)-to-(?P<new>.+)")


@dataclass(frozen=True)
class Case:
    """One recording, or the two of an upgrade: *parts* are (version, recording, scenario) in their order."""

    name: str
    parts: tuple[tuple[str, Path, Path], ...]

    def recordings(self) -> list[list[dict[str, Any]]]:
        """Return the steps of each part."""
        return [read(recording) for _version, recording, _scenario in self.parts]

    def server(self) -> Emulator:
        """Return the server that the first part was recorded on, not started yet."""
        version, _recording, scenario = self.parts[0]
        first = scenario.read_text("utf-8").partition("\n")[0]
        dashboards = [{**one, "modified": MODIFIED.get(version, 0)} for text, one in PROVISIONED.items() if text in first]
        sources = [one for text, ones in PROVISIONED_SOURCES.items() if text in first for one in ones]
        sources += LEFT_OVER.get(self.name, [])
        settings = {**settings_of(first), "program.name": PROGRAMS.get(self.name, "")}
        return Emulator(version=version, settings=settings, dashboards=dashboards, sources=sources)

    def replay(self, recordings: list[list[dict[str, Any]]] | None = None) -> list[Difference]:
        """Replay the parts, or *recordings* in their place, on a fresh server; upgrade it between two parts."""
        values = Values()
        differences: list[Difference] = []
        with self.server() as server:
            for (version, _recording, _scenario), steps in zip(self.parts, recordings or self.recordings()):
                if version != self.parts[0][0]:
                    server.upgrade(to=version)
                differences += replay(server.url, steps, values)
        return differences


def settings_of(line: str) -> dict[str, str]:
    """Return the settings of a scenario's first line, by ``section.key``.

    The line reads ``# Server settings: [auth] a = 1, [quota] enabled = true, org_user = 1 (a remark), as shipped; a remark``.
    """
    found = re.match(r"#\s*Server settings:\s*([^;]*)", line)
    settings = {}
    section = ""
    for part in found[1].split(",") if found else ():
        header, setting = re.fullmatch(r"\s*(?:\[([^\]]+)\])?\s*(.*?)\s*", part).groups()  # type: ignore[union-attr]
        section = header or section
        key, sign, value = setting.partition("=")
        if sign:
            settings[f"{section}.{key.strip()}"] = value.partition(" (")[0].strip()
    return settings


def _folder_cases(folder: Path) -> list[Case]:
    upgrade = _UPGRADE.fullmatch(folder.name)
    if upgrade:
        parts = tuple(
            (upgrade[which], folder / f"{name}.jsonl", SCENARIOS / "upgrade" / f"{name}.yaml")
            for which, name in (("old", "1-before"), ("new", "2-after"))
        )
        return [Case(folder.name, parts)]
    kind, dash, version = folder.name.partition("settings-")
    scenarios = SCENARIOS / "settings" if dash else SCENARIOS
    version = version or kind
    return [
        Case(f"{folder.name}/{path.stem}", ((version, path, scenarios / f"{path.stem}.yaml"),))
        for path in sorted(folder.glob("*.jsonl"))
    ]


def cases() -> list[Case]:
    """Return every recording that there is, the two of an upgrade as one."""
    return [case for folder in sorted(RECORDINGS.iterdir()) for case in _folder_cases(folder)]
