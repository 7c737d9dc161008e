# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in dashboards: refused before the first write, and never shown."""

from __future__ import annotations

import json

import pytest

from modules.dashboards.exports import SHARED, WITH_LIBRARY, source
from modules.tokens.keys import token_secret

KEY = token_secret()


def with_key(key, **more):
    panel = {"id": 1, "type": "text", "title": "Words", "options": {"content": f"curl -H 'Bearer {key}'"}}
    return {"uid": "key", "title": "Key", "panels": [panel], **more}


PLACES = {
    "a text": with_key(KEY),
    "a title": {"uid": "key", "title": f"Key {KEY}"},
    "a title of a panel": {"uid": "key", "title": "Key", "panels": [{"id": 1, "type": "text", "title": KEY}]},
    "a name of a field": {"uid": "key", "title": "Key", "panels": [{"id": 1, "type": "text", "options": {KEY: 1}}]},
    "a long text": {"uid": "key", "title": "Key", "description": "x" * 100 + " " + KEY},
    "a library panel": {**WITH_LIBRARY, "__elements": {"lib-cpu": {"name": "CPU", "kind": 1, "model": {"x": KEY}}}},
    "a default": {**SHARED, "__inputs": [SHARED["__inputs"][0], {**SHARED["__inputs"][1], "value": KEY}]},
}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("place", list(PLACES))
def test_a_key_in_a_dashboard_is_refused(newest, place, check):
    newest.api("POST", "/api/datasources", {"name": "A", "type": "prometheus", "access": "proxy"})
    with newest.writes_nothing():
        failed = newest.fails("grafana_dashboard", dashboard=PLACES[place], check=check)
    assert failed.code == "key_in_dashboard"
    assert KEY not in failed.text
    assert "allow_secrets" in failed["msg"]


def test_a_key_among_the_inputs_is_refused(newest):
    with newest.writes_nothing():
        failed = newest.fails("grafana_dashboard", dashboard=SHARED, inputs={"VAR_CLUSTER": KEY})
    assert failed.code == "key_in_dashboard"
    assert "inputs.VAR_CLUSTER" in failed["msg"]
    assert KEY not in failed.text


def test_a_key_in_one_of_many_files_stops_all(newest, tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.json").write_text(json.dumps({"uid": f"d{number}", "title": f"D {number}"}))
    (tmp_path / "key.json").write_text(json.dumps(with_key(KEY)))
    with newest.writes_nothing():
        failed = newest.fails("grafana_dashboard", directory=str(tmp_path))
    assert failed.code == "key_in_dashboard"
    assert "key.json" in failed["msg"]
    assert KEY not in failed.text


@pytest.mark.parametrize("place", list(PLACES))
def test_a_key_that_is_insisted_on_is_never_shown(org, place):
    source(org, "A")
    results = org.four(dashboard=PLACES[place], allow_secrets=True)
    other = token_secret()
    replaced = json.loads(json.dumps(PLACES[place]).replace(KEY, other))
    if place != "a library panel":  # what is there of these is left as it is
        results += org.four(dashboard=replaced, allow_secrets=True)
    # and where the old value on the server holds one, and the new one does not
    cleaned = json.loads(json.dumps(PLACES[place]).replace(KEY, "nothing"))
    results.append(org.ok(dashboard=cleaned))
    results.append(org.ok(uid=cleaned["uid"], state="absent"))
    for result in results:
        assert KEY not in result.text
        assert other not in result.text
        # neither a part of one that was cut off
        assert KEY[:16] not in result.text
        assert other[:16] not in result.text


def test_an_edit_that_left_a_key_is_overwritten_unseen(org):
    org.ok(dashboard=with_key("nothing"))
    org.by_hand("key", "Key", message="by hand", panels=with_key(KEY)["panels"])
    results = org.four(dashboard=with_key("nothing"))
    assert [path.rpartition(".")[2] for path in results[1]["dashboard"]["changed_paths"]] == ["content"]
    assert all(KEY not in result.text and KEY[:16] not in result.text for result in results)
