# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine that measures, and what else runs on it."""

from __future__ import annotations

import os
import time
from pathlib import Path

#: Processes that use more of a processor than this share are named.
BUSY = 0.05


def described() -> str:
    """Return processors, memory and kernel of this machine."""
    model = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{os.cpu_count()} CPUs ({model}), {memory / 2**20:.0f} GiB of memory, Linux {os.uname().release}"


def others(seconds: float = 1.0) -> str:
    """Return the load average, and the processes that were busy for some *seconds*; this process and its own are not named."""
    before = _times()
    time.sleep(seconds)
    after, ticks = _times(), os.sysconf("SC_CLK_TCK")
    shares = {pid: (used - before[pid][1]) / ticks / seconds for pid, (_name, used) in after.items() if pid in before}
    busy = sorted(((share, after[pid][0]) for pid, share in shares.items() if share > BUSY and pid != os.getpid()), reverse=True)
    named = ", ".join(f"{name} {share:.0%}" for share, name in busy[:8]) or "no process above 5 %"
    return f"load average {os.getloadavg()[0]:.1f}; {named}"


def _times() -> dict[int, tuple[str, int]]:
    """Return name and used ticks of each process."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            lines = _lines(folder / "stat")
            if lines:
                name, _bracket, rest = lines[0].partition("(")[2].rpartition(")")
                found[int(folder.name)] = (name, sum(int(one) for one in rest.split()[11:13]))
    return found


def _lines(path: str | Path) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
