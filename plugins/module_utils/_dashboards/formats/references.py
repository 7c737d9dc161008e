# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dashboard names that has to be in its org: data sources and library panels."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .forms import FILTERS, queries

#: A reference by uid; by a bare string as old dashboards have it, which is a name or a uid; to any of a type; to a
#: library panel by its uid.
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
#: Panels that ask no data source, whatever is left in their JSON (skipDataQuery in their plugin.json), and rows.
_WITHOUT_QUERIES = ("row", "text", "dashlist", "news", "alertlist", "annolist", "gettingstarted", "live", "welcome")
#: Variables that ask a data source; old dashboards name one in others, too.
_QUERYING = ("query", "adhoc", "groupby")
#: Former ids of plugins (aliasIDs in their plugin.json): servers and dashboards have either.
_FORMER = {
    "phlare": "grafana-pyroscope-datasource",
    "postgres": "grafana-postgresql-datasource",
    "testdata": "grafana-testdata-datasource",
}


@dataclass(frozen=True, order=True)
class Reference:
    """*kind* is UID, NAME, TYPE or LIBRARY_PANEL; *type* the data source's type where it is said, a library panel's name."""

    kind: str
    value: str
    type: str = ""


def plugin(name: str) -> str:
    """Return the id that the plugin of this id has today."""
    return _FORMER.get(name, name)


def references(body: t.Mapping[str, t.Any]) -> set[Reference]:
    """Return what *body*, in whatever layout, names. Pure.

    Left out are what every Grafana has, the default data source, and variables.
    """
    return {found for found in _all(body) if found.value not in _BUILT_IN and not _variable(found.value)}


def connected(body: t.Mapping[str, t.Any]) -> list[Reference]:
    """Return the library panels that a server looks for when a dashboard is written: those at its top, and those in rows.

    *value* is empty for one that does not say which it is.
    """
    found = []
    for panel in _entries(body, "panels"):
        if panel.get("type") == "row":
            found += connected(panel)
        elif panel.get("libraryPanel") is not None:
            said = list(_library_panel(panel))
            found += said or [Reference(LIBRARY_PANEL, "", str(panel.get("title") or ""))]
    return found


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
    """Yield the panels, those in rows (``panels`` in a row; ``rows`` up to schema version 15), too."""
    for name in ("panels", "rows"):
        for panel in _entries(holder, name):
            yield panel
            yield from _panels(panel)


def _entries(holder: t.Any, name: str) -> list[t.Mapping[str, t.Any]]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _data_source(value: t.Any) -> t.Iterator[Reference]:
    """Yield what a ``datasource`` field names: a string in old dashboards, ``{type, uid}`` from 8.3 on."""
    if isinstance(value, str):
        yield Reference(NAME, value)
    elif isinstance(value, dict):
        kind = value.get("type")
        kind = kind if isinstance(kind, str) else ""
        uid = value.get("uid")
        if isinstance(uid, str) and uid:
            # The type of what is built in is "datasource" or "grafana", whatever the uid.
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
        # Those for filters have the data source beside their spec from v2beta1 on.
        if variable.get("kind") in FILTERS and variable.get("group"):
            yield from _grouped(variable.get("datasource"), variable.get("group"))
        spec = variable.get("spec")
        if variable.get("kind") == "DatasourceVariable" and isinstance(spec, dict) and isinstance(spec.get("pluginId"), str):
            yield Reference(TYPE, spec["pluginId"], spec["pluginId"])


def _query(entry: t.Mapping[str, t.Any]) -> t.Iterator[Reference]:
    """Yield the data source of a query: ``{type, uid}`` beside it in v2alpha1, ``{name}`` in it from v2beta1 on."""
    query = entry.get("query")
    if isinstance(query, dict) and query.get("kind") == "DataQuery":
        yield from _grouped(query.get("datasource"), query.get("group"))
    elif isinstance(entry.get("datasource"), dict):
        yield from _data_source(entry["datasource"])
    elif isinstance(query, dict) and isinstance(query.get("kind"), str):
        yield Reference(TYPE, query["kind"], query["kind"])


def _grouped(source: t.Any, group: t.Any) -> t.Iterator[Reference]:
    """Yield a data source by its name, which is its uid; without one, the first of the type is used."""
    kind = group if isinstance(group, str) else ""
    name = source.get("name") if isinstance(source, dict) else None
    if isinstance(name, str) and name:
        yield Reference(UID, name, kind)
    else:
        yield Reference(TYPE, kind, kind)


def missing(
    found: t.Iterable[Reference],
    data_sources: t.Sequence[t.Mapping[str, t.Any]],
    library_panels: t.Container[str] | None = None,
) -> list[str]:
    """Return a sentence for each reference that leads nowhere, in a fixed order. Pure.

    *data_sources* are the org's (``uid``, ``name``, ``type`` each); *library_panels* the uids of its library panels,
    ``None`` where they are not known. A uid may be a name, too: so Grafana looks for it.
    """
    uids = {str(source.get("uid")) for source in data_sources}
    names = {str(source.get("name")) for source in data_sources}
    types = {plugin(str(source.get("type"))) for source in data_sources}
    sentences = []
    for reference in sorted(found):
        if reference.kind == LIBRARY_PANEL:
            if library_panels is not None and reference.value not in library_panels:
                sentences.append("library panel %s%s is not there" % (reference.value, _called(reference.type)))
        elif reference.kind == TYPE:
            if plugin(reference.value) not in types:
                sentences.append("there is no data source of type %s" % reference.value)
        elif reference.value not in uids and reference.value not in names:
            kind = " of type %s" % reference.type if reference.type else ""
            sentences.append("data source %s%s is not there%s" % (reference.value, kind, _instead(reference, data_sources)))
    return sentences


def _called(name: str) -> str:
    return " (%s)" % name if name else ""


def _instead(reference: Reference, data_sources: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """Name the data sources of the type that there are."""
    same = [entry for entry in data_sources if plugin(str(entry.get("type"))) == plugin(reference.type)]
    named = sorted("%s (uid %s)" % (entry.get("name"), entry.get("uid")) for entry in same)
    return "; of that type: %s" % ", ".join(named) if reference.type and named else ""


__all__ = ["LIBRARY_PANEL", "NAME", "TYPE", "UID", "Reference", "connected", "missing", "plugin", "references"]
