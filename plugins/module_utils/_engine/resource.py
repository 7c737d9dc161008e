# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of a managed kind of object; subclass :class:`Resource` to add one."""

from __future__ import annotations

import abc
import typing as t
from dataclasses import dataclass, field

if t.TYPE_CHECKING:
    # Plans and options need this contract, but no client: what is imported here is compiled in every process that needs it.
    from .._grafana.client import Client
    from .._grafana.connection import OrgChoice
    from .._grafana.errors import GrafanaError
    from .._grafana.scope import Scope

#: An object as users see it: in a diff, or in a result.
View = dict[str, t.Any]

#: What a task asks for, what the server has, and what ``apply`` needs to know; each kind of object has its own dataclasses.
Desired = t.TypeVar("Desired")
Current = t.TypeVar("Current")
Work = t.TypeVar("Work")


class OfOrg(t.NamedTuple):
    """What a task with objects of several organizations says of one of them.

    *directory* is the name of the directory that its files are in, *options* are those of its objects.
    """

    directory: str
    org: OrgChoice
    options: t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Kind:
    """A kind of object, as its module manages it.

    *resource_of* returns the resource for a module. *options* are those of one object. *cloud* tells whether the module works
    with the Cloud API, too. *named_by* is the option that identifies an object by itself: an item of a batch that is a string is
    its value. The *options* with the names *of_task* are not options of an item.
    """

    resource_of: t.Callable[[t.Any], AnyResource]
    options: t.Mapping[str, t.Mapping[str, t.Any]]
    in_org: bool = True
    cloud: bool = False
    named_by: str = ""
    of_task: t.Sequence[str] = ()


@dataclass
class Change(t.Generic[Work]):
    """A difference between what a task asks for and what the server has.

    *before* and *after* are the object as users see it, both empty for an object that does not exist. *after* leaves out
    what only the server can assign (ids, uids, times). *work* is for ``apply``. *planned* is shown beside *after* in the
    result of check mode.
    """

    action: str
    before: View
    after: View
    work: Work
    planned: View = field(default_factory=dict)


