# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are often stored with dashboards but are not dashboards: what they are, and what to do with them.

Each function returns the end of a sentence that starts with the name of the file, such as "is not a dashboard but …".
"""

from __future__ import annotations

import typing as t

from ..._grafana.errors import quoted
from ..._text.listed import listed

#: Kinds of manifests that contain a dashboard. The UI of 12.x exports ``DashboardWithAccessInfo``.
KINDS = ("Dashboard", "DashboardWithAccessInfo")
#: Fields that only a dashboard has: the classic layout, the one up to schema version 15, and version 2.
_PARTS = ("panels", "rows", "elements")
_LISTS = ("List", "DashboardList", "ConfigMapList", "GrafanaDashboardList", "SecretList")

#: Other objects, recognized by fields that a dashboard does not have.
_OBJECTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("groups",), "alert rules"),
    (("contactPoints",), "contact points"),
    (("policies",), "notification policies"),
    (("muteTimes",), "mute timings"),
    (("datasources",), "data sources for provisioning"),
    (("providers",), "dashboard providers for provisioning"),
    (("apps",), "apps for provisioning"),
    (("hasAcl",), "a folder"),
    (("ruleGroup", "folderUID"), "an alert rule"),
    (("model", "kind"), "a library panel"),
    (("gridPos", "type"), "a single panel"),
)
_TITLED = ("a folder", "an alert rule", "a library panel", "a single panel")

#: Top-level fields of values for Grafana's Helm charts and for charts that contain them; each of _SURE is enough.
_HELM_SURE = frozenset(["dashboardProviders", "dashboardsConfigMaps", "grafana.ini", "sidecar"])
_HELM = frozenset(
    [
        "affinity",
        "dashboards",
        "grafana",
        "image",
        "imagePullSecrets",
        "ingress",
        "nodeSelector",
        "persistence",
        "podAnnotations",
        "prometheus",
        "rbac",
        "replicaCount",
        "replicas",
        "resources",
        "securityContext",
        "service",
        "serviceAccount",
        "tolerations",
    ]
)

#: What to do with a GrafanaDashboard of grafana-operator, by the field of its spec that says where the dashboard is.
_OPERATOR: tuple[tuple[str, str], ...] = (
    ("json", "write the dashboard in its spec.json to a file of its own"),
    ("gzipJson", "decode the dashboard in its spec.gzipJson (base64 -d | gunzip) to a file of its own"),
    ("jsonnet", "render its spec.jsonnet with jsonnet, and write the result to a file of its own"),
    ("jsonnetLib", "render its spec.jsonnetLib with jsonnet, and write the result to a file of its own"),
    ("url", "download the dashboard from the address in its spec.url to a file (ansible.builtin.get_url)"),
    ("urlAuthorization", "download the dashboard from the address in its spec.url to a file (ansible.builtin.get_url)"),
    ("configMapRef", "the dashboard is in a ConfigMap: write the value of that key to a file of its own"),
)
#: The same for the kinds of manifests that may contain dashboards.
_CONFIG_MAP = "write each dashboard in its data to a file of its own"
_MANIFESTS = {
    "ConfigMap": _CONFIG_MAP,
    "Secret": "write each dashboard in its data, which is base64, to a file of its own",
    "GrafanaManifest": "its spec has no template that is a dashboard",
}
#: Kinds of manifests in which a file of several documents may have dashboards.
_HOLDERS = ("ConfigMap", "GrafanaDashboard", "GrafanaManifest", *_LISTS)
_SKIP = "remove it from the dashboards, or skip it with exclude"


def is_manifest(document: t.Any) -> bool:
    """Tell whether a document is a Kubernetes-style object."""
    return isinstance(document, dict) and all(isinstance(document.get(name), str) for name in ("apiVersion", "kind"))


def of_list(document: t.Sequence[t.Any]) -> str:
    """Describe a file that contains a list."""
    if any(isinstance(entry, dict) and ("hosts" in entry or "import_playbook" in entry) for entry in document):
        return "is not a dashboard but an Ansible playbook: %s" % _SKIP
    return "contains a list of %d entries: write each dashboard to a file of its own" % len(document)


def of_manifest(manifest: t.Mapping[str, t.Any]) -> str:
    """Describe a manifest that is not a dashboard."""
    kind = str(manifest["kind"])
    if kind in _LISTS and isinstance(manifest.get("items"), list):
        return _of_items(kind, manifest["items"])
    advice = _of_operator(manifest.get("spec")) if kind == "GrafanaDashboard" else _MANIFESTS.get(kind, _SKIP)
    return "is not a dashboard but a manifest of kind %s (%s): %s" % (
        quoted(kind, most=100),
        quoted(manifest["apiVersion"].rpartition("/")[0] or manifest["apiVersion"], most=100),
        advice,
    )


def _of_items(kind: str, items: t.Sequence[t.Any]) -> str:
    start = "is not one dashboard but a %s with %d items" % (kind, len(items))
    maps = [item["data"] for item in items if isinstance(item, dict) and isinstance(item.get("data"), dict)]
    if not maps:
        return "%s: write each dashboard to a file of its own" % start
    names = [quoted(str(name), most=100) for data in maps for name in data]
    return (
        "%s, whose data contain %s: write each of them to a file of its own, or pass each as content (docs/dashboards.md shows "
        "the task)" % (start, listed(names, 3) or "nothing")
    )


def _of_operator(spec: t.Any) -> str:
    spec = spec if isinstance(spec, dict) else {}
    catalogue = spec.get("grafanaCom")
    if isinstance(catalogue, dict):
        number, revision = catalogue.get("id"), catalogue.get("revision")
        if isinstance(number, int):
            return "download the dashboard to a file (ansible.builtin.get_url): %s" % _download(number, revision)
    return next((advice for name, advice in _OPERATOR if spec.get(name)), "its spec does not contain the dashboard; %s" % _SKIP)


def _download(number: int, revision: t.Any) -> str:
    """Return the address of a dashboard in the catalogue of grafana.com."""
    chosen = str(revision) if isinstance(revision, int) else "latest"
    return "https://grafana.com/api/dashboards/%d/revisions/%s/download" % (number, chosen)


def of_object(document: t.Mapping[str, t.Any]) -> str | None:
    """Describe an object that is neither a manifest nor a dashboard; ``None`` for one that may be a dashboard."""
    if any(name in document for name in _PARTS):
        return None
    for keys, name in _OBJECTS:
        if all(key in document for key in keys) and ("title" not in document or name in _TITLED):
            return "contains %s, not a dashboard: %s" % (name, _SKIP)
    if "title" in document:
        return None
    if _HELM_SURE & set(document) or len(_HELM & set(document)) > 1:
        return (
            "is not a dashboard but the values of a Helm chart: %s; a dashboard among its dashboards (json, gnetId or url) needs "
            "a file of its own" % _SKIP
        )
    return None


def of_documents(documents: t.Sequence[t.Any]) -> str:
    """Describe a file of several YAML documents."""
    start = "contains %d YAML documents" % len(documents)
    if any(_may_be_dashboard(document) for document in documents):
        return "%s: write each dashboard to a file of its own" % start
    kinds = sorted({quoted(str(document["kind"]), most=100) for document in documents if is_manifest(document)})
    named = " (%s)" % ", ".join(kinds[:5]) if kinds else ""
    return "%s, and none of them is a dashboard%s: %s" % (start, named, _SKIP)


def _may_be_dashboard(document: t.Any) -> bool:
    """Tell whether a document is a dashboard, or may contain dashboards."""
    if is_manifest(document):
        return document["kind"] in (*KINDS, *_HOLDERS)
    if not isinstance(document, dict):
        return False
    return any(name in document for name in (*_PARTS, "dashboard")) or ("title" in document and of_object(document) is None)


def of_untitled(document: t.Mapping[str, t.Any]) -> str:
    """Describe an object without a title."""
    if any(name in document for name in _PARTS):
        return "has no title"
    names = [quoted(str(name), most=100) for name in document]
    return "has neither a title nor panels, as a dashboard has; its fields are: %s" % (listed(names, 5) or "none")


__all__ = ["KINDS", "is_manifest", "of_documents", "of_list", "of_manifest", "of_object", "of_untitled"]
