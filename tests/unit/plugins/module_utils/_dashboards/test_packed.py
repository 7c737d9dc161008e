# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of dashboards in little memory: nothing of them changes, and what is the same is held once."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.directory import wanted
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.options import parse
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.packed import PackedBody, packed, packed_or_same, whole

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(st.text(max_size=5), VALUES, max_size=5)


@given(BODIES)
def test_packing_changes_nothing(body):
    held = packed(body)
    assert isinstance(held, PackedBody)
    assert json.dumps(whole(held)) == json.dumps(body), "with types and order"
    assert json.dumps(dict(held)) == json.dumps(body)
    assert (len(held), list(held)) == (len(body), list(body))
    assert [held.get(name) for name in [*body, "missing-one"]] == [*body.values(), None]


@pytest.mark.parametrize(
    ("there", "same"),
    [({"b": [1.0], "a": "x"}, True), ({"a": "x", "b": [True]}, False), ({"a": "x", "b": [1], "c": 1}, False)],
    ids=["other order and number", "boolean", "one more"],
)
def test_the_same_body_is_held_once(there, same):
    wanted = packed({"a": "x", "b": [1]})
    held = packed_or_same(there, wanted)
    assert (held is wanted) == same
    assert whole(held) == there


def test_what_cannot_be_packed_is_held_as_it_is():
    odd = {"a": [object()]}
    assert packed(odd) is odd
    assert whole(odd) == odd


def by_path(folder):
    return [parse({"path": str(file)}) for file in folder.iterdir()]


def by_directory(folder):
    return wanted({"directory": str(folder)})


@pytest.mark.parametrize("read", [by_path, by_directory])
def test_memory_hardly_grows_with_the_number_of_dashboards(tmp_path, read):
    panels = [{"id": n, "type": "stat", "title": f"Panel {n}", "targets": [{"refId": "A", "expr": f"m{n}"}]} for n in range(200)]
    for number in range(60):
        text = json.dumps({"uid": f"u{number}", "title": f"T {number}", "panels": panels})
        (tmp_path / f"{number}.json").write_text(text)
    read(tmp_path)
    tracemalloc.start()
    try:
        kept = read(tmp_path)
        after, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept) == 60
    assert after < 60 * len(text) / 2, "parsed, each takes several times the size of its file"
    assert most < 60 * len(text), "documents that were read are not kept"
