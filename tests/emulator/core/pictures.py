# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of users, service accounts and teams."""

from __future__ import annotations

import hashlib

from .profile import Profile


def picture(profile: Profile, email: str) -> str:
    """Return the path of a picture, which is made of an e-mail address; empty without one (source: ``GetGravatarUrl``)."""
    if not email:
        return ""
    if profile >= (13, 0):
        return "/avatar/" + hashlib.sha256(email.lower().encode()).hexdigest()
    return "/avatar/" + hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()


def picture_or_default(profile: Profile, email: str, name: str) -> str:
    """Return the path of a picture that is made of a name where there is no e-mail address: for teams and service accounts."""
    return picture(profile, email or f"{''.join(sign for sign in name if sign.isalnum())}@localhost")
