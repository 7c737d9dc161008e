# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that only tell what is there."""

from __future__ import annotations

import typing as t

from ansible_collections.orgsmith.grafana.plugins.module_utils import _connection
from ansible_collections.orgsmith.grafana.plugins.module_utils._api_keys import LIST_CAP as KEYS_LISTED
from ansible_collections.orgsmith.grafana.plugins.module_utils._api_keys import ApiKey, abilities_of, list_keys
from ansible_collections.orgsmith.grafana.plugins.module_utils._client import Client
from ansible_collections.orgsmith.grafana.plugins.module_utils._cloud import client_for
from ansible_collections.orgsmith.grafana.plugins.module_utils._connection import Connection, OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._durations import moment
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import (
    MEMBERS_ONLY,
    BadInput,
    GrafanaError,
    NotFound,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._module import GrafanaModule, connection_spec, guarded
from ansible_collections.orgsmith.grafana.plugins.module_utils._org_users import member
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import ADDRESS
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Directory, Org, Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._service_accounts import Account, completed, search, shown
from ansible_collections.orgsmith.grafana.plugins.module_utils._sink_file import MetadataFile
from ansible_collections.orgsmith.grafana.plugins.module_utils._token_api import (
    LIST_CAP,
    list_tokens,
    may_be_cut,
    number_of,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens import only_tested

Spec = t.Mapping[str, t.Mapping[str, t.Any]]
Answer = dict[str, t.Any]
Ask = t.Callable[[GrafanaModule, Client, Connection], Answer]


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
    directory = Directory(client)
    org = directory.resolve([choice])[choice]
    if org is None:
        raise NotFound(
            "%s was not found on %s: correct org_name or org_id" % (choice, client.connection.url), code="org_not_found"
        )
    return Scope(client, org, directory, many=True)


def inside(scope: Scope, read: t.Callable[[], t.Any]) -> t.Any:
    """Return what *read* reads. Raises :class:`Forbidden` (``not_a_member``) where the caller is not a member of the org."""
    try:
        return read()
    except MEMBERS_ONLY as problem:
        raise scope.membership_problem(problem) or problem from None


ORG_OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "id": {"type": "raw"},
    "quotas": {"type": "bool", "default": False},
    "members": {"type": "bool", "default": False},
}


def organizations(module: GrafanaModule, client: Client, connection: Connection) -> Answer:
    """Return the organizations of the server, or the one that is asked for."""
    params = module.params
    directory = Directory(client)
    name = None if params["name"] is None else _connection.text(params["name"], "name")
    number = None if params["id"] is None else _connection.positive(params["id"], "id")
    if number is not None:
        found = [Org(number)]
    elif name is not None:
        one = directory.named(name)
        found = [one] if one else []
    else:
        found = directory.all()
    client.expect(len(found))
    alone = number is not None or name is not None
    entries = [_organization(client, org, params, alone) for org in found]
    return {"organizations": [entry for entry in entries if entry is not None]}


def _organization(client: Client, org: Org, params: t.Mapping[str, t.Any], alone: bool) -> Answer | None:
    entry: Answer = {"id": org.id, "name": org.name}
    if alone:
        body = client.find("/api/orgs/%d" % org.id)
        if body is None:
            return None
        address = body.get("address") or {}
        entry.update(name=body["name"], address={ours: address.get(key, "") for ours, key in ADDRESS.items()})
    if params["quotas"]:
        entry["quotas"] = _quotas(client, org)
    if params["members"]:
        members = [member(one) for one in client.get("/api/orgs/%d/users" % org.id)]
        entry["members"] = [
            {"user_id": one.user_id, "login": one.login, "email": one.email, "name": one.name, "role": one.role}
            for one in members
        ]
    return entry


def _quotas(client: Client, org: Org) -> list[Answer] | None:
    """Return limit and use by target; ``None`` where quotas are switched off (404 up to 8.5, 500 later)."""
    try:
        quotas = client.request("GET", "/api/orgs/%d/quotas" % org.id, retry=False)
    except GrafanaError as problem:
        if problem.status in (404, 500):
            return None
        raise
    return [{key: quota[key] for key in ("target", "limit", "used") if key in quota} for quota in quotas or []]


ACCOUNT_OPTIONS: dict[str, dict[str, t.Any]] = {"name": {"type": "raw"}}


def service_accounts(module: GrafanaModule, client: Client, connection: Connection) -> Answer:
    """Return the service accounts of an org, or those of exactly the name that is asked for."""
    name = None if module.params["name"] is None else _connection.text(module.params["name"], "name")
    scope = scope_of(client, connection.org)
    found = [one for one in inside(scope, lambda: search(scope, name)) if name is None or one.name == name]
    whole = [completed(scope, one) for one in found]
    return {"service_accounts": [shown(scope, one) for one in whole if one is not None]}


TOKEN_OPTIONS: dict[str, dict[str, t.Any]] = {
    "service_accounts": {"type": "list", "elements": "raw"},
    "all_orgs": {"type": "bool", "default": False},
}


def tokens(module: GrafanaModule, client: Client, connection: Connection) -> Answer:
    """Return the tokens of an org's accounts, or of those of all orgs; never a key."""
    wanted = [_connection.text(name, "service_accounts") for name in module.params["service_accounts"] or []]
    seen: set[str] = set()

    def read(scope: Scope) -> list[Answer]:
        accounts = _accounts(scope)
        seen.update(account.name for account in accounts)
        return _tokens(module, scope, accounts, wanted)

    found, outside = of_orgs(module, client, connection, "tokens", read)
    unknown = sorted(set(wanted) - seen)
    if unknown and not outside.get("not_a_member_of"):
        where = "organization" if module.params["all_orgs"] else "service account of %s" % connection.org
        has = "has a service account" if module.params["all_orgs"] else "is"
        raise NotFound("no %s %s named %s" % (where, has, ", ".join(unknown)), code="account_not_found")
    return {"tokens": found, **outside}


def of_orgs(
    module: GrafanaModule, client: Client, connection: Connection, what: str, read: t.Callable[[Scope], list[Answer]]
) -> tuple[list[Answer], Answer]:
    """Return what *read* reads in the chosen org, or with ``all_orgs`` in each; and which orgs show nothing to the caller."""
    if not module.params["all_orgs"]:
        return read(scope_of(client, connection.org)), {}
    if connection.cloud_stack is not None:
        raise BadInput("all_orgs has no meaning with cloud_stack: a stack is one organization")
    directory = Directory(client)
    orgs = directory.all()
    client.expect(2 * len(orgs))
    found: list[Answer] = []
    outside: list[Answer] = []
    for org in orgs:
        scope = Scope(client, org, directory, many=True)
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


def _accounts(scope: Scope) -> list[Account]:
    """Return all accounts of an org."""
    return t.cast("list[Account]", inside(scope, lambda: search(scope)))


def _tokens(module: GrafanaModule, scope: Scope, accounts: list[Account], wanted: list[str]) -> list[Answer]:
    """Return the tokens of those *accounts* of one org that are *wanted*, of all for none."""
    found: list[Answer] = []
    for account in accounts:
        # An account without tokens need not be asked; of one that is not whole their number is not known.
        if (account.tokens or not account.whole) and (not wanted or account.name in wanted):
            found += _tokens_of(module, scope, account)
    return found


def _tokens_of(module: GrafanaModule, scope: Scope, account: Account) -> list[Answer]:
    listed = list_tokens(scope, account.id)
    if may_be_cut(scope, account, len(listed)):
        module.warn(
            "service account %s of %s has %s, and Grafana's list ends at %d: others are not shown"
            % (account.name, scope.where(), number_of(account), LIST_CAP)
        )
    place = {**(scope.org.shown() if scope.org else {}), "service_account_id": account.id, "service_account": account.name}
    return [
        {
            **place,
            "id": token.id,
            "name": token.name,
            "created": token.created,
            "expires": token.expires,
            "last_used": token.last_used,
            "expired": token.expired,
            "revoked": token.revoked,
            "never_used": token.last_used is None,
            "only_tested": only_tested(token),
        }
        for token in listed
    ]


API_KEY_OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "expired": {"type": "bool"},
    "dests": {"type": "list", "elements": "path"},
    "all_orgs": {"type": "bool", "default": False},
}