class Resource(abc.ABC, t.Generic[Desired, Current, Work]):
    """A kind of object. The methods are called in this order: parse, read, plan, precheck, apply, view, result.

    A subclass that lacks a required method raises :class:`TypeError` when it is defined. A base class of several kinds
    says ``class Base(Resource, partial=True)``.
    """

    #: The object's key in a result, such as ``service_account``.
    kind: t.ClassVar[str]
    #: Whether objects belong to an organization, or to the server as a whole.
    in_org: t.ClassVar[bool] = True
    #: Whether the server shows the objects to members of the organization only, and to no server admin.
    members_only: t.ClassVar[bool] = True
    #: Approximate requests per object; decides whether a session login pays off.
    requests_each: t.ClassVar[int] = 3
    #: Whether a missing organization ends the run before the first write. By default only its own objects fail.
    all_orgs_first: bool = False

    def __init_subclass__(cls, partial: bool = False, **rest: t.Any) -> None:
        super().__init_subclass__(**rest)
        required = [name for name in dir(cls) if getattr(getattr(cls, name, None), "__isabstractmethod__", False)]
        missing = [*required, *([] if hasattr(cls, "kind") else ["kind"])]
        if missing and not partial:
            raise TypeError("%s lacks %s" % (cls.__name__, ", ".join(missing)))

    # Required.

    @abc.abstractmethod
    def parse(self, options: t.Mapping[str, t.Any]) -> Desired:
        """Validate *options* without a request; local files may be read. Raises :class:`BadInput`."""

    @abc.abstractmethod
    def identity(self, desired: Desired) -> t.Hashable:
        """Return what must be unique among the items of one organization; ``None`` if only the server can tell."""

    @abc.abstractmethod
    def label(self, desired: Desired) -> str:
        """Return the object's name for messages."""

    @abc.abstractmethod
    def read(self, scope: Scope, desired: Desired) -> Current | None:
        """Return the object as the server has it, ``None`` if it does not exist."""

    @abc.abstractmethod
    def plan(self, desired: Desired, current: Current | None) -> Change[Work] | None:
        """Return what has to change, ``None`` for nothing. Pure: no request, no file, no warning. Raises for what is refused."""

    @abc.abstractmethod
    def apply(self, scope: Scope, desired: Desired, change: Change[Work]) -> Current | None:
        """Make the change; return the object afterwards, ``None`` if it was deleted."""

    @abc.abstractmethod
    def result(self, scope: Scope, desired: Desired, current: Current) -> View | None:
        """Return *current* with its ids for the module's result."""

    # Hooks with a default.

    def absent(self, desired: Desired) -> bool:
        """Tell whether the task asks for the object's removal."""
        return bool(getattr(desired, "state", "present") == "absent")

    def hints(self, desired: Desired) -> t.Sequence[str]:
        """Return warnings about the options themselves."""
        return ()

    def precheck(
        self, scope: Scope, desired: Desired, current: Current | None, change: Change[Work] | None
    ) -> tuple[Current | None, Change[Work] | None]:
        """Ask the server what *change* depends on, before the first write; never writes.

        Returns *current* and *change*, completed; no change if it turns out that nothing may or must be done. Raises for
        what is refused. In check mode (``scope.check``) it also asks what ``apply`` would find out by itself.
        """
        return current, change

    def view(self, desired: Desired, current: Current, change: Change[Work]) -> View:
        """Return the managed fields of *current*, which ``apply`` has returned, for the diff."""
        return change.after

    def notes(self, desired: Desired, current: Current | None, change: Change[Work]) -> View:
        """Return facts about *change* for the result, beside the object.

        *current* is what ``apply`` returned; ``None`` in check mode, and for an object that was deleted.
        """
        return {}

    def diff(self, view: View) -> View | str:
        """Return *view* for Ansible's diff: a dictionary, or text that is compared line by line."""
        return view

    def explain(self, scope: Scope, desired: Desired, problem: GrafanaError) -> GrafanaError:
        """Return a clearer error for *problem*, or *problem* itself."""
        return problem

    def foresee(self, scope: Scope, desired: Desired) -> Current | None:
        """Return what a run would read, for check mode in an organization that cannot be read yet; ``None`` for nothing.

        If *scope* is ``new``, the organization does not exist yet: it has what a new organization has, and what earlier items
        of the task would create. Otherwise nothing is known of its contents. Never send a request into the organization: its
        id is not real. Raises for what the run would refuse, and warns of what is unknown. ``precheck`` follows if *scope* is
        ``new``.
        """
        return None

    def cleanup_without_org(self, desired: Desired, check: bool) -> View:
        """Remove what this host stores for an absent object whose organization does not exist.

        Returns what was removed, or (*check*) what would be; empty for nothing.
        """
        return {}

    # Hooks for many objects.

    def prepare(self, items: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Load what the options of all *items* name, before the first of them is parsed; ``parse`` raises what is wrong."""

    def check_task(self, wanted: t.Sequence[Desired]) -> None:
        """Raise :class:`BadInput` for what all objects of the task show together, without a request."""

    def expand(self, options: t.Mapping[str, t.Any]) -> list[tuple[str, Desired]] | None:
        """Return (file, desired) for options that describe several objects, ``None`` for one. Raises :class:`BadInput`."""
        return None

    def by_org(self, options: t.Mapping[str, t.Any]) -> list[OfOrg] | None:
        """Return what *options* say of each of several organizations, ``None`` for one. Raises :class:`BadInput`."""
        return None

    def check_together(self, client: Client, wanted: t.Sequence[Desired]) -> None:
        """Raise for objects of one organization, or of the server, that exclude each other, before anything is written."""

    def order(self, wanted: t.Sequence[Desired]) -> t.Sequence[int]:
        """Return the positions of *wanted* in the order in which they must be applied."""
        return range(len(wanted))

    def max_writers(self, scope: Scope) -> int:
        """Return how many objects of one organization may be written at the same time."""
        return 1

    def leftovers(self, scope: Scope, wanted: t.Sequence[Desired]) -> list[Desired]:
        """Return objects to delete after all items, as ``parse`` would describe them (``prune``)."""
        return []


#: A resource of any kind.
AnyResource = Resource[t.Any, t.Any, t.Any]
