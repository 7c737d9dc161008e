# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the zygote, and gives it work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KILLED = -9


@dataclass
class Ended:
    """How a run ended: *result* is ``None`` if it was killed before it could say anything."""

    code: int
    result: dict[str, Any] | None
    points: int

    @property
    def killed(self) -> bool:
        return self.code == KILLED

    @property
    def changed(self) -> bool:
        return bool(self.result and self.result.get("changed"))


class Runner:
    """One zygote; *counts* is what was done in all."""

    def __init__(self, connection: dict[str, Any]) -> None:
        self.connection = connection
        self.counts: Counter[str] = Counter()
        script = str(Path(__file__).with_name("zygote.py"))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(
            [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
        )

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def begin(self, module: str, kill_at: int = 0, **options: Any) -> None:
        """Start a run; ``end`` returns it."""
        arguments = {**self.connection, **options, "_ansible_check_mode": False, "_ansible_remote_tmp": "/tmp"}
        job = {"module": module, "arguments": arguments, "kill_at": kill_at, "environment": {}}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()

    def end(self) -> Ended:
        """Wait for the run."""
        assert self._process.stdout is not None
        answer = json.loads(self._process.stdout.readline())
        ended = Ended(answer["code"], json.loads(answer["output"]) if answer["output"].strip() else None, answer["points"])
        self.counts["runs"] += 1
        self.counts["kills"] += ended.killed
        return ended

    def run(self, module: str, kill_at: int = 0, **options: Any) -> Ended:
        """Run a module to its end, or until it is killed."""
        self.begin(module, kill_at, **options)
        return self.end()
