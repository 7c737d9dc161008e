# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server holds: users, organizations and memberships, service accounts, tokens and keys, sessions."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import string
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

ALPHABET = string.ascii_letters + string.digits
ADDRESS = ("address1", "address2", "city", "zipCode", "state", "country")
EMPTY_ADDRESS = dict.fromkeys(ADDRESS, "")


class Clock:
    """The server's clock: the real one, and what was added to it. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead


def stamp(moment: float) -> str:
    """Return *moment* as the API writes times: UTC, to the second."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def uid() -> str:
    """Return a short unique id in the server's alphabet."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _number in range(14))


@dataclass
class User:
    id: int
    login: str
    email: str
    name: str
    password: str
    created: float
    is_admin: bool = False
    org_id: int = 0
    uid: str = field(default_factory=uid)
    disabled: bool = False
    theme: str = ""
    #: Whether an authentication proxy has signed this user in.
    external: bool = False
    updated: float = 0.0


@dataclass
class Org:
    id: int
    name: str
    created: float
    address: dict[str, str] = field(default_factory=lambda: dict(EMPTY_ADDRESS))
    members: dict[int, str] = field(default_factory=dict)


@dataclass
class Account:
    """A service account; it shares the users' sequence of ids."""

    id: int
    org_id: int
    name: str
    login: str
    role: str
    created: float
    disabled: bool = False
    uid: str = field(default_factory=uid)
    updated: float = 0.0
    # The login that it was made with: an upgrade renames the login only.
    email: str = ""


@dataclass
class Team:
    """A team; *members* has a level by the id of each user or service account: 0 for a member, 4 for an Admin of the team."""

    id: int
    org_id: int
    name: str
    email: str
    uid: str = field(default_factory=uid)
    members: dict[int, int] = field(default_factory=dict)


@dataclass
class Key:
    """A service account's token, or (without ``account_id``) an API key; they share one table."""

    id: int
    org_id: int
    name: str
    secret: str
    created: float
    account_id: int | None = None
    role: str = ""
    expires: float | None = None
    last_used: float | None = None
    revoked: bool = False


@dataclass
class Preferences:
    """What an organization, a team or a user prefers; *bookmarks* is ``None`` until it is set."""

    theme: str = ""
    timezone: str = ""
    weekStart: str = ""
    #: Up to 9.3 ``locale``.
    language: str = ""
    home_id: int = 0
    home_uid: str = ""
    home_tab: str = ""
    bookmarks: list[str] | None = None


@dataclass
class Session:
    user_id: int
    value: str
    rotated: float
    previous: str | None = None
    id: int = 0
    created: float = 0.0
    user_agent: str = ""


def token_secret() -> str:
    """Return a token's key: 32 characters, and the CRC-32 of what stands before, little-endian."""
    body = "glsa_" + "".join(secrets.choice(ALPHABET) for _number in range(32))
    return f"{body}_{checksum(body)}"


def checksum(body: str) -> str:
    """Return the checksum of the part of a token's key before its last underscore."""
    return binascii.crc32(body.encode()).to_bytes(4, "little").hex()


