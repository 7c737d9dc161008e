# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in places of each type: what is stored there, and what stops before a token is made."""

from __future__ import annotations

import pytest

from modules.tokens.sinks import in_awx, in_vault


def test_four_runs_and_the_stored_key_works(tenant, anywhere):
    sink, key = anywhere
    tenant.four(sink=sink)
    assert tenant.works(key())
    assert tenant.listed() == ["ci"]
    tenant.server.four("grafana_sa_token", state="absent", **tenant.wanted, sink=sink)
    assert tenant.listed() == []


@pytest.mark.parametrize("keep", [None, "1h"])
def test_rotation(tenant, anywhere, keep):
    sink, key = anywhere
    options = {"sink": sink, "seconds_to_live": "30d", "renew_before": "7d", "keep_previous": keep}
    tenant.present(**options)
    old = key()
    tenant.advance(days=24)
    assert tenant.present(check=True, **options)["changed"]
    assert key() == old
    rotated = tenant.present(**options)
    assert rotated["token"]["reason"].startswith("it is due")
    assert key() != old
    assert tenant.works(key())
    assert tenant.works(old) is (keep is not None)
    assert not tenant.present(**options)["changed"]
    tenant.advance(hours=2)
    assert tenant.present(**options)["changed"] is (keep is not None)
    assert tenant.listed() == ["ci-2"]
    assert not tenant.present(**options)["changed"]


def test_expired(tenant, anywhere):
    sink, key = anywhere
    tenant.present(sink=sink)
    tenant.advance(hours=2)
    assert tenant.present(sink=sink)["diff"]["before"]["status"] == "expired"
    assert tenant.works(key())
    assert tenant.listed() == ["ci-2"]
    assert not tenant.present(sink=sink)["changed"]


def test_absent_leaves_what_is_somebody_elses(tenant, vault, awx):
    vault.put("team/tenant", {"user": "bob"})
    awx.credentials[1].update(description="hello\nworld", inputs={"host": "h"})
    for sink in (in_vault(vault), in_awx(awx)):
        tenant.present(sink=sink)
        tenant.absent(sink=sink)
    assert vault.data("team/tenant") == {"user": "bob"}
    assert (awx.credentials[1]["description"], awx.credentials[1]["inputs"]) == ("hello\nworld", {"host": "h"})


# Files.


@pytest.mark.parametrize("check", [True, False])
def test_a_read_only_file_system(tenant, mounted, check):
    folder = mounted("read-only")
    with tenant.server.writes_nothing():
        result = tenant.fails(sink={"type": "file", "path": f"{folder}/key"}, check=check)
    assert "not writable" in result["msg"]


def test_a_full_file_system(tenant, mounted):
    folder = mounted("full")
    with tenant.server.writes_nothing():
        result = tenant.fails(sink={"type": "file", "path": f"{folder}/key"})
    assert "No space left" in result["msg"]
    (folder / "ballast").unlink()
    assert tenant.present(sink={"type": "file", "path": f"{folder}/key"})["changed"]
    assert tenant.works((folder / "key").read_text().strip())


def test_the_action_plugin_is_needed(tenant):
    sink = {"type": "ansible_vault", "path": "v.yml", "variable": "v"}
    assert "action plugin" in tenant.fails(sink=sink)["msg"]
