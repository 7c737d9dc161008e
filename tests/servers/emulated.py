# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A start and a stop command like those of a real server, with the emulator: they test what is in this folder.

emulated.py start VERSION PORT [GF_X=Y ...]
emulated.py stop PORT
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

PASSWORD = "GF_SECURITY_ADMIN_PASSWORD="
SERVE = """
import signal, sys
from emulator import Emulator

with Emulator(version=sys.argv[1], port=int(sys.argv[2]), admin_password=sys.argv[3]):
    signal.sigwait([signal.SIGTERM])
"""


def _pid_file(port: str) -> Path:
    return Path(tempfile.gettempdir()) / f"emulated-{port}.pid"


def start(version: str, port: str, *settings: str) -> None:
    """Start an emulator, and return when it answers."""
    password = next((one[len(PASSWORD) :] for one in settings if one.startswith(PASSWORD)), "admin")
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-c", SERVE, version, port, password], start_new_session=True, **quiet)
    _pid_file(port).write_text(str(process.pid))
    for _time in range(600):
        try:
            requests.get(f"http://127.0.0.1:{port}/api/health", timeout=5)
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    sys.exit("the emulator does not answer")


def stop(port: str) -> None:
    """Stop it."""
    os.kill(int(_pid_file(port).read_text()), signal.SIGTERM)
    _pid_file(port).unlink()


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]](*sys.argv[2:])
