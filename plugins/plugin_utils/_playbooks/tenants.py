# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenants of one run of a playbook: from a variable, a survey or a tenants file, those whose organizations are hosts."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

from .survey import survey, yaml_of

NAME = "org_bootstrap_organizations"
FILE = "org_bootstrap_tenants_file"

Tenant = t.Mapping[str, t.Any]


def run_tenants(value: t.Any, run: t.Mapping[str, t.Any] | None = None, names: t.Any = None) -> list[Tenant]:
    """Return the tenants of *value* that are organizations of *run* and have one of *names*.

    *value* is the variable org_bootstrap_organizations, as a list or as YAML text, or the text of a tenants file: a list of
    tenants, or a dictionary with that key. *run* is one of the runs of the filter org_runs, empty for a play on localhost.
    *names* are a list, or text with one name in each line; empty selects all. Raises ``AnsibleFilterError`` for no tenants, for
    tenants without a name, and for *names* that no tenant has.
    """
    tenants = _tenants(value)
    wanted = survey(names, "lines", "org_bootstrap_tenants")
    known = {tenant["name"] for tenant in tenants}
    unknown = [str(name) for name in wanted or () if name not in known]
    if unknown:
        raise AnsibleFilterError("org_bootstrap_tenants has names that no tenant has: %s" % ", ".join(unknown[:5]))
    hosts = (run or {}).get("names")
    limits = [frozenset(chosen) for chosen in (wanted, hosts) if chosen is not None]
    return [tenant for tenant in tenants if all(tenant["name"] in limit for limit in limits)]


def _tenants(value: t.Any) -> list[Tenant]:
    if isinstance(value, str) and value.strip():
        value = yaml_of(str(value), NAME)
    if isinstance(value, dict) and NAME in value:
        value = value[NAME]
    if value is None or value == "":
        raise AnsibleFilterError("no tenants: set %s or %s, or use hosts of a tenants file" % (NAME, FILE))
    if not isinstance(value, list):
        raise AnsibleFilterError("%s has to be a list of tenants" % NAME)
    for number, tenant in enumerate(value):
        if not isinstance(tenant, dict) or not isinstance(tenant.get("name"), str) or not tenant["name"]:
            raise AnsibleFilterError("%s[%d] has to be a dictionary with a name" % (NAME, number))
    return value
