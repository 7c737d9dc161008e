# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a dashboard from any of the file formats in which tools store dashboards.

Supported are the plain JSON of a dashboard (classic or version 2 layout); the bodies of ``/api/dashboards``
(``{"dashboard": …}``); the answers of grafana.com's API (``{"json": …}``); and Kubernetes-style manifests from Grafana's
``/apis``, from its UI ("export as resource", kind ``DashboardWithAccessInfo``), from Grizzly, and in a ``GrafanaManifest`` of
grafana-operator.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ..._grafana.connection import text
from ..._grafana.errors import BadInput
from ..._grafana.kubernetes import DASHBOARDS, FOLDER_NOTE, MESSAGE_NOTE
from .others import KINDS, is_manifest, of_list, of_manifest, of_object
from .text import load

#: The classic layout, which all versions of Grafana support: panels in a list.
CLASSIC = "v1"
#: The layout that each version of ``dashboard.grafana.app`` uses.
LAYOUTS = {
    "v0alpha1": CLASSIC,
    "v1alpha1": CLASSIC,
    "v1beta1": CLASSIC,
    "v1": CLASSIC,
    "v2alpha1": "v2alpha1",
    "v2beta1": "v2beta1",
    "v2": "v2",
}
#: Fields that belong to the server; a body never contains them.
SERVER_FIELDS = ("id", "uid", "version")
#: Fields that ``Share > Export`` writes. An import uses and then removes them.
EXPORT_FIELDS = ("__inputs", "__requires", "__elements")

#: Variables of the version 2 layout whose data source is next to their ``spec``, not in it, from v2beta1 on.
FILTERS = ("AdhocVariable", "GroupByVariable")

#: The API group of Grizzly's manifests, which have the folder in a field of their metadata.
_GRIZZLY = "grizzly.grafana.com"


