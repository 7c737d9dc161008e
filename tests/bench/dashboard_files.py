# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards to measure with: as many as asked for, of about 20 kB each, always the same ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
#: Every so many dashboards one changes.
CHANGED_EACH = 10
#: What dashboards are about: a title, the metrics of its panels, and the kinds that take turns.
TEMPLATES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Hosts", ("node_cpu_seconds_total", "node_disk_io_time_seconds_total", "node_network_receive_bytes_total"), ("timeseries",)),
    ("Services", ("http_requests_total", "http_request_duration_seconds_bucket", "grpc_handled_total"), ("stat", "timeseries")),
    ("Databases", ("pg_stat_database_xact_commit", "pg_locks_count", "pg_stat_bgwriter_buffers_alloc"), ("gauge", "table")),
    (
        "Queues",
        ("kafka_consumergroup_lag", "kafka_topic_partition_offset", "rabbitmq_messages"),
        ("timeseries", "bargauge", "stat"),
    ),
)
PANELS = 13


def write(folder: Path, count: int) -> list[Path]:
    """Write *count* dashboards into *folder*, replacing those of before, and return their files."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    return [_written(folder, number, "5m") for number in range(count)]


def change(folder: Path, count: int) -> int:
    """Change every tenth dashboard in *folder*, the first included; return how many that are."""
    numbers = range(0, count, CHANGED_EACH)
    for number in numbers:
        _written(folder, number, "1m")
    return len(numbers)


def _written(folder: Path, number: int, window: str) -> Path:
    path = folder / f"{number:05}.json"
    path.write_text(json.dumps(dashboard(number, window), separators=(",", ":")), encoding="utf-8")
    return path


def uid(number: int) -> str:
    """Return the uid of a dashboard."""
    return f"bench-{number:05}"


def dashboard(number: int, window: str = "5m") -> dict[str, Any]:
    """Return a dashboard; *window* is the range that its first panel asks for."""
    title, metrics, kinds = TEMPLATES[number % len(TEMPLATES)]
    panels = [
        panel(place, kinds[place % len(kinds)], metrics[place % len(metrics)], window if place == 1 else "5m")
        for place in range(1, PANELS + 1)
    ]
    return {
        "uid": uid(number),
        "title": f"{title} {number:05}",
        "description": f"{title} of team {number % 37}",
        "tags": ["bench", title.lower()],
        "schemaVersion": 41,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [{"title": "Runbook", "type": "link", "url": f"https://example.com/runbooks/{number}", "targetBlank": True}],
        "templating": {"list": [_source(), *(_variable(name, metrics[0]) for name in ("cluster", "namespace", "instance"))]},
        "panels": panels,
    }


def _source() -> dict[str, Any]:
    return {"name": "datasource", "type": "datasource", "query": "prometheus", "current": {}, "hide": 0, "options": []}


def _variable(name: str, metric: str) -> dict[str, Any]:
    query = f"label_values({metric}, {name})"
    return {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": "StandardVariableQuery"},
        "current": {"selected": False, "text": "All", "value": "$__all"},
        "includeAll": True,
        "multi": True,
        "hide": 0,
        "options": [],
        "refresh": 2,
        "regex": "",
        "sort": 1,
    }


def panel(number: int, kind: str, metric: str, window: str) -> dict[str, Any]:
    """Return a panel of a dashboard."""
    selector = 'cluster=~"$cluster", namespace=~"$namespace", instance=~"$instance"'
    queries = [f"sum by ({label}) (rate({metric}{{{selector}}}[{window}]))" for label in ("instance", "job")]
    steps = [{"color": "green", "value": None}, {"color": "orange", "value": 70 + number}, {"color": "red", "value": 90 + number}]
    return {
        "id": number,
        "type": kind,
        "title": f"{metric} {number}",
        "description": f"How fast {metric} grows, by what and where; see the runbook for what to do when it does not.",
        "datasource": SOURCE,
        "gridPos": {"h": 8, "w": 12, "x": 12 * ((number - 1) % 2), "y": 8 * ((number - 1) // 2)},
        "fieldConfig": {
            "defaults": {
                "color": {"mode": "palette-classic"},
                "custom": {"drawStyle": "line", "fillOpacity": 10, "lineWidth": 1, "showPoints": "never", "spanNulls": False},
                "mappings": [],
                "thresholds": {"mode": "absolute", "steps": steps},
                "unit": "ops",
            },
            "overrides": [
                {
                    "matcher": {"id": "byName", "options": "max"},
                    "properties": [{"id": "color", "value": {"fixedColor": "red", "mode": "fixed"}}],
                }
            ],
        },
        "options": {
            "legend": {"calcs": ["lastNotNull", "max"], "displayMode": "table", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [
            {
                "refId": letter,
                "datasource": SOURCE,
                "expr": query,
                "editorMode": "code",
                "legendFormat": "{{instance}} {{job}}",
                "range": True,
            }
            for letter, query in zip("AB", queries, strict=True)
        ],
    }
