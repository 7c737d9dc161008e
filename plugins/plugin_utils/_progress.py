# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows how far a module has come, about every ten seconds, while it works.

This is the base of the collection's action plugins. It passes the path of a file to the module, reads the file in a thread of
its own, and shows a line. Ansible sends such a line from its worker to the main process, so AWX shows it, too. The file is in
Ansible's private directory on the control node, so only modules that run there, as the same user, can be watched.
"""

from __future__ import annotations

import contextlib
import os
import threading
import typing as t
import uuid

from ansible import constants
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ..module_utils._engine.progress import PROGRESS, read

Result = dict[str, t.Any]

#: How many seconds are between two lines; 0 shows none.
VARIABLE = "ORGSMITH_PROGRESS_SECONDS"
SECONDS = 10.0


class ProgressAction(NormalAction):
    """Runs the module of the task as Ansible does, and shows its progress."""

    def _execute_module(self, *arguments: t.Any, **options: t.Any) -> Result:
        # ansible-core's action plugins have no annotations.
        execute: t.Callable[..., Result] = super()._execute_module
        seconds = self._seconds(options)
        if not seconds:
            return execute(*arguments, **options)
        private = constants.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]  # ansible-core adds its settings when it starts
        file = os.path.join(private, "progress-%s" % uuid.uuid4().hex)
        given = options.get("module_args")
        args = self._task.args if given is None else given
        options["module_args"] = {**args, PROGRESS: {"file": file, "seconds": seconds}}
        name = str(options.get("module_name") or self._task.action).rpartition(".")[2]
        host = (options.get("task_vars") or {}).get("inventory_hostname", "localhost")
        with _shown(file, "progress: [%s] %s:" % (host, name), seconds):
            return execute(*arguments, **options)

    def _seconds(self, options: t.Mapping[str, t.Any]) -> float:
        """Return the seconds between two lines, 0 where the module cannot be watched."""
        there = self._connection.transport != "local" or self._connection.become is not None
        return 0.0 if there or options.get("wrap_async") else seconds_of(os.environ.get(VARIABLE))


def seconds_of(text: str | None) -> float:
    """Return the seconds between two lines that the environment variable asks for; the default if it is no such number."""
    try:
        seconds = float(text or SECONDS)
    except ValueError:
        return SECONDS
    return seconds if 0 <= seconds < threading.TIMEOUT_MAX else SECONDS


@contextlib.contextmanager
def _shown(file: str, title: str, seconds: float) -> t.Iterator[None]:
    """Show the numbers in *file* every so many *seconds* until the block ends; remove the file."""
    over = threading.Event()
    thread = threading.Thread(target=_show, args=(file, title, seconds, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for path in (file, file + ".new"):
            with contextlib.suppress(OSError):
                os.remove(path)


def _show(file: str, title: str, seconds: float, over: threading.Event) -> None:
    while not over.wait(seconds):
        numbers = read(file)
        if numbers is not None:
            # To the standard error: the standard output may be the JSON of a callback plugin.
            Display().display(
                "%s %d of %d done, %d failed, concurrency %d"
                % (title, numbers["done"], numbers["total"], numbers["failed"], numbers["concurrency"]),
                stderr=True,
            )