@dataclass(frozen=True)
class Document:
    """A dashboard as a file or a task describes it.

    *body* is without :data:`SERVER_FIELDS` and :data:`EXPORT_FIELDS`. *title* is ``""`` if there is none. *folder_uid* is
    ``None`` if the document names no folder, ``""`` for General. *layout* is ``v1`` (panels in a list) or the version of
    ``dashboard.grafana.app`` whose layout the body has. *inputs*, *requires* and *elements* are the unchanged
    ``__inputs``, ``__requires`` and ``__elements`` of an export for sharing.
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


def read_document(document: t.Any, what: str) -> Document:
    """Return the dashboard in *document*, which is parsed JSON; *what* names it in messages. Pure.

    Raises :class:`BadInput` if the document is not a dashboard, or contains more than one.
    """
    return _read(document, what, depth=0)


def _read(document: t.Any, what: str, depth: int) -> Document:
    if isinstance(document, list):
        raise BadInput("%s %s" % (what, of_list(document)))
    if not isinstance(document, dict) or depth > 2:
        raise BadInput("%s does not contain a dashboard: a dashboard is a JSON object" % what)
    if is_manifest(document):
        template = _template(document)
        return _manifest(document, what) if template is None else _templated(document, _read(template, what, depth + 1), what)
    if isinstance(document.get("dashboard"), dict):
        return _wrapped(document, _read(document["dashboard"], what, depth + 1), what)
    inner = document.get("json")
    if isinstance(inner, (dict, str)) and inner and "panels" not in document and "elements" not in document:
        return _read(load(inner, what, name=".json") if isinstance(inner, str) else inner, what, depth + 1)
    other = of_object(document)
    if other is not None:
        raise BadInput("%s %s" % (what, other))
    return _bare(document, _guessed_layout(document), what)


def _wrapped(wrapper: t.Mapping[str, t.Any], inner: Document, what: str) -> Document:
    """Return *inner* with the folder and message of its wrapper, an answer or request body of ``/api/dashboards``."""
    meta = wrapper.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    if meta.get("isFolder"):
        raise BadInput("%s contains a folder, not a dashboard" % what)
    if meta.get("isSnapshot"):
        raise BadInput(
            "%s contains a snapshot, which has stored data instead of queries: export the dashboard itself instead" % what
        )
    warnings = list(inner.warnings)
    if wrapper.get("inputs"):
        warnings.append("%s: the inputs next to the dashboard are ignored; set the option inputs instead" % what)
    # The folder in meta is where the dashboard was exported from, not where the user wants it.
    folder_uid = wrapper.get("folderUid")
    if folder_uid is None:
        folder_uid = inner.folder_uid
        if wrapper.get("folderId"):
            warnings.append("%s: folderId is ignored, because ids differ between servers; use folderUid instead" % what)
    message = wrapper.get("message") or inner.message
    return replace(
        inner,
        folder_uid=None if folder_uid is None else text(folder_uid, "folderUid of %s" % what),
        message=None if message is None else text(message, "message of %s" % what),
        warnings=tuple(warnings),
    )


def _manifest(document: t.Mapping[str, t.Any], what: str) -> Document:
    """Return the dashboard in a manifest. Its uid is ``metadata.name``; its folder is an annotation."""
    group, version = _group_and_version(document, what)
    spec, metadata = document.get("spec"), document.get("metadata") or {}
    if not isinstance(spec, dict) or not isinstance(metadata, dict):
        raise BadInput("%s is a manifest without a dashboard in its spec" % what)
    layout, warnings = _layout_of(spec, LAYOUTS.get(version, CLASSIC) if group == DASHBOARDS else CLASSIC, what)
    dashboard = _bare(spec, layout, what)
    if metadata.get("name"):
        name = text(metadata["name"], "metadata.name of %s" % what)
        if dashboard.uid not in (None, name):
            warnings.append("%s: the uid is metadata.name %s; the uid %s in the spec is ignored" % (what, name, dashboard.uid))
        dashboard = replace(dashboard, uid=name)
    notes = metadata.get("annotations")
    notes = notes if isinstance(notes, dict) else {}
    folder_uid = metadata.get("folder") if group == _GRIZZLY else notes.get(FOLDER_NOTE)
    return replace(
        dashboard,
        folder_uid=None if folder_uid is None else text(folder_uid, "folder of %s" % what),
        message=notes.get(MESSAGE_NOTE) or None,
        warnings=tuple(warnings),
    )


def _template(manifest: t.Mapping[str, t.Any]) -> t.Any:
    """Return the Kubernetes object in a GrafanaManifest of grafana-operator, ``None`` for any other manifest."""
    spec = manifest.get("spec")
    return spec.get("template") if manifest["kind"] == "GrafanaManifest" and isinstance(spec, dict) else None


def _templated(manifest: t.Mapping[str, t.Any], inner: Document, what: str) -> Document:
    """Return *inner*, the dashboard in a GrafanaManifest, with a warning if the operator would change it first."""
    if not manifest["spec"].get("patch"):
        return inner
    ignored = "%s: the patch next to the template is ignored; apply it to the template" % what
    return replace(inner, warnings=(*inner.warnings, ignored))


def _group_and_version(manifest: t.Mapping[str, t.Any], what: str) -> tuple[str, str]:
    """Return the API group and version of a manifest. Raises :class:`BadInput` if it is not a supported dashboard."""
    group, _slash, version = manifest["apiVersion"].rpartition("/")
    if manifest["kind"] not in KINDS or group not in (DASHBOARDS, _GRIZZLY):
        raise BadInput("%s %s" % (what, of_manifest(manifest)))
    if group == DASHBOARDS and version not in LAYOUTS:
        raise BadInput(
            "%s has the unsupported apiVersion %s/%s: supported versions are %s" % (what, group, version, ", ".join(LAYOUTS))
        )
    return group, version


def _layout_of(spec: t.Mapping[str, t.Any], declared: str, what: str) -> tuple[str, list[str]]:
    """Return the layout of *spec*, and warnings: the declared layout, unless the content of *spec* contradicts it."""
    guessed = _guessed_layout(spec)
    if declared == CLASSIC and guessed != CLASSIC:
        return guessed, ["%s: its apiVersion is for the classic layout, but its spec has the layout %s" % (what, guessed)]
    if declared != CLASSIC and guessed == CLASSIC and ("panels" in spec or "schemaVersion" in spec):
        return CLASSIC, ["%s: its apiVersion is for the layout %s, but its spec has the classic layout" % (what, declared)]
    return declared, []


def _guessed_layout(spec: t.Mapping[str, t.Any]) -> str:
    """Return the layout that the content of *spec* shows. Only version 2 has ``elements``; Grafana's UI tests the same."""
    elements = spec.get("elements")
    if not isinstance(elements, dict) or "panels" in spec:
        return CLASSIC
    if any(_alpha_marks(spec, elements)):
        return "v2alpha1"
    return "v2" if any(_stable_marks(spec, elements)) else "v2beta1"


