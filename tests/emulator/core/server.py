# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server: routes, who asks, what is answered; without a network of its own."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote

from ..access import Access
from .auth import authenticate
from .faults import Faults
from .permissions import Caller
from .profile import Profile
from .replies import Refusal, Reply, bad_request, denied, message, unauthorized
from .settings import Settings
from .state import Clock, State
from .unrouted import no_route

#: Who is let in to a route: anybody, or whoever is signed in.
ANYBODY, SIGNED_IN = "anybody", "signed in"
#: Seconds that a stop, the migrations of the database, and a start take.
RESTART = 10.0


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_number)
Item = TypeVar("Item")
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass
class Request:
    """A request as a handler sees it."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Any
    body: bytes
    server: Server
    params: dict[str, str] = field(default_factory=dict)
    caller: Caller = field(default_factory=Caller)
    new_cookies: list[str] = field(default_factory=list)

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that the request carries."""
        try:
            found = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in found.items()}

    def wanted_org(self) -> int:
        """Return the org that the header (or ``targetOrgId``) names; 0 for none, and for what is no number."""
        for value in (self.headers.get("X-Grafana-Org-Id"), self.one("targetOrgId")):
            if value:
                try:
                    return max(0, int(value))
                except ValueError:
                    return 0
        return 0

    def one(self, name: str, default: str = "") -> str:
        """Return a query parameter."""
        return self.query.get(name, [default])[0]

    def number(self, name: str, default: int) -> int:
        """Return a query parameter as a number; *default* where it is none, or none above 0."""
        try:
            found = int(self.one(name))
            return found if found > 0 else default
        except ValueError:
            return default

    def page(self, items: list[Item]) -> tuple[list[Item], dict[str, int]]:
        """Return the part of a list that ``perpage`` and ``page`` (from 1) ask for, and the fields that tell which it is."""
        size, page = self.number("perpage", 1000), self.number("page", 1)
        part = items[(page - 1) * size : page * size]
        return part, {"totalCount": len(items), "page": page, "perPage": size}

    def flag(self, name: str) -> bool:
        """Tell whether a query parameter is true."""
        return self.one(name) in ("1", "t", "T", "true", "TRUE", "True")

    def json(self, text: str = "bad request data") -> dict[str, Any]:
        """Return the body, a JSON object. Raises :class:`Refusal` with *text* for anything else.

        As the server's decoder does, an empty body and ``null`` pass as an object without fields, and what stands
        after the first value is not looked at.
        """
        refusal = Refusal(bad_request(self.server.profile, text))
        if self.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise refusal
        try:
            body = self.body.decode("utf-8", errors="replace").lstrip()
            found = _DECODER.raw_decode(body)[0] if body else None
        except (ValueError, RecursionError):
            raise refusal from None
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise refusal
        return found

    def fields(self, shape: dict[str, type | tuple[type, ...]], text: str = "bad request data") -> dict[str, Any]:
        """Return the body with the types of *shape* checked as the server's binding does; names in any case."""
        lowered = {name.lower(): name for name in shape}
        found: dict[str, Any] = {}
        for name, value in self.json(text).items():
            known = lowered.get(name.lower())
            if known is None or value is None:
                continue
            kinds = shape[known]
            wrong = isinstance(value, bool) and kinds is not bool
            if wrong or not isinstance(value, kinds):
                raise Refusal(bad_request(self.server.profile, text))
            found[known] = value
        return found


Handler = Callable[[Request], Reply]


@dataclass
class Route:
    """A method and a path template, with who is let in and in which versions it is there."""

    method: str
    template: str
    handler: Handler
    access: str
    there: Callable[[Profile], bool]
    pattern: re.Pattern[str]


ROUTES: list[Route] = []


def always(_profile: Profile) -> bool:
    """Say that a route is there in every version."""
    return True


def route(
    method: str, template: str, access: str = SIGNED_IN, there: Callable[[Profile], bool] = always
) -> Callable[[Handler], Handler]:
    """Register a handler. A parameter of *template* matches one segment; routes are tried in their order."""

    def register(handler: Handler) -> Handler:
        pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]*)", re.escape(template).replace(r"\{", "{").replace(r"\}", "}")))
        ROUTES.append(Route(method, template, handler, access, there, pattern))
        return handler

    return register


