# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys: what a task wants, what the server and the sink have, and the plan. Pure: no request, no file, no warning.

An API key cannot be changed, its name is unique in its organization, and the server shows its secret once. So a difference
can be resolved in one way only: delete the key and create another one. That locks out the clients that use the old one, so
the task must allow it.
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
#: Whether an API key that differs from the task may be replaced.
NEVER, WHEN_NEEDED = "never", "when_needed"
#: The role of a new key if the task names none: the least privilege.
LEAST_ROLE = "Viewer"
#: Lifetimes are compared up to this, as the server and the metadata round times.
_SLACK = timedelta(seconds=60)

#: Why an API key is not present as the task wants it: the word in results (``was``) and what it means (``reason``).
REASONS = {
    "absent": "there is no such API key",
    "gone": "the server no longer lists it",
    "expired": "it has expired",
    "role": "it has another role",
    "lifetime": "it has another lifetime",
    "unanswered": "its key was lost when it was created",
    "lost": "its key was not stored",
    "elsewhere": "the sink stores a key of something else",
    "remade": "the stored key belongs to an earlier API key of this name",
    "no key": "its stored key is missing",
    "other key": "the sink stores another key than the module stored there",
    "refused": "the server refuses the stored key",
}


@dataclass(frozen=True)
class DesiredKey:
    """An API key as a task wants it; *lifetime* is in seconds, 0 never ends."""

    name: str
    role: str | None = None
    lifetime: int | None = None
    sink: Sink | None = None
    state: str = "present"
    replace: str = NEVER


@dataclass(frozen=True)
class KeyState:
    """Everything known about a key before or after the change: on the server, and in its sink.

    *found* is the listed key with the name. *works* tells whether the server accepted the stored key, if it was tested.
    *unmakable* is why this server cannot create keys, ``None`` if it can. *heir* is the service account of a migrated key.
    """

    where: str = ""
    org_id: int | None = None
    found: ApiKey | None = None
    stored: Stored = NOTHING
    works: bool | None = None
    #: Whether the server's list of keys may be incomplete.
    cut: bool = False
    unmakable: GrafanaError | None = None
    heir: Account | None = None
    #: Whether this run asked for the key and got no answer.
    unanswered: bool = False
    now: datetime = datetime(1970, 1, 1, tzinfo=timezone.utc)
    #: Why this run created the key or completed its metadata, if it did: a word of REASONS.
    was: str | None = None


@dataclass(frozen=True)
class KeyWork:
    """What ``apply`` does: *make* a key with *role* (and delete *old*, if any), or *adopt* the stored one into the metadata."""

    state: KeyState
    make: bool = False
    role: str = LEAST_ROLE
    old: ApiKey | None = None
    adopt: bool = False
    was: str | None = None


def known(desired: DesiredKey, state: KeyState) -> Metadata:
    """Return the metadata of the stored key; empty if it belongs to something else."""
    found = state.stored.metadata
    return Metadata() if found is None or foreign(desired, state) else found


def foreign(desired: DesiredKey, state: KeyState) -> str | None:
    """Return as text whose key the sink stores; ``None`` if it is empty, or stores this API key."""
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
    """Tell whether the metadata describes both the listed and the stored key."""
    about = known(desired, state)
    listed = state.found is not None and about.token_id == state.found.id
    return listed and about.fingerprint is not None and about.fingerprint == state.stored.fingerprint


def created(desired: DesiredKey, state: KeyState) -> str | None:
    """Return when the listed key was created, which only the metadata knows."""
    about = known(desired, state)
    return about.created if state.found is not None and about.token_id == state.found.id else None


def judge(desired: DesiredKey, state: KeyState) -> list[str]:
    """Return why the API key is not present as the task wants it, as words of REASONS; empty if it is."""
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
        return [stored, *reasons]  # no client can have such a key, whatever else differs
    return [*reasons, stored] if stored else reasons


def other_lifetime(desired: DesiredKey, found: ApiKey, made: str | None, now: datetime) -> bool:
    """Tell whether a key's lifetime differs from the task's.

    *made* is when the key was created, if the metadata knows it; the server does not report it. Without it, the lifetime is
    known to differ only if the key expires later than one that was created now.
    """
    if desired.lifetime is None:
        return False
    ends, began = moment(found.expires), moment(made)
    if ends is None or desired.lifetime == 0:
        return (ends is None) != (desired.lifetime == 0)
    wanted = timedelta(seconds=desired.lifetime)
    return abs(ends - began - wanted) > _SLACK if began is not None else ends - now > wanted + _SLACK


def _not_stored(desired: DesiredKey, state: KeyState, found: ApiKey) -> str | None:
    """Return why the sink does not store the key of the listed API key, ``None`` if it does."""
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


