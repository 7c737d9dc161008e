# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Relative paths in the variables of the collection's playbooks start from the user's working directory."""

from __future__ import annotations

import pytest

from e2e.conftest import ROOT
from servers import DELETES_ORGS

#: The version of the module's server: the teardown deletes organizations.
VERSION = DELETES_ORGS
#: A relative path in the environment. A module that does not find the file fails before its first request.
AUTHORITY = {"GRAFANA_CA_PATH": "ca.pem"}


@pytest.fixture
def here(site, tmp_path):
    """The user's working directory, which is not that of a playbook."""
    site.emulator.reset()
    (tmp_path / "ca.pem").touch()
    yield tmp_path
    assert not [path for path in (ROOT / "playbooks").iterdir() if path.suffix != ".yml" and path.name not in ("files", "vars")]


def test_bootstrap_rotation_and_teardown(site, here):
    (here / "keys").mkdir(mode=0o700)
    where = {"org_name": "paths", "key_file": "keys/paths.token"}
    for changed in (1, 0):
        run = site.play("orgsmith.grafana.bootstrap_org", directory=here, environment=AUTHORITY, **where).ok()
        assert run.recap["changed"] == changed
        for file in ("keys/paths.token", "keys/paths.token.json"):
            assert f'"{here}/{file}"' in run.text
            assert (here / file).exists()
    first = (here / "keys/paths.token").read_text()
    token = {"name": "test", "dest": "keys/paths.token", "rotate": "always"}
    tenants = [{"name": "paths", "service_accounts": [{"name": "test", "role": "Editor", "tokens": [token]}]}]
    rotated = site.play(
        "orgsmith.grafana.rotate_tokens", directory=here, environment=AUTHORITY, org_bootstrap_organizations=tenants
    ).ok()
    assert f"{here}/keys/paths.token" in rotated.text
    assert (here / "keys/paths.token").read_text() != first
    removed = site.play("orgsmith.grafana.teardown_org", directory=here, environment=AUTHORITY, **where).ok()
    assert f"{here}/keys/paths.token" in removed.text
    assert list((here / "keys").iterdir()) == []


def test_a_key_in_a_directory_of_its_own(site, here):
    """The playbook creates it; a path of the playbook is the same as its name in the collection."""
    run = site.play(ROOT / "playbooks/bootstrap_org.yml", directory=here, org_name="own", key_file="own/key").ok()
    assert run.recap["changed"] == 2
    assert (here / "own").stat().st_mode & 0o777 == 0o700
    assert (here / "own/key").exists()


def test_upgrade_guard(site, here):
    (here / "scripts").mkdir()
    (here / "scripts/keys.sh").write_text("curl https://grafana/api/auth/keys\n")
    for scan in ("scripts", ["scripts"]):
        where = {"target_version": "13.1.0", "upgrade_scan": scan}
        run = site.play("orgsmith.grafana.upgrade_guard", directory=here, environment=AUTHORITY, **where)
        assert f"{here}/scripts/keys.sh" in run.text


def test_report_and_sink_of_the_migration(sites, tmp_path):
    site = sites("9.3.2")
    site.api("POST", "/api/auth/keys", {"name": "old", "role": "Viewer"})
    where = {"migrate_report_dir": "reports", "migrate_sink": {"type": "file", "path": "new/{name}"}}
    (tmp_path / "new").mkdir(mode=0o700)
    (tmp_path / "ca.pem").touch()
    where.update(migrate_mode="reissue", confirm=True)
    run = site.play("orgsmith.grafana.migrate_api_keys", directory=tmp_path, environment=AUTHORITY, **where).ok()
    assert f"{tmp_path}/reports/report.html" in run.text
    assert (tmp_path / "reports/report.json").exists()
    assert [path.name for path in (tmp_path / "new").iterdir() if path.suffix != ".json"]
    assert f"{tmp_path}/new/" in run.text
