# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inputs of a dashboard that was exported for sharing: finds their values and fills them in, as Grafana's import does.

``Share > Export > for sharing externally`` writes ``${DS_NAME}`` instead of a data source and ``${VAR_NAME}`` instead of
the value of a constant, and lists both in ``__inputs``. ``POST /api/dashboards/import`` (pkg/services/dashboardimport, the
same from 8.5 to 12.4) replaces them by the values that the UI sends. For a data source that is its uid (from 8.3.4 on),
also in old dashboards that refer to data sources by a plain string: Grafana looks up this string as a uid first, then as
a name.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field

from ..._grafana import versions as _versions
from ..._grafana.data_sources import current_type
from ..._grafana.errors import BadInput
from .forms import EXPORT_FIELDS, Document
from .references import placeholders, variables

DATA_SOURCE, CONSTANT = "datasource", "constant"
#: The plugin for expressions has no data source. Grafana's import always fills in this id, whatever the client sends.
EXPRESSIONS = "__expr__"
#: Grafana's own pattern: from ``${`` to the next ``}`` on the line.
_PLACEHOLDER = re.compile(r"\$\{.+?\}")
#: Data sources and panels that are part of every Grafana, even if the list of plugins lacks them, and removed panels that
#: Grafana migrates to newer ones (autoMigrateAngular in PanelModel.ts of 12.4.3).
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
    """An input of an export. *type* is ``datasource`` (of *plugin_id*) or ``constant`` (*value* is the default).

    A placeholder that ``__inputs`` does not list is an input that is not *listed*.

    The *label* of a data source is its name on the server that the dashboard was exported from.
    """

    name: str
    type: str
    label: str = ""
    plugin_id: str = ""
    value: str | None = field(default=None, repr=False)
    listed: bool = True


@dataclass(frozen=True)
class LibraryPanel:
    """A library panel of an export, as ``POST /api/library-elements`` takes it: *kind* 1 is a panel, *model* its JSON."""

    uid: str
    name: str
    kind: int
    model: t.Mapping[str, t.Any] = field(repr=False)


def needed(document: Document, names: t.Container[str] = ()) -> list[Input]:
    """Return the inputs of *document* that its body or its library panels use.

    A placeholder that ``__inputs`` does not list (files for grafana-operator have no ``__inputs``) counts if it is in *names*
    and no variable of the dashboard has its name. Raises :class:`BadInput` if ``__inputs`` has an entry that Grafana would not
    write.
    """
    listed = {entry.name: entry for entry in _listed(document)}
    if not listed and not names:
        return []
    used = dict.fromkeys(_placeholders([document.body, document.elements]))
    found = [entry for entry in listed.values() if "${%s}" % entry.name in used]
    own = variables(document.body)
    others = [text[2:-1] for text in used if text[2:-1] in names and text[2:-1] not in listed and text[2:-1] not in own]
    return found + [_unlisted(document, name) for name in others]


def _listed(document: Document) -> t.Iterator[Input]:
    """Yield the entries of ``__inputs``."""
    for number, entry in enumerate(document.inputs):
        name = entry.get("name") if isinstance(entry, dict) else None
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name or kind not in (DATA_SOURCE, CONSTANT):
            raise BadInput(
                "entry %d of __inputs (name %s, type %s) is not valid: it needs a name, and the type datasource or constant"
                % (number, name, kind)
            )
        value = entry.get("value")
        yield Input(
            name=name,
            type=kind,
            label=str(entry.get("label") or ""),
            plugin_id=str(entry.get("pluginId") or ""),
            value=None if value is None else _as_text(value),
        )


def _unlisted(document: Document, name: str) -> Input:
    """Return the input for a placeholder that ``__inputs`` does not list: a data source if the dashboard uses it as one."""
    bodies: list[t.Any] = [document.body]
    bodies += [{"panels": [entry.get("model")]} for entry in document.elements.values() if isinstance(entry, dict)]
    types = [one.type for body in bodies for one in placeholders(body) if one.value == "${%s}" % name]
    known = {kind for kind in types if kind}
    plugin_id = known.pop() if len(known) == 1 else ""
    return Input(name, DATA_SOURCE if types else CONSTANT, plugin_id=plugin_id, listed=False)


def unused(document: Document, mapping: t.Mapping[str, t.Any]) -> frozenset[str]:
    """Return the keys of *mapping* that no input of *document* has as its name, label or type."""
    inputs = [*_listed(document), *needed(document, mapping)]
    used = {key for entry in inputs for key in (entry.name, entry.label, entry.plugin_id if entry.listed else "")}
    return frozenset(mapping) - used


