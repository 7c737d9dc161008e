# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts of an organization."""

from __future__ import annotations

from ..access.rules import ACCOUNTS
from ..core.like import like
from ..core.pictures import picture_or_default
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, fail, message, not_found, ok, typed
from ..core.server import Request, Server, require, route
from ..core.state import Account, State, stamp
from .members import role_of

BAD = "Bad request data"
#: The list of an account's tokens ends here, sorted by name.
LISTED, LISTED_FROM_13 = 300, 1000


def listed_at_most(profile: Profile) -> int:
    """Return where the list of an account's tokens ends."""
    return LISTED_FROM_13 if profile >= (13, 0) else LISTED


def there(profile: Profile) -> bool:
    return profile.service_accounts


def missing(profile: Profile) -> Reply:
    """Return the 404 of an account that is none in this org; 9.x has it with a cause."""
    if profile.typed_errors:
        return typed(404, "service account not found", "serviceaccounts.ErrNotFound")
    return fail(profile, 404, "Failed to retrieve service account")


def begin(request: Request, permission: str) -> int:
    """Return the account's id in the path. Raises :class:`Refusal` without *permission*, and for what is no id.

    From 11 on a uid is an id too, which is looked up before anything else.
    """
    text, state = request.params["account_id"], request.server.state
    if request.server.profile.uids and not is_number(text):
        org_id = request.caller.org_id
        found = next((one for one in state.accounts.values() if one.uid == text and one.org_id == org_id), None)
        if found is None:
            raise Refusal(not_found())
        request.params["account_id"] = text = str(found.id)
    if not request.server.access.other(request.caller, permission, ACCOUNTS, text):
        require(request, permission)
    if not is_number(text):
        raise Refusal(bad_request(request.server.profile, "Service Account ID is invalid"))
    return int(text)


def is_number(text: str) -> bool:
    """Tell whether *text* is an id."""
    try:
        int(text)
    except ValueError:
        return False
    return True


def account_of(request: Request) -> Account | None:
    """Return the account in the path, if it is one of the caller's org."""
    found = request.server.state.accounts.get(int(request.params["account_id"]))
    return found if found and found.org_id == request.caller.org_id else None


def basic(request: Request, account: Account) -> dict:
    """Return what every view of an account begins with."""
    entry: dict = {"id": account.id}
    if request.server.profile.uids:
        entry["uid"] = account.uid
    entry.update(name=account.name, login=account.login, orgId=account.org_id, isDisabled=account.disabled)
    return entry


def whole(request: Request, account: Account) -> dict:
    """Return an account as it is shown by itself."""
    entry = basic(request, account)
    entry.update(createdAt=stamp(account.created), updatedAt=stamp(account.updated))
    entry.update(avatarUrl=picture_or_default(request.server.profile, "", account.name), role=account.role, teams=None)
    # The length of the list of tokens, which is cut.
    tokens = min(len(request.server.state.keys_of(account.id)), listed_at_most(request.server.profile))
    if tokens:
        entry["tokens"] = tokens
    return entry


def listed(request: Request, account: Account) -> dict:
    """Return an account as the search shows it."""
    entry = basic(request, account)
    tokens = len(request.server.state.keys_of(account.id))
    if request.server.profile < (11, 5):  # the length of the list, too; later it is counted
        tokens = min(tokens, listed_at_most(request.server.profile))
    entry.update(role=account.role, tokens=tokens)
    entry["avatarUrl"] = picture_or_default(request.server.profile, "", account.name)
    return entry


def login_of(profile: Profile, org_id: int, name: str) -> str:
    """Return the login that the server makes of a name."""
    if not profile.login_per_org:
        return f"sa-{name}".lower().replace(" ", "-")
    return with_org("sa", org_id, name)


def with_org(prefix: str, org_id: int, name: str) -> str:
    """Return a login that carries an org; the first double dash in it becomes one."""
    return f"{prefix}-{org_id}-{name.lower()}".replace("--", "-", 1).replace(" ", "-")


def logins_with_org(state: State) -> None:
    """Put the org into the logins, as the first start of a version from 10.4.1 on does."""
    for login in [login for login, number in state.logins.items() if number not in state.accounts]:
        # Rows that deleted orgs left behind are renamed too, and are in nobody's way any more.
        del state.logins[login]
    for account in state.accounts.values():
        prefix = f"sa-{account.org_id}-"
        if not account.login.startswith(prefix):
            state.rename_login(account, prefix + account.login.removeprefix("sa-"))
        doubled = f"{prefix}{account.org_id}-"
        shorter = prefix + account.login.removeprefix(doubled)
        if account.login.startswith(doubled) and shorter not in state.logins:
            state.rename_login(account, shorter)


