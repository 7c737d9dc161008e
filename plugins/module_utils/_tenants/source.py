# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The items of a module from a file with tenants, instead of its option ``batch``."""

from __future__ import annotations

import os
import typing as t

from .items import Made, Part, Rules
from .paths import absolute

if t.TYPE_CHECKING:
    from .._engine.arguments import Source


def from_file(part: Part) -> Source:
    """Return what reads the *part* of the tenants of a file, by a module's parameters. It raises :class:`BadInput`."""

    def read(params: dict[str, t.Any]) -> list[Made]:
        # Only tasks with tenants_file need the code that reads and checks files.
        from .file import chosen, read_tenants  # pylint: disable=import-outside-toplevel

        rules, path = rules_of(params), tenants_path(params)
        return part.of(chosen(read_tenants(path), params["tenants"], path), rules)

    return read


def tenants_path(params: t.Mapping[str, t.Any]) -> str:
    """Return the path of the file that the parameters of a module name; a relative one starts from ``tenants_rules.folder``."""
    return absolute(str(params["tenants_file"]), _folder(params.get("tenants_rules") or {}))


def _folder(rules: t.Mapping[str, t.Any]) -> str:
    return str(rules.get("folder") or os.getcwd())


def rules_of(params: dict[str, t.Any]) -> Rules:
    """Return the rules of a module's parameters; the items get the option ``sink``, so it is removed from *params*."""
    given = params.get("tenants_rules") or {}
    sink = params.get("sink") or given.get("sink") or {}
    if params.get("sink"):
        params["sink"] = None
    return Rules(
        _folder(given),
        given.get("dashboards_as") or "caller",
        {name: value for name, value in sink.items() if value is not None} or None,
        given.get("missing_users") or {},
    )
