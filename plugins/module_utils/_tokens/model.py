# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of service accounts: what a task wants, what the server and the sink have, and whether the token is present.

The server shows a key once, in the answer that creates its token. So a token is *present* only if the sink stores the key
of a token that the server lists and that still works; in every other case it is replaced.
"""

from __future__ import annotations

import binascii
import re
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from .._grafana.errors import GrafanaError
from .._orgs.service_accounts import Account
from .._sinks.base import NOTHING, Metadata, Sink, Stored
from .._text.durations import moment

VALID = "valid"
#: The lifetime ``max``: as long as the server allows.
LONGEST = -1
#: Seconds during which a token that the metadata notes as about to be created may belong to a run in progress.
ORPHAN_AFTER = 900
#: What happens to a token of the task's name that the metadata of the sink does not know: on_foreign_token.
FAIL, REPLACE = "fail", "replace"
#: Seconds without any use after which the module warns about a stored token.
NEVER_USED_AFTER = 7 * 86400
#: A test of the key counts as a use on the server, up to so much later.
_SLACK = timedelta(seconds=60)

#: Why a token is not present: the word in results (``was``) and what it means (``reason``).
REASONS = {
    "absent": "there is no such token",
    "lost": "its key was not stored",
    "foreign": "another task, host or person created it, and on_foreign_token is replace",
    "elsewhere": "the stored key belongs to another organization or service account",
    "gone": "the server no longer lists it",
    "expired": "it has expired",
    "revoked": "it is revoked",
    "no key": "its stored key is missing",
    "mistyped": "the stored text is not a key of Grafana: its checksum is wrong",
    "other key": "the sink stores another key than the module stored there",
    "refused": "the server refuses its key",
    "other org": "its key works in another organization",
    "other account": "its key is that of another service account",
    "due": "it is due: it expires within renew_before",
    "told": "the task asks for it (rotate: always)",
}
#: Reasons that say that a stored key works, and not as the key of this token.
OF_OTHERS = ("other org", "other account")
#: Reasons for replacing a token that still works and whose key clients may have.
IN_USE = ("due", "told")


@dataclass(frozen=True)
class Keep:
    """How long a replaced token is kept: *seconds* after its replacement, or (*until_unused*) after its last use."""

    seconds: int
    until_unused: bool = False


@dataclass(frozen=True)
class Purge:
    """Which other tokens of the account are deleted: expired ones, those that no item names, those unused for seconds."""

    expired: bool = False
    unlisted: bool = False
    unused_for: int | None = None

    def __bool__(self) -> bool:
        return self.expired or self.unlisted or self.unused_for is not None


@dataclass(frozen=True)
class DesiredToken:
    """A token as a task wants it.

    *service_account* is a name, or an id as a number. Times are in seconds; a lifetime of 0 never ends, and LONGEST is the
    longest that the server allows. Without a *name* the task only purges the account's other tokens.
    """

    service_account: str | int
    name: str | None
    lifetime: int | None = None
    sink: Sink | None = None
    return_key: bool = False
    prove: str = "new"
    state: str = "present"
    rotate: str = "auto"
    renew_before: int = 0
    name_template: str | None = None
    keep: Keep | None = None
    max_tokens: int | None = None
    orphan_after: int = ORPHAN_AFTER
    on_foreign: str = FAIL
    purge: Purge = Purge()


@dataclass(frozen=True)
class Token:
    """A token as the server lists it; times are ISO 8601, ``None`` for never."""

    id: int
    name: str
    created: str | None = None
    expires: str | None = None
    last_used: str | None = None
    expired: bool = False
    revoked: bool = False

    @classmethod
    def from_api(cls, entry: t.Mapping[str, t.Any]) -> Token:
        """Return an entry of ``GET /api/serviceaccounts/:id/tokens``."""
        return cls(
            id=int(entry["id"]),
            name=str(entry["name"]),
            created=entry.get("created"),
            expires=entry.get("expiration"),
            last_used=entry.get("lastUsedAt"),
            expired=bool(entry.get("hasExpired")),
            revoked=bool(entry.get("isRevoked")),
        )

    @property
    def alive(self) -> bool:
        """Whether the server still accepts its key."""
        return not (self.expired or self.revoked)


@dataclass(frozen=True)
class TokenState:
    """Everything known about a token before or after the change: on the server, and in its sink.

    *stored* is what the sink stores. *server* is the address of the task's server. *refused* is a word of REASONS if the server
    refused the stored key. *now* is the time by the server's clock. *siblings* are the other tokens that the task wants of this
    account. *unanswered* are names that this run asked for and got no answer about.
    """

    account: Account | None
    org_id: int | None = None
    tokens: tuple[Token, ...] = ()
    stored: Stored = NOTHING
    server: str | None = None
    org_name: str | None = None
    refused: str | None = None
    now: datetime = datetime(1970, 1, 1, tzinfo=timezone.utc)
    siblings: tuple[DesiredToken, ...] = ()
    unanswered: frozenset[str] = frozenset()
    #: Whether the stored key is known not to work any more, if it is the key of something else.
    dead: bool = False
    #: What a stored key is that the metadata does not describe: VALID if it may be of this account, a word of REASONS if it
    #: works as the key of something else, ``None`` if it does not work.
    unknown_key: str | None = None
    #: The error if the stored token may be beyond the end of the server's list.
    cut: GrafanaError | None = None
    #: The tokens that this run deleted, each with the reason.
    deleted: tuple[tuple[Token, str], ...] = ()
    #: Why the previous token was replaced, if it was: a word of REASONS.
    replaced: str | None = None
    #: The token that this run created, and its key if the task wants it returned.
    issued: Token | None = None
    key: str | None = field(default=None, repr=False)

    @property
    def known(self) -> Metadata:
        """The metadata of the stored key; empty if it belongs to another organization or account."""
        known = self.stored.metadata
        return Metadata() if known is None or self.elsewhere else known

    @property
    def described(self) -> bool:
        """Whether the sink has the metadata of a token, be it one of another organization or account."""
        known = self.stored.metadata
        return known is not None and known.token_id is not None

    @property
    def elsewhere(self) -> bool:
        """Whether the stored key belongs to another organization or account."""
        known = self.stored.metadata
        if known is None or (known.org_id is None and known.service_account_id is None):
            return False
        return (known.org_id, known.service_account_id) != (self.org_id, self.account.id if self.account else None)

    @property
    def stored_token(self) -> Token | None:
        """The listed token of the stored key. Another server may have another token with that id."""
        known = self.known
        return next((entry for entry in self.tokens if (entry.id, entry.name) == (known.token_id, known.name)), None)

    @property
    def moved(self) -> bool:
        """Whether the metadata names another address of the server than the task."""
        known = self.stored.metadata
        return known is not None and None not in (known.server, self.server) and known.server != self.server

    @property
    def unlisted(self) -> bool:
        """Whether a key is stored whose token the server does not list."""
        return self.known.token_id is not None and self.stored_token is None


def unknown_key(stored: Stored) -> str | None:
    """Return the stored key if the metadata does not describe it and the server may accept it; ``None`` otherwise.

    After a note of a token, the key is that of this token: a run ended before it wrote the metadata.
    """
    key, known = stored.key, stored.metadata
    described = known is not None and (known.fingerprint == stored.fingerprint or known.pending)
    if key is None or described or not (key.isascii() and key.isprintable()):
        return None
    return key if key.startswith("eyJ") or not mistyped(key) else None


def mistyped(key: str) -> bool:
    """Tell whether *key* is not ``glsa_<32 characters>_<CRC-32 of that, little-endian>`` (Grafana 9.1 and later)."""
    body, _underscore, checksum = key.rpartition("_")
    if re.fullmatch(r"glsa_[A-Za-z0-9]{32}", body) is None:
        return True
    return binascii.crc32(body.encode()).to_bytes(4, "little").hex() != checksum


def _mistyped(stored: Stored) -> bool:
    """Tell whether the stored key is mistyped; the controller has checked a key that only it can read."""
    return stored.refused == "mistyped" or (stored.key is not None and mistyped(stored.key))


def judge(desired: DesiredToken, current: TokenState, own: t.Sequence[Token] = ()) -> tuple[Token | None, str]:
    """Return the present token with ``VALID``, or the one to replace (if any) with a word of REASONS.

    *own* are the account's tokens with a name of this one; without a sink any of them that is alive is enough.
    """
    if desired.sink is not None:
        found, verdict = _judge_stored(desired, current, own)
    else:
        alive = [entry for entry in own if entry.alive]
        if alive:
            found, verdict = alive[-1], VALID
        else:
            found, verdict = (own[-1], "revoked" if own[-1].revoked else "expired") if own else (None, "absent")
    if verdict == VALID and found is not None:
        verdict = _due(desired, found, current.now)
    return found, verdict


def noted(current: TokenState, entry: Token) -> bool:
    """Tell whether a run noted a token as about to be created, or this run asked for it and got no answer."""
    return entry.name in current.known.pending or entry.name in current.unanswered


def foreign(desired: DesiredToken, current: TokenState, own: t.Sequence[Token]) -> list[Token]:
    """Return the tokens that work, that have the name of the task, and that the metadata of its sink does not know.

    *own* are the account's tokens with a name of the task. A number at the end may belong to the name of another task. A name
    that ``name_template`` makes does not.
    """
    known = {current.known.token_id, *(previous.id for previous in current.known.previous)}
    templated = desired.name_template not in (None, "{name}")
    return [
        entry
        for entry in own
        if entry.alive and entry.id not in known and not noted(current, entry) and (entry.name == desired.name or templated)
    ]


def _judge_stored(desired: DesiredToken, current: TokenState, own: t.Sequence[Token]) -> tuple[Token | None, str]:
    """Judge a token whose key must be in a sink."""
    known = current.stored.metadata
    if known is not None and known.token_id is not None and current.elsewhere:
        return None, "elsewhere"
    found = current.stored_token
    if found is None:
        others = foreign(desired, current, own)
        if others:
            return others[0], "foreign"
        if current.known.token_id is not None:
            return None, "gone"
        lost = [entry for entry in own if noted(current, entry)]
        return (lost[0], "lost") if lost else (None, "absent")
    known = current.known
    verdicts = (
        ("revoked", found.revoked),
        ("expired", found.expired),
        ("no key", current.stored.fingerprint is None),
        ("mistyped", current.stored.fingerprint != known.fingerprint and _mistyped(current.stored)),
        ("other key", current.stored.fingerprint != known.fingerprint),
        (current.refused, current.refused is not None),
    )
    return found, next((str(verdict) for verdict, holds in verdicts if holds), VALID)


def _due(desired: DesiredToken, found: Token, now: datetime) -> str:
    """Return VALID, or why a token that works is replaced."""
    if desired.rotate == "always":
        return "told"
    expires = moment(found.expires)
    if desired.rotate == "auto" and desired.renew_before and expires is not None:
        return "due" if expires - now <= timedelta(seconds=desired.renew_before) else VALID
    return VALID


def used_by_client(entry: Token, proved: str | None) -> bool:
    """Tell whether a client has used a token, as far as the server reports.

    The server counts a test of the key at *proved* as a use, and updates the last use at most every 5 minutes.
    """
    last = moment(entry.last_used)
    tested = moment(proved)
    return last is not None and (tested is None or last > tested + _SLACK)


def only_tested(entry: Token) -> bool:
    """Tell whether the only use of a token is as old as the token: that was the test of the new key."""
    last, created = moment(entry.last_used), moment(entry.created)
    return last is not None and created is not None and last <= created + _SLACK


def never_used(current: TokenState, found: Token) -> bool:
    """Tell whether no client has used a token for NEVER_USED_AFTER seconds since it was created."""
    created = moment(found.created)
    if created is None or current.now - created < timedelta(seconds=NEVER_USED_AFTER):
        return False
    return not used_by_client(found, current.known.proved)
