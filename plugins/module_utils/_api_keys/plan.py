# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API key that is wanted, what is there, and what follows from the two. All of it is pure.

An API key cannot be changed, its name is unique in its organization, and its secret is shown once. So whatever is not as
the task says can be mended in one way only: the old key is deleted, and another one is made. Whoever uses the old one is
locked out by that, and so it has to be allowed.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .._engine.resource import Change, View
from .._grafana.errors import GrafanaError, Refused
from .._orgs.service_accounts import Account
from .._sinks.base import NOTHING, Metadata, Sink, Stored
from .._text.durations import moment
from .._tokens.model import ORPHAN_AFTER
from .api import ApiKey

VALID = "valid"
#: Whether an API key that is not as the task says may be deleted, to be made again.
NEVER, WHEN_NEEDED = "never", "when_needed"
#: The role of a new key where the task says none: the least.
LEAST_ROLE = "Viewer"
#: How far a lifetime may be off, as the server and whoever noted when a key was made round.
_SLACK = timedelta(seconds=60)

#: Why an API key is not present as the task says, in words.
REASONS = {
    "absent": "there is no such API key",
    "gone": "the server does not list it any more",
    "expired": "it has expired",
    "role": "it has another role",
    "lifetime": "it has another lifetime",
    "unanswered": "its key was lost when it was made",
    "lost": "nothing is remembered of its key",
    "elsewhere": "the place holds the key of something else",
    "remade": "the stored key is that of an earlier API key of this name",
    "no key": "its key is not there any more",
    "other key": "another key is stored than was put there",
    "refused": "the server refuses the stored key",
}


@dataclass(frozen=True)
class DesiredKey:
    """An API key as a task wants it; *lifetime* is in seconds, 0 is meant to be none."""

    name: str
    role: str | None = None
    lifetime: int | None = None
    sink: Sink | None = None
    state: str = "present"
    replace: str = NEVER


@dataclass(frozen=True)
class KeyState:
    """All that is known before (or after) the work: on the server, and in the place of the key.

    *found* is the listed key of the name, *works* what the server said to the stored key where it was asked, *unmakable*
    why this server makes no key (``None`` where it does), *heir* the service account that the key was migrated to.
    """

    where: str = ""
    org_id: int | None = None
    found: ApiKey | None = None
    stored: Stored = NOTHING
    works: bool | None = None
    #: Whether the server's list of keys ended before all of them.
    cut: bool = False
    unmakable: GrafanaError | None = None
    heir: Account | None = None
    #: Whether the key was asked for in this run without an answer.
    unanswered: bool = False
    now: datetime = datetime(1970, 1, 1, tzinfo=timezone.utc)
    #: Why the key was made or found anew by this run, if it was: a key of REASONS.
    was: str | None = None


@dataclass(frozen=True)
class KeyWork:
    """What ``apply`` does: *make* a key with *role* (after *old* is deleted, if there is one), or *adopt* the stored one."""

    state: KeyState
    make: bool = False
    role: str = LEAST_ROLE
    old: ApiKey | None = None
    adopt: bool = False
    was: str | None = None


def known(desired: DesiredKey, state: KeyState) -> Metadata:
    """Return what is remembered beside the stored key, as far as it is of this API key."""
    found = state.stored.metadata
    return Metadata() if found is None or foreign(desired, state) else found


def foreign(desired: DesiredKey, state: KeyState) -> str | None:
    """Return whose key the place holds, in words; ``None`` where it is free, or this API key's."""
    found = state.stored.metadata
    if found is None:
        return None
    if found.service_account_id is not None:
        return "token %s of service account %s" % (_name(found), found.service_account or found.service_account_id)
    if found.name not in (None, desired.name) or found.org_id not in (None, state.org_id):
        return "API key %s of org %s" % (_name(found), found.org_name or found.org_id)
    return None


def _name(about: Metadata) -> str:
    return about.name or ", ".join(about.pending)


