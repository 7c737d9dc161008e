# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization with people, on the versions."""

from __future__ import annotations

import pytest

from modules.permissions.people import peopled


@pytest.fixture
def tenant(newer):
    """The organization on each version with service accounts."""
    return peopled(newer)


@pytest.fixture
def everywhere(server):
    """The organization on each version."""
    return peopled(server)


@pytest.fixture
def latest(newest):
    """The organization on the newest version."""
    return peopled(newest)
