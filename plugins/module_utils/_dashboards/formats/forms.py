# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms in which dashboards lie in files: what each of them says, and which dashboard it holds.

Known are the JSON of a dashboard itself; what ``/api/dashboards`` gives and takes (``{"dashboard": …}``); what
grafana.com's API gives (``{"json": …}``); manifests of Kubernetes' style, as Grafana's own ``/apis``, its export as
a resource (kind ``DashboardWithAccessInfo``) and Grizzly write them; and the layout of version 2 alone.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ..._grafana.connection import text
from ..._grafana.errors import BadInput
from ..._grafana.kubernetes import DASHBOARDS, FOLDER_NOTE, MESSAGE_NOTE
from .text import load

#: The layout of dashboards as Grafana has always stored them: panels in a list.
CLASSIC = "v1"
#: Versions of ``dashboard.grafana.app``, and the layout that each of them carries.
LAYOUTS = {
    "v0alpha1": CLASSIC,
    "v1alpha1": CLASSIC,
    "v1beta1": CLASSIC,
    "v1": CLASSIC,
    "v2alpha1": "v2alpha1",
    "v2beta1": "v2beta1",
    "v2": "v2",
}
#: What the server keeps beside the dashboard; a body is without it.
SERVER_FIELDS = ("id", "uid", "version")
#: What ``Share > Export`` writes for the import to act on, and the import takes out.
EXPORT_FIELDS = ("__inputs", "__requires", "__elements")

#: Variables of version 2 that have their data source beside their spec, from v2beta1 on.
FILTERS = ("AdhocVariable", "GroupByVariable")

#: Kinds of manifests that hold a dashboard. ``DashboardWithAccessInfo`` is what the UI of 12 exports.
_KINDS = ("Dashboard", "DashboardWithAccessInfo")
#: Grizzly's manifests: the folder is a field of their metadata.
_GRIZZLY = "grizzly.grafana.com"
#: Files of other things that lie beside dashboards, by fields that a dashboard has not.
_OTHERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("groups",), "rules of alerts"),
    (("contactPoints",), "contact points"),
    (("policies",), "policies of notifications"),
    (("muteTimes",), "mute timings"),
    (("datasources",), "data sources for provisioning"),
    (("providers",), "providers of dashboards for provisioning"),
    (("apps",), "apps for provisioning"),
    (("hasAcl",), "a folder"),
    (("ruleGroup", "folderUID"), "a rule of alerts"),
    (("model", "kind"), "a library panel"),
    (("gridPos", "type"), "a single panel"),
)
_TITLED = ("a folder", "a rule of alerts", "a library panel", "a single panel")


