# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of each version with and without folders in folders."""

from __future__ import annotations

import pytest

from modules.folders.by_hand import DESCRIBED, FLAT, NESTED


@pytest.fixture
def org(server):
    server.ok("grafana_org", name="tenant")
    return server


@pytest.fixture(params=NESTED)
def nested(request, versioned):
    """A server of each version with folders in folders."""
    return versioned(request.param)


@pytest.fixture(params=DESCRIBED)
def described(request, versioned):
    """A server of each version that tells descriptions."""
    return versioned(request.param)


@pytest.fixture(params=FLAT)
def flat(request, versioned):
    """A server of each version without folders in folders."""
    return versioned(request.param)
