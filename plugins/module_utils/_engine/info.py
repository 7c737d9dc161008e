# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame of the info modules, which only read."""

from __future__ import annotations

import typing as t

from .._grafana.client import Client
from .._grafana.cloud import client_for
from .._grafana.connection import Connection, OrgChoice
from .._grafana.errors import MEMBERS_ONLY, BadInput, GrafanaError, NotFound
from .._grafana.interpreting import interpreting
from .._grafana.orgs import OrgFinder
from .._grafana.scope import Scope
from .module import GrafanaModule, connection_spec, guarded

Spec = t.Mapping[str, t.Mapping[str, t.Any]]
Result = dict[str, t.Any]
Ask = t.Callable[[GrafanaModule, Client, Connection], Result]


def report(options: Spec, ask: Ask, cloud: bool = False) -> None:
    """Run a module that returns what *ask* returns; *cloud* tells whether it works with the Cloud API, too.

    *ask* may return ``changed``, for an export to files.
    """
    connection = connection_spec(cloud)
    module = GrafanaModule(argument_spec={**connection, **options})
    guarded(lambda m: _report(m, ask), module)


def _report(module: GrafanaModule, ask: Ask) -> None:
    connection = module.connection()
    with client_for(connection) as client, interpreting():
        module.pace = client.pace
        result = ask(module, client, connection)
    module.exit_json(**{"changed": False, **result})


def scope_of(module: GrafanaModule, client: Client, choice: OrgChoice) -> Scope:
    """Return the scope of the chosen organization. Raises :class:`NotFound`."""
    org_finder = OrgFinder(client)
    org = org_finder.resolve([choice])[choice]
    if org is None:
        raise NotFound(
            "%s was not found on %s: correct org_name or org_id" % (choice, client.connection.url), code="org_not_found"
        )
    return Scope(client, org, org_finder, many=True, check=module.check_mode, warn=module.warn)


def inside(scope: Scope, read: t.Callable[[], t.Any]) -> t.Any:
    """Return what *read* returns. Raises :class:`Forbidden` (``not_a_member``) for a caller who is not a member."""
    try:
        return read()
    except MEMBERS_ONLY as problem:
        raise scope.membership_problem(problem) or problem from None


def of_orgs(
    module: GrafanaModule, client: Client, connection: Connection, what: str, read: t.Callable[[Scope], list[Result]]
) -> tuple[list[Result], Result]:
    """Return what *read* returns for the chosen organization, or for each one with ``all_orgs``.

    The second value has ``not_a_member_of``: the organizations that do not show the caller anything.
    """
    if not module.params["all_orgs"]:
        return read(scope_of(module, client, connection.org)), {}
    if connection.cloud_stack is not None:
        raise BadInput("all_orgs cannot be used with cloud_stack: a stack is one organization")
    org_finder = OrgFinder(client)
    orgs = org_finder.all()
    client.expect(2 * len(orgs))
    found: list[Result] = []
    outside: list[Result] = []
    for org in orgs:
        scope = Scope(client, org, org_finder, many=True, check=module.check_mode, warn=module.warn)
        try:
            # Checked first: to others, some versions answer with an empty list, and 12.4 with a 500 that would be retried.
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
