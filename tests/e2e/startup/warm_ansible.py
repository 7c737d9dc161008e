# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports what ansible-playbook and ansible-vault need, and forks a process for each run of them; see ../shortcuts.py.

A job is a JSON object on a line of the standard input: the words of the command, its environment, its directory, and
the files that its output goes to. The answers, a line each on the standard output: the id of the process, and its exit
code. Between the fork and the command's own `main` only that is read again which ansible-core has read of the environment.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import sys

from ansible import constants as C
from ansible.cli import playbook, vault
from ansible.plugins import loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

import modules

MAINS = {"ansible-playbook": playbook.main, "ansible-vault": vault.main}
#: Where the servers of modules have their sockets. A path of a socket must be short.
FOLDER = os.path.join(os.environ["E2E_SHORTCUTS"], "m")
#: What nearly every run loads, some of it in each of its processes: kinds of plugins, and their names.
PLUGINS = {
    "inventory": ("host_list", "script", "auto", "yaml", "ini", "toml", "advanced_host_list"),
    "callback": ("default",),
    "strategy": ("linear",),
    "connection": ("local",),
    "shell": ("sh",),
    "become": ("sudo",),
    "action": ("normal", "include_role", "include_tasks", "validate_argument_spec", "set_fact", "debug", "assert", "fail"),
}


def warm_up() -> None:
    """Import and load."""
    loader.init_plugin_loader()
    importlib.import_module("ansible_collections.ansible.builtin")
    importlib.import_module("ansible_collections.orgsmith.grafana")
    importlib.import_module("ansible.executor.task_executor")
    for kind, names in PLUGINS.items():
        for name in names:
            with contextlib.suppress(Exception):  # what cannot be loaded here is loaded, or refused, by the run itself
                getattr(loader, kind + "_loader").get("ansible.builtin." + name, class_only=True)
    # Every process that evaluates an expression with a filter looks it up, and loads all that stand in the same file.
    for found in (loader.filter_loader.all(), loader.test_loader.all()):
        list(found)
    # Each run reads the settings in the documentation of all plugins of these kinds.
    for kind in ("connection", "become", "shell", "callback", "inventory", "vars"):
        list(getattr(loader, kind + "_loader").all(class_only=True))
    run_payloads(loader.connection_loader.get("ansible.builtin.local", class_only=True))
    with contextlib.suppress(Exception):
        loader.action_loader.get("orgsmith.grafana.grafana_sa_token", class_only=True)
        loader.filter_loader.get("orgsmith.grafana.rotation_summary")
    gc.freeze()  # no copies of the memory that the garbage collector would walk through


def run_payloads(connection: type) -> None:
    """Let connections to this host run payloads of modules as modules.py does."""
    plain = connection.exec_command
    piped = modules.commands_of(sys.executable)

    def exec_command(self, cmd, in_data=None, sudoable=True):
        found = modules.run(FOLDER, in_data) if cmd in piped and in_data else None
        return plain(self, cmd, in_data=in_data, sudoable=sudoable) if found is None else found

    connection.exec_command = exec_command


def be(job: dict) -> None:
    """Become the command; ends with SystemExit."""
    os.environ.clear()
    os.environ.update(job["environment"])
    os.chdir(job["directory"])
    for number, path in enumerate([os.devnull, job["output"], job["errors"]]):
        opened = os.open(path, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    AnsibleCollectionConfig.collection_finder._remove()  # it makes another one
    atexit._clear()  # the directories for temporary files of this process are not that one's to remove
    for setting in C.config.get_configuration_definitions():
        C.set_constant(setting, C.config.get_config_value(setting, variables=vars(C)))
    sys.argv = job["command"]
    MAINS[os.path.basename(sys.argv[0])](sys.argv)


def line() -> bytes:
    """Return a line of the standard input, of which nothing more is read: the rest would be known to the forked process."""
    found = bytearray()
    while not found.endswith(b"\n"):
        read = os.read(0, 1)
        if not read:
            return b""
        found += read
    return bytes(found)


def main() -> None:
    warm_up()
    while job := line():
        pid = os.fork()
        if pid == 0:
            be(json.loads(job))
            return
        os.write(1, b"%d\n" % pid)
        status = os.waitpid(pid, 0)[1]
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