def api_keys(module: GrafanaModule, client: Client, connection: Connection) -> Answer:
    """Return the API keys of an org, or of all orgs, and what the server does with them; never a secret."""
    params = module.params
    name = None if params["name"] is None else _connection.text(params["name"], "name")
    notes = [MetadataFile(path + ".json").read() for path in params["dests"] or []]
    made = {(note.org_id, note.token_id): note.created for note in notes if note and note.server == connection.url}
    cut: list[Answer] = []
    ended: list[Org] = []

    def read(scope: Scope) -> list[Answer]:
        place = scope.org.shown() if scope.org else {}
        keys: list[ApiKey] | None = inside(scope, lambda: list_keys(scope))
        if keys is None:
            ended.append(scope.org or Org(scope.org_id))
        if len(keys or ()) >= KEYS_LISTED:
            cut.append(place)
        wanted = [key for key in keys or () if name in (None, key.name) and params["expired"] in (None, key.expired)]
        return [{**place, **_api_key(client, key, made.get((scope.org_id, key.id)))} for key in wanted]

    found, outside = of_orgs(module, client, connection, "API keys", read)
    if cut:
        module.warn("Grafana's list of API keys ends at %d, and did so in %d organizations" % (KEYS_LISTED, len(cut)))
    if ended:
        module.warn("%s has no API keys any more (Grafana 12.1 or later)" % client.connection.url)
    version = client.version()
    can = abilities_of(version)
    lists = not ended if version is None else can.lists
    server = {"version": None if version is None else str(version), "lists": lists, "creates": can.creates}
    server.update(migrates=can.migrates, migrates_at_start=can.at_start)
    return {"api_keys": found, "cut_in": cut, "server": server, **outside}


def _api_key(client: Client, key: ApiKey, made: str | None) -> Answer:
    began = moment(made)
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role,
        "expires": key.expires,
        "expired": key.expired,
        "last_used": key.last_used,
        "created": made,
        "age": None if began is None else max(0, int((client.now() - began).total_seconds())),
    }
