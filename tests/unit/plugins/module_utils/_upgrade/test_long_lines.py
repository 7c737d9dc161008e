# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line with very many mentions takes no quadratic time."""

from __future__ import annotations

from ansible_collections.orgsmith.grafana.plugins.module_utils._upgrade.lines import find


def test_very_many_mentions_in_a_line():
    assert len(find("grafana/auth/keys" * 100_000, ".yml")) == 100_000