def remembered(desired: DesiredKey, state: KeyState) -> bool:
    """Tell whether what is remembered is the listed key, and the stored one."""
    about = known(desired, state)
    listed = state.found is not None and about.token_id == state.found.id
    return listed and about.fingerprint is not None and about.fingerprint == state.stored.fingerprint


def created(desired: DesiredKey, state: KeyState) -> str | None:
    """Return when the listed key was made, which only what is remembered tells."""
    about = known(desired, state)
    return about.created if state.found is not None and about.token_id == state.found.id else None


def judge(desired: DesiredKey, state: KeyState) -> list[str]:
    """Return why the API key is not present as the task says, as keys of REASONS; none where it is."""
    found = state.found
    if found is None:
        return ["absent" if known(desired, state).token_id is None else "gone"]
    reasons = []
    if found.expired:
        reasons.append("expired")
    if desired.role is not None and desired.role != found.role:
        reasons.append("role")
    if not found.expired and other_lifetime(desired, found, created(desired, state), state.now):
        reasons.append("lifetime")
    stored = _not_stored(desired, state, found) if desired.sink is not None else None
    if stored == "unanswered":
        return [stored, *reasons]  # nobody has such a key, whatever else is the matter with it
    return [*reasons, stored] if stored else reasons


def other_lifetime(desired: DesiredKey, found: ApiKey, made: str | None, now: datetime) -> bool:
    """Tell whether a key's lifetime is another than the task's.

    The server does not tell when a key was made (*made*, where it is remembered): without that, only a key that ends later
    than one made now would is known to have another lifetime.
    """
    if desired.lifetime is None:
        return False
    ends, began = moment(found.expires), moment(made)
    if ends is None or desired.lifetime == 0:
        return (ends is None) != (desired.lifetime == 0)
    wanted = timedelta(seconds=desired.lifetime)
    return abs(ends - began - wanted) > _SLACK if began is not None else ends - now > wanted + _SLACK


def _not_stored(desired: DesiredKey, state: KeyState, found: ApiKey) -> str | None:
    """Return why the place does not hold the key of the listed API key, ``None`` where it does."""
    if foreign(desired, state):
        return "elsewhere"
    if state.works:
        return None
    about, stored = known(desired, state), state.stored
    made_by_us = state.unanswered or desired.name in about.pending
    verdicts = (
        ("unanswered", about.token_id != found.id and made_by_us),
        ("lost", about.token_id is None),
        ("remade", about.token_id != found.id),
        ("no key", stored.fingerprint is None),
        ("other key", stored.fingerprint != about.fingerprint),
        ("refused", state.works is False),
    )
    return next((verdict for verdict, holds in verdicts if holds), None)


def nobodys(desired: DesiredKey, state: KeyState, reasons: t.Collection[str]) -> bool:
    """Tell whether a listed key was made by a run that could not store it, so that nobody has it.

    Where the place cannot be locked, another run may be about to store it for a while yet.
    """
    if "unanswered" not in reasons or desired.sink is None:
        return False
    noted = moment(known(desired, state).noted)
    old = noted is not None and state.now - noted >= timedelta(seconds=ORPHAN_AFTER)
    return desired.sink.locks or state.unanswered or old


def plan(desired: DesiredKey, state: KeyState) -> Change | None:
    """Return what has to be done; ``data`` is :class:`KeyWork`. Raises for what cannot be, or may not be, done."""
    if desired.state == "absent":
        return _gone(desired, state)
    reasons = judge(desired, state)
    if not reasons:
        return _kept(desired, state)
    if state.unmakable is not None:
        raise state.unmakable
    if state.found is not None and desired.replace == NEVER and not nobodys(desired, state, reasons):
        raise _may_not(desired, state, reasons)
    if desired.sink is None:
        raise Refused(
            "API key %s of %s would have to be made, and its key would be lost: set dest (a file for it) or sink"
            % (desired.name, state.where),
            code="no_place_for_key",
        )
    holder = foreign(desired, state)
    if holder is not None and desired.replace == NEVER:
        raise Refused(
            "%s holds the key of %s, which API key %s would overwrite: give each key a place of its own, or set replace: "
            "when_needed" % (desired.sink.where, holder, desired.name),
            code="place_taken",
        )
    role = desired.role or (state.found.role if state.found else LEAST_ROLE)
    was = reasons[0]
    before = _was(desired, state, reasons) if state.found else {}
    work = KeyWork(state, make=True, role=role, old=state.found, was=was)
    return Change("replace" if state.found else "create", before, view(desired, role), work, {"was": was, "reason": REASONS[was]})