def key_secret(org_id: int, name: str) -> str:
    """Return an API key: base64 of JSON."""
    random = "".join(secrets.choice(ALPHABET) for _number in range(32))
    text = json.dumps({"k": random, "n": name, "id": org_id}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def well_formed(secret: str) -> bool:
    """Tell whether *secret* could be a key at all."""
    if secret.startswith("glsa_"):
        body, _dash, tail = secret.rpartition("_")
        return checksum(body) == tail
    try:
        found = json.loads(base64.b64decode(secret, validate=True))
    except ValueError:
        return False
    return isinstance(found, dict) and {"k", "n", "id"} <= set(found)


class State:
    """All of it, with the ids that come next."""

    def __init__(self, clock: Clock, admin_password: str) -> None:
        self.clock = clock
        self._admin_password = admin_password
        self.reset()

    def reset(self) -> None:
        """Begin anew: the admin, and organization 1."""
        self.users: dict[int, User] = {}
        self.orgs: dict[int, Org] = {}
        self.accounts: dict[int, Account] = {}
        self.teams: dict[int, Team] = {}
        #: The same teams by organization.
        self._teams_in: dict[int, dict[int, Team]] = {}
        self.keys: dict[int, Key] = {}
        self.sessions: dict[str, Session] = {}
        self.hidden_keys: set[int] = set()
        self.signed_in: dict[Any, tuple[float, str | None]] = {}
        self.failed_logins: dict[str, list[float]] = {}
        self.by_secret: dict[str, Key] = {}
        self.names: dict[str, int] = {}
        self.limits: dict[tuple[str, int], int] = {}
        #: By (organization, user, team), 0 for none.
        self.preferences: dict[tuple[int, int, int], Preferences] = {}
        self.migrated: set[int] = set()
        self.logins: dict[str, int] = {}
        #: Service accounts by e-mail address, which is their first login.
        self.addresses: dict[str, int] = {}
        self._ids = {"user": 0, "org": 0, "key": 0}
        org = self.add_org("Main Org.")
        admin = self.add_user("admin", "admin@localhost", "", self._admin_password, org.id)
        admin.is_admin = True
        org.members[admin.id] = "Admin"

    def next(self, table: str) -> int:
        """Return the next id of *table*."""
        self._ids[table] = self._ids.get(table, 0) + 1
        return self._ids[table]

    # Organizations

    def add_org(self, name: str) -> Org:
        org = Org(self.next("org"), name, self.clock.now())
        self.orgs[org.id] = org
        self.names[name] = org.id
        return org

    def rename_org(self, org: Org, name: str) -> None:
        self.names.pop(org.name, None)
        org.name = name
        self.names[name] = org.id

    def org_named(self, name: str) -> Org | None:
        found = self.names.get(name)
        return self.orgs.get(found) if found is not None else None

    def drop_org(self, org: Org, keep_accounts: bool) -> None:
        """Delete an org; up to 10.4.0 the user rows of its service accounts stay, and block their logins."""
        del self.orgs[org.id]
        self.names.pop(org.name, None)
        for key in [key for key in self.keys.values() if key.org_id == org.id]:
            self.drop_key(key)
        for team in self.teams_of(org.id):
            self.drop_team(team)
        for owner in [owner for owner in self.preferences if owner[0] == org.id]:
            del self.preferences[owner]
        for account in [account for account in self.accounts.values() if account.org_id == org.id]:
            del self.accounts[account.id]
            if not keep_accounts:
                self.logins.pop(account.login, None)
                self.addresses.pop(account.email, None)

    # Users

    def add_user(self, login: str, email: str, name: str, password: str, org_id: int) -> User:
        user = User(self.next("user"), login, email, name, password, self.clock.now(), org_id=org_id)
        self.users[user.id] = user
        return user

    def find_user(self, text: str, loose: bool) -> User | None:
        """Return the user of this e-mail address (what has an @ is looked for there first) or login."""
        same = str.lower if loose else str
        wanted = same(text)
        if "@" in wanted:
            found = next((user for user in self.users.values() if same(user.email) == wanted), None)
            if found:
                return found
        return next((user for user in self.users.values() if wanted and same(user.login) == wanted), None)

    def drop_user(self, user: User) -> None:
        del self.users[user.id]
        for org in self.orgs.values():
            org.members.pop(user.id, None)
        self.leave_teams(user.id)
        for value in [value for value, session in self.sessions.items() if session.user_id == user.id]:
            del self.sessions[value]

    def person(self, number: int) -> User | Account | None:
        """Return the user or service account of this id."""
        return self.users.get(number) or self.accounts.get(number)

    # Teams

    def teams_of(self, org_id: int, user_id: int | None = None) -> list[Team]:
        """Return the teams of an organization, or those of them that a user or service account is a member of."""
        teams = self._teams_in.get(org_id, {}).values()
        return [team for team in teams if user_id is None or user_id in team.members]

    def add_team(self, org_id: int, name: str, email: str) -> Team:
        team = Team(self.next("team"), org_id, name, email)
        self.teams[team.id] = self._teams_in.setdefault(org_id, {})[team.id] = team
        return team

    def drop_team(self, team: Team) -> None:
        del self.teams[team.id], self._teams_in[team.org_id][team.id]

    def leave_teams(self, user_id: int, org_id: int | None = None) -> None:
        """End the memberships of a user or service account, in one organization or in all."""
        for team in self.teams.values():
            if org_id in (None, team.org_id):
                team.members.pop(user_id, None)

    # Service accounts and keys

    def accounts_of(self, org_id: int) -> list[Account]:
        """Return the accounts that lists show, in the order in which they do."""
        found = [account for account in self.accounts.values() if account.org_id == org_id]
        return sorted(found, key=lambda account: (account.email, account.login))

    def add_account(self, org_id: int, name: str, login: str, role: str, disabled: bool = False) -> Account:
        now = self.clock.now()
        account = Account(self.next("user"), org_id, name, login, role, now, disabled, updated=now, email=login)
        self.accounts[account.id] = account
        self.logins[login] = self.addresses[login] = account.id
        return account

    def login_taken(self, login: str) -> bool:
        """Tell whether a service account, or a user, has *login*, be it as an address: they share one table."""
        known = login in self.logins or login in self.addresses
        return known or any(login in (user.login, user.email) for user in self.users.values())

    def rename_login(self, account: Account, login: str) -> None:
        """Give an account another login; its e-mail address stays."""
        self.logins.pop(account.login, None)
        account.login = login
        self.logins[login] = account.id

    def drop_account(self, account: Account) -> None:
        del self.accounts[account.id]
        self.leave_teams(account.id)
        self.logins.pop(account.login, None)
        self.addresses.pop(account.email, None)
        for key in [key for key in self.keys.values() if key.account_id == account.id]:
            self.drop_key(key)

    def add_key(self, org_id: int, name: str, secret: str, **more: Any) -> Key:
        key = Key(self.next("key"), org_id, name, secret, self.clock.now(), **more)
        self.keys[key.id] = key
        self.by_secret[secret] = key
        return key

    def drop_key(self, key: Key) -> None:
        del self.keys[key.id]
        self.by_secret.pop(key.secret, None)

    def keys_of(self, account_id: int) -> list[Key]:
        return [key for key in self.keys.values() if key.account_id == account_id]

    def api_keys(self, org_id: int) -> list[Key]:
        return [key for key in self.keys.values() if key.account_id is None and key.org_id == org_id]

    def key_name_taken(self, org_id: int, name: str) -> bool:
        return any(key.name == name and key.org_id == org_id for key in self.keys.values())

    def expired(self, key: Key) -> bool:
        return key.expires is not None and key.expires <= self.clock.now()
