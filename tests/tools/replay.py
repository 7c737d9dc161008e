# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make replay`: replays the recordings of a version against a real server, and lists each difference.

    replay.py VERSION [SCENARIO...]

GRAFANA_URL names a fresh server with the password admin:admin and without brute-force protection. Or GRAFANA_START names a
command that starts one (see tests/servers/README.md): then each recording gets a server of its own, with the settings that it
needs. A step that waits is waited for. Recordings of an upgrade, or of provisioned files, are left out and named.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator

from conformance.replayer import Difference, Values, replay
from conformance.suite import RECORDINGS, Case, cases, settings_of

from servers.choice import choice, variable
from servers.process import Process, Workspace


class Servers:
    """The server of each recording: always the one of *url*, or without *url* a new one by the start command."""

    def __init__(self, url: str, workspace: Workspace) -> None:
        self._url, self._workspace, self._choice = url, workspace, choice(os.environ)

    def serve(self, case: Case) -> bool:
        """Tell whether there is a server with the settings of *case*, and only these."""
        if len(case.parts) > 1 or case.name.endswith("/provisioned"):
            return False
        return not self._url or not case.name.startswith("settings-")

    @contextlib.contextmanager
    def server(self, case: Case) -> Iterator[str]:
        """Yield the address of a server for *case*."""
        if self._url:
            yield self._url
            return
        assert self._choice is not None
        _version, _recording, scenario = case.parts[0]
        settings = settings_of(scenario.read_text("utf-8").partition("\n")[0])
        process = Process(self._choice, self._workspace, {variable(name): value for name, value in settings.items()})
        try:
            yield process.address
        finally:
            process.stop()


def one_recording(servers: Servers, case: Case) -> tuple[int, list[Difference]]:
    """Replay a recording; return its number of steps, and the differences."""
    (steps,) = case.recordings()
    with servers.server(case) as url:
        return len(steps), replay(url, steps, Values(), wait=time.sleep)


def replay_all(servers: Servers, found: list[Case]) -> int:
    """Replay and print; return the number of steps that were answered otherwise."""
    total = differing = 0
    for case in found:
        steps, differences = one_recording(servers, case)
        numbers = {difference.step for difference in differences}
        total, differing = total + steps, differing + len(numbers)
        print(f"{case.name}: {steps - len(numbers)} of {steps} steps answered as recorded", flush=True)
        for difference in differences:
            print(f"  {difference}", flush=True)
    print(f"{total - differing} of {total} steps answered as recorded, {differing} differ")
    return differing


def main(version: str, wanted: list[str]) -> int:
    """Replay the recordings of *version*, all or the *wanted* ones; return the exit code, 1 if there are differences."""
    url = "" if os.environ.get("GRAFANA_START") else os.environ.get("GRAFANA_URL", "")
    about = [case for case in cases() if case.parts[-1][0] == version]
    about = [case for case in about if not wanted or case.name.partition("/")[2] in wanted]
    if not (url or os.environ.get("GRAFANA_START")) or not about:
        known = ", ".join(sorted(path.name for path in RECORDINGS.iterdir() if path.name[0].isdigit()))
        print(f"make replay needs GRAFANA_URL or GRAFANA_START, and a GRAFANA_VERSION with recordings ({known})")
        return 2
    workspace = Workspace()
    try:
        servers = Servers(url, workspace)
        differing = replay_all(servers, [case for case in about if servers.serve(case)])
    finally:
        workspace.remove()
    left_out = [case.name for case in about if not servers.serve(case)]
    if left_out:
        print(f"left out, because they need other settings, files or an upgrade: {', '.join(left_out)}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