def _as_text(value: t.Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _placeholders(value: t.Any) -> t.Iterator[str]:
    """Yield the ``${…}`` in all strings of *value*."""
    if isinstance(value, str):
        if "${" in value:
            for line in value.split("\n"):
                yield from _PLACEHOLDER.findall(line, 0, line.rfind("}") + 1)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _placeholders(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _placeholders(inner)


def substitute(body: t.Mapping[str, t.Any], values: t.Mapping[str, str]) -> dict[str, t.Any]:
    """Return a copy of *body* with ``${NAME}`` replaced by ``values[NAME]`` in all strings, and without the export fields.

    Keys of objects and every other ``${…}`` stay as they are. Pure.
    """
    replacements = {"${%s}" % name: value for name, value in values.items()}
    own_fields = {key: inner for key, inner in body.items() if key not in EXPORT_FIELDS}
    return t.cast("dict[str, t.Any]", _replaced(own_fields, replacements))


def _replaced_line(line: str, replacements: t.Mapping[str, str]) -> str:
    # Behind the last brace no placeholder can end, so that each start would be compared with all of the rest.
    end = line.rfind("}") + 1
    return _PLACEHOLDER.sub(lambda match: replacements.get(match.group(), match.group()), line[:end]) + line[end:]


def _replaced(value: t.Any, replacements: t.Mapping[str, str]) -> t.Any:
    if isinstance(value, str):
        if "${" not in value:
            return value
        return "\n".join(_replaced_line(line, replacements) for line in value.split("\n"))
    if isinstance(value, dict):
        # Grafana drops __inputs at any depth.
        return {key: _replaced(inner, replacements) for key, inner in value.items() if key != "__inputs"}
    if isinstance(value, list):
        return [_replaced(inner, replacements) for inner in value]
    return value


def choose(
    inputs: t.Sequence[Input],
    data_sources: t.Sequence[t.Mapping[str, t.Any]],
    mapping: t.Mapping[str, t.Any],
    what: str = "the dashboard",
    option: str = "inputs",
) -> dict[str, str]:
    """Return the value of every input by its name; for a data source that is its uid.

    *data_sources* are those of the org, each with ``uid``, ``name``, ``type`` and ``isDefault``. *mapping* is the user's
    choice: the key is the name of an input, the label of an input (the name of the original data source) or a plugin id; the
    value is a uid or name of a data source, a dictionary with ``uid`` or ``name`` and ``type``, or the value of a constant. A
    data source must have the type of the input, or the ``type`` that the value has. For an input not in *mapping*, the first of
    these is used that is unambiguous: the data source with the same name and type; the only one of the type; the default
    one, if it has the type. Raises one :class:`BadInput` that lists all inputs without a value; it names the dashboard by
    *what* and the option to set by *option*.
    """
    values: dict[str, str] = {}
    problems = []
    for entry in inputs:
        value = _constant(entry, mapping) if entry.type == CONSTANT else _source(entry, data_sources, mapping)
        if isinstance(value, _Unresolved):
            problems.append(str(value))
        else:
            values[entry.name] = value
    if problems:
        lacking = [entry for entry in inputs if entry.name not in values]
        raise BadInput(
            "some inputs of %s have no value: %s; %s" % (what, "; ".join(problems), _advice(lacking, data_sources, option)),
            code="inputs_unresolved",
            inputs=[entry.name for entry in lacking],
        )
    return values


def _advice(lacking: t.Sequence[Input], data_sources: t.Collection[t.Any], option: str) -> str:
    """Return what to do about inputs without a value. If there is no data source, setting *option* helps constants only."""
    constants = [entry for entry in lacking if entry.type == CONSTANT]
    if data_sources or len(constants) == len(lacking):
        return "set them in %s" % option
    also = ", and set the constants in %s" % option if constants else ""
    return "the organization has no data source at all: create one with the module grafana_datasource%s" % also


def choose_unread(inputs: t.Sequence[Input], mapping: t.Mapping[str, t.Any], what: str) -> dict[str, str]:
    """Return the value of every input as :func:`choose` does, for an organization whose data sources cannot be read.

    An input gets one from *mapping* only, which is taken as it is: as a uid that exists, or that an earlier task creates.
    Raises :class:`BadInput`.
    """
    given = {entry.name: mapped.value for entry, mapped in ((entry, _mapped(entry, mapping)) for entry in inputs) if mapped}
    return {**given, **choose([entry for entry in inputs if entry.name not in given], [], mapping, what)}


class _Unresolved(str):
    """The reason why an input has no value."""

    __slots__ = ()


class _Mapped(t.NamedTuple):
    """What the user chose for an input: *key* and *value* of the option, and the *type* that a data source may have."""

    key: str
    value: str
    type: str = ""


def _mapped(entry: Input, mapping: t.Mapping[str, t.Any]) -> _Mapped | None:
    """Return what *mapping* has for *entry*, ``None`` if it has nothing. A label or type is no key for an unlisted input."""
    for key in (entry.name, entry.label, entry.plugin_id if entry.type == DATA_SOURCE and entry.listed else ""):
        if key and key in mapping:
            value = mapping[key]
            if entry.type == DATA_SOURCE and isinstance(value, dict):
                return _Mapped(key, _as_text(value.get("uid") or value.get("name") or ""), str(value.get("type") or ""))
            return _Mapped(key, _as_text(value))
    return None


def _constant(entry: Input, mapping: t.Mapping[str, t.Any]) -> str:
    mapped = _mapped(entry, mapping)
    if mapped is not None:
        return mapped.value
    # The UI suggests the default, but does not accept an empty value.
    return entry.value or _Unresolved("%s (constant %s) has no default" % (entry.name, entry.label or entry.name))


def _source(entry: Input, data_sources: t.Sequence[t.Mapping[str, t.Any]], mapping: t.Mapping[str, t.Any]) -> str:
    if entry.plugin_id == EXPRESSIONS:
        return EXPRESSIONS
    mapped = _mapped(entry, mapping)
    if mapped is not None:
        return _chosen(entry, mapped, data_sources)
    wanted = current_type(entry.plugin_id)
    same = [source for source in data_sources if wanted in ("", current_type(str(source.get("type"))))]
    # Names are unique in an org.
    by_name = [source for source in same if entry.label and source.get("name") == entry.label]
    default = [source for source in same if source.get("isDefault")]
    for candidates in (by_name, same, default):
        if len(candidates) == 1:
            return str(candidates[0]["uid"])
    return _Unresolved(
        "%s needs a data source of type %s%s; %s" % (entry.name, entry.plugin_id or "?", _original_name(entry), _candidates(same))
    )


def _chosen(entry: Input, mapped: _Mapped, data_sources: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """Return the uid of the data source whose uid or, if there is none, whose name the user chose."""
    found = [source for key in ("uid", "name") for source in data_sources if source.get(key) == mapped.value]
    said = "%s is mapped to %s (by the key %s), which is" % (entry.name, mapped.value, mapped.key)
    if not found:
        return _Unresolved("%s not a data source of the organization" % said)
    kind, wanted = str(found[0].get("type")), mapped.type or entry.plugin_id
    if wanted and current_type(kind) != current_type(wanted):
        return _Unresolved(
            "%s a data source of type %s, not of type %s: choose another one, or give uid and type (%s) as the value"
            % (said, kind, wanted, kind)
        )
    return str(found[0]["uid"])


def _original_name(entry: Input) -> str:
    return " (original name: %s)" % entry.label if entry.label else ""


def _candidates(sources: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    if not sources:
        return "the organization has none of that type"
    named = sorted("%s (uid %s)" % (source.get("name"), source.get("uid")) for source in sources)
    return "the organization has %s" % ", ".join(named)


def library_panels(document: Document, values: t.Mapping[str, str] | None = None) -> list[LibraryPanel]:
    """Return the library panels that *document* contains (``__elements``), with *values* filled in.

    Grafana's import creates the panels that the org lacks before it writes the dashboard; it does not change existing ones.
    Raises :class:`BadInput` for a panel without name or model.
    """
    panels = []
    for uid, entry in document.elements.items():
        model = entry.get("model") if isinstance(entry, dict) else None
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(model, dict) or not isinstance(name, str) or not name:
            raise BadInput("the library panel %s in __elements has no name or no model" % uid)
        kind = entry.get("kind")
        model = {**substitute(model, values or {}), "libraryPanel": {"uid": uid, "name": name}}
        panels.append(LibraryPanel(uid, name, kind if isinstance(kind, int) else 1, model))
    return panels


def requirements(
    document: Document,
    server_version: _versions.Version | str | None,
    plugins: t.Collection[str] | None = None,
) -> list[str]:
    """Return a sentence for each entry of ``__requires`` that the server does not meet. Pure.

    *plugins* are the ids of the installed plugins; ``None`` if they are not known, for example because the caller may not
    list them. Patch releases are not compared. Panels that Grafana migrates to another one are not reported.
    """
    sentences = []
    lacking = set() if plugins is None else set(not_among(document, plugins))
    server = _versions.parse(server_version) if isinstance(server_version, str) else server_version
    for entry in document.requires:
        if not isinstance(entry, dict):
            continue
        kind, name = entry.get("type"), str(entry.get("id") or "")
        if kind == "grafana":
            wanted = _versions.parse(entry.get("version"))
            if wanted and server and wanted[:2] > server[:2]:
                sentences.append(
                    "it was exported from Grafana %s, and this server is %s, which may not show all of it" % (wanted, server)
                )
        elif name in lacking:
            what = _KINDS.get(str(kind), str(kind))
            sentences.append("it uses the %s plugin %s%s, which is not installed" % (what, name, _title(entry)))
    return sentences


def not_among(document: Document, plugins: t.Collection[str]) -> list[str]:
    """Return the ids of the plugins that *document* requires and that *plugins* lacks. Pure."""
    installed = {current_type(name) for name in plugins}
    required = [entry for entry in document.requires if isinstance(entry, dict) and entry.get("type") != "grafana"]
    names = [str(entry["id"]) for entry in required if entry.get("id")]
    return [name for name in names if current_type(name) not in installed and name not in _NEVER_MISSING]


_KINDS = {"datasource": "data source", "panel": "panel", "app": "app"}


def _title(entry: t.Mapping[str, t.Any]) -> str:
    return " (%s)" % entry["name"] if entry.get("name") not in (None, "", entry.get("id")) else ""


__all__ = [
    "Input",
    "LibraryPanel",
    "choose",
    "choose_unread",
    "library_panels",
    "needed",
    "not_among",
    "requirements",
    "substitute",
    "unused",
]
