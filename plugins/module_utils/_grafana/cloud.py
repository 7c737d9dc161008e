# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client for the service accounts of a Grafana Cloud stack, by the Cloud API.

The connection's address is that of the stack in the Cloud API, so paths are the same as on a server. This module has the
differences: an id for each write, the advice for refusals, waiting for a stack that starts, and keys that are tested at the
stack itself. The facts are from the published description of the API (July 2026).
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

#: The id of the only organization of a stack (Grafana uses it in the namespaces of stacks, too).
STACK_ORG = 1
#: The status of a stack that is ready.
READY = "active"
#: Statuses that waiting does not change, and what to do.
ENDED = {
    "deleted": "it is deleted: correct cloud_stack",
    "deleting": "it is being deleted: correct cloud_stack",
    "archived": "it is archived: ask the owner of the Grafana Cloud account to restore it",
    "suspended": "it is suspended: ask the owner of the Grafana Cloud account for the reason",
    "paused": "it is paused because of inactivity: open its address in a browser, which starts it, and run again",
}
#: How long to wait for a stack that starts, and the interval of the requests, in seconds.
LONGEST_START = 300.0
ASK_EVERY = 5.0
#: The scopes that an access policy needs; reading service accounts requires the scope to write, too.
SCOPES = "stacks:read and stack-service-accounts:write"

#: The only routes and methods that the Cloud API passes on to a stack.
_ROUTES = "/api/serviceaccounts"
_METHODS = ("GET", "POST", "DELETE")


@dataclass(frozen=True)
class Stack:
    """A stack as the Cloud API reports it; *url* is the address of its Grafana."""

    url: str
    status: str
    version: Version | None = None


class CloudClient(Client):
    """Sends requests about the service accounts of one stack to the Cloud API."""

    def __init__(self, connection: Connection, before_write: t.Callable[[], None] | None = None) -> None:
        super().__init__(connection, before_write)
        self._stack: Stack | None = None
        self._stack_lock = threading.Lock()

    def _context(self, method: str, org: int | None) -> dict[str, str]:
        """Return the id that the Cloud API requires for a write; retries of the request have the same id."""
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
        """Send a request as :meth:`Client.request` does. Raises :class:`Unsupported` if the Cloud API has no such route."""
        if not path.startswith(_ROUTES) or method not in _METHODS:
            raise Unsupported(
                "the Cloud API has no %s %s for a stack: for that, set url and a key of the stack instead of cloud_stack"
                % (method, path.partition("?")[0])
            )
        return self._request_cloud(method, path, body, params, retry)

    def _request_cloud(
        self, method: str, path: str, body: t.Any = None, params: t.Mapping[str, t.Any] | None = None, retry: bool = True
    ) -> t.Any:
        try:
            return super().request(method, path, None, body, params, retry=retry)
        except (Unauthorized, Forbidden) as problem:
            raise self._refused(problem) from None

    def _difference(self, method: str, path: str, status: int, parsed: t.Any) -> str | None:
        """Return how a parsed 2xx answer differs from the Cloud API's: it has no body after it has deleted."""
        if not path or (method == "DELETE" and parsed is None):
            return None
        return super()._difference(method, path, status, parsed)

    def _refused(self, problem: GrafanaError) -> GrafanaError:
        """Return *problem* with the advice for the Cloud API: the token is invalid, or its policy does not allow the request."""
        if isinstance(problem, Unauthorized):
            advice = "token has to be a token of an access policy of Grafana Cloud (glc_...), neither deleted nor expired"
        else:
            advice = "the access policy of the token needs the scopes %s, and a realm that includes the stack %s" % (
                SCOPES,
                self.connection.cloud_stack,
            )
        message = problem.message.removesuffix("; " + ADVICE.get(problem.status or 0, ""))
        return type(problem)("%s; %s" % (message, advice), code=problem.code, **problem.details)

    # The stack.

    def stack(self) -> Stack:
        """Return the stack when it is ready. The client reads it once. Raises :class:`Refused` (``stack_not_ready``)."""
        with self._stack_lock:
            if self._stack is None:
                self._stack = self._wait_for_stack()
            return self._stack

    def _wait_for_stack(self) -> Stack:
        """Wait at most LONGEST_START for the stack to be ready. Raises :class:`Refused` (``stack_not_ready``)."""
        deadline = time.monotonic() + LONGEST_START
        while True:
            stack = self._ask_stack()
            if stack.status == READY:
                return stack
            if stack.status in ENDED or time.monotonic() >= deadline:
                advice = ENDED.get(stack.status, "it has not become ready within %d s: run again later" % LONGEST_START)
                raise Refused(
                    "stack %s (%s) is not ready, its status is %s: %s"
                    % (self.connection.cloud_stack, public_url(stack.url), stack.status, advice),
                    code="stack_not_ready",
                    stack_status=stack.status,
                )
            time.sleep(ASK_EVERY)

    def _ask_stack(self) -> Stack:
        where = public_url(self.connection.url)
        try:
            body = self._request_cloud("GET", "")
        except NotFound as problem:
            raise NotFound(
                "Grafana Cloud has no stack %s that this access policy can see: %s; cloud_stack is the slug, as in "
                "https://SLUG.grafana.net" % (self.connection.cloud_stack, problem.message),
                code="stack_not_found",
                **problem.details,
            ) from None
        url, status = (body.get(name) if isinstance(body, dict) else None for name in ("url", "status"))
        if not isinstance(url, str) or not isinstance(status, str) or urlsplit(url).scheme not in ("http", "https"):
            raise NotGrafana("GET %s answered with something that is not a stack: check cloud_url" % where)
        if self.connection.url.startswith("https:") and not url.startswith("https:"):
            raise NotGrafana(
                "GET %s answered that the stack is at %s: the module does not send keys there without TLS"
                % (where, public_url(url))
            )
        return Stack(url.rstrip("/"), status, parse(body.get("runningVersion")))

    def own_org(self) -> dict[str, t.Any]:
        """Return the only organization of the stack. A run begins with this, so it waits here until the stack is ready."""
        self.stack()
        return {"id": STACK_ORG, "cloud_stack": self.connection.cloud_stack}

    def _ask_version(self) -> Version | None:
        stack = self.stack()
        if stack.version is not None:
            return stack.version
        with self._at_stack(None) as client:
            try:
                health = client.request("GET", "/api/health", anonymous=True, retry=False)
            except GrafanaError:  # this host may have no route to the stack itself
                return None
        return parse(health.get("version")) if isinstance(health, dict) else None

    def as_token(self, token: str, source: str = "", tested: bool = False) -> Client:
        """Return a client of the stack itself that authenticates with *token*, a key of one of its service accounts."""
        client = self._at_stack(token, source)
        client._acceptance.tested = tested
        client._version, client._version_known = self._version, self._version_known
        return client

    def _identify(self) -> None:
        """Do nothing: the Cloud API has no anonymous access."""

    def _at_stack(self, token: str | None, source: str = "") -> Client:
        """Return a client of the stack itself. The headers and certificates for the Cloud API do not go to the stack."""
        connection = replace(
            self.connection,
            url=self.stack().url,
            cloud_stack=None,
            identity=Identity(token=token, source=source),
            headers={},
            client_cert=None,
            client_key=None,
        )
        return Client(connection, self._before_write)


def client_for(connection: Connection, before_write: t.Callable[[], None] | None = None) -> Client:
    """Return a client for *connection*: of a server by its address, or of a Grafana Cloud stack by the Cloud API."""
    return (Client if connection.cloud_stack is None else CloudClient)(connection, before_write)
