# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make replay`: replays the recordings of a version against a real server, and lists each difference.

    replay.py URL VERSION [SCENARIO...]

The server has to be fresh, with the password admin:admin and the settings of the recorded ones (brute-force protection off).
Scenarios that need other settings or an upgrade are left out, and named. A step that waits is waited for.
"""

from __future__ import annotations

import sys
import time

from conformance.replayer import Difference, Values, replay
from conformance.suite import RECORDINGS, Case, cases


def selected(version: str, wanted: list[str]) -> list[Case]:
    """Return the recordings of *version* on a server with default settings; those of the scenarios *wanted*, if there are any."""
    here = [case for case in cases() if case.name.startswith(version + "/")]
    return [case for case in here if not wanted or case.name.partition("/")[2] in wanted]


def left_out(version: str) -> list[str]:
    """Return the recordings that speak of *version* and need a server of their own."""
    return [case.name for case in cases() if version in case.name and not case.name.startswith(version + "/")]


def of_case(url: str, case: Case) -> tuple[int, list[Difference]]:
    """Replay a recording; return its number of steps, and the differences."""
    (steps,) = case.recordings()
    return len(steps), replay(url, steps, Values(), wait=time.sleep)


def main(url: str, version: str, wanted: list[str]) -> int:
    """Replay and print; return the exit code, 1 if there are differences."""
    found = selected(version, wanted)
    if not url or not found:
        known = sorted(path.name for path in RECORDINGS.iterdir() if path.name[0].isdigit())
        print(f"make replay needs GRAFANA_URL, and a GRAFANA_VERSION of {', '.join(known)}")
        return 2
    total = differing = 0
    for case in found:
        steps, differences = of_case(url, case)
        numbers = {difference.step for difference in differences}
        total, differing = total + steps, differing + len(numbers)
        print(f"{case.name}: {steps - len(numbers)} of {steps} steps answered as recorded", flush=True)
        for difference in differences:
            print(f"  {difference}")
    print(f"{total - differing} of {total} steps answered as recorded, {differing} differ")
    print(f"not replayed, because they need other settings or an upgrade: {', '.join(left_out(version)) or 'none'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
