# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of Terraform code."""

from __future__ import annotations

import shutil

import pytest

from modules.migration.terraform_tree import DATA, Code


@pytest.fixture
def code(tmp_path, monkeypatch):
    """The tree before."""
    shutil.copytree(DATA / "before", tmp_path / "code")
    return Code(tmp_path / "code", monkeypatch)


@pytest.fixture
def empty(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    return Code(tmp_path / "code", monkeypatch)