def _alpha_marks(spec: t.Mapping[str, t.Any], elements: t.Mapping[str, t.Any]) -> t.Iterator[bool]:
    """Yield, for each query, panel and variable, whether it has a form that only v2alpha1 uses.

    In v2alpha1 the kind of a query or of a ``vizConfig`` is the plugin's id. Later versions have the kinds ``DataQuery``
    and ``VizConfig``, and the plugin's id as ``group``.
    """
    for entry in queries(spec):
        query = entry.get("query")
        yield isinstance(query, dict) and query.get("kind", "DataQuery") != "DataQuery"
    for element in elements.values():
        for panel in _spec(element):
            config = panel.get("vizConfig")
            yield isinstance(config, dict) and config.get("kind", "VizConfig") != "VizConfig"
    for variable in _list(spec, "variables"):
        # v2beta1 moved the data source of these variables out of their spec.
        yield any("datasource" in inner for inner in _spec(variable)) and variable.get("kind") in FILTERS


def _stable_marks(spec: t.Mapping[str, t.Any], elements: t.Mapping[str, t.Any]) -> t.Iterator[bool]:
    """Yield whether *spec* has preferences, and for each transformation whether it has a form that only v2 uses.

    In v2 the kind of each transformation is ``Transformation``, and its id is the ``group``; before, its id is the kind.
    """
    yield spec.get("preferences") is not None
    for element in elements.values():
        for entry in _list(_inner(element, "data"), "transformations"):
            yield isinstance(entry, dict) and entry.get("kind") == "Transformation" and "group" in entry


def queries(spec: t.Mapping[str, t.Any]) -> t.Iterator[t.Mapping[str, t.Any]]:
    """Yield the specs of everything with a ``query`` in a version 2 layout: panels' queries, annotations and variables."""
    elements = spec.get("elements")
    for element in elements.values() if isinstance(elements, dict) else ():
        yield from (inner for entry in _list(_inner(element, "data"), "queries") for inner in _spec(entry))
    for name in ("annotations", "variables"):
        yield from (inner for entry in _list(spec, name) for inner in _spec(entry))


def _inner(entry: t.Any, name: str) -> t.Any:
    """Return ``entry.spec.<name>.spec``, ``None`` if it does not exist."""
    return next((inner for outer in _spec(entry) for inner in _spec(outer.get(name))), None)


def _spec(entry: t.Any) -> list[dict[str, t.Any]]:
    spec = entry.get("spec") if isinstance(entry, dict) else None
    return [spec] if isinstance(spec, dict) else []


def _list(holder: t.Any, name: str) -> list[t.Any]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return found if isinstance(found, list) else []


def _bare(spec: t.Mapping[str, t.Any], layout: str, what: str) -> Document:
    """Return the dashboard for *spec*, the JSON of a dashboard without a wrapper."""
    if layout != CLASSIC and isinstance(spec.get("cursorSync"), bool):
        raise BadInput(
            "%s: cursorSync is %r, not a string: YAML reads an unquoted Off as a boolean; put it in quotes"
            % (what, spec["cursorSync"])
        )
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
    value = spec.get(name) or []
    if not isinstance(value, list):
        raise BadInput("%s: %s must be a list" % (what, name))
    return tuple(value)


def _elements(spec: t.Mapping[str, t.Any], what: str) -> dict[str, t.Any]:
    """Return the exported library panels by uid. Grafana 8.3 and 8.4 exported them as a list."""
    elements = spec.get("__elements") or {}
    if isinstance(elements, list):
        elements = {str(entry.get("uid")): entry for entry in elements if isinstance(entry, dict)}
    if not isinstance(elements, dict):
        raise BadInput("%s: __elements must be an object" % what)
    return elements


__all__ = ["CLASSIC", "FILTERS", "LAYOUTS", "Document", "queries", "read_document"]
