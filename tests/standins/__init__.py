# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that stand in for those that keep keys or files: small, stateful, on loopback, built from their APIs' documents."""

from .awx import Awx
from .files import Files
from .vault import Vault

__all__ = ["Awx", "Files", "Vault"]
