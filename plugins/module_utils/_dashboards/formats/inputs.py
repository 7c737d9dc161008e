# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dashboard that was exported for sharing asks for on import, and how it is filled in, as Grafana's own import does.

``Share > Export > for sharing externally`` writes ``${DS_NAME}`` where a data source was, ``${VAR_NAME}`` for the value of
a constant, and lists both as ``__inputs``. ``POST /api/dashboards/import`` (pkg/services/dashboardimport, the same from 8.5 to
12.4) replaces them by what the UI sends: for a data source its uid (from 8.3.4 on), also where an old dashboard
has a bare string, which Grafana takes for a uid first and for a name then.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field

from ..._grafana import versions as _versions
from ..._grafana.errors import BadInput
from .forms import EXPORT_FIELDS, Document
from .references import plugin

DATA_SOURCE, CONSTANT = "datasource", "constant"
#: The plugin of expressions has no data source: Grafana's import puts its id, whatever is sent.
EXPRESSIONS = "__expr__"
#: Grafana's own pattern: from ``${`` to the next ``}`` on the line.
_PLACE = re.compile(r"\$\{.+?\}")
#: Data sources and panels that are part of every Grafana, whatever its list of plugins says, and panels that are gone,
#: which Grafana shows by others (autoMigrateAngular in PanelModel.ts of 12.4.3).
_NEVER_MISSING = frozenset(
    [
        EXPRESSIONS,
        "dashboard",
        "datasource",
        "grafana",
        "mixed",
        "row",
        "grafana-piechart-panel",
        "grafana-singlestat-panel",
        "grafana-worldmap-panel",
        "graph",
        "natel-discrete-panel",
        "singlestat",
        "table-old",
    ]
)


@dataclass(frozen=True)
class Input:
    """What an export asks for: *type* is ``datasource`` (of *plugin_id*) or ``constant`` (*value* is the default).

    *label* of a data source is its name where the dashboard comes from.
    """

    name: str
    type: str
    label: str = ""
    plugin_id: str = ""
    value: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LibraryPanel:
    """A library panel of an export, as ``POST /api/library-elements`` takes it: *kind* 1 is a panel, *model* its JSON."""

    uid: str
    name: str
    kind: int
    model: t.Mapping[str, t.Any] = field(repr=False)


def needed(document: Document) -> list[Input]:
    """Return the inputs that *document* lists and has a place for, in its own or in its library panels' JSON.

    Raises :class:`BadInput` where ``__inputs`` is not what Grafana writes.
    """
    found: dict[str, Input] = {}
    for entry in document.inputs:
        name = entry.get("name") if isinstance(entry, dict) else None
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name or kind not in (DATA_SOURCE, CONSTANT):
            said = name if isinstance(name, str) and name else "without a name"
            raise BadInput("__inputs has the entry %s of type %s, and knows data sources and constants" % (said, kind))
        value = entry.get("value")
        found[name] = Input(
            name=name,
            type=kind,
            label=str(entry.get("label") or ""),
            plugin_id=str(entry.get("pluginId") or ""),
            value=None if value is None else _as_text(value),
        )
    if not found:
        return []
    places = set(_places([document.body, document.elements]))
    return [entry for entry in found.values() if "${%s}" % entry.name in places]


