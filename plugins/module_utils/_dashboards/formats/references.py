# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the data sources and library panels that a dashboard refers to, and reports those that its org lacks."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ..._grafana.data_sources import current_type
from .forms import FILTERS, queries

#: Kinds of references: to a data source by uid; by a plain string in old dashboards (a name or a uid); to any data source
#: of a type; to a library panel by uid.
UID, NAME, TYPE, LIBRARY_PANEL = "uid", "name", "type", "library_panel"
#: Data sources that are part of every Grafana, by uid, name or type; ``-100`` was the uid of expressions up to 9.3.
_BUILT_IN = frozenset(
    [
        "",
        "-- Grafana --",
        "-- Mixed --",
        "-- Dashboard --",
        "grafana",
        "mixed",
        "dashboard",
        "datasource",
        "default",
        "__expr__",
        "-100",
        "Expression",
    ]
)
#: Panels that query no data source, even if their JSON contains one (skipDataQuery in their plugin.json), and rows.
_WITHOUT_QUERIES = ("row", "text", "dashlist", "news", "alertlist", "annolist", "gettingstarted", "live", "welcome")
#: Types of variables that query a data source. Old dashboards contain an unused data source in other types, too.
_QUERYING = ("query", "adhoc", "groupby")
#: A placeholder: ``${``, a name, ``}``. Names that begin with two underscores are variables of Grafana.
_PLACEHOLDER = re.compile(r"\$\{(?!__)\w+\}")


@dataclass(frozen=True, order=True)
class Reference:
    """A reference to a data source or library panel. *kind* is UID, NAME, TYPE or LIBRARY_PANEL.

    *type* is the type of the data source (``""`` if the dashboard does not contain it), or the name of the library panel.
    """

    kind: str
    value: str
    type: str = ""


class PanelAlert(t.NamedTuple):
    """An alert in a panel, with the name or uid of the data source of one of its queries (``""`` for the default one)."""

    name: str
    panel: str
    source: str


def references(body: t.Mapping[str, t.Any]) -> set[Reference]:
    """Return the references in *body*, in any layout, without built-in and default data sources and variables. Pure."""
    return {reference for reference in _all(body) if reference.value not in _BUILT_IN and not _variable(reference.value)}


def placeholders(body: t.Mapping[str, t.Any]) -> list[Reference]:
    """Return the references to data sources whose value is a placeholder such as ``${DS_PROMETHEUS}``. Pure."""
    return [one for one in _all(body) if one.kind in (UID, NAME) and _PLACEHOLDER.fullmatch(one.value)]


def variables(body: t.Mapping[str, t.Any]) -> set[str]:
    """Return the names of the variables of a dashboard, in any layout."""
    classic = [variable.get("name") for variable in _entries(body.get("templating"), "list")]
    others = [variable.get("spec") for variable in _entries(body, "variables")]
    names = [*classic, *(spec.get("name") for spec in others if isinstance(spec, dict))]
    return {name for name in names if isinstance(name, str)}


def unfilled(body: t.Mapping[str, t.Any]) -> list[str]:
    """Return a sentence for each placeholder that stands for a data source and that no variable of the dashboard fills in."""
    own = variables(body)
    names = {one.value[2:-1] for one in placeholders(body)} - own
    return [
        "the data source ${%s} is a placeholder, for which the dashboard has neither an input nor a variable: set %s in inputs"
        % (name, name)
        for name in sorted(names)
    ]


def connected(body: t.Mapping[str, t.Any]) -> list[Reference]:
    """Return the library panels that a server connects to a dashboard when it writes it: top-level panels and panels in rows.

    The *value* of a reference is empty if the panel has no uid of a library panel.
    """
    result = []
    for panel in _entries(body, "panels"):
        if panel.get("type") == "row":
            result += connected(panel)
        elif panel.get("libraryPanel") is not None:
            by_uid = list(_library_panel(panel))
            result += by_uid or [Reference(LIBRARY_PANEL, "", str(panel.get("title") or ""))]
    return result


def panel_alerts(body: t.Mapping[str, t.Any]) -> list[PanelAlert]:
    """Return the alerts in panels that are enabled, once for each of their queries, as the server looks them up (8.5 to 10)."""
    result = []
    for panel in _panels(body):
        alert = panel.get("alert")
        if not isinstance(alert, dict) or alert.get("enabled") is False:
            continue
        for condition in _entries(alert, "conditions"):
            query = condition.get("query")
            names = query.get("params") if isinstance(query, dict) else None
            target = [one for one in _entries(panel, "targets") if isinstance(names, list) and one.get("refId") in names[:1]]
            for holder in target[:1]:
                source = holder["datasource"] if "datasource" in holder else panel.get("datasource")
                value = source.get("uid") if isinstance(source, dict) else source
                texts = (alert.get("name"), panel.get("title"), value)
                result.append(PanelAlert(*(text if isinstance(text, str) else "" for text in texts)))
    return list(dict.fromkeys(result))


def _variable(value: str) -> bool:
    return value.startswith("$") or "${" in value or "[[" in value


def _all(body: t.Mapping[str, t.Any]) -> t.Iterator[Reference]:
    for panel in _panels(body):
        yield from _library_panel(panel)
        if panel.get("type") not in _WITHOUT_QUERIES:
            for entry in (panel, *_entries(panel, "targets")):
                yield from _data_source(entry.get("datasource"))
    for annotation in _entries(body.get("annotations"), "list"):
        yield from _data_source(annotation.get("datasource"))
    for variable in _entries(body.get("templating"), "list"):
        if variable.get("type") == "datasource" and isinstance(variable.get("query"), str):
            yield Reference(TYPE, variable["query"], variable["query"])
        elif variable.get("type") in _QUERYING:
            yield from _data_source(variable.get("datasource"))
    yield from _layout_2(body)


