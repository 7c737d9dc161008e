# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations: as a task wants them, and as the server has them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._engine.fields import Field, Fields
from .._grafana.connection import optional_number, text
from .._grafana.errors import BadInput
from .contents import Contents
from .quotas import parsed as parsed_quotas


def _address_text(value: t.Any, option: str) -> str:
    return text(value, "address.%s" % option)


_RAW = {"type": "raw"}
#: The fields of an address. The server's order is the order of diffs.
ADDRESS = Fields(
    Field("address1", _RAW, _address_text, server="address1", initial=""),
    Field("address2", _RAW, _address_text, server="address2", initial=""),
    Field("city", _RAW, _address_text, server="city", initial=""),
    Field("zip_code", {**_RAW, "aliases": ["zipCode"]}, _address_text, server="zipCode", initial=""),
    Field("state", _RAW, _address_text, server="state", initial=""),
    Field("country", _RAW, _address_text, server="country", initial=""),
)

OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "id": {"type": "raw"},
    "address": {"type": "dict", "options": ADDRESS.spec()},
    "quotas": {"type": "dict"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "on_undeletable": {"type": "str", "choices": ["fail", "empty"], "default": "fail"},
}


@dataclass(frozen=True)
class DesiredOrg:
    """An organization as a task wants it.

    *address* has the fields that the task names, by option, and *quotas* the limits that it names, by target.
    """

    name: str | None
    id: int | None
    address: t.Mapping[str, str] = field(default_factory=dict)
    quotas: t.Mapping[str, int] = field(default_factory=dict)
    state: str = "present"
    on_undeletable: str = "fail"


@dataclass(frozen=True)
class CurrentOrg:
    """An organization as the server has it.

    *address* has all fields by option, and *quotas* the limits of the targets that the task names; both are ``None`` if they were
    not read.
    *undeletable* tells whether the server cannot delete it. *contents* has what an absent organization contains: what will be
    removed if it is undeletable and the task asks for that, otherwise what goes with it, if the task shows it.
    """

    id: int
    name: str
    address: t.Mapping[str, str] | None = None
    quotas: t.Mapping[str, int] | None = None
    undeletable: bool = False
    contents: Contents = field(default_factory=dict)


@dataclass(frozen=True)
class OrgWork:
    """What ``apply`` does: to which organization (``None``: a new one), its name then, the address fields and quotas to write."""

    current: CurrentOrg | None
    name: str
    address: t.Mapping[str, str] = field(default_factory=dict)
    quotas: t.Mapping[str, int] = field(default_factory=dict)


def parse(options: t.Mapping[str, t.Any]) -> DesiredOrg:
    """Return the desired organization. Raises :class:`BadInput`."""
    name, org_id = options.get("name"), options.get("id")
    if name is None and org_id is None:
        raise BadInput("name or id of the organization is missing")
    if name is not None and not text(name, "name").strip():
        raise BadInput("name of the organization is empty")
    address = ADDRESS.named(options.get("address") or {})
    number = optional_number(options, "id")
    limits = parsed_quotas(options.get("quotas") or {})
    state = options.get("state", "present")
    return DesiredOrg(name, number, address, limits, state, options.get("on_undeletable") or "fail")
