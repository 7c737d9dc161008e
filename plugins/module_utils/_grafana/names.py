# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that a database may take for the same: an index of objects by name, and the messages about such objects.

MySQL and MariaDB compare names without case, accents and spaces at the end; SQLite and PostgreSQL compare them exactly. The
server alone knows which of them it uses.
"""

from __future__ import annotations

import typing as t
import unicodedata
from collections import Counter

from .errors import Refused

Named = t.TypeVar("Named")


def similar(name: str) -> str:
    """Return a text that is the same for names that a database may take for the same."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return plain.casefold().rstrip()


class Names(t.Generic[Named]):
    """Objects by their exact names, the last one of several with one name; it also knows which names are similar."""

    def __init__(self, named: t.Iterable[tuple[str, Named]] = ()) -> None:
        self._exact = dict(named)
        self._similar = Counter(map(similar, self._exact))

    def __len__(self) -> int:
        return len(self._exact)

    def get(self, name: str) -> Named | None:
        """Return the object with exactly this name."""
        return self._exact.get(name)

    def settles(self, name: str) -> bool:
        """Tell whether :meth:`get` is the server's own answer: the name is there exactly, or no similar one is."""
        return name in self._exact or not self._similar[similar(name)]

    def values(self) -> list[Named]:
        """Return the objects."""
        return list(self._exact.values())

    def put(self, name: str, named: Named) -> None:
        """Add an object, or replace the one with this name."""
        if name not in self._exact:
            self._similar[similar(name)] += 1
        self._exact[name] = named

    def remove(self, name: str) -> None:
        """Forget the object with exactly this name, if there is one."""
        if name in self._exact:
            del self._exact[name]
            self._similar[similar(name)] -= 1


def check_deletable(kind: str, number: int | str, name: str, wanted: str | None, by_name: bool) -> None:
    """Raise :class:`Refused` for an object to delete that does not have exactly the *wanted* name (``None``: any name).

    *kind* is its word for messages, *number* its id or uid, and *by_name* tells whether it was found by the name alone.
    """
    if wanted in (None, name):
        return
    correct = "name" if by_name else "id or name, or leave one of them out"
    raise Refused(
        "%s %s is named %s, not %s: it was not deleted; correct %s" % (kind, number, name, wanted, correct), code="name_mismatch"
    )


def found_similar(kind: str, wanted: str, name: str, number: int, where: str) -> str:
    """Return the warning about an object that the server has found by a similar name; *where* has its preposition."""
    return "%s %s is %s (id %d) %s, which compares names without case" % (kind, wanted, name, number, where)


__all__ = ["Names", "check_deletable", "found_similar", "similar"]
