# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that is not a dashboard gets a message that says what it is, and what to do with it."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.forms import read_document
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.text import load
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.options import parse
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput

BOARD = {"title": "T", "panels": []}
SKIP = "remove it from the dashboards, or skip it with exclude"
OPERATOR = "grafana.integreatly.org/v1beta1"


def refused(document):
    with pytest.raises(BadInput) as caught:
        read_document(document, "x")
    return caught.value.message


def operator(**spec):
    return {"apiVersion": OPERATOR, "kind": "GrafanaDashboard", "metadata": {"name": "d"}, "spec": spec}


def config_map(**data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "data": data}


@pytest.mark.parametrize(
    ("spec", "advice"),
    [
        ({"json": "{}"}, "write the dashboard in its spec.json to a file of its own"),
        ({"gzipJson": "H4s"}, "decode the dashboard in its spec.gzipJson (base64 -d | gunzip) to a file of its own"),
        ({"jsonnet": "{}"}, "render its spec.jsonnet with jsonnet"),
        ({"url": "https://u:p@x/y.json"}, "download the dashboard from the address in its spec.url to a file"),
        ({"configMapRef": {"name": "m", "key": "k"}}, "the dashboard is in a ConfigMap: write the value of that key to a file"),
        ({"grafanaCom": {"id": 1860}}, "https://grafana.com/api/dashboards/1860/revisions/latest/download"),
        ({"grafanaCom": {"id": 1860, "revision": 37}}, "https://grafana.com/api/dashboards/1860/revisions/37/download"),
        ({"grafanaCom": {"id": "1860"}}, "its spec does not contain the dashboard; " + SKIP),
        ({}, "its spec does not contain the dashboard; " + SKIP),
    ],
)
def test_a_dashboard_of_the_operator_says_where_it_is(spec, advice):
    message = refused(operator(**spec))
    assert message.startswith("x is not a dashboard but a manifest of kind GrafanaDashboard (grafana.integreatly.org): ")
    assert advice in message
    assert "u:p@" not in message


def test_the_template_of_a_manifest_of_the_operator_is_the_dashboard():
    template = {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "u1", "annotations": {"grafana.app/folder": "f"}},
        "spec": BOARD,
    }
    manifest = {"apiVersion": OPERATOR, "kind": "GrafanaManifest", "spec": {"template": template}}
    found = read_document(manifest, "x")
    assert (found.uid, found.title, found.folder_uid, found.body) == ("u1", "T", "f", BOARD)
    assert found.warnings == ()
    patched = {**manifest, "spec": {"template": template, "patch": {"scripts": [".spec.title = 1"]}}}
    assert read_document(patched, "x").warnings == ("x: the patch next to the template is ignored; apply it to the template",)


def test_a_template_of_another_kind():
    playlist = {"apiVersion": "playlist.grafana.app/v0alpha1", "kind": "Playlist", "spec": {}}
    manifest = {"apiVersion": OPERATOR, "kind": "GrafanaManifest", "spec": {"template": playlist}}
    assert refused(manifest) == "x is not a dashboard but a manifest of kind Playlist (playlist.grafana.app): " + SKIP
    empty = {"apiVersion": OPERATOR, "kind": "GrafanaManifest", "spec": {}}
    assert refused(empty).endswith("its spec has no template that is a dashboard")


def test_a_list_of_config_maps_names_its_files():
    maps = [config_map(**{"%s.json" % name: "{}"}) for name in "abcde"]
    assert refused({"apiVersion": "v1", "kind": "ConfigMapList", "items": maps}) == (
        "x is not one dashboard but a ConfigMapList with 5 items, whose data contain a.json, b.json, c.json and 2 more: write "
        "each of them to a file of its own, or pass each as content (docs/dashboards.md shows the task)"
    )
    assert "whose data contain nothing" in refused({"apiVersion": "v1", "kind": "List", "items": [config_map()]})
    assert "with 1 items: write each dashboard" in refused({"apiVersion": "v1", "kind": "List", "items": [7]})


@pytest.mark.parametrize(
    "values",
    [
        {"grafana.ini": {"server": {}}},
        {"sidecar": {"dashboards": {"enabled": True}}},
        {"dashboardProviders": {}, "dashboards": {"default": {"node": {"gnetId": 1860}}}},
        {"grafana": {"enabled": True}, "prometheus": {}},
        {"replicaCount": 1, "image": {"tag": "x"}},
    ],
)
def test_values_of_a_chart(values):
    message = refused(values)
    assert message.startswith("x is not a dashboard but the values of a Helm chart: " + SKIP)
    assert "(json, gnetId or url) needs a file of its own" in message


@pytest.mark.parametrize("extra", [{"title": "T"}, {"panels": []}, {"elements": {}}])
def test_a_dashboard_with_such_fields_is_a_dashboard(extra):
    assert read_document({"image": 1, "service": 2, **extra}, "x").body["image"] == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "kind: Service\napiVersion: v1\n---\nkind: Deployment\napiVersion: apps/v1\n",
            "none of them is a dashboard (Deployment, Service)",
        ),
        ("a: 1\n---\nb: 2\n", "and none of them is a dashboard: " + SKIP),
        ("a: 1\n---\ntitle: T\npanels: []\n", "x contains 2 YAML documents: write each dashboard to a file of its own"),
        ("a: 1\n---\nkind: ConfigMap\napiVersion: v1\n", "x contains 2 YAML documents: write each dashboard to a file"),
        ("title: T\nhasAcl: no\n---\n1\n", "and none of them is a dashboard"),
    ],
)
def test_files_of_several_documents(text, message):
    with pytest.raises(BadInput) as caught:
        load(text, "x", name="x.yml")
    assert message in caught.value.message


def test_a_playbook_and_other_lists():
    assert refused([{"hosts": "all", "tasks": []}]) == "x is not a dashboard but an Ansible playbook: " + SKIP
    assert refused([BOARD]) == "x contains a list of 1 entries: write each dashboard to a file of its own"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"panels": []}, "dashboard has no title"),
        (
            {"name": "web", "version": 1, "scripts": {}},
            "has neither a title nor panels, as a dashboard has; its fields are: name, scripts",
        ),
        (dict.fromkeys("abcdefg", 1), "its fields are: a, b, c, d, e and 2 more"),
    ],
)
def test_an_object_without_a_title(document, message):
    with pytest.raises(BadInput) as caught:
        parse({"dashboard": document})
    assert message in caught.value.message
