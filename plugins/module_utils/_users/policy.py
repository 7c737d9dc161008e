# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords of users: the server's policy, and whether a user has the password of the task."""

from __future__ import annotations

from .._grafana.client import Client
from .._grafana.errors import Refused

#: The least length with ``[auth.basic] password_policy``, in bytes (from the sources, 11.0 to 13.1).
POLICY_LENGTH = 12
#: What the policy wants beside the length: characters of each kind.
_KINDS = (
    ("a lower case letter", str.islower),
    ("an upper case letter", str.isupper),
    ("a digit", str.isnumeric),
    ("a character that is neither letter nor digit", lambda sign: not (sign.isalpha() or sign.isnumeric())),
)


def missing(password: str) -> list[str]:
    """Return what *password* lacks for the policy, in words."""
    found = [] if len(password.encode("utf-8", "surrogatepass")) >= POLICY_LENGTH else ["%d characters" % POLICY_LENGTH]
    return found + [words for words, fits in _KINDS if not any(fits(sign) for sign in password)]


def check(client: Client, login: str, password: str) -> None:
    """Raise :class:`Refused` for a password that the server's policy refuses (from 11.0 on). Asks the server once in a run."""
    auth = client.frontend_settings().get("auth")
    if not (isinstance(auth, dict) and auth.get("basicAuthStrongPasswordPolicy")):
        return
    lacks = missing(password)
    if lacks:
        raise Refused(
            "the password policy of the server refuses the user_password of user %s: it needs %s" % (login, ", ".join(lacks)),
            code="password_policy",
        )
