# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in the form that Grafana gives them."""

from __future__ import annotations

import binascii
import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def token_secret():
    """Return the key of a service account's token: its last part is the CRC-32 of what stands before, little-endian."""
    body = "glsa_" + "".join(secrets.choice(_ALPHABET) for _number in range(32))
    return f"{body}_{binascii.crc32(body.encode()).to_bytes(4, 'little').hex()}"
