# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of folders."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.paths import steps


@pytest.mark.parametrize(("path", "titles"), [("A/B", ["A", "B"]), (" A / B ", ["A", "B"]), ("A", ["A"]), ("/A//B/", ["A", "B"])])
def test_folder_steps(path, titles):
    assert steps(path) == titles
