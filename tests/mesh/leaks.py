# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where secrets are: on the disks of machines, in what AWX stores of jobs, in the report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path


def secrets_in(folder: Path, secrets: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the files below *folder* that contain a secret, each with the names of the secrets.

    *secrets* maps each secret to its name. Files in a zip archive without compression are found, too; ansible-runner
    compresses what it sends, but the credentials of a job are in a line of JSON before the archive.
    """
    wanted = re.compile(b"|".join(re.escape(secret.encode()) for secret in secrets))
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            names = {secrets[hit.decode()] for hit in wanted.findall(path.read_bytes())}
            if names:
                found[str(path.relative_to(folder))] = sorted(names)
    return found
