# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for secrets, plain and in disguise, in output and in files."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

#: Files above this size, in bytes, are none of ours.
LARGEST = 20_000_000


def disguises(secret: str) -> set[bytes]:
    """Return *secret* plain, base64 (at each of its three offsets), URL-encoded and JSON-escaped."""
    raw = secret.encode()
    found = {raw, quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode()}
    found.add(json.dumps(secret)[1:-1].replace("/", "\\/").encode())
    for offset in range(3):
        # What precedes and follows the secret blurs the first and the last characters.
        coded = base64.b64encode(b"x" * offset + raw)
        found.add(coded[(0, 4, 4)[offset] : len(coded) - 4])
    return found


def in_text(secrets: list[str], text: str | bytes) -> list[str]:
    """Return the secrets that stand in *text* in any disguise."""
    raw = text.encode() if isinstance(text, str) else text
    return [secret for secret in secrets if any(form in raw for form in disguises(secret))]


def in_files(secrets: list[str], folders: list[Path], allowed: set[Path]) -> list[tuple[str, Path]]:
    """Return (secret, file) for every file below *folders*, but *allowed* ones, that holds a secret."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path in allowed or path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
                continue
            found += [(secret, path) for secret in in_text(secrets, path.read_bytes())]
    return found
