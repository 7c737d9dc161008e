# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that stand in for those that keep keys: small, stateful, on loopback, built from the documents of their APIs."""

from .awx import Awx
from .vault import Vault

__all__ = ["Awx", "Vault"]
