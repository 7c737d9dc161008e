# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of accounts that refer to groups of a pattern."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._migration.options import _adopt, _rule


@pytest.mark.parametrize(
    ("name", "pattern", "words"),
    [
        (r"\\1", "ci-(.*)", "a name with a backslash"),
        (r"\2", "ci-(.*)", "does not fit pattern"),
        (r"\g<team>", "ci-(.*)", "does not fit pattern"),
        (r"\q", "ci-(.*)", "does not fit pattern"),
        (r"\1", None, "a name with a backslash"),
    ],
)
def test_bad_replacements(name, pattern, words):
    with pytest.raises(BadInput, match=words):
        _rule({"service_account": name, "pattern": pattern, "keys": ["a"]})
    with pytest.raises(BadInput, match=words):
        _adopt({"name": name, "pattern": pattern, "service_account": None if pattern else "old"})


def test_a_group():
    assert _rule({"service_account": r"\1", "pattern": "ci-(.*)"}).account == r"\1"