@dataclass(frozen=True)
class Document:
    """A dashboard as a file or a task describes it.

    *body* is without id, uid, version and what an export is for import; *title* is ``""`` where there is none.
    *folder_uid* ``None`` says nothing of the folder, ``""`` is General. *layout* is ``v1`` (panels in a list) or the
    version of ``dashboard.grafana.app`` whose layout the body has. *inputs*, *requires* and *elements* are what an
    export for sharing has as ``__inputs``, ``__requires`` and ``__elements``, raw.
    """

    body: t.Mapping[str, t.Any] = field(repr=False)
    uid: str | None = None
    title: str = ""
    folder_uid: str | None = None
    message: str | None = None
    layout: str = CLASSIC
    inputs: t.Sequence[t.Any] = field(default=(), repr=False)
    requires: t.Sequence[t.Any] = field(default=(), repr=False)
    elements: t.Mapping[str, t.Any] = field(default_factory=dict, repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """The version of ``dashboard.grafana.app`` to write it by: for the classic layout the one that changes nothing."""
        return "v0alpha1" if self.layout == CLASSIC else self.layout


def read_document(document: t.Any, what: str) -> Document:
    """Return the dashboard in *document*, which is parsed JSON; *what* names it in messages. Pure.

    Raises :class:`BadInput` for anything that is no dashboard, or more than one.
    """
    return _read(document, what, depth=0)


def _read(document: t.Any, what: str, depth: int) -> Document:
    if isinstance(document, list):
        raise BadInput("%s holds a list of %d entries: give every dashboard a file of its own" % (what, len(document)))
    if not isinstance(document, dict) or depth > 2:
        raise BadInput("%s holds no dashboard: a JSON object is wanted" % what)
    if isinstance(document.get("apiVersion"), str) and isinstance(document.get("kind"), str):
        return _manifest(document, what)
    if isinstance(document.get("dashboard"), dict):
        return _wrapped(document, _read(document["dashboard"], what, depth + 1), what)
    inner = document.get("json")
    if isinstance(inner, (dict, str)) and inner and "panels" not in document and "elements" not in document:
        return _read(load(inner, what, name=".json") if isinstance(inner, str) else inner, what, depth + 1)
    _refuse_others(document, what)
    return _plain(document, _guessed_layout(document), what)


def _wrapped(wrapper: t.Mapping[str, t.Any], inner: Document, what: str) -> Document:
    """Return *inner* with what ``GET /api/dashboards/uid`` (in ``meta``) or a body of ``POST`` says beside it."""
    meta = wrapper.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    if meta.get("isFolder"):
        raise BadInput("%s holds a folder, not a dashboard" % what)
    if meta.get("isSnapshot"):
        raise BadInput("%s holds a snapshot, whose data are no longer those of any data source: export the dashboard" % what)
    warnings = list(inner.warnings)
    if wrapper.get("inputs"):
        warnings.append("%s: the inputs beside the dashboard are not used; the task says what the dashboard is to get" % what)
    # What meta says of the folder is where the dashboard was found, and nobody's wish for where it is to be.
    folder_uid = wrapper.get("folderUid")
    if folder_uid is None:
        folder_uid = inner.folder_uid
        if wrapper.get("folderId"):
            warnings.append("%s: folderId is not used, because no other server has the same numbers; give folderUid" % what)
    message = wrapper.get("message") or inner.message
    return replace(
        inner,
        folder_uid=None if folder_uid is None else text(folder_uid, "folderUid of %s" % what),
        message=None if message is None else text(message, "message of %s" % what),
        warnings=tuple(warnings),
    )


def _manifest(document: t.Mapping[str, t.Any], what: str) -> Document:
    """Return the dashboard of a manifest: its uid is the name, its folder an annotation."""
    group, _slash, version = document["apiVersion"].rpartition("/")
    kind = document["kind"]
    if kind in ("List", "DashboardList") and isinstance(document.get("items"), list):
        raise BadInput(
            "%s is a %s of %d: give every dashboard a file of its own" % (what, kind, len(document["items"])),
        )
    if kind not in _KINDS or group not in (DASHBOARDS, _GRIZZLY):
        raise BadInput("%s is a manifest of kind %s of %s, and no dashboard%s" % (what, kind, group or version, _hint(kind)))
    if group == DASHBOARDS and version not in LAYOUTS:
        raise BadInput("%s has the apiVersion %s/%s; known are %s" % (what, group, version, ", ".join(LAYOUTS)))
    spec, metadata = document.get("spec"), document.get("metadata") or {}
    if not isinstance(spec, dict) or not isinstance(metadata, dict):
        raise BadInput("%s is a manifest without a dashboard in its spec" % what)
    layout, warnings = _layout_of(spec, LAYOUTS.get(version, CLASSIC) if group == DASHBOARDS else CLASSIC, what)
    found = _plain(spec, layout, what)
    if metadata.get("name"):
        name = text(metadata["name"], "metadata.name of %s" % what)
        if found.uid not in (None, name):
            warnings.append("%s: metadata.name %s counts, not the uid %s in the spec" % (what, name, found.uid))
        found = replace(found, uid=name)
    notes = metadata.get("annotations")
    notes = notes if isinstance(notes, dict) else {}
    folder_uid = metadata.get("folder") if group == _GRIZZLY else notes.get(FOLDER_NOTE)
    return replace(
        found,
        folder_uid=None if folder_uid is None else text(folder_uid, "folder of %s" % what),
        message=notes.get(MESSAGE_NOTE) or None,
        warnings=tuple(warnings),
    )


def _hint(kind: str) -> str:
    """Say where the dashboard may be in a manifest of another kind."""
    if kind == "ConfigMap":
        return ": the dashboards are texts in its data; write each of them to a file"
    if kind == "GrafanaDashboard":
        return " that Grafana itself knows: write what is in its spec.json to a file"
    return ""


def _layout_of(spec: t.Mapping[str, t.Any], declared: str, what: str) -> tuple[str, list[str]]:
    """Return the layout that *spec* has, which is the declared one unless the two cannot be brought together."""
    looks = _guessed_layout(spec)
    if declared == CLASSIC and looks != CLASSIC:
        return looks, ["%s: its apiVersion is for panels in a list, and its spec is of %s" % (what, looks)]
    if declared != CLASSIC and looks == CLASSIC and ("panels" in spec or "schemaVersion" in spec):
        return CLASSIC, ["%s: its apiVersion is of %s, and its spec has panels in a list" % (what, declared)]
    return declared, []


def _guessed_layout(spec: t.Mapping[str, t.Any]) -> str:
    """Return the layout that a dashboard of no known version has: ``elements`` are in version 2 only, as the UI tells it."""
    elements = spec.get("elements")
    if not isinstance(elements, dict) or "panels" in spec:
        return CLASSIC
    return "v2alpha1" if any(_alpha_marks(spec, elements)) else "v2beta1"


def _alpha_marks(spec: t.Mapping[str, t.Any], elements: t.Mapping[str, t.Any]) -> t.Iterator[bool]:
    """Yield whether parts of *spec* are as only v2alpha1 has them: there a plugin is the kind of a query or of a panel.

    Later versions have the kinds DataQuery and VizConfig there, and name the plugin as ``group``.
    """
    for entry in queries(spec):
        query = entry.get("query")
        yield isinstance(query, dict) and query.get("kind", "DataQuery") != "DataQuery"
    for element in elements.values():
        for panel in _spec(element):
            config = panel.get("vizConfig")
            yield isinstance(config, dict) and config.get("kind", "VizConfig") != "VizConfig"
    for variable in _list(spec, "variables"):
        # The data source of these two moved out of their spec.
        yield any("datasource" in inner for inner in _spec(variable)) and variable.get("kind") in FILTERS


def queries(spec: t.Mapping[str, t.Any]) -> t.Iterator[t.Mapping[str, t.Any]]:
    """Yield the specs of all that has a ``query`` in a layout of version 2: panels' queries, annotations, variables."""
    elements = spec.get("elements")
    for element in elements.values() if isinstance(elements, dict) else ():
        yield from (inner for entry in _list(_inner(element, "data"), "queries") for inner in _spec(entry))
    for name in ("annotations", "variables"):
        yield from (inner for entry in _list(spec, name) for inner in _spec(entry))


def _inner(entry: t.Any, name: str) -> t.Any:
    """Return ``entry.spec.<name>.spec``, or nothing."""
    return next((found for outer in _spec(entry) for found in _spec(outer.get(name))), None)


def _spec(entry: t.Any) -> list[dict[str, t.Any]]:
    spec = entry.get("spec") if isinstance(entry, dict) else None
    return [spec] if isinstance(spec, dict) else []


def _list(holder: t.Any, name: str) -> list[t.Any]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return found if isinstance(found, list) else []


def _refuse_others(document: t.Mapping[str, t.Any], what: str) -> None:
    """Raise :class:`BadInput` for the files of other things, which often lie in the same folders."""
    if "panels" in document or "elements" in document or "rows" in document:
        return
    for keys, name in _OTHERS:
        if all(key in document for key in keys) and ("title" not in document or name in _TITLED):
            raise BadInput("%s holds %s, and no dashboard" % (what, name))


def _plain(spec: t.Mapping[str, t.Any], layout: str, what: str) -> Document:
    """Return the dashboard itself: what belongs to the server and to an import taken out of its body."""
    if layout != CLASSIC and isinstance(spec.get("cursorSync"), bool):
        raise BadInput("%s: cursorSync is %r; YAML reads a bare Off so: put it in quotes" % (what, spec["cursorSync"]))
    uid, title = spec.get("uid"), spec.get("title")
    return Document(
        body={key: value for key, value in spec.items() if key not in SERVER_FIELDS and key not in EXPORT_FIELDS},
        uid=None if uid in (None, "") else text(uid, "uid of %s" % what),
        title=title.strip() if isinstance(title, str) else "",
        layout=layout,
        inputs=_sequence(spec, "__inputs", what),
        requires=_sequence(spec, "__requires", what),
        elements=_elements(spec, what),
    )


def _sequence(spec: t.Mapping[str, t.Any], name: str, what: str) -> tuple[t.Any, ...]:
    found = spec.get(name) or []
    if not isinstance(found, list):
        raise BadInput("%s: %s has to be a list" % (what, name))
    return tuple(found)


def _elements(spec: t.Mapping[str, t.Any], what: str) -> dict[str, t.Any]:
    """Return the library panels by uid; 8.3 and 8.4 wrote them as a list."""
    found = spec.get("__elements") or {}
    if isinstance(found, list):
        found = {str(entry.get("uid")): entry for entry in found if isinstance(entry, dict)}
    if not isinstance(found, dict):
        raise BadInput("%s: __elements has to be an object" % what)
    return found


__all__ = ["CLASSIC", "FILTERS", "LAYOUTS", "Document", "queries", "read_document"]
