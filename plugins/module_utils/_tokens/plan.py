# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be done about a token and the others of its account. All of it is pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .._engine.resource import Change, View
from .._grafana.errors import Refused
from .._sinks.base import Previous
from .._text.durations import iso, moment
from .model import IN_USE, REASONS, VALID, DesiredToken, Token, TokenState, judge, used_by_somebody
from .names import belongs, names

#: A token with a name of ours that another run may be about to store, and one that may be another task's.
PENDING, STRANGE = "pending", "strange"
LOST = "its key was lost when it was made"


@dataclass(frozen=True)
class TokenWork:
    """What ``apply`` does: make a token called *name* (if any), delete *doomed*, and remember the rest for later.

    *waiting* are replaced tokens that are kept, *pending* names of tokens that another run may be about to store.
    """

    state: TokenState
    name: str | None = None
    doomed: tuple[Token, ...] = ()
    waiting: tuple[Previous, ...] = ()
    pending: tuple[str, ...] = ()
    verdict: str = VALID


@dataclass(frozen=True)
class Others:
    """What becomes of the account's tokens but the present one.

    *doomed* are to be deleted, each with why; *waiting* are replaced and not to be deleted yet; *pending* may be what
    another run has just made; *strangers* bear a name of ours, and may be another task's.
    """

    doomed: tuple[tuple[Token, str], ...] = ()
    waiting: tuple[Previous, ...] = ()
    pending: tuple[Token, ...] = ()
    strangers: tuple[Token, ...] = ()

    def tokens(self) -> tuple[Token, ...]:
        """Return the doomed ones."""
        return tuple(entry for entry, _why in self.doomed)


def ours(desired: DesiredToken, current: TokenState) -> list[Token]:
    """Return the account's tokens that bear a name of this item, but names that other items of the task bear."""
    if desired.name is None:
        return []
    claimed = {sibling.name for sibling in current.siblings}
    return [
        entry
        for entry in current.tokens
        if entry.name == desired.name or (entry.name not in claimed and belongs(desired.name, desired.name_template, entry.name))
    ]


def present(desired: DesiredToken, current: TokenState) -> tuple[Token | None, str]:
    """Return the token that is present with VALID, or the one to replace with the reason."""
    return judge(desired, current, ours(desired, current))


def others(desired: DesiredToken, current: TokenState, found: Token | None, verdict: str) -> Others:
    """Return what becomes of every token but the present one; *found* and *verdict* are what :func:`present` says."""
    known = current.known
    replaced = {previous.id: previous for previous in known.previous}
    own = {entry.id for entry in ours(desired, current)}
    doomed: list[tuple[Token, str]] = []
    waiting: list[Previous] = []
    pending: list[Token] = []
    strangers: list[Token] = []
    for entry in current.tokens:
        if verdict == VALID and found is not None and entry.id == found.id:
            continue
        previous = replaced.get(entry.id)
        if entry.id == known.token_id or (entry is found and verdict in IN_USE):
            previous = Previous(entry.id, entry.name, iso(current.now))
        if previous is not None:
            why = _replaced(desired, entry, previous, current.now)
            if why is None:
                waiting.append(previous)
            else:
                doomed.append((entry, why))
        elif entry.name in current.unanswered:
            doomed.append((entry, LOST))
        elif entry.name in known.pending:
            # Without a lock another run may be at work, between making a token and storing its key.
            alone = desired.sink is not None and desired.sink.locks
            safe = alone or desired.state == "absent" or not _young(desired, current, entry)
            if safe:
                doomed.append((entry, LOST))
            else:
                pending.append(entry)
        elif entry.id in own:
            fate = _stranger(desired, current, entry, known.token_id is None and desired.state == "absent")
            if fate == PENDING:
                pending.append(entry)
            elif fate == STRANGE:
                strangers.append(entry)
            else:
                doomed.append((entry, fate))
    return Others(tuple(doomed), tuple(waiting), tuple(pending), tuple(strangers))


def _replaced(desired: DesiredToken, entry: Token, previous: Previous, now: datetime) -> str | None:
    """Return why a token that was replaced is deleted now, ``None`` if it has to wait."""
    if not entry.alive:
        return "it is expired or revoked"
    if desired.keep is None or desired.state == "absent":
        return "it is replaced"
    grace = timedelta(seconds=desired.keep.seconds)
    if not desired.keep.until_unused:
        since = moment(previous.replaced) or now
        return "it is replaced, and keep_previous is over" if now - since >= grace else None
    since = moment(entry.last_used) or moment(entry.created) or now
    return "it is replaced, and nobody has used it since" if now - since >= grace else None


def _stranger(desired: DesiredToken, current: TokenState, entry: Token, no_memory: bool) -> str:
    """Return what becomes of a token with a name of ours of which nothing is remembered.

    That is PENDING, STRANGE, or why it is deleted.
    """
    if not entry.alive:
        return "it is expired or revoked"
    if no_memory:
        return "it has the name"
    if desired.sink is None:
        return STRANGE
    if entry.name != desired.name:
        return STRANGE  # it may be that of another task, whose token is called so
    return PENDING if _young(desired, current, entry) else "nothing is remembered of its key"


def purged(desired: DesiredToken, current: TokenState, spared: t.Collection[int]) -> list[tuple[Token, str]]:
    """Return the tokens that ``purge`` takes away, with why: none of *spared* ids, none of another item of the task."""
    found = []
    for entry in current.tokens:
        why = _purges(desired, current, entry)
        theirs = any(_is_of(sibling, entry) for sibling in current.siblings)
        if why is not None and entry.id not in spared and not theirs:
            found.append((entry, why))
    return found


