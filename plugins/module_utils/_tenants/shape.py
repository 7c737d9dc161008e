# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a tenant: which of its parts are lists and dictionaries. No message quotes a value: any may be a secret."""

from __future__ import annotations

import typing as t

from .._engine.options import type_name
from .._grafana.errors import BadInput
from .steps import Item, Tenant

#: Parts of a tenant that are lists of dictionaries, with the option that each entry needs to belong to its tenant.
_LISTS = {
    "members": "login",
    "teams": None,
    "data_sources": None,
    "service_accounts": "name",
    "dashboards": None,
}


def check_shape(number: int, tenant: t.Any) -> None:
    """Raise for an entry, or a part of it, of another type than the role takes."""
    if not isinstance(tenant, dict):
        raise BadInput("entry %d has to be a dictionary, not %s" % (number, type_name(tenant)))
    name = tenant.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadInput("entry %d needs a name, as a string (in YAML, quote a number)" % number)
    where = "organization %s" % name
    for part, needed in _LISTS.items():
        for entry in _entries(where, part, tenant.get(part)):
            if needed and entry[1].get(needed) in (None, ""):
                raise BadInput("%s, %s needs a %s" % (where, entry[0], needed))
    _check_tokens(where, tenant)
    for place, member in _entries(where, "members", tenant.get("members")):
        _check_type("%s, %s.create" % (where, place), member.get("create"), dict)
    _check_type(where + ", folders", tenant.get("folders"), list)
    for place, entry in _permissions(tenant):
        if not isinstance(entry, list) or not all(isinstance(one, dict) for one in entry):
            raise BadInput("%s, %s.permissions has to be a list of dictionaries" % (where, place))
    _check_type(where + ", preferences", tenant.get("preferences"), dict)


def _check_tokens(where: str, tenant: Tenant) -> None:
    for place, account in _entries(where, "service_accounts", tenant.get("service_accounts")):
        for inner, token in _entries(where, place + ".tokens", account.get("tokens")):
            if token.get("name") in (None, ""):
                raise BadInput("%s, %s needs a name" % (where, inner))
            _check_type("%s, %s.sink" % (where, inner), token.get("sink"), dict)


def _permissions(tenant: Tenant) -> t.Iterator[tuple[str, t.Any]]:
    """Yield place and permissions of the objects of *tenant* that have them; the parts are lists, or null."""
    for part in ("service_accounts", "folders", "dashboards"):
        for number, entry in enumerate(tenant.get(part) or ()):
            if isinstance(entry, dict) and entry.get("permissions") is not None:
                yield "%s[%d]" % (part, number), entry["permissions"]


def _entries(where: str, part: str, value: t.Any) -> t.Iterator[tuple[str, Item]]:
    """Yield place and value of each entry of a list of dictionaries; nothing for null."""
    _check_type("%s, %s" % (where, part), value, list)
    for number, entry in enumerate(value or ()):
        place = "%s[%d]" % (part, number)
        if not isinstance(entry, dict):
            raise BadInput("%s, %s has to be a dictionary, not %s" % (where, place, type_name(entry)))
        yield place, entry


def _check_type(what: str, value: t.Any, wanted: type) -> None:
    if value is not None and not isinstance(value, wanted):
        raise BadInput("%s has to be %s, not %s" % (what, type_name(wanted()), type_name(value)))
