# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the story of :mod:`_reconcile` asks of a kind of object, and what most kinds answer."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._grafana.client import Client
from .._grafana.errors import GrafanaError
from .._grafana.scope import Scope

View = dict[str, t.Any]


@dataclass
class Change:
    """What has to be done to one object: *before* and *after* as users see them, *data* for ``apply``.

    Both are empty for an object that is not there. *after* is what the plan foresees; what only the
    server can give (ids, uids, times) is left out. *planned* is what the result of a check shows beside it.
    """

    action: str
    before: View
    after: View
    data: t.Any = None
    planned: View = field(default_factory=dict)


class Resource(t.Protocol):
    """A kind of object. ``Desired`` and ``Current`` are its own dataclasses."""

    #: The key of the object in a result: organization, member, service_account, token, dashboard.
    kind: str
    #: Whether the objects live in an organization (or on the server as a whole).
    in_org: bool
    #: Whether the server shows the objects to members of the organization alone, server admins included.
    members_only: bool
    #: How many requests an object takes at most, roughly: what a login is worth.
    requests_each: int

    def parse(self, options: t.Mapping[str, t.Any]) -> t.Any:
        """Return what is desired. Pure but for local files. Raises :class:`BadInput`."""

    def identity(self, desired: t.Any) -> t.Hashable:
        """Return what two items may not share in one org; ``None`` where that cannot be told."""

    def label(self, desired: t.Any) -> str:
        """Return the object's name for messages."""

    def order(self, wanted: t.Sequence[t.Any]) -> t.Sequence[int]:
        """Return the positions of the objects of one org in the order in which they have to be brought about. Pure."""

    def absent(self, desired: t.Any) -> bool:
        """Tell whether the object is to be gone."""

    def read(self, scope: Scope, desired: t.Any) -> t.Any:
        """Return what is there, ``None`` if nothing is."""

    def plan(self, desired: t.Any, current: t.Any) -> Change | None:
        """Return what has to be done, ``None`` if nothing has. Pure. Raises for what cannot be done."""

    def precheck(self, scope: Scope, desired: t.Any, change: Change) -> None:
        """Raise what ``apply`` would meet on the server; asked in check mode only."""

    def apply(self, scope: Scope, desired: t.Any, change: Change) -> t.Any:
        """Do it; return the object as it is afterwards, ``None`` if it is gone."""

    def explain(self, scope: Scope, desired: t.Any, problem: GrafanaError) -> GrafanaError:
        """Return a clearer error for *problem*, or *problem* itself."""

    def view(self, desired: t.Any, current: t.Any, change: Change) -> View:
        """Return what users manage of *current*, as *change* has left it, for the diff."""

    def diff(self, view: View) -> View | str:
        """Return *view*, of before or after, as Ansible's diff is to show it: as text line by line, else as JSON."""

    def result(self, scope: Scope | None, desired: t.Any, current: t.Any) -> View | None:
        """Return *current* with its ids, for the result; ``None`` where nothing is there."""

    def comes_with_org(self, desired: t.Any, client: Client) -> t.Any:
        """Return what is there of *desired* in an organization that *client* has just made, ``None`` for nothing."""

    def forget(self) -> None:
        """Read anew whatever is remembered beyond one scope."""

    def cleanup_without_org(self, desired: t.Any) -> Change | None:
        """Return what is left to do on this host for an absent object whose org is gone; usually nothing."""

    def expand(self, options: t.Mapping[str, t.Any]) -> list[tuple[str, t.Any]] | None:
        """Return what is desired of each object that *options* stand for, with the file that says so.

        ``None`` where they are the options of one object. Raises :class:`BadInput`.
        """

    def check_together(self, client: Client, wanted: t.Sequence[t.Any]) -> None:
        """Raise for objects of one org that cannot be there together. Nothing has been written yet."""

    def max_writers(self, scope: Scope) -> int:
        """Return how many objects of one org may be brought about at the same time."""

    def leftovers(self, scope: Scope, wanted: t.Sequence[t.Any]) -> list[t.Any]:
        """Return what is to go from an org beside what is *wanted* there, in the form of ``parse``."""

    def warnings(self, desired: t.Any, current: t.Any) -> list[str]:
        """Return what people should know of an object as it was found or left."""


class BaseResource:
    """What most resources share."""

    kind = ""
    in_org = True
    members_only = True
    requests_each = 3

    def order(self, wanted: t.Sequence[t.Any]) -> t.Sequence[int]:
        """The order of the task is as good as any other."""
        return range(len(wanted))

    def absent(self, desired: t.Any) -> bool:
        """Tell whether ``state: absent`` is asked for."""
        return bool(desired.state == "absent")

    def precheck(self, scope: Scope, desired: t.Any, change: Change) -> None:
        """Nothing is asked in check mode beyond what was read."""

    def explain(self, scope: Scope, desired: t.Any, problem: GrafanaError) -> GrafanaError:
        """Leave the error as the server worded it."""
        return problem

    def cleanup_without_org(self, desired: t.Any) -> Change | None:
        """Nothing of it is kept on this host."""
        return None

    def comes_with_org(self, desired: t.Any, client: Client) -> t.Any:
        """Nothing of this kind comes with a new organization."""
        return None

    def forget(self) -> None:
        """Nothing is remembered beyond the scope."""

    def diff(self, view: View) -> View | str:
        """Leave it to Ansible."""
        return view

    def expand(self, options: t.Mapping[str, t.Any]) -> list[tuple[str, t.Any]] | None:
        """Options describe one object."""
        return None

    def check_together(self, client: Client, wanted: t.Sequence[t.Any]) -> None:
        """Objects do not get in each other's way."""

    def max_writers(self, scope: Scope) -> int:
        """One after the other."""
        return 1

    def leftovers(self, scope: Scope, wanted: t.Sequence[t.Any]) -> list[t.Any]:
        """Nothing goes that is not named."""
        return []

    def warnings(self, desired: t.Any, current: t.Any) -> list[str]:
        """Nothing to warn of."""
        return []
