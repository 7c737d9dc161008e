# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of one task that mean the same user, or that claim the same login or e-mail address."""

from __future__ import annotations

import typing as t

from .._engine.items import QUOTED
from .._grafana.errors import BadInput
from .._text.listed import listed
from .directory import Directory
from .model import DesiredUser


def check_conflicts(directory: Directory, wanted: t.Sequence[DesiredUser]) -> None:
    """Raise :class:`BadInput` for all items of *wanted* that mean a user whom an earlier item means, too.

    Raises :class:`GrafanaError` if the caller may not look users up.
    """
    caseless = _caseless(directory, wanted)
    seen: dict[t.Hashable, int] = {}
    clashes = []
    for index, desired in enumerate(wanted):
        for mark, words in _marks(directory, desired, caseless):
            first = seen.setdefault(mark, index)
            if first != index:
                clashes.append("batch[%d] and batch[%d] both mean %s" % (first, index, words))
                break
    if clashes:
        raise BadInput("%s: describe each user once" % listed(clashes, QUOTED))


def _caseless(directory: Directory, wanted: t.Sequence[DesiredUser]) -> bool:
    """Return whether names that differ in case mean one user; the server is asked only if the task has such names."""
    exact = {name for desired in wanted for name in _names(desired)}
    return len({name.lower() for name in exact}) < len(exact) and directory.caseless()


def _names(desired: DesiredUser) -> list[str]:
    return [name for name in (desired.login, desired.email) if name is not None]


def _marks(directory: Directory, desired: DesiredUser, caseless: bool) -> t.Iterator[tuple[t.Hashable, str]]:
    """Yield what only one item may have, each with its words for a message."""
    entry = directory.find(desired.key)
    if entry is not None:
        yield int(entry["id"]), "user %s (id %d)" % (entry["login"], int(entry["id"]))
    for name in _names(desired):
        yield name.lower() if caseless else name, "the user with the login or e-mail address %s" % name
