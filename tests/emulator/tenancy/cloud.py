# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cloud API of one stack of Grafana Cloud: this server is the stack, and is asked through grafana.com's routes.

Modelled on the published description of the API (July 2026), its documentation, and answers quoted in public. What none
of them tells passes as the stack itself answers it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from ..core.auth import authenticate
from ..core.permissions import Caller
from ..core.replies import EMPTY, Refusal, Reply, bad_request, not_found, ok, unauthorized
from ..core.server import ANYBODY, Handler, Request, route
from . import api_keys, service_accounts, tokens

#: The one organization of a stack.
ORG = 1
READ_STACKS, WRITE_ACCOUNTS = "stacks:read", "stack-service-accounts:write"
#: The account of Grafana Cloud that the stack belongs to; its id has nothing to do with the stack's organization.
OWNER = {"orgId": 652992, "orgSlug": "example", "orgName": "example"}
STACK_ID = 507363
BASE = "/api/instances/{slug}"
ACCOUNTS = BASE + "/api/serviceaccounts"
#: What the description promises of an account (of one in a search: id and name).
FIELDS = ("id", "name", "login", "orgId", "isDisabled", "role", "tokens", "avatarUrl")


def error(status: int, code: str, text: str) -> Reply:
    """Return an error in the Cloud API's shape."""
    return Reply(status, {"code": code, "message": text, "requestId": str(uuid.uuid4())})


def cloud(method: str, template: str, scope: str) -> Callable[[Handler], Handler]:
    """Register a handler for those whose access policy has *scope*; writes need an id of the request."""

    def register(handler: Handler) -> Handler:
        def handle(request: Request) -> Reply:
            _let_in(request, scope)
            if method != "GET" and not request.headers.get("x-request-id"):
                return error(409, "InvalidArgument", "Field is required: x-request-id")
            request.caller = Caller(org_id=ORG, role="Admin")
            return handler(request)

        route(method, template, access=ANYBODY)(handle)
        return handler

    return register


def _let_in(request: Request, scope: str) -> None:
    """Raise :class:`Refusal` for a server without a Cloud API, a token that is none, a scope or a stack that is not there."""
    settings = request.server.settings
    if not settings.text("cloud.stack"):
        caller = authenticate(request.server, request)
        raise Refusal(not_found() if caller else unauthorized(request.server.profile))
    word, _space, token = request.headers.get("Authorization", "").partition(" ")
    if word.lower() != "bearer" or token.strip() != settings.text("cloud.token"):
        raise Refusal(error(401, "InvalidCredentials", "Token invalid"))
    if scope not in settings.text("cloud.scopes").split(","):
        raise Refusal(error(403, "Forbidden", "Forbidden"))
    if request.params["slug"] not in (settings.text("cloud.stack"), str(STACK_ID)):
        raise Refusal(error(404, "NotFound", "Element not found"))


def _status(request: Request) -> str:
    """Return the stack's status: it starts for a while after the server has."""
    settings, clock = request.server.settings, request.server.clock
    if clock.now() - request.server.started < settings.seconds("cloud.starting_seconds"):
        return "provisioning"
    return settings.text("cloud.status")


@cloud("GET", BASE, READ_STACKS)
def instance(request: Request) -> Reply:
    server = request.server
    slug = server.settings.text("cloud.stack")
    here = "http://" + request.headers.get("Host", "") + server.sub_path
    hidden = server.settings.on("auth.anonymous.hide_version")
    return ok(
        {
            "id": STACK_ID,
            **OWNER,
            "type": "grafana",
            "name": slug,
            "url": server.settings.text("cloud.stack_url") or here,
            "slug": slug,
            "version": "stable",
            "status": _status(request),
            "regionSlug": "us",
            "runningVersion": "" if hidden else f"{server.version}-45365 (commit: ef5286dd77, branch: main)",
            "deleteProtection": True,
        }
    )


def _by_stack(request: Request, handler: Handler) -> Reply:
    """Return what the stack answers, in the Cloud API's shape where it is known."""
    if _status(request) != "active":
        return error(503, "ServiceUnavailable", "Service is currently unavailable")
    if not service_accounts.there(request.server.profile):
        return error(404, "NotFound", "Element not found")
    try:
        reply = handler(request)
    except Refusal as refusal:
        reply = refusal.reply
    if reply.status == 404:
        return error(404, "NotFound", "Element not found")
    return replace(reply, status=200) if reply.status == 201 else reply


def _fields(reply: Reply) -> Reply:
    """Return an account with what is promised of it."""
    if reply.status != 200:
        return reply
    shown = {name: reply.body[name] for name in FIELDS if name in reply.body}
    return replace(reply, body={**shown, "tokens": shown.get("tokens", 0), "isExternal": False})


def _nothing(reply: Reply) -> Reply:
    """Return an answer without a body: that is all that is promised of a deletion."""
    return replace(reply, body=EMPTY) if reply.status == 200 else reply


@cloud("GET", ACCOUNTS + "/search", WRITE_ACCOUNTS)
def search(request: Request) -> Reply:
    reply = _by_stack(request, service_accounts.search)
    if reply.status == 200:
        found = [{"id": one["id"], "name": one["name"]} for one in reply.body["serviceAccounts"]]
        reply = replace(reply, body={**reply.body, "serviceAccounts": found})
    return reply


@cloud("POST", ACCOUNTS, WRITE_ACCOUNTS)
def create(request: Request) -> Reply:
    fields = request.json()
    missing = [name for name in ("name", "role") if not fields.get(name)]
    if missing:
        return error(409, "InvalidArgument", f"Field is required: {missing[0]}")
    return _fields(_by_stack(request, service_accounts.create))


@cloud("GET", ACCOUNTS + "/{account_id}", WRITE_ACCOUNTS)
def one(request: Request) -> Reply:
    return _fields(_by_stack(request, service_accounts.one))


@cloud("DELETE", ACCOUNTS + "/{account_id}", WRITE_ACCOUNTS)
def delete(request: Request) -> Reply:
    return _nothing(_by_stack(request, service_accounts.delete))


@cloud("GET", ACCOUNTS + "/{account_id}/tokens", WRITE_ACCOUNTS)
def listed(request: Request) -> Reply:
    return _by_stack(request, tokens.tokens)


@cloud("POST", ACCOUNTS + "/{account_id}/tokens", WRITE_ACCOUNTS)
def create_token(request: Request) -> Reply:
    return _by_stack(request, _when_settled)


def _when_settled(request: Request) -> Reply:
    """Make a token, once its account is known everywhere: for a moment after it was made, it may not be."""
    service_accounts.begin(request, "serviceaccounts:write")
    account = service_accounts.account_of(request)
    settling = request.server.settings.seconds("cloud.settling_seconds")
    if account is not None and request.server.clock.now() - account.created < settling:
        return bad_request(request.server.profile, service_accounts.BAD)
    return tokens.create(request)


@cloud("DELETE", ACCOUNTS + "/{account_id}/tokens/{token_id}", WRITE_ACCOUNTS)
def delete_token(request: Request) -> Reply:
    return _nothing(_by_stack(request, tokens.delete))


@cloud("POST", BASE + "/api/auth/keys", WRITE_ACCOUNTS)
def create_api_key(request: Request) -> Reply:
    """Make an API key of the stack, as long as Grafana has them."""
    if not api_keys.migration(request.server.profile).create:
        return error(404, "NotFound", "Element not found")
    return _by_stack(request, api_keys.create)


@route("PATCH", ACCOUNTS + "/{account_id}", access=ANYBODY)
def change(_request: Request) -> Reply:
    """There is no such route."""
    return error(404, "NotFound", "Element not found")
