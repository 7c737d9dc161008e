# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change does, in words."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.summary import words

MEMBER = {"login": "bob", "role": "Editor"}


@pytest.mark.parametrize(
    ("action", "before", "after", "said"),
    [
        ("create", {}, MEMBER, "created"),
        ("delete", MEMBER, {}, "deleted"),
        ("replace", MEMBER, MEMBER, "replaced"),
        ("tidy", {"left_over": {"ci": "expired"}}, {}, "tidied up"),
        ("vanish", MEMBER, {}, "vanish"),
        ("update", MEMBER, {**MEMBER, "role": "Admin"}, "role Editor→Admin"),
        ("update", {"a": 1, "b": True, "c": None}, {"a": 2, "b": False, "c": "x"}, "a 1→2, b true→false, c (none)→x"),
        ("update", {"address": {"city": ""}, "name": "a"}, {"address": {"city": "Bern"}, "name": "b"}, "address, name a→b"),
        ("update", {"text": "x" * 41}, {"text": "y"}, "text"),
        ("update", {"text": "a\nb"}, {"text": "y"}, "text"),
        ("update", MEMBER, MEMBER, "updated"),
    ],
)
def test_words(action, before, after, said):
    assert words(action, before, after) == said