def _panels(holder: t.Any) -> t.Iterator[t.Mapping[str, t.Any]]:
    """Yield all panels, including those in rows (``panels`` in a row; ``rows`` up to schema version 15)."""
    for name in ("panels", "rows"):
        for panel in _entries(holder, name):
            yield panel
            yield from _panels(panel)


def _entries(holder: t.Any, name: str) -> list[t.Mapping[str, t.Any]]:
    entries = holder.get(name) if isinstance(holder, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _data_source(value: t.Any) -> t.Iterator[Reference]:
    """Yield the reference in a ``datasource`` field: a string in old dashboards, ``{type, uid}`` from 8.3 on."""
    if isinstance(value, str):
        yield Reference(NAME, value)
    elif isinstance(value, dict):
        kind = value.get("type")
        kind = kind if isinstance(kind, str) else ""
        uid = value.get("uid")
        if isinstance(uid, str) and uid:
            # Built-in data sources have the type "datasource" or "grafana" with any uid.
            yield Reference(UID, uid, kind)
        else:
            yield Reference(TYPE, kind, kind)


def _library_panel(holder: t.Mapping[str, t.Any]) -> t.Iterator[Reference]:
    panel = holder.get("libraryPanel")
    if isinstance(panel, dict) and isinstance(panel.get("uid"), str):
        yield Reference(LIBRARY_PANEL, panel["uid"], str(panel.get("name") or ""))


def _layout_2(body: t.Mapping[str, t.Any]) -> t.Iterator[Reference]:
    elements = body.get("elements")
    if not isinstance(elements, dict):
        return
    for element in elements.values():
        spec = element.get("spec") if isinstance(element, dict) else None
        if isinstance(spec, dict):
            yield from _library_panel(spec)
    for entry in queries(body):
        yield from _query(entry)
    for variable in _entries(body, "variables"):
        # From v2beta1 on, variables for filters have the data source next to their spec.
        if variable.get("kind") in FILTERS and variable.get("group"):
            yield from _grouped(variable.get("datasource"), variable.get("group"))
        spec = variable.get("spec")
        if variable.get("kind") == "DatasourceVariable" and isinstance(spec, dict) and isinstance(spec.get("pluginId"), str):
            yield Reference(TYPE, spec["pluginId"], spec["pluginId"])


def _query(entry: t.Mapping[str, t.Any]) -> t.Iterator[Reference]:
    """Yield the data source of a query: ``{type, uid}`` next to it in v2alpha1, ``{name}`` in it from v2beta1 on."""
    query = entry.get("query")
    if isinstance(query, dict) and query.get("kind") == "DataQuery":
        yield from _grouped(query.get("datasource"), query.get("group"))
    elif isinstance(entry.get("datasource"), dict):
        yield from _data_source(entry["datasource"])
    elif isinstance(query, dict) and isinstance(query.get("kind"), str):
        yield Reference(TYPE, query["kind"], query["kind"])


def _grouped(source: t.Any, group: t.Any) -> t.Iterator[Reference]:
    """Yield a data source by ``name``, which contains its uid. Without a name, Grafana uses the first one of the type."""
    kind = group if isinstance(group, str) else ""
    name = source.get("name") if isinstance(source, dict) else None
    if isinstance(name, str) and name:
        yield Reference(UID, name, kind)
    else:
        yield Reference(TYPE, kind, kind)


def missing(
    referenced: t.Iterable[Reference],
    data_sources: t.Sequence[t.Mapping[str, t.Any]],
    library_panels: t.Container[str] | None = None,
) -> list[str]:
    """Return a sentence for each reference to an object that the org lacks, sorted. Pure.

    *data_sources* are those of the org, each with ``uid``, ``name`` and ``type``. *library_panels* are the uids of its
    library panels; ``None`` if they are not known. Like Grafana, this looks up a uid among the names, too.
    """
    uids = {str(source.get("uid")) for source in data_sources}
    names = {str(source.get("name")) for source in data_sources}
    types = {current_type(str(source.get("type"))) for source in data_sources}
    sentences = []
    for reference in sorted(referenced):
        if reference.kind == LIBRARY_PANEL:
            if library_panels is not None and reference.value not in library_panels:
                name = " (%s)" % reference.type if reference.type else ""
                sentences.append("library panel %s%s does not exist" % (reference.value, name))
        elif reference.kind == TYPE:
            if current_type(reference.value) not in types:
                sentences.append("there is no data source of type %s" % reference.value)
        elif reference.value not in uids and reference.value not in names:
            kind = " of type %s" % reference.type if reference.type else ""
            others = _alternatives(reference, data_sources)
            sentences.append("data source %s%s does not exist%s" % (reference.value, kind, others))
    return sentences


def _alternatives(reference: Reference, data_sources: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """Return the end of a sentence with the org's data sources of the same type; ``""`` if there are none."""
    same = [entry for entry in data_sources if current_type(str(entry.get("type"))) == current_type(reference.type)]
    named = sorted("%s (uid %s)" % (entry.get("name"), entry.get("uid")) for entry in same)
    return "; data sources of that type: %s" % ", ".join(named) if reference.type and named else ""


__all__ = [
    "LIBRARY_PANEL",
    "NAME",
    "TYPE",
    "UID",
    "PanelAlert",
    "Reference",
    "connected",
    "missing",
    "panel_alerts",
    "placeholders",
    "references",
    "unfilled",
    "variables",
]
