# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks of Grafana Cloud, and waits that take no time."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import pace
from modules.conftest import WITH_ACCOUNTS
from modules.orgs.stack import SETTINGS, Stack


@pytest.fixture(params=WITH_ACCOUNTS)
def each(request, special, tmp_path):
    """A stack of each version that has service accounts."""
    return Stack(special(request.param, settings=SETTINGS), tmp_path)


@pytest.fixture
def stack(special, tmp_path):
    """A stack of the newest version."""
    return Stack(special(WITH_ACCOUNTS[-1], settings=SETTINGS), tmp_path)


@pytest.fixture
def sleeps(monkeypatch):
    """The waits that were asked for, which take no time but move the server's clock in the test that says so."""
    asked = []
    monkeypatch.setattr("time.sleep", asked.append)
    # Of a Retry-After the client waits for the rest, so there the clock moves.
    monkeypatch.setattr(pace, "time", SimpleNamespace(sleep=asked.append, monotonic=lambda: sum(asked)))
    return asked
