# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of servers of several versions."""

from __future__ import annotations

import pytest

from modules.tokens.stored_token import Token


@pytest.fixture
def token(outermost_newer, tmp_path):
    return Token(outermost_newer, tmp_path)


@pytest.fixture
def newest_token(newest, tmp_path):
    return Token(newest, tmp_path)
