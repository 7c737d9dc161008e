# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules in processes of their own, quickly, and kills them where it is told to.

Started once, it imports what modules need and forks a process for each run: no start of an interpreter, and a kill is a
real one, without any cleaning up. It reads jobs from its standard input, one JSON a line, and answers with one line each.
"""

from __future__ import annotations

import contextlib
import datetime
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from ansible.module_utils import basic
from ansible.module_utils.common.text.converters import to_bytes
from requests.adapters import HTTPAdapter

PACKAGE = "ansible_collections.orgsmith.grafana.plugins.modules."


class Points:
    """Counts the points of a run at which something outside of the process is different than at the point before.

    Kills the process at point number *last* (0: never). A kill leaves nothing but what the process wrote, so the points
    between two writes are one: a run that is killed before a request that only reads leaves the same as one killed after it.
    """

    def __init__(self, last: int) -> None:
        self.last, self.count = last, 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self, work: Any, writes: Callable[..., bool] = lambda *_args, **_more: True) -> Any:
        """Return *work* with a point after each call for which *writes* returns true."""

        def done(*args: Any, **more: Any) -> Any:
            changes = writes(*args, **more)
            result = work(*args, **more)
            if changes:
                self()
            return result

        return done

    def install(self) -> None:
        """Count each request, each program that is run, and each operation on a file, if it writes."""
        self()  # nothing is written yet
        HTTPAdapter.send = self.after(HTTPAdapter.send, request_writes)  # type: ignore[method-assign]
        subprocess.run = self.after(subprocess.run)
        os.open = self.after(os.open, opening_writes)
        # What a file got before it is synchronized may be on the disk: the point after fsync is the one after those writes.
        for name in ("replace", "unlink", "fsync", "rename"):
            setattr(os, name, self.after(getattr(os, name)))


def request_writes(_adapter: Any, request: Any, **_more: Any) -> bool:
    """Tell whether a request changes the server; one with a key does, as the server stores when a key was used."""
    return request.method not in ("GET", "HEAD") or "Bearer" in str(request.headers.get("Authorization"))


def opening_writes(path: Any, flags: int, *_more: Any, **_rest: Any) -> bool:
    """Tell whether opening *path* creates or empties a file."""
    return bool(flags & os.O_TRUNC or (flags & os.O_CREAT and not os.path.exists(path)))


def child(job: dict[str, Any], out: int, counted: int) -> None:
    """Be the module."""
    points = Points(job["kill_at"])
    os.dup2(out, 1)
    os.environ.update(job["environment"])
    basic._ANSIBLE_ARGS = to_bytes(json.dumps({"ANSIBLE_MODULE_ARGS": job["arguments"]}))
    if hasattr(basic, "_ANSIBLE_PROFILE"):
        basic._ANSIBLE_PROFILE = "legacy"
    points.install()
    status = 0
    try:
        importlib.import_module(PACKAGE + job["module"]).main()
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.stdout.flush()
        os.write(counted, b"%d" % points.count)
    os._exit(status)


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait, and return what the module printed, how it ended, and how many points it passed."""
    importlib.import_module(PACKAGE + job["module"])  # here, so that the next run of it finds it imported
    pipes = [os.pipe(), os.pipe()]
    pid = os.fork()
    if pid == 0:
        child(job, pipes[0][1], pipes[1][1])
    texts = []
    for reading, writing in pipes:
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            texts.append(stream.read().decode())
    _pid, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "output": texts[0], "points": int(texts[1] or 0)}


def warm_up() -> None:
    """Do once what each run would do again: imports that ansible-core and Python put off until they need them."""
    datetime.datetime.strptime("2026-01-01T00:00:00", "%Y-%m-%dT%H:%M:%S")
    for name in ("_module_legacy_c2m", "_module_legacy_m2c"):
        with contextlib.suppress(ImportError):  # from ansible-core 2.19 on
            importlib.import_module("ansible.module_utils._internal._json._profiles." + name)


def main() -> None:
    warm_up()
    # What is there now is not looked at again, or each run would get copies of all the memory that the collector walks through.
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
