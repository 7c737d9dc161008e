# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of service accounts: what is wanted, what is there, and what follows from the two.

A key is shown once, by the answer that makes it. So a token is *present* only if the key that was stored is
the key of a token that the server lists and that still works; in every other case it is replaced.
"""

from __future__ import annotations

import binascii
import re
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from .._orgs.service_accounts import Account
from .._sinks.base import NOTHING, Metadata, Sink, Stored
from .._text.durations import moment

VALID = "valid"
#: The lifetime ``max``: as long as the server allows.
LONGEST = -1
#: How long a token that nobody has stored yet may still be somebody's, in seconds.
ORPHAN_AFTER = 900
#: A stored token that nobody has used for so long, in seconds, is warned of.
NEVER_USED_AFTER = 7 * 86400
#: How far the server's last use may lie after a test of the key that caused it.
_SLACK = timedelta(seconds=60)

#: Why a token is not present, in words.
REASONS = {
    "absent": "there is no such token",
    "lost": "nothing is remembered of its key",
    "elsewhere": "the stored key is of another organization or service account",
    "gone": "the server does not list it any more",
    "expired": "it has expired",
    "revoked": "it is revoked",
    "no key": "its key is not there any more",
    "mistyped": "what is stored is no key of Grafana: its checksum is wrong",
    "other key": "another key is stored than was put there",
    "refused": "the server refuses its key",
    "other org": "its key works in another organization",
    "other account": "its key is that of another service account",
    "due": "it is due: it expires within renew_before",
    "told": "the task says so (rotate: always)",
}
#: Reasons for which a token is replaced that works still, and whose key somebody may have.
IN_USE = ("due", "told")


@dataclass(frozen=True)
class Keep:
    """How long a replaced token is kept: *seconds* from then on, or (*until_unused*) from its last use on."""

    seconds: int
    until_unused: bool = False


@dataclass(frozen=True)
class Purge:
    """Which other tokens of the account go: expired, named by no item of the task, unused for so many seconds."""

    expired: bool = False
    unlisted: bool = False
    unused_for: int | None = None

    def __bool__(self) -> bool:
        return self.expired or self.unlisted or self.unused_for is not None


@dataclass(frozen=True)
class DesiredToken:
    """A token as a task wants it.

    *service_account* is a name, or an id as a number. Times are in seconds; a lifetime of 0 is meant to be none, and
    LONGEST is what the server allows. Without a *name* it is the account's other tokens alone that matter.
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

    @property
    def alive(self) -> bool:
        """Whether the server still takes its key."""
        return not (self.expired or self.revoked)


@dataclass(frozen=True)
class TokenState:
    """All that is known before (or after) the work: on the server, and where the key is kept.

    *stored* is what the sink holds, *refused* a key of REASONS if the server was asked and refused the stored key, *key*
    the key of a token that was made a moment ago, *now* the time by the server's clock. *siblings* are the other tokens
    that the task wants of this account, *unanswered* names that were asked for in this run without an answer.
    """

    account: Account | None
    org_id: int | None = None
    tokens: tuple[Token, ...] = ()
    stored: Stored = NOTHING
    refused: str | None = None
    now: datetime = datetime(1970, 1, 1, tzinfo=timezone.utc)
    siblings: tuple[DesiredToken, ...] = ()
    unanswered: frozenset[str] = frozenset()
    #: Why the token that was there before was replaced, if it was: a key of REASONS.
    replaced: str | None = None
    key: str | None = field(default=None, repr=False)

    @property
    def known(self) -> Metadata:
        """What is remembered of the stored key, as far as it is of this organization and account."""
        known = self.stored.metadata
        return Metadata() if known is None or self.elsewhere else known

    @property
    def elsewhere(self) -> bool:
        """Whether the stored key is of another organization or account."""
        known = self.stored.metadata
        if known is None or known.token_id is None:
            return False
        return (known.org_id, known.service_account_id) != (self.org_id, self.account.id if self.account else None)


def token(entry: t.Mapping[str, t.Any]) -> Token:
    """Return an entry of ``GET /api/serviceaccounts/:id/tokens`` as a value."""
    return Token(
        id=int(entry["id"]),
        name=str(entry["name"]),
        created=entry.get("created"),
        expires=entry.get("expiration"),
        last_used=entry.get("lastUsedAt"),
        expired=bool(entry.get("hasExpired")),
        revoked=bool(entry.get("isRevoked")),
    )


def mistyped(key: str) -> bool:
    """Tell whether *key* cannot be right: ``glsa_<32 characters>_<CRC-32 of that, little-endian>`` (9.1 on)."""
    body, _underscore, checksum = key.rpartition("_")
    if re.fullmatch(r"glsa_[A-Za-z0-9]{32}", body) is None:
        return True
    return binascii.crc32(body.encode()).to_bytes(4, "little").hex() != checksum


def _mistyped(stored: Stored) -> bool:
    """Tell whether the stored key is mistyped; where the controller has it, the controller has looked."""
    return stored.refused == "mistyped" or (stored.key is not None and mistyped(stored.key))


def judge(desired: DesiredToken, current: TokenState, own: t.Sequence[Token] = ()) -> tuple[Token | None, str]:
    """Return the token that is present with ``VALID``, or the one to replace (if any) with a key of REASONS.

    *own* are the tokens of the account that bear a name of this one; any that lives is enough without a sink.
    """
    if desired.sink is not None:
        found, verdict = _judge_stored(desired, current)
    else:
        alive = [entry for entry in own if entry.alive]
        if alive:
            found, verdict = alive[-1], VALID
        else:
            found, verdict = (own[-1], "revoked" if own[-1].revoked else "expired") if own else (None, "absent")
    if verdict == VALID and found is not None:
        verdict = _due(desired, found, current.now)
    return found, verdict


def _judge_stored(desired: DesiredToken, current: TokenState) -> tuple[Token | None, str]:
    """Judge a token whose key is to be in a sink."""
    known = current.stored.metadata
    if known is None or known.token_id is None:
        same = [entry for entry in current.tokens if entry.name == desired.name]
        return (same[0], "lost") if same else (None, "absent")
    if current.elsewhere:
        return None, "elsewhere"
    found = next((entry for entry in current.tokens if entry.id == known.token_id), None)
    if found is None:
        return None, "gone"
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
    """Return VALID, or why a token that works is replaced all the same."""
    if desired.rotate == "always":
        return "told"
    expires = moment(found.expires)
    if desired.rotate == "auto" and desired.renew_before and expires is not None:
        return "due" if expires - now <= timedelta(seconds=desired.renew_before) else VALID
    return VALID


def used_by_somebody(entry: Token, proved: str | None) -> bool:
    """Tell whether anybody but this collection has used a token, as far as the server tells.

    A test of the key at *proved* counts as use on the server, which moves the last use at most every 5 minutes.
    """
    last = moment(entry.last_used)
    tested = moment(proved)
    return last is not None and (tested is None or last > tested + _SLACK)


def only_tested(entry: Token) -> bool:
    """Tell whether the only use of a token is as old as the token, as the test of a new key is, which is nobody's."""
    last, created = moment(entry.last_used), moment(entry.created)
    return last is not None and created is not None and last <= created + _SLACK


def never_used(current: TokenState, found: Token) -> bool:
    """Tell whether a token was stored long ago and nobody has used it since: a wrong client, or a wrong org?"""
    created = moment(found.created)
    if created is None or current.now - created < timedelta(seconds=NEVER_USED_AFTER):
        return False
    return not used_by_somebody(found, current.known.proved)
