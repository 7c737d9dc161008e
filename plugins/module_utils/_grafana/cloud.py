# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack of Grafana Cloud by the Cloud API: the routes of service accounts below another address, and its own rules.

The address of the connection is that of the stack in the Cloud API, so paths are the same as on a server. What else
differs is here: an id for each write, who may ask and how a refusal reads, a stack that is not ready, and that a key
is proven at the stack itself. The facts are those of the published description of the API (July 2026).
"""

from __future__ import annotations

import threading
import time
import typing as t
import uuid
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from .client import Client
from .connection import Connection, Identity
from .errors import ADVICE, Forbidden, GrafanaError, NotFound, NotGrafana, Refused, Unauthorized, Unsupported, public_url
from .versions import Version, parse

#: The one organization of a stack (Grafana itself takes it so where it knows of its stack).
STACK_ORG = 1
#: The status of a stack that answers.
READY = "active"
#: Statuses that do not pass by waiting -> what to do.
ENDED = {
    "deleted": "it is deleted: correct cloud_stack",
    "deleting": "it is being deleted: correct cloud_stack",
    "archived": "it is archived: let the owner of the Grafana Cloud account restore it",
    "suspended": "it is suspended: let the owner of the Grafana Cloud account see why",
    "paused": "it is paused, as nobody has used it: open its address in a browser, which starts it, and run again",
}
#: How long a stack that starts is waited for, and how often it is asked, in seconds.
LONGEST_START = 300.0
ASK_EVERY = 5.0
#: What an access policy needs; reading service accounts takes the scope to write, too.
SCOPES = "stacks:read and stack-service-accounts:write"

#: All that the Cloud API passes on to a stack, and how.
_ROUTES = "/api/serviceaccounts"
_METHODS = ("GET", "POST", "DELETE")


@dataclass(frozen=True)
class Stack:
    """A stack as the Cloud API tells of it; *url* is where it is served."""

    url: str
    status: str
    version: Version | None = None


class CloudClient(Client):
    """Talks to the Cloud API about the service accounts of one stack."""

    def __init__(self, connection: Connection, before_write: t.Callable[[], None] | None = None) -> None:
        super().__init__(connection, before_write)
        self._stack: Stack | None = None
        self._asking = threading.Lock()

    def _context(self, method: str, org: int | None) -> dict[str, str]:
        """Return the id without which no write is taken; it stays the same when that very request is sent again."""
        return {} if method == "GET" else {"x-request-id": "orgsmith-%s" % uuid.uuid4()}

    def request(
        self,
        method: str,
        path: str,
        org: int | None = None,
        body: t.Any = None,
        params: t.Mapping[str, t.Any] | None = None,
        anonymous: bool = False,
        retry: bool = True,
    ) -> t.Any:
        """Do as a server's client does. Raises :class:`Unsupported` for what the Cloud API has no route for."""
        if not path.startswith(_ROUTES) or method not in _METHODS:
            raise Unsupported(
                "the Cloud API has no %s %s for a stack: set url and a key of the stack, in place of cloud_stack, for that"
                % (method, path.partition("?")[0])
            )
        return self._asked(method, path, body, params, retry)

    def _asked(
        self, method: str, path: str, body: t.Any = None, params: t.Mapping[str, t.Any] | None = None, retry: bool = True
    ) -> t.Any:
        try:
            return super().request(method, path, None, body, params, retry=retry)
        except (Unauthorized, Forbidden) as problem:
            raise self._refused(problem) from None

    def _refused(self, problem: GrafanaError) -> GrafanaError:
        """Return the error for a refused token, or a policy that does not allow this."""
        if isinstance(problem, Unauthorized):
            advice = "token has to be that of an access policy of Grafana Cloud (glc_...), neither deleted nor expired"
        else:
            advice = "the access policy of the token needs the scopes %s, and a realm with the stack %s in it" % (
                SCOPES,
                self.connection.cloud_stack,
            )
        said = problem.message.removesuffix("; " + ADVICE.get(problem.status or 0, ""))
        return type(problem)("%s; %s" % (said, advice), code=problem.code, **problem.details)

    # The stack.

    def stack(self) -> Stack:
        """Return the stack, once it is ready: asked once. Raises where it is not, within LONGEST_START."""
        with self._asking:
            if self._stack is None:
                self._stack = self._ready()
            return self._stack

    def _ready(self) -> Stack:
        """Wait until the stack is ready. Raises :class:`Refused` (``stack_not_ready``)."""
        until = time.monotonic() + LONGEST_START
        while True:
            found = self._ask_stack()
            if found.status == READY:
                return found
            if found.status in ENDED or time.monotonic() >= until:
                advice = ENDED.get(found.status, "it has not become so within %d s: run again later" % LONGEST_START)
                raise Refused(
                    "stack %s (%s) is not ready, its status is %s: %s"
                    % (self.connection.cloud_stack, public_url(found.url), found.status, advice),
                    code="stack_not_ready",
                    stack_status=found.status,
                )
            time.sleep(ASK_EVERY)

    def _ask_stack(self) -> Stack:
        where = public_url(self.connection.url)
        try:
            body = self._asked("GET", "")
        except NotFound as problem:
            raise NotFound(
                "Grafana Cloud has no stack %s, as far as this access policy sees: %s; cloud_stack is the slug, as in "
                "https://SLUG.grafana.net" % (self.connection.cloud_stack, problem.message),
                code="stack_not_found",
                **problem.details,
            ) from None
        url, status = (body.get(name) if isinstance(body, dict) else None for name in ("url", "status"))
        if not isinstance(url, str) or not isinstance(status, str) or urlsplit(url).scheme not in ("http", "https"):
            raise NotGrafana("GET %s answered with something that is no stack: check cloud_url" % where)
        if self.connection.url.startswith("https:") and not url.startswith("https:"):
            raise NotGrafana(
                "GET %s answered that the stack is at %s, where no key is sent without TLS" % (where, public_url(url))
            )
        return Stack(url.rstrip("/"), status, parse(body.get("runningVersion")))

    def own_org(self) -> dict[str, t.Any]:
        """Return the one organization of the stack; this is what a run begins with, so the stack is ready from here on."""
        self.stack()
        return {"id": STACK_ORG, "cloud_stack": self.connection.cloud_stack}

    def _ask_version(self) -> Version | None:
        stack = self.stack()
        if stack.version is not None:
            return stack.version
        with self._at_stack(None) as client:
            try:
                health = client.request("GET", "/api/health", anonymous=True, retry=False)
            except GrafanaError:  # this host need not reach the stack itself
                return None
        return parse(health.get("version")) if isinstance(health, dict) else None

    def as_token(self, token: str) -> Client:
        """Return a client of the stack itself that asks with *token*, a key of one of its service accounts."""
        client = self._at_stack(token)
        client._version, client._version_known = self._version, self._version_known
        return client

    def _at_stack(self, token: str | None) -> Client:
        """Return a client of the stack itself; what the task says of itself to the Cloud API is not said there."""
        here = replace(
            self.connection,
            url=self.stack().url,
            cloud_stack=None,
            identity=Identity(token=token),
            headers={},
            client_cert=None,
            client_key=None,
        )
        return Client(here, self._before_write)


def client_for(connection: Connection, before_write: t.Callable[[], None] | None = None) -> Client:
    """Return a client of the server, or of the stack of Grafana Cloud, that *connection* leads to."""
    return (Client if connection.cloud_stack is None else CloudClient)(connection, before_write)
