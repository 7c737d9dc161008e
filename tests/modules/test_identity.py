# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rejected credentials on servers with anonymous access or an authentication proxy: nothing is read, and nothing is written."""

from __future__ import annotations

import pytest

BAD = "glsa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000"
PROXY = {"X-WEBAUTH-USER": "admin"}
ANONYMOUS = {"auth.anonymous.enabled": "true", "auth.anonymous.org_role": "Editor", "auth.proxy.enabled": "true"}
MANY = [{"title": f"folder {number}"} for number in range(8)]
TASKS = [
    ("grafana_api_key_info", {}),
    ("grafana_dashboard_info", {}),
    ("grafana_datasource_info", {}),
    ("grafana_folder_info", {}),
    ("grafana_org_info", {}),
    ("grafana_sa_token_info", {}),
    ("grafana_service_account_info", {}),
    ("grafana_team_info", {}),
    ("grafana_user_info", {}),
    ("grafana_dashboard", {"dashboard": {"title": "d", "uid": "d"}}),
    ("grafana_datasource", {"name": "M", "type": "prometheus", "ds_url": "http://127.0.0.1:9"}),
    ("grafana_folder", {"title": "f"}),
    ("grafana_folder", {"batch": MANY, "concurrency": 8}),
    ("grafana_org", {"name": "tenant"}),
    ("grafana_org_user", {"login": "admin", "role": "Admin"}),
    ("grafana_org_preferences_info", {}),
    ("grafana_org_preferences", {"theme": "dark"}),
    ("grafana_service_account", {"name": "ci", "role": "Viewer"}),
    ("grafana_team", {"name": "crew"}),
    ("grafana_tenants", {"batch": [{"name": "tenant"}]}),
    ("grafana_user", {"login": "alice", "user_password": "long-enough-1"}),
]


@pytest.fixture(params=["9.3.2", "12.4.3"])
def guarded(special, request):
    """A server with anonymous access, an authentication proxy and the protection against guessed passwords."""
    return special(request.param, settings={**ANONYMOUS, "security.disable_brute_force_login_protection": "false"})


def test_a_rejected_credential_is_an_error_that_reads_and_writes_nothing(guarded):
    newest = not guarded.emulator.version.startswith("9.")
    with guarded.writes_nothing():
        for module, options in TASKS:
            wrong = guarded.fails(module, admin=False, url=guarded.url, token=BAD, **options)
            assert wrong.code == "unauthorized", (module, wrong.text)
            assert "does not accept the token (option token)" in wrong["msg"]
            assert ("treats the caller as anonymous" in wrong["msg"]) is newest
            wrong = guarded.fails(module, admin=False, url=guarded.url, token=BAD, headers=PROXY, **options)
            assert wrong.code == "unauthorized", (module, wrong.text)


def test_the_upgrade_guard_does_not_read_api_keys_as_anonymous(special):
    """On servers without API keys it needs the version only, which every caller sees."""
    server = special("11.5.1", settings=ANONYMOUS)
    wrong = server.fails("grafana_upgrade_guard_info", admin=False, url=server.url, token=BAD, target_version="12.4")
    assert wrong.code == "unauthorized"


@pytest.mark.parametrize(
    ("module", "options"),
    [("grafana_folder", {"batch": MANY, "concurrency": 8}), ("grafana_folder_info", {}), ("grafana_org", {"name": "x"})],
)
def test_a_wrong_password_counts_once_towards_the_lockout(guarded, module, options):
    """Four tasks with a wrong password leave the right one valid; a fifth locks the user out."""
    guarded.user("ann")
    for number in range(5):
        wrong = guarded.fails(module, admin=False, url=guarded.url, username="ann", password="wrong", **options)
        assert wrong.code == "unauthorized"
        right = guarded.run("grafana_folder_info", admin=False, url=guarded.url, username="ann", password="long-enough-1")
        assert (right.failed and right.code == "unauthorized") is (number == 4)  # 9.3 does not show her folders


@pytest.mark.parametrize("version", ["9.3.2", "12.4.3"])
def test_accepted_credentials_work_with_anonymous_access(special, version):
    server = special(version, settings=ANONYMOUS)
    server.four("grafana_folder", title="by password")
    server.four("grafana_folder", title="by password beside a header", headers=PROXY)
    server.four("grafana_folder", admin=False, url=server.url, headers=PROXY, title="by header")


@pytest.mark.parametrize("version", ["9.3.2", "11.5.1", "12.4.3"])
def test_beside_a_header_a_deleted_key_is_replaced(special, version, tmp_path):
    server = special(version, settings=ANONYMOUS)
    account = server.ok("grafana_service_account", name="ci", role="Viewer")["service_account"]["id"]
    options = {"admin": False, "url": server.url, "headers": PROXY, "service_account": "ci", "name": "t", "prove": "always"}
    server.four("grafana_sa_token", dest=str(tmp_path / "key"), **options)
    (tmp_path / "key").write_text(BAD + "\n", "utf-8")
    assert server.ok("grafana_sa_token", dest=str(tmp_path / "key"), **options)["changed"]
    assert (tmp_path / "key").read_text("utf-8").strip() != BAD
    assert account
