# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One user of the whole server."""

from __future__ import annotations

import typing as t

from .client import Client


def look_up(client: Client, name: str) -> t.Mapping[str, t.Any] | None:
    """Return the server's entry of the user with the login or e-mail address *name*, ``None`` if there is none.

    Raises :class:`Forbidden`: only server admins may look up users.
    """
    return t.cast("t.Mapping[str, t.Any] | None", client.find("/api/users/lookup", loginOrEmail=name))


__all__ = ["look_up"]