class Server:
    """One server of one version, with its settings and its data."""

    def __init__(
        self,
        version: str,
        settings: dict[str, str] | None = None,
        admin_password: str = "admin",
        dashboards: list[dict[str, Any]] | None = None,
        sub_path: str = "",
        sources: list[dict[str, Any]] | None = None,
    ) -> None:
        from ..boards.store import DashboardStore

        self.settings = Settings(settings)
        self.sub_path = sub_path.rstrip("/")
        self.clock = Clock()
        self.started = self.clock.now()
        self.profile = Profile(version)
        self._first_version = version
        self.state = State(self.clock, admin_password)
        self.provisioned = list(dashboards or [])
        self.provisioned_sources = list(sources or [])
        self.access = Access(self)
        self.store = DashboardStore(self)
        self.faults = Faults()
        self.counts: Counter[tuple[str, str]] = Counter()
        self._use_routes()

    @property
    def version(self) -> str:
        """The version that the server is now."""
        return self.profile.version

    def _use_routes(self) -> None:
        self._exact: dict[tuple[str, str], Route] = {}
        self._patterns: dict[str, list[Route]] = {}
        for one in ROUTES:
            if not one.there(self.profile):
                continue
            if "{" in one.template:
                self._patterns.setdefault(one.method, []).append(one)
            else:
                self._exact.setdefault((one.method, one.template), one)

    def reset(self) -> None:
        """Forget everything that was done, faults and counts included; the version is the first one again."""
        self.clock.ahead = 0.0
        self.started = self.clock.now()
        self.profile = Profile(self._first_version)
        self.state.reset()
        self.access.reset()
        self.store.reset()
        self.faults.clear()
        self.counts.clear()
        self._use_routes()

    def upgrade(self, to: str) -> None:
        """Become a newer version, with all data, as a restart with the same database does."""
        from ..tenancy.api_keys import start_with_keys
        from ..tenancy.service_accounts import logins_with_org

        before, self.profile = self.profile, Profile(to)
        self.clock.ahead += RESTART
        self.state.signed_in.clear()
        self.access.restarted()
        self.store.upgraded()
        self._use_routes()
        if self.profile.login_per_org and not before.login_per_org:
            logins_with_org(self.state)
        start_with_keys(self)

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
        """Return the route of a request, and what its parameters are."""
        if len(path) > 1 and path.endswith("/"):
            path = path[:-1]
        exact = self._exact.get((method, path))
        if exact:
            return exact, {}
        for one in self._patterns.get(method, ()):
            found = one.pattern.fullmatch(path)
            if found:
                return one, {name: unquote(value) for name, value in found.groupdict().items()}
        return None, {}

    def answer(self, method: str, raw_path: str, query: str, headers: Any, body: bytes) -> tuple[Reply, str]:
        """Return the answer to a request, and the template of its route."""
        found, params = self.find(method, raw_path)
        template = found.template if found else unquote(raw_path)
        self.counts[(method, template)] += 1
        request = Request(method, raw_path, parse_qs(query, keep_blank_values=True), headers, body, self, params)
        try:
            reply = self._handle(request, found)
        except Refusal as refusal:
            reply = refusal.reply
        if self.profile.traced and isinstance(reply.body, dict) and "messageId" in reply.body:
            reply.body.setdefault("traceID", "")
        reply.cookies += request.new_cookies
        reply.org_id = request.caller.org_id
        return reply, template

    def _handle(self, request: Request, found: Route | None) -> Reply:
        if found is not None and found.access == ANYBODY:
            return found.handler(request)
        caller = authenticate(self, request)
        if caller is None:
            # At 9.x the group of /api/admin has no barrier of its own: nobody gets in, and lacks the permission.
            open_group = found is not None and found.template.startswith("/api/admin/") and self.profile.rbac
            if found is None or not open_group or self.profile.typed_errors:
                return unauthorized(self.profile)
            return found.handler(request)
        request.caller = caller
        if caller.anonymous and found is not None and (found.template + "/").startswith("/api/user/"):
            return message("Unauthorized", 401)
        return found.handler(request) if found else no_route(self.profile, request.path)

    def stats(self) -> dict[str, Any]:
        """Return how many requests were made since the start, by method and route."""
        routes = [
            {"method": method, "route": template, "count": count} for (method, template), count in sorted(self.counts.items())
        ]
        return {"requests": sum(self.counts.values()), "routes": routes}


def require(request: Request, permission: str, old: str = "Permission denied") -> None:
    """Raise :class:`Refusal` unless the caller has *permission* in the org of the request."""
    caller, profile = request.caller, request.server.profile
    if caller.may(permission):
        return
    # At 9.x the permissions of server admins are good in an org, too, in which they are nothing.
    if (9, 0) <= profile.numbers < (10, 0) and caller.role is None and caller.may_globally(permission):
        return
    raise Refusal(denied(profile, permission, old))


def require_globally(request: Request, permission: str, old: str = "Permission denied") -> None:
    """Raise :class:`Refusal` unless the caller is a server admin with *permission*."""
    if not request.caller.may_globally(permission):
        # From 11 on the server names no permission to the anonymous caller, who has none outside of an organization.
        unnamed = request.caller.anonymous and request.server.profile >= (11, 0)
        raise Refusal(denied(request.server.profile, "" if unnamed else permission, old))