def _as_text(value: t.Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _places(value: t.Any) -> t.Iterator[str]:
    """Yield the ``${…}`` in all strings of *value*."""
    if isinstance(value, str):
        if "${" in value:
            yield from _PLACE.findall(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _places(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _places(inner)


def substitute(body: t.Mapping[str, t.Any], values: t.Mapping[str, str]) -> dict[str, t.Any]:
    """Return *body* with ``${NAME}`` replaced by ``values[NAME]`` in all its strings, and without what is for imports.

    Keys of objects and every other ``${…}`` stay as they are. Pure; *body* is not changed.
    """
    replacements = {"${%s}" % name: value for name, value in values.items()}
    found = {key: inner for key, inner in body.items() if key not in EXPORT_FIELDS}
    return t.cast("dict[str, t.Any]", _replaced(found, replacements))


def _replaced(value: t.Any, replacements: t.Mapping[str, str]) -> t.Any:
    if isinstance(value, str):
        if "${" not in value:
            return value
        return _PLACE.sub(lambda match: replacements.get(match.group(), match.group()), value)
    if isinstance(value, dict):
        # Grafana drops __inputs at any depth.
        return {key: _replaced(inner, replacements) for key, inner in value.items() if key != "__inputs"}
    if isinstance(value, list):
        return [_replaced(inner, replacements) for inner in value]
    return value


def choose(
    inputs: t.Sequence[Input],
    data_sources: t.Sequence[t.Mapping[str, t.Any]],
    mapping: t.Mapping[str, str],
    what: str = "the dashboard",
    option: str = "inputs",
) -> dict[str, str]:
    """Return the value of every input by name: for a data source its uid.

    *data_sources* are the org's (``uid``, ``name``, ``type``, ``isDefault`` each). *mapping* has the name of an input, the
    name of the data source where the dashboard comes from, or a type, and for it a uid or name (for a constant its
    value). Else the data source of that name and type is taken, or the only one of the type, or the default one if it
    is of the type. Raises :class:`BadInput` that names all inputs of *what* that are left; *option* is
    where to say them.
    """
    values: dict[str, str] = {}
    problems = []
    for entry in inputs:
        value = _constant(entry, mapping) if entry.type == CONSTANT else _source(entry, data_sources, mapping)
        if isinstance(value, _Unknown):
            problems.append(str(value))
        else:
            values[entry.name] = value
    if problems:
        raise BadInput(
            "%s was exported for sharing, and what it is to get here is not clear: %s; say it in %s"
            % (what, "; ".join(problems), option),
            code="inputs_unresolved",
            inputs=[entry.name for entry in inputs if entry.name not in values],
        )
    return values


class _Unknown(str):
    """Why an input has no value."""

    __slots__ = ()


def _mapped(entry: Input, mapping: t.Mapping[str, str]) -> tuple[str, str] | None:
    """Return under which key *mapping* has a value for *entry*, and the value."""
    for key in (entry.name, entry.label, entry.plugin_id if entry.type == DATA_SOURCE else ""):
        if key and key in mapping:
            return key, _as_text(mapping[key])
    return None


def _constant(entry: Input, mapping: t.Mapping[str, str]) -> str:
    mapped = _mapped(entry, mapping)
    if mapped is not None:
        return mapped[1]
    # The UI offers the default, and insists on a value.
    return entry.value or _Unknown("%s, a constant called %s without a default" % (entry.name, entry.label or entry.name))


def _source(entry: Input, data_sources: t.Sequence[t.Mapping[str, t.Any]], mapping: t.Mapping[str, str]) -> str:
    if entry.plugin_id == EXPRESSIONS:
        return EXPRESSIONS
    mapped = _mapped(entry, mapping)
    if mapped is not None:
        return _named(mapped[1], data_sources) or _Unknown(
            "%s is to get %s by %s, which is no data source of the organization" % (entry.name, mapped[1], mapped[0])
        )
    wanted = plugin(entry.plugin_id)
    same = [source for source in data_sources if wanted in ("", plugin(str(source.get("type"))))]
    # Names are unique in an org.
    by_name = [source for source in same if entry.label and source.get("name") == entry.label]
    default = [source for source in same if source.get("isDefault")]
    for chosen in (by_name, same, default):
        if len(chosen) == 1:
            return str(chosen[0]["uid"])
    return _Unknown("%s, a data source of type %s%s (%s)" % (entry.name, entry.plugin_id or "?", _was(entry), _candidates(same)))


def _named(value: str, data_sources: t.Sequence[t.Mapping[str, t.Any]]) -> str | None:
    """Return the uid of the data source of this uid, or else of this name."""
    for key in ("uid", "name"):
        for source in data_sources:
            if source.get(key) == value:
                return str(source["uid"])
    return None


def _was(entry: Input) -> str:
    return ", where it comes from called %s" % entry.label if entry.label else ""


def _candidates(sources: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    if not sources:
        return "the organization has none of that type"
    return "there are %s" % ", ".join(sorted("%s (uid %s)" % (source.get("name"), source.get("uid")) for source in sources))


def library_panels(document: Document, values: t.Mapping[str, str] | None = None) -> list[LibraryPanel]:
    """Return the library panels that *document* carries (``__elements``), with *values* filled in.

    Grafana makes those that the org lacks before it writes the dashboard, and leaves those that are there.
    Raises :class:`BadInput` for one without uid, name or model.
    """
    found = []
    for uid, entry in document.elements.items():
        model = entry.get("model") if isinstance(entry, dict) else None
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(model, dict) or not isinstance(name, str) or not name:
            raise BadInput("the library panel %s in __elements has no name or no model" % uid)
        kind = entry.get("kind")
        model = {**substitute(model, values or {}), "libraryPanel": {"uid": uid, "name": name}}
        found.append(LibraryPanel(uid, name, kind if isinstance(kind, int) else 1, model))
    return found


def requirements(
    document: Document,
    server_version: _versions.Version | str | None,
    plugins: t.Collection[str] | None = None,
) -> list[str]:
    """Return what *document* requires (``__requires``) and the server has not, as sentences. Pure.

    *plugins* are the ids of the installed ones, as ``GET /api/plugins`` lists them; ``None`` where that is not known, as for
    callers who may not see all of them. Patch releases do not count, nor panels that Grafana shows by another.
    """
    found = []
    lacking = set() if plugins is None else set(not_among(document, plugins))
    server = _versions.parse(server_version) if isinstance(server_version, str) else server_version
    for entry in document.requires:
        if not isinstance(entry, dict):
            continue
        kind, name = entry.get("type"), str(entry.get("id") or "")
        if kind == "grafana":
            wanted = _versions.parse(entry.get("version"))
            if wanted and server and wanted[:2] > server[:2]:
                found.append("it comes from Grafana %s, and this is %s, which may not show all of it" % (wanted, server))
        elif name in lacking:
            what = _KINDS.get(str(kind), str(kind))
            found.append("it uses the %s plugin %s%s, which is not installed" % (what, name, _title(entry)))
    return found


def not_among(document: Document, plugins: t.Collection[str]) -> list[str]:
    """Return the ids of the plugins that *document* requires and that are not among *plugins*. Pure."""
    installed = {plugin(name) for name in plugins}
    required = [entry for entry in document.requires if isinstance(entry, dict) and entry.get("type") != "grafana"]
    names = [str(entry["id"]) for entry in required if entry.get("id")]
    return [name for name in names if plugin(name) not in installed and name not in _NEVER_MISSING]


_KINDS = {"datasource": "data source", "panel": "panel", "app": "app"}


def _title(entry: t.Mapping[str, t.Any]) -> str:
    return " (%s)" % entry["name"] if entry.get("name") not in (None, "", entry.get("id")) else ""


__all__ = ["Input", "LibraryPanel", "choose", "library_panels", "needed", "not_among", "requirements", "substitute"]