def _may_not(desired: DesiredKey, state: KeyState, reasons: t.Sequence[str]) -> Refused:
    """Return the error for a key that only another one could mend."""
    found = t.cast(ApiKey, state.found)
    told = {
        "role": "its role is %s, not %s" % (found.role, desired.role),
        "lifetime": "it expires %s, which is not what seconds_to_live says" % (found.expires or "never"),
        "expired": "it has expired (%s)" % found.expires,
        "elsewhere": "the place holds the key of %s" % foreign(desired, state),
    }
    if "unanswered" in reasons:
        advice = (
            "another run may be about to store it: run the task again in %d minutes, or set replace: when_needed to have it "
            "deleted and made again now" % (ORPHAN_AFTER // 60)
        )
    else:
        advice = (
            "an API key cannot be changed and is shown once: change the task, or set replace: when_needed to have it deleted "
            "and made again, and let whoever uses it take the new key"
        )
    return Refused(
        "API key %s of %s is not as the task says: %s; %s"
        % (desired.name, state.where, "; ".join(told.get(one, REASONS[one]) for one in reasons), advice),
        code="replace_needed",
        reasons=list(reasons),
    )


def _kept(desired: DesiredKey, state: KeyState) -> Change | None:
    """Return what is left to do for a key that is as it should be: what is remembered of it may not be."""
    if desired.sink is None:
        return None
    shown = view(desired, t.cast(ApiKey, state.found).role)
    if not remembered(desired, state) and state.works:
        # The key that is there is this one, and has shown it: stored by hand, or by a run that died right after.
        return Change("adopt", {**shown, "remembered": False}, shown, KeyWork(state, adopt=True))
    noted = known(desired, state).pending
    if noted and desired.sink.locks:
        # A run that died noted a key that it never made. Without a lock that waits until the next key is stored.
        return Change("tidy", {**shown, "left_over": list(noted)}, shown, KeyWork(state, adopt=True))
    return None


def _gone(desired: DesiredKey, state: KeyState) -> Change | None:
    """Return what takes a key away, with what was stored of it."""
    stored = removable(desired, state)
    if state.found is None and not stored:
        return None
    before: View = {"name": desired.name}
    if state.found is not None:
        before["role"] = state.found.role
    if stored and desired.sink is not None:
        before["dest"] = desired.sink.where
    return Change("delete", before, {}, KeyWork(state, old=state.found))


def removable(desired: DesiredKey, state: KeyState) -> bool:
    """Tell whether what is stored is to go with the key: not what is another's, and no key that lives on as a token."""
    if desired.sink is None or not state.stored.there or foreign(desired, state):
        return False
    return state.heir is None or state.found is not None


def view(desired: DesiredKey, role: str) -> View:
    """Return what users see of a key that is present, in a diff; its key and its times are left out."""
    shown: View = {"name": desired.name, "role": role, "status": VALID}
    if desired.lifetime is not None:
        shown["seconds_to_live"] = desired.lifetime
    if desired.sink is not None:
        shown["dest"] = desired.sink.where
    return shown


def _was(desired: DesiredKey, state: KeyState, reasons: t.Sequence[str]) -> View:
    """Return what users see of a key that is replaced, in a diff."""
    found = t.cast(ApiKey, state.found)
    shown: View = {"name": found.name, "role": found.role, "status": reasons[0]}
    shown.update(expires=found.expires, reason="; ".join(REASONS[one] for one in reasons))
    if desired.sink is not None:
        shown["dest"] = desired.sink.where
    return shown
