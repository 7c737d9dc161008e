# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of an inventory: their connections, and their organizations."""

from __future__ import annotations

import re
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...module_utils._grafana.cloud import client_for
from ...module_utils._grafana.connection import ARGUMENT_SPEC, Connection, from_options
from ...module_utils._grafana.errors import BadInput, GrafanaError, LostAnswer, NotGrafana, RateLimited, ServerError, Unreachable
from ...module_utils._grafana.interpreting import interpreting
from ...module_utils._grafana.orgs import OrgFinder
from ...module_utils._grafana.secrets import remember
from ...module_utils._tenants.paths import with_absolute

#: Connection options that an inventory has: it reads the list of all organizations, and works in none of them.
CONNECTION = tuple(name for name in ARGUMENT_SPEC if name not in ("org_id", "org_name", "join_org", "concurrency"))
#: Connection options that are paths of files.
_PATHS = tuple(name for name in CONNECTION if ARGUMENT_SPEC[name]["type"] == "path")
#: Options that identify the caller. A server that has one of them gets none of those at the top of the file.
_IDENTITY = ("username", "password", "token", "token_file", "headers", "client_cert", "client_key")
#: How many servers are asked at the same time.
AT_ONCE = 8
#: Errors of a server that gives no usable answer.
UNUSABLE = (Unreachable, NotGrafana, ServerError, RateLimited, LostAnswer)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
Options = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Server:
    """A Grafana server, and its name in the inventory."""

    name: str
    connection: Connection

    @property
    def cache_key(self) -> str:
        """The address and the caller, without secrets. Another caller may see other organizations."""
        identity = self.connection.identity
        return " ".join((self.connection.url, identity.kind, identity.username or ""))


class Listing(t.NamedTuple):
    """The organizations of a server as pairs of id and name; *partial* if the caller may not list all of them."""

    orgs: list[tuple[int, str]]
    partial: bool


def servers_of(options: Options, folder: str, environ: t.Mapping[str, str] | None = None) -> list[Server]:
    """Return the servers that the *options* of an inventory name; relative paths start from *folder*.

    Without ``servers``, the connection options describe one server, with settings of the environment *environ* where they are
    not set. Sends nothing. Raises :class:`BadInput`.
    """
    shared = {name: options.get(name) for name in CONNECTION}
    entries = options.get("servers")
    if entries is None:
        connection = _connection(shared, folder, environ)
        return [Server((urlsplit(connection.url).hostname or "").replace(":", "-"), connection)]
    if not isinstance(entries, list) or not entries:
        raise BadInput("servers has to be a list with at least one server")
    if shared["url"]:
        raise BadInput("both url and servers are set: keep one")
    found = [_server(number, entry, shared, folder, environ) for number, entry in enumerate(entries, 1)]
    for what, values in (("name", [one.name for one in found]), ("url", [one.connection.url for one in found])):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise BadInput("two servers have the same %s: %s" % (what, twice))
    return found


def _server(number: int, entry: t.Any, shared: Options, folder: str, environ: t.Mapping[str, str] | None) -> Server:
    where = "servers: entry %d" % number
    if not isinstance(entry, dict):
        raise BadInput("%s has to be a dictionary with name, url and options of the connection" % where)
    name = entry.get("name")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise BadInput(
            "%s needs a name of letters, digits, dots, dashes and underscores, with a letter or digit at the start" % where
        )
    where = "server %s" % name
    unknown = sorted(str(option) for option in entry if option != "name" and option not in CONNECTION)
    if unknown:
        raise BadInput(
            "%s has options that do not exist: %s; it can have: %s" % (where, ", ".join(unknown), ", ".join(CONNECTION))
        )
    if not entry.get("url"):
        raise BadInput("%s has no url" % where)
    identified = any(entry.get(option) for option in _IDENTITY)
    inherited = {option: value for option, value in shared.items() if not (identified and option in _IDENTITY)}
    own = {option: value for option, value in entry.items() if option != "name"}
    try:
        return Server(name, _connection({**inherited, **own}, folder, environ))
    except BadInput as problem:
        raise BadInput("%s: %s" % (where, problem.message), code=problem.code) from None


def _connection(options: Options, folder: str, environ: t.Mapping[str, str] | None) -> Connection:
    connection = from_options(with_absolute(options, _PATHS, folder), environ)
    remember(*connection.secrets())
    return connection


def listing(server: Server) -> Listing:
    """Return the organizations of *server*. Raises :class:`GrafanaError`."""
    with client_for(server.connection) as client, interpreting():
        finder = OrgFinder(client)
        orgs = finder.all()
        named = [(org.id, org.name) for org in orgs if org.name is not None]
        if len(named) < len(orgs):
            raise BadInput(
                "the token's account (role None) may not read the name of its organization: give it the role Viewer, or use "
                "user and password",
                code="org_hidden",
            )
    return Listing(sorted(named), finder.partial)


def listings(servers: t.Sequence[Server]) -> list[Listing | GrafanaError]:
    """Return what :func:`listing` returns or raises for each of *servers*, in their order; several are asked at once."""
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(servers) or 1)) as pool:
        return list(pool.map(_tried, servers))


def _tried(server: Server) -> Listing | GrafanaError:
    try:
        return listing(server)
    except GrafanaError as problem:
        return problem
