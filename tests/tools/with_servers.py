# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command with embedded Grafana servers at hand.

    with_servers.py [--config FILE] [--versions 9.3.2,12.4.3] -- COMMAND...

Starts one server a version on free loopback ports, writes their addresses to FILE as `ansible-test integration`
reads them (integration_config.yml), runs COMMAND and ends with its exit code.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
from pathlib import Path

from emulator import Emulator

USER = "admin"
# Not "admin": Ansible masks every occurrence of a password in what it prints, names and logins included.
PASSWORD = "integration-Passw0rd-7f3a"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--config", type=Path, help="where to write the addresses, as YAML")
    parser.add_argument("--versions", default="9.3.2,11.5.1,12.4.3", help="versions of Grafana, with commas between")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()

    with contextlib.ExitStack() as stack:
        servers = []
        for version in options.versions.split(","):
            server = stack.enter_context(Emulator(version=version, admin_password=PASSWORD))
            servers.append({"version": version, "url": server.url})
        if options.config:
            config = {"grafana_servers": servers, "grafana_user": USER, "grafana_password": PASSWORD}
            # JSON is YAML, and needs no library here
            options.config.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        return subprocess.run(options.command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
