# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of hosts: the names of organizations, without what Ansible, AWX or the file system would interpret."""

from __future__ import annotations

import re
import typing as t
from collections import Counter

from ...module_utils._grafana.errors import BadInput

#: Names that Ansible gives a meaning of its own, as host or as group.
RESERVED = frozenset(("all", "ungrouped", "localhost", "127.0.0.1"))

#: Matches the characters that a host name does not keep:
#: - Patterns (``--limit``, the hosts of a play, AWX when it repeats a job for the failed hosts) split at commas and colons,
#:   expand brackets, ``*`` and ``?``, and interpret ``& ! ~ @ -`` at the start. They remove spaces at both ends.
#: - When AWX imports a host, it takes what follows a single colon for a port.
#: - A slash, and a dot at the start, select other files below ``host_vars``.
#: - Before ansible-core 2.19, braces would be templates wherever a task uses the name. Everyone who may rename an organization
#:   could run templates.
#: - A percent sign before two hexadecimal digits would look like an encoded character.
_ENCODED = re.compile(r"[\x00-\x1f\x7f:,/\[\]{}*?]|%(?=[0-9A-Fa-f]{2})|^[&!~@.-]|^\s|\s$")


class Named(t.NamedTuple):
    """An organization that needs a host name: its name, and the name of its server."""

    org: str
    server: str


def encoded(name: str) -> str:
    """Return the name of an organization as a host name; ``urllib.parse.unquote`` returns the name again."""
    return _ENCODED.sub(_percent, name)


def _percent(found: re.Match[str]) -> str:
    return "".join("%%%02X" % byte for byte in found[0].encode("utf-8", "surrogatepass"))


def host_names(orgs: t.Sequence[Named], reserved: t.Collection[str] = (), qualified: bool = False) -> list[str]:
    """Return one host name for each of *orgs*, in their order.

    It is the encoded name. If several servers have the name, if it is in *reserved* or :data:`RESERVED`, or if *qualified* is
    set, it is ``NAME@SERVER``. Raises :class:`BadInput` if two organizations get the same host name.
    """
    plain = [encoded(one.org) for one in orgs]
    counts = Counter(plain)
    unusable = RESERVED.union(reserved)
    chosen = [
        "%s@%s" % (name, one.server) if qualified or counts[name] > 1 or name in unusable else name
        for name, one in zip(plain, orgs)
    ]
    _check_unique(orgs, chosen)
    return chosen


def _check_unique(orgs: t.Sequence[Named], chosen: t.Sequence[str]) -> None:
    first: dict[str, Named] = {}
    for one, name in zip(orgs, chosen):
        other = first.setdefault(name, one)
        if other is not one:
            raise BadInput(
                "organization %r of %s and organization %r of %s would both be the host %s: set qualified_names, rename one of "
                "them, or leave one out with exclude" % (other.org, other.server, one.org, one.server, name)
            )
