# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No network, no waiting, no environment of whoever runs the tests."""

from __future__ import annotations

import os
import time

import pytest
from requests.adapters import HTTPAdapter

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import Client
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import from_options
from ansible_collections.orgsmith.grafana.tests.unit.plugins.script import URL, Script, by_password


@pytest.fixture(autouse=True)
def _nothing_around(monkeypatch, tmp_path):
    """Take away the variables and the files that the client might look at."""
    for name in list(os.environ):
        if name.startswith("GRAFANA_") or name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def naps(monkeypatch):
    """Sleep no time at all: the seconds asked for, while the clock goes on as if they had passed."""
    asked = []
    monotonic = time.monotonic
    monkeypatch.setattr(time, "sleep", asked.append)
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + sum(asked))
    return asked


@pytest.fixture(autouse=True)
def script(monkeypatch):
    """The server: ``script(call(...), ...)`` says what it will be asked, in order. Anything else is an error."""
    written = Script()
    monkeypatch.setattr(HTTPAdapter, "send", written.send_for(HTTPAdapter))
    yield written
    written.finish()


@pytest.fixture
def client(script):
    """A function that returns a client of the scripted server, with options of the connection."""
    opened = []

    def make(before_write=None, **options):
        made = Client(from_options({"url": URL, **by_password(options), **options}, {}), before_write)
        opened.append(made)
        return made

    return make