@route("GET", "/api/serviceaccounts/search", there=there)
def search(request: Request) -> Reply:
    require(request, "serviceaccounts:read")
    state = request.server.state
    accounts = state.accounts_of(request.caller.org_id)
    if request.one("query"):
        found = like(f"%{request.one('query')}%")
        accounts = [one for one in accounts if found(one.email) or found(one.name) or found(one.login)]
    if request.flag("disabled"):
        accounts = [one for one in accounts if one.disabled]
    elif request.flag("expiredTokens"):
        accounts = [one for one in accounts if any(state.expired(key) for key in state.keys_of(one.id))]
    part, which = request.page(accounts)
    return ok({**which, "serviceAccounts": [listed(request, one) for one in part]})


@route("POST", "/api/serviceaccounts", there=there)
def create(request: Request) -> Reply:
    server, caller = request.server, request.caller
    require(request, "serviceaccounts:create")
    fields = request.fields({"name": str, "role": str, "isDisabled": bool}, BAD)
    role = role_of(request, fields.get("role", "Viewer"), BAD)
    name = fields.get("name", "")
    if not name:
        raise Refusal(bad_request(server.profile, BAD))
    _not_above(request, role)
    login = login_of(server.profile, caller.org_id, name)
    if server.state.login_taken(login):
        if server.profile.typed_errors:
            return typed(400, "service account already exists", "serviceaccounts.ErrAlreadyExists")
        return fail(server.profile, 400, "Failed to create service account")
    account = server.state.add_account(caller.org_id, name, login, role, fields.get("isDisabled", False))
    server.access.owned(caller, (ACCOUNTS, str(account.id)), caller.org_id)
    return ok({**basic(request, account), "role": role, "tokens": 0, "avatarUrl": ""}, 201)


def _not_above(request: Request, role: str) -> None:
    """Refuse a role above the caller's own."""
    order = ("None", "Viewer", "Editor", "Admin")
    if order.index(role) <= order.index(request.caller.role or "None"):
        return
    if request.server.profile.typed_errors:
        raise Refusal(typed(403, "can not assign a role higher than user's role", "serviceaccounts.ErrRoleForbidden"))
    raise Refusal(message("can not assign a role higher than user's role", 403))


@route("GET", "/api/serviceaccounts/{account_id}", there=there)
def one(request: Request) -> Reply:
    begin(request, "serviceaccounts:read")
    account = account_of(request)
    return ok(whole(request, account)) if account else missing(request.server.profile)


@route("PATCH", "/api/serviceaccounts/{account_id}", there=there)
def change(request: Request) -> Reply:
    server = request.server
    number = begin(request, "serviceaccounts:write")
    fields = request.fields({"name": str, "role": str, "isDisabled": bool}, BAD)
    role = role_of(request, fields["role"], BAD) if "role" in fields else None
    if role is not None:
        _not_above(request, role)
    account = account_of(request)
    if account is None:
        return missing(server.profile)
    # An empty name is not written, and stands in the answer all the same.
    account.name = fields.get("name") or account.name
    account.role = role or account.role
    account.disabled = fields.get("isDisabled", account.disabled)
    account.updated = server.clock.now()
    shown = {**whole(request, account), "name": fields.get("name", account.name)}
    shown.pop("tokens", None)
    return ok({"id": number, "message": "Service account updated", "name": shown["name"], "serviceaccount": shown})


@route("DELETE", "/api/serviceaccounts/{account_id}", there=there)
def delete(request: Request) -> Reply:
    server = request.server
    begin(request, "serviceaccounts:delete")
    account = account_of(request)
    if account is None:
        if server.profile >= (12, 3):
            return missing(server.profile)
        return fail(server.profile, 500, "Service account deletion error")
    delete_account(server, account)
    return message("Service account deleted")


def delete_account(server: Server, account: Account) -> None:
    """Delete an account, with the permissions that it has and those that others have on it."""
    server.state.drop_account(account)
    server.access.entries.drop_subject(("user", account.id))
    server.access.removed(account.org_id, ACCOUNTS, str(account.id))
