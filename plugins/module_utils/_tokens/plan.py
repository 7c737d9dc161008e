# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for a token and the other tokens of its account. Pure: no request, no file, no warning."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .._engine.resource import Change, View
from .._grafana.errors import Refused
from .._sinks.base import Previous
from .._text.durations import iso, moment
from .model import IN_USE, REASONS, VALID, DesiredToken, Token, TokenState, judge
from .names import belongs, names

#: What a token with a name of this item may be: one that another run is about to store, or one of another task.
PENDING, FOREIGN = "pending", "foreign"
LOST = "its key was lost when it was created"


@dataclass(frozen=True)
class TokenWork:
    """What ``apply`` does: create a token called *name* (if any), delete *delete*, and store the rest in the metadata.

    *waiting* are replaced tokens that are kept for now, *pending* names of tokens that another run may be about to store.
    *verdict* is VALID, or why the token is not present.
    """

    state: TokenState
    name: str | None = None
    delete: tuple[Token, ...] = ()
    waiting: tuple[Previous, ...] = ()
    pending: tuple[str, ...] = ()
    verdict: str = VALID


@dataclass(frozen=True)
class Others:
    """The account's tokens but the present one.

    *delete* are deleted, each with the reason; *waiting* are replaced and not deleted yet; *pending* may be tokens that
    another run has just created; *foreign* have a name of this item and may belong to another task.
    """

    delete: tuple[tuple[Token, str], ...] = ()
    waiting: tuple[Previous, ...] = ()
    pending: tuple[Token, ...] = ()
    foreign: tuple[Token, ...] = ()

    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens to delete."""
        return tuple(entry for entry, _why in self.delete)


def own_tokens(desired: DesiredToken, current: TokenState) -> list[Token]:
    """Return the account's tokens with a name of this item, but not those with the name of another item of the task."""
    if desired.name is None:
        return []
    claimed = {sibling.name for sibling in current.siblings}
    return [
        entry
        for entry in current.tokens
        if entry.name == desired.name or (entry.name not in claimed and belongs(desired.name, desired.name_template, entry.name))
    ]


def present(desired: DesiredToken, current: TokenState) -> tuple[Token | None, str]:
    """Return the present token with VALID, or the one to replace (if any) with the reason."""
    return judge(desired, current, own_tokens(desired, current))


def others(desired: DesiredToken, current: TokenState, found: Token | None, verdict: str) -> Others:
    """Sort every token but the present one; *found* and *verdict* are the result of :func:`present`."""
    known = current.known
    replaced = {previous.id: previous for previous in known.previous}
    own = {entry.id for entry in own_tokens(desired, current)}
    delete: list[tuple[Token, str]] = []
    waiting: list[Previous] = []
    pending: list[Token] = []
    foreign: list[Token] = []
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
                delete.append((entry, why))
        elif entry.name in current.unanswered:
            delete.append((entry, LOST))
        elif entry.name in known.pending:
            # Without a lock another run may have created the token and not yet stored its key.
            alone = desired.sink is not None and desired.sink.locks
            safe = alone or desired.state == "absent" or not _young(desired, current, entry)
            if safe:
                delete.append((entry, LOST))
            else:
                pending.append(entry)
        elif entry.id in own:
            kind = _unremembered(desired, current, entry, known.token_id is None and desired.state == "absent")
            if kind == PENDING:
                pending.append(entry)
            elif kind == FOREIGN:
                foreign.append(entry)
            else:
                delete.append((entry, kind))
    return Others(tuple(delete), tuple(waiting), tuple(pending), tuple(foreign))


def _replaced(desired: DesiredToken, entry: Token, previous: Previous, now: datetime) -> str | None:
    """Return why a replaced token is deleted now, ``None`` if it is kept for now."""
    if not entry.alive:
        return "it is expired or revoked"
    if desired.keep is None or desired.state == "absent":
        return "it is replaced"
    grace = timedelta(seconds=desired.keep.seconds)
    if not desired.keep.until_unused:
        since = moment(previous.replaced) or now
        return "it is replaced, and keep_previous is over" if now - since >= grace else None
    since = moment(entry.last_used) or moment(entry.created) or now
    return "it is replaced, and has not been used since" if now - since >= grace else None


def _unremembered(desired: DesiredToken, current: TokenState, entry: Token, no_memory: bool) -> str:
    """Return PENDING, FOREIGN, or why a token is deleted that has a name of this item and is not in its metadata."""
    if not entry.alive:
        return "it is expired or revoked"
    if no_memory:
        return "it has the name"
    if desired.sink is None:
        return FOREIGN
    if entry.name != desired.name:
        return FOREIGN  # another task may have a token of that name
    return PENDING if _young(desired, current, entry) else "its key was not stored"


def purged(desired: DesiredToken, current: TokenState, spared: t.Collection[int]) -> list[tuple[Token, str]]:
    """Return the tokens that ``purge`` deletes, with the reason: none with an id of *spared*, none of another item."""
    found = []
    for entry in current.tokens:
        why = _purges(desired, current, entry)
        theirs = any(_is_of(sibling, entry) for sibling in current.siblings)
        if why is not None and entry.id not in spared and not theirs:
            found.append((entry, why))
    return found


