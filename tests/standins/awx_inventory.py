# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX makes of an inventory: the import of a source, and the inventory of each slice of a job.

The rules are those of AWX 24: ``MemInventory.get_host`` (awx/main/utils/mem_inventory.py), ``Inventory.get_sliced_hosts`` and
``get_script_data`` (awx/main/models/inventory.py), and ``write_inventory_file`` (awx/main/tasks/jobs.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

_PORT = re.compile(r"^\[([A-Fa-f0-9:]{3,})\]:(\d+?)$")


class Inventory:
    """The hosts with their variables, and the groups with their hosts, that AWX stores."""

    def __init__(self, listed: dict) -> None:
        """Import *listed*, the output of ``ansible-inventory --list --export``."""
        variables = listed["_meta"]["hostvars"]
        names = {name for group in listed.values() for name in group.get("hosts", ())}
        self.hosts = {_host(name): variables.get(_host(name), {}) for name in names}
        self.groups = {
            name: [_host(one) for one in group.get("hosts", ())]
            for name, group in listed.items()
            if name not in ("_meta", "all", "ungrouped")
        }

    def slice(self, number: int, count: int) -> dict:
        """Return the inventory of slice *number* of *count*, counted from 1."""
        names = sliced(self.hosts, number, count)
        groups = {name: [one for one in hosts if one in names] for name, hosts in self.groups.items()}
        grouped = {one for hosts in groups.values() for one in hosts}
        children = {"children": list(groups)} if groups else {}
        return {
            "all": {"hosts": [name for name in names if name not in grouped], **children},
            **{name: {"hosts": hosts} for name, hosts in groups.items() if hosts},
            "_meta": {"hostvars": {name: self._variables(name) for name in names}},
        }

    def _variables(self, name: str) -> dict:
        number = sorted(self.hosts).index(name) + 1
        facts = dict(self.hosts[name])
        for prefix in ("host", "tower"):
            facts.update({f"remote_{prefix}_enabled": "true", f"remote_{prefix}_id": number})
        return facts

    def write(self, path: Path, number: int, count: int) -> Path:
        """Write the inventory of a slice as AWX gives it to Ansible: as a program that prints it."""
        text = json.dumps(self.slice(number, count))
        path.write_text("#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint(%r)\n" % text, encoding="utf-8")
        path.chmod(0o700)
        return path


def sliced(hosts: Iterable[str], number: int, count: int) -> list[str]:
    """Return the names of the hosts in slice *number* of *count*, counted from 1."""
    return sorted(hosts)[number - 1 :: count]


def _host(name: str) -> str:
    """Return the name under which AWX stores a host: it takes what follows a single colon for a port."""
    found = _PORT.match(name)
    if found:
        return found[1]
    return name.split(":")[0] if name.count(":") == 1 else name
