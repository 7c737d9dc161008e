# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files from which a real server provisions dashboards and data sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def provision(folder: Path, dashboards: list[dict[str, Any]], sources: list[dict[str, Any]]) -> Path:
    """Write *dashboards*, and a configuration that provisions them and data *sources* into org 1, to *folder*; return it.

    An entry of *dashboards* is a dashboard, or the emulator's form with more about it, ``{"dashboard": ..., "path": ...}``.
    """
    for name in ("datasources", "plugins", "alerting", "dashboards", "files"):
        (folder / name).mkdir(parents=True)
    for number, given in enumerate(dashboards, 1):
        document = given["dashboard"] if isinstance(given.get("dashboard"), dict) else given
        (folder / "files" / f"{document.get('uid') or number}.json").write_text(json.dumps(document), encoding="utf-8")
    provider = {"name": "files", "type": "file", "orgId": 1, "options": {"path": str(folder / "files")}}
    # JSON is YAML.
    configuration = json.dumps({"apiVersion": 1, "providers": [provider]})
    (folder / "dashboards" / "all.yaml").write_text(configuration, encoding="utf-8")
    entries = [{**one, "orgId": 1, "editable": not one.get("readOnly")} for one in sources]
    (folder / "datasources" / "all.yaml").write_text(json.dumps({"apiVersion": 1, "datasources": entries}), encoding="utf-8")
    return folder
