# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit tests use no network, do not wait, and do not see the environment of whoever runs them."""

from __future__ import annotations

import os
import time

import pytest
from requests.adapters import HTTPAdapter


@pytest.fixture(autouse=True)
def _nothing_around(monkeypatch, tmp_path):
    """Remove the variables and the files that the client reads."""
    for name in list(os.environ):
        if name.startswith("GRAFANA_") or name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ORGSMITH_ALLOW_EPHEMERAL", "true")  # these tests may run in a container
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def naps(monkeypatch):
    """Replace sleeping, and return the seconds of each sleep."""
    asked = []
    monkeypatch.setattr(time, "sleep", asked.append)
    return asked


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Make every request fail that a test has not scripted."""

    def send(_adapter, request, **_options):
        raise AssertionError(f"a unit test sends {request.method} {request.url}")

    monkeypatch.setattr(HTTPAdapter, "send", send)
