# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for a token and the other tokens of its account. Pure: no request, no file, no warning."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .._engine.resource import Change, View
from .._grafana.errors import GrafanaError, Refused
from .._sinks.base import Previous
from .._text.durations import iso, moment
from .holder import check_sink
from .model import FAIL, IN_USE, REASONS, VALID, DesiredToken, Keep, Token, TokenState, foreign, judge
from .names import belongs, names

LOST = "its key was lost when it was created"


@dataclass(frozen=True)
class TokenWork:
    """What ``apply`` does: create a token called *name* (if any), delete *delete*, and store the rest in the metadata.

    *delete* are tokens, each with the reason. *waiting* are replaced tokens that are kept for now, *pending* names of tokens
    that another run may be about to store. *verdict* is VALID, or why the token is not present.
    """

    state: TokenState
    name: str | None = None
    delete: tuple[tuple[Token, str], ...] = ()
    waiting: tuple[Previous, ...] = ()
    pending: tuple[str, ...] = ()
    verdict: str = VALID

    @property
    def to_delete(self) -> tuple[Token, ...]:
        """The tokens to delete."""
        return tuple(entry for entry, _why in self.delete)


@dataclass(frozen=True)
class Others:
    """The account's tokens but the present one.

    *delete* are deleted, each with the reason; *waiting* are replaced and not deleted yet; *pending* may be tokens that
    another run has just created; *foreign* have a name of this item, and the metadata does not know them.
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
    own = own_tokens(desired, current)
    stored, theirs = current.stored_token, foreign(desired, current, own)
    delete: list[tuple[Token, str]] = []
    waiting: list[Previous] = []
    pending: list[Token] = []
    unknown: list[Token] = []
    for entry in current.tokens:
        if verdict == VALID and found is not None and entry.id == found.id:
            continue
        previous = replaced.get(entry.id)
        if entry is stored or (entry is found and verdict in IN_USE) or (verdict == "foreign" and entry in theirs):
            previous = replaced_now(desired.keep, entry, current.now)
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
        elif entry in own:
            why = _unknown(desired, current, entry)
            if why is None:
                unknown.append(entry)
            else:
                delete.append((entry, why))
    return Others(tuple(delete), tuple(waiting), tuple(pending), tuple(unknown))


def _replaced(desired: DesiredToken, entry: Token, previous: Previous, now: datetime) -> str | None:
    """Return why a replaced token is deleted now, ``None`` if it is kept for now."""
    if not entry.alive:
        return "it is expired or revoked"
    if desired.state == "absent":
        return "it is replaced"
    wish = replaced_now(desired.keep, entry, moment(previous.replaced) or now)
    ends = max((end for end in (moment(previous.keep_until), moment(wish.keep_until)) if end is not None), default=None)
    if ends is not None and now < ends:
        return None
    unused_for = max(previous.unused_for or 0, wish.unused_for or 0)
    used = moment(entry.last_used) or moment(entry.created) or now
    if unused_for and now - used < timedelta(seconds=unused_for):
        return None
    if unused_for:
        return "it is replaced, and has not been used since"
    return "it is replaced" if ends is None else "it is replaced, and keep_previous is over"


def replaced_now(keep: Keep | None, entry: Token, now: datetime) -> Previous:
    """Return a token that is replaced *now*, with the promise of *keep*."""
    if keep is None:
        return Previous(entry.id, entry.name, iso(now))
    if keep.until_unused:
        return Previous(entry.id, entry.name, iso(now), unused_for=keep.seconds)
    return Previous(entry.id, entry.name, iso(now), keep_until=iso(now + timedelta(seconds=keep.seconds)))


def _unknown(desired: DesiredToken, current: TokenState, entry: Token) -> str | None:
    """Return why a token is deleted that has a name of this item and is not in its metadata; ``None`` if it stays.

    Another task, host or person may have created it, so only a task without a sink, a removal by name, and
    ``on_foreign_token: replace`` delete it.
    """
    by_name = not current.described or not entry.alive or desired.on_foreign != FAIL
    if desired.state == "absent" and entry.name == desired.name and by_name:
        return "it has the name"
    if desired.sink is None and not entry.alive:
        return "it is expired or revoked"
    return None


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
    """Return what has to change.

    Raises :class:`Refused` for more tokens than ``max_tokens``, for a token or a stored key of something else, and for a token
    that may be beyond the end of the server's list.
    """
    if current.cut is not None and desired.state == "present":
        return _purge_first(desired, current)
    found, verdict = present(desired, current)
    if desired.name is not None:
        check_sink(desired, current, verdict)
        _check_foreign(desired, current, verdict)
    if desired.state == "absent":
        found, verdict = None, "absent"
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
    work = TokenWork(current, None, tuple(delete.items()), rest.waiting, _still_pending(desired, current, rest), verdict)
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


def _purge_first(desired: DesiredToken, current: TokenState) -> Change[TokenWork]:
    """Return the purge after which the server lists more tokens; raise if the task purges none of the listed ones."""
    check_sink(desired, current, VALID)
    known = current.known
    spared = {known.token_id, *(previous.id for previous in known.previous)}
    delete = purged(desired, current, t.cast("set[int]", spared))
    if not delete:
        raise t.cast(GrafanaError, current.cut)
    left = {entry.name: why for entry, why in delete}
    work = TokenWork(current, None, tuple(delete), known.previous, known.pending)
    return Change("tidy", {"left_over": left}, {}, work, {"left_over": left})


def _check_foreign(desired: DesiredToken, current: TokenState, verdict: str) -> None:
    """Raise :class:`Refused` for a token of the task's name that its sink does not know, if the task may not replace it."""
    if desired.sink is None or desired.on_foreign != FAIL:
        return
    theirs = foreign(desired, current, own_tokens(desired, current))
    if desired.state == "present":
        theirs, does = theirs if verdict == "foreign" else [], "replaces it and honours keep_previous"
    else:
        # Without metadata the name decides.
        theirs, does = [entry for entry in theirs if current.described and entry.name == desired.name], "deletes it, too"
    if not theirs:
        return
    one = theirs[0]
    raise Refused(
        "service account %s has a token %s (id %d, %s) whose key this task did not store in %s: another task, host or person "
        "created it, and may use it. Set dest or sink to where its key and metadata are stored, or choose another name, or set "
        "on_foreign_token: replace, which %s"
        % (
            desired.service_account,
            one.name,
            one.id,
            "last used %s" % one.last_used if one.last_used else "never used",
            desired.sink.where,
            does,
        ),
        code="foreign_token",
        tokens=[{"id": entry.id, "name": entry.name, "last_used": entry.last_used} for entry in theirs],
    )


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
    if current.cut is not None and current.known.token_id is not None:
        # The server deletes a token by its id, whether its list contains it or not.
        unlisted = Token(current.known.token_id, str(current.known.name))
        work = replace(work, delete=(*work.delete, (unlisted, "the metadata names it")))
    if not work.delete and not current.stored.there:
        return None
    work = replace(work, waiting=(), pending=())
    return Change("delete", before(desired, current, work.to_delete), {}, work)


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
