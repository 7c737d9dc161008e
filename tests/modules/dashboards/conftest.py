# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization whose dashboards are exported, on the newest version."""

from __future__ import annotations

import pytest

from modules.dashboards.export_org import Org


@pytest.fixture
def newest_org(newest):
    return Org(newest, "tenant", "kubernetes")