def _purges(desired: DesiredToken, current: TokenState, entry: Token) -> str | None:
    """Return which rule of ``purge`` takes a token away, if one does."""
    rules = desired.purge
    if rules.expired and entry.expired:
        return "it has expired"
    if entry.alive and _young(desired, current, entry):
        return None  # another run may have made it a moment ago
    if rules.unlisted:
        return "the task does not name it"
    used = moment(entry.last_used) or moment(entry.created) or current.now
    if rules.unused_for is not None and current.now - used >= timedelta(seconds=rules.unused_for):
        return "nobody has used it for so long"
    return None


def _young(desired: DesiredToken, current: TokenState, entry: Token) -> bool:
    made = moment(entry.created)
    return made is not None and current.now - made < timedelta(seconds=desired.orphan_after)


def _is_of(desired: DesiredToken, entry: Token) -> bool:
    return desired.name is not None and belongs(desired.name, desired.name_template, entry.name)


def plan(desired: DesiredToken, current: TokenState) -> Change | None:
    """Return what has to be done; ``data`` is :class:`TokenWork`. Raises :class:`Refused` for what cannot be done."""
    found, verdict = present(desired, current) if desired.state == "present" else (None, "absent")
    rest = others(desired, current, found, verdict)
    doomed = dict(rest.doomed)
    swept: View = {}
    if desired.purge:
        spared = {previous.id for previous in rest.waiting}
        if found is not None and verdict == VALID:
            spared.add(found.id)
        extra = [(entry, why) for entry, why in purged(desired, current, spared) if entry not in doomed]
        doomed.update(extra)
        swept = {"left_over": {entry.name: why for entry, why in extra}} if extra else {}
    work = TokenWork(current, None, tuple(doomed), rest.waiting, _still_pending(desired, current, rest), verdict)
    if desired.state == "absent":
        return _gone(desired, current, work)
    if desired.name is None or verdict == VALID:
        left = {**_never_made(desired, current), **{entry.name: why for entry, why in doomed.items()}}
        if not left:
            return None
        shown = view(desired, found.name, VALID) if found is not None else {}
        return Change("tidy", {**shown, "left_over": left}, shown, work, {"left_over": left})
    taken = [*(sibling.name for sibling in current.siblings), *(entry.name for entry in current.tokens)]
    name = next(name for name in names(desired.name, desired.name_template, current.now) if name not in taken)
    _room(desired, current, len(doomed))
    was = view(desired, found.name, verdict) if found is not None else {}
    after = view(desired, name, VALID)
    action = "replace" if found is not None else "create"
    planned = {"was": verdict, "reason": REASONS[verdict], **swept}
    return Change(action, {**was, **swept}, after, replace(work, name=name), planned)


def _never_made(desired: DesiredToken, current: TokenState) -> dict[str, str]:
    """Return the noted names that no token bears, where a lock tells that no run is about to make one.

    A run that died left them, and perhaps half of a file.
    """
    if desired.sink is None or not desired.sink.locks:
        return {}
    listed = {entry.name for entry in current.tokens}
    return {name: "it was to be made, and is not there" for name in current.known.pending if name not in listed}


def _still_pending(desired: DesiredToken, current: TokenState, rest: Others) -> tuple[str, ...]:
    """Return the noted names that stay noted: of tokens that another run may be about to store, or to make.

    Where the place has a lock no other run is at work.
    """
    if desired.sink is None or desired.sink.locks:
        return ()
    known = current.known
    listed = {entry.name for entry in current.tokens}
    noted = moment(known.noted)
    lately = noted is not None and current.now - noted < timedelta(seconds=desired.orphan_after)
    waits = {entry.name for entry in rest.pending}
    return tuple(name for name in known.pending if name in waits or (lately and name not in listed))


def _gone(desired: DesiredToken, current: TokenState, work: TokenWork) -> Change | None:
    """Return what takes the token away, with all that was kept of it."""
    doomed = list(work.doomed)
    doomed += [entry for entry in current.tokens if entry.name == desired.name and entry not in doomed]
    if not doomed and not current.stored.there:
        return None
    work = replace(work, doomed=tuple(doomed), waiting=(), pending=())
    return Change("delete", before(desired, current, doomed), {}, work)


def _room(desired: DesiredToken, current: TokenState, going: int) -> None:
    """Raise :class:`Refused` where one token more would be too many for ``max_tokens``."""
    listed = max(len(current.tokens), current.account.tokens if current.account else 0)
    if desired.max_tokens is not None and listed - going + 1 > desired.max_tokens:
        raise Refused(
            "service account %s has %d tokens, of which %d are to go; one more is over max_tokens (%d): take away what is "
            "not needed with purge, or raise max_tokens" % (desired.service_account, listed, going, desired.max_tokens),
            code="too_many_tokens",
            tokens=[entry.name for entry in current.tokens],
        )


def view(desired: DesiredToken, name: str, verdict: str) -> View:
    """Return what users see of a token in a diff; its key and its times are left out."""
    shown: View = {"name": name, "service_account": desired.service_account, "status": verdict}
    if verdict in REASONS:
        shown["reason"] = REASONS[verdict]
    if desired.sink is not None:
        shown["dest"] = desired.sink.where
    return shown


def before(desired: DesiredToken, current: TokenState, doomed: t.Sequence[Token]) -> View:
    """Return what is to be removed, for a diff."""
    shown: View = {"service_account": desired.service_account, "tokens": [entry.name for entry in doomed]}
    if desired.sink is not None and current.stored.there:
        shown["dest"] = desired.sink.where
    return shown


__all__ = ["Others", "TokenWork", "before", "others", "ours", "plan", "present", "purged", "used_by_somebody", "view"]
