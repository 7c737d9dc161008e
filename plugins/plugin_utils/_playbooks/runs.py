# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From hosts of an inventory, each of which is an organization, to runs: one for each server."""

from __future__ import annotations

import json
import re
import typing as t

from ansible import constants
from ansible.errors import AnsibleFilterError

#: ``add_host`` takes such an ending for a port.
_PORT = re.compile(r":[0-9]+\Z")


def org_runs(hosts: t.Sequence[str], hostvars: t.Mapping[str, t.Mapping[str, t.Any]], wanted: t.Any = None) -> dict[str, t.Any]:
    """Return the module runs for the organizations of *hosts*: one for each server, and for each tenants file.

    A host has the variable ``grafana_org_name``, and may have ``grafana_org_id``, ``grafana_url``, ``grafana_tenants_file``, and
    ``grafana_connection``: hosts of one server with different connections are different runs, as a run has the variables of the
    host that stands for it. *wanted* is a list of names and ids; only the hosts of these organizations count. ``all`` and empty
    values select every host. The result has ``runs``, each with ``host`` (the host that stands for all of the run), ``url``,
    ``environment`` (of its modules), ``tenants_file`` and ``names``, and ``elsewhere``, those of *wanted* that are no host:
    another slice may have them.

    A single local host without ``grafana_org_name`` is a run whose ``names`` is ``None``. Raises ``AnsibleFilterError`` for other
    hosts without it, for a ``grafana_connection`` that is no dictionary, and for a run all of whose hosts have names that
    ``add_host`` does not take.
    """
    known = {host: hostvars[host] for host in hosts}  # each look-up computes all variables of a host
    nameless = [host for host in hosts if not known[host].get("grafana_org_name")]
    if len(hosts) == 1 and nameless and hosts[0] in constants.LOCALHOST:
        return {"runs": [_whole(hosts[0])], "elsewhere": []}
    if nameless:
        raise AnsibleFilterError(
            "%d of %d hosts have no variable grafana_org_name, so they are no organizations: %s. Set orgs_hosts to the group or "
            "the hosts of the inventory that are organizations" % (len(nameless), len(hosts), _few(nameless))
        )
    chosen = None if wanted in (None, "", "all", []) else list(wanted)
    runs: dict[tuple[str, str, str], dict[str, t.Any]] = {}
    found: list[t.Any] = []
    for host, variables in known.items():
        name = str(variables["grafana_org_name"])
        mine = [one for one in chosen or () if _is(one, name, variables)]
        found += mine
        if chosen is None or mine:
            url, file = (str(variables.get(variable) or "") for variable in ("grafana_url", "grafana_tenants_file"))
            key = (url, file, _connection(host, variables))
            run = runs.setdefault(key, {"hosts": [], "names": {}})
            run["hosts"].append(host)
            run["names"][name] = None
    return {
        "runs": [_run(url, file, run) for (url, file, _connected), run in runs.items()],
        "elsewhere": [one for one in chosen or () if one not in found],
    }


def _is(one: t.Any, name: str, variables: t.Mapping[str, t.Any]) -> bool:
    """Return whether *one*, a name or an id, is the organization of a host; only a number is an id."""
    if isinstance(one, int) and not isinstance(one, bool):
        return str(variables.get("grafana_org_id")) == str(one)
    return str(one) == name


def _connection(host: str, variables: t.Mapping[str, t.Any]) -> str:
    """Return the host's ``grafana_connection`` as text to compare. It contains secrets."""
    found = variables.get("grafana_connection")
    if not found:
        return ""
    if not isinstance(found, t.Mapping):
        raise AnsibleFilterError("grafana_connection of host %s has to be a dictionary of options of the modules" % host)
    return json.dumps(found, sort_keys=True, default=str)


def _whole(host: str) -> dict[str, t.Any]:
    """Return the run of a play on *host* for everything that its variables select."""
    return {"host": host, "url": "", "environment": {}, "tenants_file": "", "names": None}


def _run(url: str, file: str, run: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    host = next((host for host in run["hosts"] if not _PORT.search(host)), None)
    if host is None:
        raise AnsibleFilterError(
            "Ansible reads the ends of these hosts' names as ports, so none of them can stand for its server: %s. Give the hosts "
            "other names, and the organizations' names in grafana_org_name" % _few(run["hosts"])
        )
    environment = {"GRAFANA_URL": url} if url else {}
    return {"host": host, "url": url, "environment": environment, "tenants_file": file, "names": list(run["names"])}


def _few(names: t.Sequence[str]) -> str:
    more = len(names) - 5
    return ", ".join(str(name) for name in names[:5]) + (" and %d more" % more if more > 0 else "")
