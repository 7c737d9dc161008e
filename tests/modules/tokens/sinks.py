# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the option sink, for each place other than a file."""

from __future__ import annotations

import sys


def in_vault(vault, **more):
    return {"type": "hashi_vault", "url": vault.url, "token": vault.token, "path": "team/{org_name}", **more}


def in_awx(awx, **more):
    sink = {"type": "awx_credential", "url": awx.url, "token": awx.token}
    return {**sink, "credential": "tenant-token", "key_field": "token", **more}


def new_in_awx(awx, **more):
    """Return a sink that creates its credential."""
    return in_awx(awx, credential="{org_name}-{name}", credential_type="Grafana token", organization="Default", **more)


def in_files(folder, **more):
    """Return a sink whose commands keep the key in the file ``stored``."""
    store = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    read = "import os, sys; p = sys.argv[1]; sys.exit(3) if not os.path.exists(p) else print(open(p).read(), end='')"
    remove = "import os, sys; os.path.exists(sys.argv[1]) and os.unlink(sys.argv[1])"
    where = str(folder / "stored")
    return {
        "type": "command",
        "store_command": [sys.executable, "-c", store, where],
        "read_command": [sys.executable, "-c", read, where],
        "remove_command": [sys.executable, "-c", remove, where],
        "metadata_path": str(folder / "about.json"),
        **more,
    }
