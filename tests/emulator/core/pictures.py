# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of users and teams."""

from __future__ import annotations

import hashlib

from .profile import Profile


def picture(profile: Profile, email: str) -> str:
    """Return the path of a picture, which is made of an e-mail address."""
    if profile >= (13, 0):
        return "/avatar/" + hashlib.sha256(email.lower().encode()).hexdigest()
    return "/avatar/" + hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()


def team_picture(profile: Profile, email: str, name: str) -> str:
    """Return the path of a team's picture: of its e-mail address or, without one, of its name."""
    return picture(profile, email or f"{''.join(sign for sign in name if sign.isalnum())}@localhost")
