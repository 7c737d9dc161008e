# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property tests for any dashboard: file formats, inputs, references and the search for keys."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.forms import read_document
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.inputs import substitute
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.references import missing, references
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.text import load
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.secrets import key_like

WORDS = st.sampled_from(
    ["", "x", "$x", "${x}", "${DS_A}", "${DS_A:csv}", "${", "}", "\n", "ä", "Off", "1e3", "~", "2026-01-01", "datasource"]
)
TEXT = st.lists(WORDS, max_size=4).map("".join)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(2**31), 2**31), st.floats(allow_nan=False, allow_infinity=False), TEXT)
NAMES = st.one_of(st.sampled_from(["uid", "type", "datasource", "targets", "spec", "list", "query"]), TEXT)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=12
)
DASHBOARDS = st.fixed_dictionaries(
    {"title": st.just("T"), "panels": VALUES},
    optional={"uid": st.just("u"), "annotations": VALUES, "templating": VALUES, "tags": VALUES},
)


@given(DASHBOARDS)
def test_every_format_contains_the_same_body(dashboard):
    plain = read_document(dashboard, "x")
    wrapped = [
        {"dashboard": dashboard, "meta": {"folderUid": "f"}},
        {"dashboard": dashboard, "folderUid": "f", "overwrite": True},
        {"slug": "s", "json": dashboard},
        {"slug": "s", "json": json.dumps(dashboard)},
        {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "metadata": {"name": "u"}, "spec": dashboard},
    ]
    for document in wrapped:
        found = read_document(document, "x")
        assert (found.body, found.title, found.layout) == (plain.body, plain.title, plain.layout)


@given(DASHBOARDS)
def test_without_values_a_dashboard_stays_unchanged(dashboard):
    assert substitute(dashboard, {}) == dashboard
    assert substitute(dashboard, {"DS_OTHER": "x"}) == dashboard


@given(DASHBOARDS)
def test_replacing_a_placeholder_by_itself_changes_nothing(dashboard):
    assert substitute(dashboard, {"DS_A": "${DS_A}"}) == dashboard


@given(DASHBOARDS)
def test_no_placeholder_is_left_after_filling_in(dashboard):
    once = substitute(dashboard, {"DS_A": "uid"})
    assert substitute(once, {"DS_A": "other"}) == once


@given(DASHBOARDS)
def test_references_of_any_dashboard(dashboard):
    found = references(dashboard)
    assert not [entry for entry in found if entry.value.startswith("$")]
    assert len(missing(found, [], set())) == len(found)


@given(DASHBOARDS, st.sampled_from(["glsa_AbCd1234AbCd1234AbCd1234AbCd1234_0a1b2c3d", "eyJrIjoiAbCd1234AbCd1234AbCd1234"]))
def test_a_key_is_found_anywhere(dashboard, key):
    assert key_like(dashboard) == []
    assert key_like({"a": [dashboard, {"b": "see " + key}]}) == ["a[1].b"]


@settings(max_examples=50)
@given(DASHBOARDS)
def test_yaml_and_json_give_the_same_document(dashboard):
    yaml = pytest.importorskip("yaml")
    assert load(yaml.safe_dump(dashboard), "x", name="x.yaml") == dashboard
