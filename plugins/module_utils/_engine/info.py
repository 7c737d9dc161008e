# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that only tell what is there."""

from __future__ import annotations

import typing as t

from .._grafana.client import Client
from .._grafana.cloud import client_for
from .._grafana.connection import Connection, OrgChoice
from .._grafana.errors import MEMBERS_ONLY, BadInput, GrafanaError, NotFound
from .._grafana.orgs import OrgFinder
from .._grafana.scope import Scope
from .module import GrafanaModule, connection_spec, guarded

Spec = t.Mapping[str, t.Mapping[str, t.Any]]
Result = dict[str, t.Any]
Ask = t.Callable[[GrafanaModule, Client, Connection], Result]


def tell(options: Spec, ask: Ask, cloud: bool = False) -> None:
    """Be a module that returns what *ask* finds out; *cloud* tells whether the Cloud API tells it too.

    What *ask* returns may say ``changed``, for an export to files.
    """
    connection = connection_spec(cloud)
    module = GrafanaModule(argument_spec={**connection, **options})
    guarded(lambda m: _tell(m, ask), module)


def _tell(module: GrafanaModule, ask: Ask) -> None:
    connection = module.connection()
    with client_for(connection) as client:
        answer = ask(module, client, connection)
    module.exit_json(**{"changed": False, **answer})


def scope_of(client: Client, choice: OrgChoice) -> Scope:
    """Return the scope of the chosen org. Raises :class:`NotFound`."""
    org_finder = OrgFinder(client)
    org = org_finder.resolve([choice])[choice]
    if org is None:
        raise NotFound(
            "%s was not found on %s: correct org_name or org_id" % (choice, client.connection.url), code="org_not_found"
        )
    return Scope(client, org, org_finder, many=True)


def inside(scope: Scope, read: t.Callable[[], t.Any]) -> t.Any:
    """Return what *read* reads. Raises :class:`Forbidden` (``not_a_member``) where the caller is not a member of the org."""
    try:
        return read()
    except MEMBERS_ONLY as problem:
        raise scope.membership_problem(problem) or problem from None


def of_orgs(
    module: GrafanaModule, client: Client, connection: Connection, what: str, read: t.Callable[[Scope], list[Result]]
) -> tuple[list[Result], Result]:
    """Return what *read* reads in the chosen org, or with ``all_orgs`` in each; and which orgs show nothing to the caller."""
    if not module.params["all_orgs"]:
        return read(scope_of(client, connection.org)), {}
    if connection.cloud_stack is not None:
        raise BadInput("all_orgs has no meaning with cloud_stack: a stack is one organization")
    org_finder = OrgFinder(client)
    orgs = org_finder.all()
    client.expect(2 * len(orgs))
    found: list[Result] = []
    outside: list[Result] = []
    for org in orgs:
        scope = Scope(client, org, org_finder, many=True)
        try:
            # Asked first: some versions answer with an empty list, and from 12.4 on with a 500 that is repeated in vain.
            problem = scope.membership_problem()
            if problem is not None:
                raise problem
            found += read(scope)
        except GrafanaError as problem:
            if problem.code != "not_a_member":
                raise
            outside.append(org.shown())
    if outside:
        module.warn("the %s of %d organizations are not shown: the caller is not a member there" % (what, len(outside)))
    return found, {"not_a_member_of": outside}
