# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of service accounts: what is wanted, what is there, and what follows from the two.

A key is shown once, by the answer that makes it. So a token is *present* only if the key that was stored is
the key of a token that the server lists and that still works; in every other case it is replaced.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.orgsmith.grafana.plugins.module_utils._reconcile import Change, View
from ansible_collections.orgsmith.grafana.plugins.module_utils._secrets import KeyFile, Metadata
from ansible_collections.orgsmith.grafana.plugins.module_utils._service_accounts import Account

OPTIONS: dict[str, dict[str, t.Any]] = {
    "service_account": {"type": "raw"},
    "name": {"type": "raw"},
    "seconds_to_live": {"type": "raw", "no_log": False},
    "dest": {"type": "path"},
    "return_key": {"type": "bool", "no_log": False},
    "prove": {"type": "str", "choices": ["new", "always", "never"]},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

VALID = "valid"

#: Why a token is not present, in words.
REASONS = {
    "absent": "there is no such token",
    "lost": "nothing is remembered of its key",
    "elsewhere": "the key in dest is of another organization or service account",
    "gone": "the server does not list it any more",
    "expired": "it has expired",
    "revoked": "it is revoked",
    "no key": "dest does not hold its key any more",
    "other key": "dest holds another key than was stored there",
    "refused": "the server refuses its key",
}


@dataclass(frozen=True)
class DesiredToken:
    """A token as a task wants it.

    *service_account* is a name, or an id as a number; *lifetime* is in seconds, 0 is meant to be none.
    """

    service_account: str | int
    name: str
    lifetime: int | None = None
    dest: KeyFile | None = None
    return_key: bool = False
    prove: str = "new"
    state: str = "present"


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
    """All that is known before (or after) the work: on the server, and in ``dest``.

    *stored* is the fingerprint of the key that ``dest`` holds now, *refused* whether the server was asked and
    refused it, *key* the key of a token that was made a moment ago.
    """

    account: Account | None
    org_id: int | None = None
    tokens: tuple[Token, ...] = ()
    metadata: Metadata | None = None
    stored: str | None = None
    there: bool = False
    refused: bool = False
    key: str | None = field(default=None, repr=False)


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


def numbered(base: str, number: int) -> str:
    """Return the name of the *number*-th token of *base*: ``ci``, ``ci-2``, ``ci-3``."""
    return base if number == 1 else "%s-%d" % (base, number)


def belongs(base: str, name: str) -> bool:
    """Tell whether *name* is *base* or one that replaces it."""
    return re.fullmatch(r"%s(-[1-9]\d*)?" % re.escape(base), name) is not None


def judge(desired: DesiredToken, current: TokenState) -> tuple[Token | None, str]:
    """Return the token that is present with ``VALID``, or the one to replace (if any) with a key of REASONS."""
    if desired.dest is None:
        own = [entry for entry in current.tokens if belongs(desired.name, entry.name)]
        alive = [entry for entry in own if entry.alive]
        if alive:
            return alive[-1], VALID
        return (own[-1], "revoked" if own[-1].revoked else "expired") if own else (None, "absent")
    return _judge_stored(desired, current)


def _judge_stored(desired: DesiredToken, current: TokenState) -> tuple[Token | None, str]:
    """Judge a token whose key is to be in ``dest``."""
    known = current.metadata
    if known is None or known.token_id is None:
        same = [entry for entry in current.tokens if entry.name == desired.name]
        return (same[0], "lost") if same else (None, "absent")
    account_id = current.account.id if current.account else None
    if known.org_id != current.org_id or known.service_account_id != account_id:
        return None, "elsewhere"
    found = next((entry for entry in current.tokens if entry.id == known.token_id), None)
    if found is None:
        return None, "gone"
    verdicts = (
        ("revoked", found.revoked),
        ("expired", found.expired),
        ("no key", current.stored is None),
        ("other key", current.stored != known.fingerprint),
        ("refused", current.refused),
    )
    return found, next((verdict for verdict, holds in verdicts if holds), VALID)


def ours(desired: DesiredToken, current: TokenState, claimed: t.Collection[str] = ()) -> list[Token]:
    """Return the tokens of the account that are this item's, whatever their state.

    Ours is what the metadata names, what bears exactly the base name, and what bears a numbered one and is
    dead. A numbered one that is alive may be somebody's: it is ours only where the task removes a token of
    which no metadata tells. Names that other items of the task bear (*claimed*) are never ours.
    """
    known = current.metadata or Metadata()
    no_memory = known.token_id is None and desired.state == "absent"
    found = []
    for entry in current.tokens:
        remembered = entry.id == known.token_id or entry.name in known.pending
        named = entry.name == desired.name
        numbered_one = belongs(desired.name, entry.name) and (not entry.alive or no_memory)
        if remembered or named or (numbered_one and entry.name not in claimed):
            found.append(entry)
    return found


def plan(desired: DesiredToken, current: TokenState, claimed: t.Collection[str] = ()) -> Change | None:
    """Return what has to be done. Pure. ``data`` is the name of the token to make and what to delete after."""
    if desired.state == "absent":
        obsolete = ours(desired, current, claimed)
        if not obsolete and not current.there:
            return None
        return Change("delete", before(desired, current, obsolete), {}, (None, obsolete))
    found, verdict = judge(desired, current)
    if verdict == VALID and found is not None:
        known = current.metadata or Metadata()
        left = [entry for entry in current.tokens if entry.name in known.pending and entry.id != found.id]
        if not left:
            return None
        shown = view(desired, found.name, VALID)
        return Change("tidy", {**shown, "left_over": [entry.name for entry in left]}, shown, (None, left))
    obsolete = ours(desired, current, claimed)
    name = next_name(desired.name, [*claimed, *(entry.name for entry in current.tokens)])
    after = view(desired, name, VALID)
    was = view(desired, found.name, verdict) if found is not None else {}
    return Change("replace" if found is not None else "create", was, after, (name, obsolete))


def next_name(base: str, taken: t.Collection[str]) -> str:
    """Return the first name of *base* that is not taken: expired tokens keep theirs."""
    return next(name for name in (numbered(base, number) for number in range(1, len(taken) + 2)) if name not in taken)


def view(desired: DesiredToken, name: str, verdict: str) -> View:
    """Return what users see of a token in a diff; its key and its times are left out."""
    shown: View = {"name": name, "service_account": desired.service_account, "status": verdict}
    if desired.dest is not None:
        shown["dest"] = desired.dest.path
    return shown


def before(desired: DesiredToken, current: TokenState, obsolete: t.Sequence[Token]) -> View:
    """Return what is to be removed, for a diff."""
    shown: View = {"service_account": desired.service_account, "tokens": [entry.name for entry in obsolete]}
    if desired.dest is not None and current.there:
        shown["dest"] = desired.dest.path
    return shown
