# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables that choose the server of the tests. Nothing else reads them.

======================  ===========================================================================================
``GRAFANA_START``       a command that starts a fresh server; a port and settings as ``GF_SECTION_KEY=value`` are added
``GRAFANA_STOP``        a command that stops it; the port is added. Default: the same words, with ``start`` in the
                        name of the program replaced by ``stop``
``GRAFANA_VERSION``     the version of that server; ``make real`` asks the server itself
``GRAFANA_REPORT``      a file for the results, one line of JSON for each test
``GRAFANA_WORK``        a folder for the data of the servers; default: a temporary one, in memory where possible
``GRAFANA_URL``         a server that runs already and may be filled, for the tests in ``tests/lane`` only, with
                        ``GRAFANA_USER`` and ``GRAFANA_PASSWORD`` of one of its server admins
======================  ===========================================================================================

Without ``GRAFANA_START`` the tests run on the emulator.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def variable(setting: str) -> str:
    """Return the environment variable of a setting of Grafana's: ``GF_AUTH_BASIC_ENABLED`` for ``auth.basic.enabled``."""
    return "GF_" + re.sub(r"[.-]", "_", setting).upper()


@dataclass(frozen=True)
class Choice:
    """The commands of a real server, and its version."""

    start: tuple[str, ...]
    stop: tuple[str, ...]
    version: str

    def start_command(self, port: int, settings: Mapping[str, str]) -> list[str]:
        """Return the command that starts a server on *port* with *settings* (``GF_SECTION_KEY`` to value)."""
        return [*self.start, str(port), *(f"{name}={value}" for name, value in settings.items())]

    def stop_command(self, port: int) -> list[str]:
        """Return the command that stops the server on *port*."""
        return [*self.stop, str(port)]


@dataclass(frozen=True)
class Filled:
    """A server that runs already and may be filled."""

    url: str
    user: str
    password: str


def filled(environment: Mapping[str, str]) -> Filled | None:
    """Return the running server that *environment* names. Raises :class:`ValueError` if user or password are missing."""
    url = environment.get("GRAFANA_URL")
    if not url:
        return None
    user, password = environment.get("GRAFANA_USER"), environment.get("GRAFANA_PASSWORD")
    if not user or not password:
        raise ValueError("GRAFANA_URL needs GRAFANA_USER and GRAFANA_PASSWORD of one of the server's admins")
    return Filled(url.rstrip("/"), user, password)


def choice(environment: Mapping[str, str]) -> Choice | None:
    """Return the real server that *environment* names; ``None`` means the emulator.

    Raises :class:`ValueError` if no stop command is given and none follows from the start command.
    """
    start = shlex.split(environment.get("GRAFANA_START", ""))
    if not start:
        return None
    # The tests run in several folders: a relative program is one of the checkout.
    if "/" in start[0]:
        start[0] = os.path.normpath(ROOT / start[0])
    stop = shlex.split(environment.get("GRAFANA_STOP", "")) or _stop_of(start)
    return Choice(tuple(start), tuple(stop), environment.get("GRAFANA_VERSION", ""))


def _stop_of(start: list[str]) -> list[str]:
    folder, slash, name = start[0].rpartition("/")
    if "start" not in name:
        raise ValueError(f"GRAFANA_STOP is needed: the name of {start[0]} has no 'start' to replace by 'stop'")
    return [folder + slash + name.replace("start", "stop"), *start[1:]]


CHOICE = choice(os.environ)
REPORT = os.environ.get("GRAFANA_REPORT")
WORK = os.environ.get("GRAFANA_WORK")