def _purges(desired: DesiredToken, current: TokenState, entry: Token) -> str | None:
    """Return which rule of ``purge`` deletes a token, ``None`` for no rule."""
    rules = desired.purge
    if rules.expired and entry.expired:
        return "it has expired"
    if entry.alive and _young(desired, current, entry):
        return None  # another run may have created it a moment ago
    if rules.unlisted:
        return "the task does not name it"
    used = moment(entry.last_used) or moment(entry.created) or current.now
    if rules.unused_for is not None and current.now - used >= timedelta(seconds=rules.unused_for):
        return "it has not been used for so long"
    return None


def _young(desired: DesiredToken, current: TokenState, entry: Token) -> bool:
    made = moment(entry.created)
    return made is not None and current.now - made < timedelta(seconds=desired.orphan_after)


def _is_of(desired: DesiredToken, entry: Token) -> bool:
    return desired.name is not None and belongs(desired.name, desired.name_template, entry.name)


def plan(desired: DesiredToken, current: TokenState) -> Change[TokenWork] | None:
    """Return what has to change. Raises :class:`Refused` for more tokens than ``max_tokens``."""
    found, verdict = present(desired, current) if desired.state == "present" else (None, "absent")
    rest = others(desired, current, found, verdict)
    delete = dict(rest.delete)
    swept: View = {}
    if desired.purge:
        spared = {previous.id for previous in rest.waiting}
        if found is not None and verdict == VALID:
            spared.add(found.id)
        extra = [(entry, why) for entry, why in purged(desired, current, spared) if entry not in delete]
        delete.update(extra)
        swept = {"left_over": {entry.name: why for entry, why in extra}} if extra else {}
    work = TokenWork(current, None, tuple(delete), rest.waiting, _still_pending(desired, current, rest), verdict)
    if desired.state == "absent":
        return _removal(desired, current, work)
    if desired.name is None or verdict == VALID:
        left = {**_never_made(desired, current), **{entry.name: why for entry, why in delete.items()}}
        if not left:
            return None
        shown = view(desired, found.name, VALID) if found is not None else {}
        return Change("tidy", {**shown, "left_over": left}, shown, work, {"left_over": left})
    taken = [*(sibling.name for sibling in current.siblings), *(entry.name for entry in current.tokens)]
    name = next(name for name in names(desired.name, desired.name_template, current.now) if name not in taken)
    _room(desired, current, len(delete))
    was = view(desired, found.name, verdict) if found is not None else {}
    after = view(desired, name, VALID)
    action = "replace" if found is not None else "create"
    planned = {"was": verdict, "reason": REASONS[verdict], **swept}
    return Change(action, {**was, **swept}, after, replace(work, name=name), planned)


def _never_made(desired: DesiredToken, current: TokenState) -> dict[str, str]:
    """Return the noted names that no token on the server has, each with a reason.

    Only for a sink with a lock: without one, another run may be about to create the token. A run that was killed leaves such
    names; it may also leave a partly written file, which the next write of the metadata replaces.
    """
    if desired.sink is None or not desired.sink.locks:
        return {}
    listed = {entry.name for entry in current.tokens}
    return {name: "it was noted and never created" for name in current.known.pending if name not in listed}


def _still_pending(desired: DesiredToken, current: TokenState, rest: Others) -> tuple[str, ...]:
    """Return the noted names that stay noted: of tokens that another run may be about to create or to store.

    A sink with a lock excludes other runs.
    """
    if desired.sink is None or desired.sink.locks:
        return ()
    known = current.known
    listed = {entry.name for entry in current.tokens}
    noted = moment(known.noted)
    lately = noted is not None and current.now - noted < timedelta(seconds=desired.orphan_after)
    waits = {entry.name for entry in rest.pending}
    return tuple(name for name in known.pending if name in waits or (lately and name not in listed))


def _removal(desired: DesiredToken, current: TokenState, work: TokenWork) -> Change[TokenWork] | None:
    """Return the deletion of the token, of replaced ones, and of what is stored."""
    delete = list(work.delete)
    delete += [entry for entry in current.tokens if entry.name == desired.name and entry not in delete]
    if not delete and not current.stored.there:
        return None
    work = replace(work, delete=tuple(delete), waiting=(), pending=())
    return Change("delete", before(desired, current, delete), {}, work)


def _room(desired: DesiredToken, current: TokenState, going: int) -> None:
    """Raise :class:`Refused` if one more token would be more than ``max_tokens``."""
    listed = max(len(current.tokens), current.account.tokens if current.account else 0)
    if desired.max_tokens is not None and listed - going + 1 > desired.max_tokens:
        raise Refused(
            "service account %s has %d tokens, of which %d will be deleted; one more would exceed max_tokens (%d): delete tokens "
            "that are not needed with purge, or raise max_tokens" % (desired.service_account, listed, going, desired.max_tokens),
            code="too_many_tokens",
            tokens=[entry.name for entry in current.tokens],
        )


def view(desired: DesiredToken, name: str, verdict: str) -> View:
    """Return a token for a diff, without its key and its times."""
    shown: View = {"name": name, "service_account": desired.service_account, "status": verdict}
    if verdict in REASONS:
        shown["reason"] = REASONS[verdict]
    if desired.sink is not None:
        shown["dest"] = desired.sink.where
    return shown


def before(desired: DesiredToken, current: TokenState, delete: t.Sequence[Token]) -> View:
    """Return what will be deleted, for a diff."""
    shown: View = {"service_account": desired.service_account, "tokens": [entry.name for entry in delete]}
    if desired.sink is not None and current.stored.there:
        shown["dest"] = desired.sink.where
    return shown
