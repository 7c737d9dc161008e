# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what with folders, dashboards and what is in them.

``rules`` is the data: which level of a permission entry allows which action, and what each basic role may do without an
entry. ``entries`` stores the entries. ``grants`` evaluates them for one caller. ``remembered`` is the cache of permissions in
front of ``/api``, ``authorizer`` the service behind ``/apis``, which has a cache of its own. ``model`` puts them together.
"""

from __future__ import annotations

from .authorizer import Authorizer
from .entries import Entries, Entry, Subject
from .model import Access
from .rules import ADMIN, EDIT, GENERAL, VIEW

__all__ = ["ADMIN", "EDIT", "GENERAL", "VIEW", "Access", "Authorizer", "Entries", "Entry", "Subject"]
