# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants files: what an inventory shows of the tenants that modules read from them."""

from __future__ import annotations

import os
import re
import typing as t

from ...module_utils._grafana.secrets import masked, without_secrets
from ...module_utils._tenants.file import chosen, read_tenants
from ...module_utils._tenants.paths import absolute
from ...module_utils._tenants.steps import Tenant

#: Matches the names of options whose values are secret, in tenants and everything that they contain.
_SECRET = re.compile(r"passw|secret|secure|credential|headers$|^tls_|(^|_)(token|key)$", re.IGNORECASE)


def read(path: str) -> list[Tenant]:
    """Return the tenants in the file at *path*. Raises :class:`BadInput` for a file that modules would refuse, too."""
    return chosen(read_tenants(path), None, path)


def without_secret_options(value: t.Any) -> t.Any:
    """Return *value*, a tenant or a part of it, without the options that are secret; texts that look like keys are masked."""
    if isinstance(value, dict):
        return {name: without_secret_options(inner) for name, inner in value.items() if not _SECRET.search(str(name))}
    if isinstance(value, list):
        return [without_secret_options(inner) for inner in value]
    if isinstance(value, str):
        return without_secrets(value) if "://" in value else masked(str(value))
    return value


def path_for(path: str, folder: str, exported: bool) -> str:
    """Return the path of a tenants file as its hosts have it; a relative *path* starts from *folder*.

    It is absolute. If the inventory is *exported*, for a later job with a working directory of its own, a file below the working
    directory has a path that is relative to it: the job finds it in its own.
    """
    whole = absolute(path, folder)
    if not exported or os.path.isabs(os.path.expanduser(path)):
        return whole
    relative = os.path.relpath(os.path.realpath(whole), os.path.realpath(os.getcwd()))
    return whole if relative.startswith(os.pardir) else relative