def is_lost(desired: DesiredKey, state: KeyState, reasons: t.Collection[str]) -> bool:
    """Tell whether a run created the listed key and could not store it, so that no client has it.

    If the sink has no lock, another run may still be about to store it, up to ORPHAN_AFTER seconds.
    """
    if "unanswered" not in reasons or desired.sink is None:
        return False
    noted = moment(known(desired, state).noted)
    old = noted is not None and state.now - noted >= timedelta(seconds=ORPHAN_AFTER)
    return desired.sink.locks or state.unanswered or old


def plan(desired: DesiredKey, state: KeyState) -> Change[KeyWork] | None:
    """Return what has to change. Raises :class:`Refused` for what is impossible or not allowed."""
    if desired.state == "absent":
        return _removal(desired, state)
    reasons = judge(desired, state)
    if not reasons:
        return _kept(desired, state)
    if state.unmakable is not None:
        raise state.unmakable
    if state.found is not None and desired.replace == NEVER and not is_lost(desired, state, reasons):
        raise _may_not(desired, state, reasons)
    if desired.sink is None:
        raise Refused(
            "API key %s of %s would be created, and its key would be lost: set dest (a file for it) or sink"
            % (desired.name, state.where),
            code="no_place_for_key",
        )
    holder = foreign(desired, state)
    if holder is not None and desired.replace == NEVER:
        raise Refused(
            "%s stores the key of %s, which API key %s would overwrite: give each key a sink of its own, or set replace: "
            "when_needed" % (desired.sink.where, holder, desired.name),
            code="place_taken",
        )
    role = desired.role or (state.found.role if state.found else LEAST_ROLE)
    was = reasons[0]
    before = _was(desired, state, reasons) if state.found else {}
    work = KeyWork(state, make=True, role=role, old=state.found, was=was)
    return Change("replace" if state.found else "create", before, view(desired, role), work, {"was": was, "reason": REASONS[was]})


def _may_not(desired: DesiredKey, state: KeyState, reasons: t.Sequence[str]) -> Refused:
    """Return the error for a key that differs and must not be replaced."""
    found = t.cast(ApiKey, state.found)
    differences = {
        "role": "its role is %s, not %s" % (found.role, desired.role),
        "lifetime": "it expires %s, which differs from seconds_to_live" % (found.expires or "never"),
        "expired": "it has expired (%s)" % found.expires,
        "elsewhere": "the sink stores the key of %s" % foreign(desired, state),
    }
    if "unanswered" in reasons:
        advice = (
            "another run may be about to store it: run the task again in %d minutes, or set replace: when_needed to replace it "
            "now" % (ORPHAN_AFTER // 60)
        )
    else:
        advice = (
            "an API key cannot be changed, and is shown once: change the task, or set replace: when_needed to delete it and "
            "create another one, and give its clients the new key"
        )
    return Refused(
        "API key %s of %s differs from the task: %s; %s"
        % (desired.name, state.where, "; ".join(differences.get(one, REASONS[one]) for one in reasons), advice),
        code="replace_needed",
        reasons=list(reasons),
    )


def _kept(desired: DesiredKey, state: KeyState) -> Change[KeyWork] | None:
    """Return the change for a key that is as the task wants it: its metadata may be incomplete."""
    if desired.sink is None:
        return None
    shown = view(desired, t.cast(ApiKey, state.found).role)
    if not remembered(desired, state) and state.works:
        # The stored key is the listed one, as its test has shown: a person stored it, or a run that died right after that.
        return Change("adopt", {**shown, "remembered": False}, shown, KeyWork(state, adopt=True))
    noted = known(desired, state).pending
    if noted and desired.sink.locks:
        # A run that died noted a key and never created it. Without a lock the note stays until the next key is stored.
        return Change("tidy", {**shown, "left_over": list(noted)}, shown, KeyWork(state, adopt=True))
    return None


def _removal(desired: DesiredKey, state: KeyState) -> Change[KeyWork] | None:
    """Return the deletion of a key and of what is stored of it."""
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
    """Tell whether the stored key is removed with the key: not the key of something else, and not one that is a token now."""
    if desired.sink is None or not state.stored.there or foreign(desired, state):
        return False
    return state.heir is None or state.found is not None


def view(desired: DesiredKey, role: str) -> View:
    """Return a present key for a diff, without its key and its times."""
    shown: View = {"name": desired.name, "role": role, "status": VALID}
    if desired.lifetime is not None:
        shown["seconds_to_live"] = desired.lifetime
    if desired.sink is not None:
        shown["dest"] = desired.sink.where
    return shown


def _was(desired: DesiredKey, state: KeyState, reasons: t.Sequence[str]) -> View:
    """Return a key that is replaced, for a diff."""
    found = t.cast(ApiKey, state.found)
    shown: View = {"name": found.name, "role": found.role, "status": reasons[0]}
    shown.update(expires=found.expires, reason="; ".join(REASONS[one] for one in reasons))
    if desired.sink is not None:
        shown["dest"] = desired.sink.where
    return shown
