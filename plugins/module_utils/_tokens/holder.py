# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose key a sink stores: that of the task's token, or that of something else, which the task must not overwrite."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import timedelta

from .._grafana.errors import NotFound, Refused
from .._grafana.scope import Scope
from .._orgs.service_accounts import Account
from .._text.durations import moment
from .api import list_tokens, refused
from .model import OF_OTHERS, REASONS, VALID, DesiredToken, TokenState, unknown_key
from .names import belongs

#: Verdicts about a stored key that may work on another server, if the metadata names another server.
_OUT_OF_SIGHT = ("gone", "revoked", "refused")
#: How far the times of one token's creation differ, in the metadata (before the request) and in the server's list.
_ONE_MOMENT = timedelta(seconds=3)


def holder(desired: DesiredToken, current: TokenState) -> str | None:
    """Return as text whose key the metadata describes; ``None`` for an empty sink, and for the key of this token.

    An account with another id and the same name was deleted and created again, or is that of another server.
    """
    known = current.stored.metadata
    if known is None or known.token_id is None:
        return None
    if known.service_account_id is None:
        return "API key %s of org %s" % (known.name, known.org_name or known.org_id)
    if current.elsewhere or not _same_name(desired, current):
        return "token %s of service account %s (id %s) of org %s (id %s) on %s" % (
            known.name,
            known.service_account,
            known.service_account_id,
            known.org_name or "",
            known.org_id,
            known.server,
        )
    return None


def _same_name(desired: DesiredToken, current: TokenState) -> bool:
    """Tell whether the metadata describes a token with a name of the task."""
    known = current.stored.metadata
    if known is None or known.name is None:
        return True
    if known.base_name is not None:
        return known.base_name == desired.name
    return belongs(str(desired.name), desired.name_template, known.name)


def _renamed(desired: DesiredToken, current: TokenState) -> bool:
    """Tell whether the metadata names another organization, account or token than the task, whatever their ids are."""
    known = current.stored.metadata
    if known is None or known.service_account_id is None:
        return True
    if isinstance(desired.service_account, int):
        same_account = known.service_account_id == desired.service_account
    else:
        same_account = desired.service_account in (known.service_account, str(known.service_account_id))
    same_org = known.org_id == current.org_id or (known.org_name is not None and known.org_name == current.org_name)
    return not (same_account and same_org and _same_name(desired, current))


def _unproven(desired: DesiredToken, current: TokenState) -> bool:
    """Tell whether only ids and names show that the stored key is that of this token.

    The metadata names another address of the server, and the sink does not return the key for a test. Two servers that were
    set up alike have the same ids and names, but created their tokens at different times.
    """
    sink, found = desired.sink, current.stored_token
    if sink is None or sink.readable or sink.deferred or not current.moved or found is None:
        return False
    noted, listed = moment(current.known.created), moment(found.created)
    return noted is None or listed is None or abs(noted - listed) > _ONE_MOMENT


def check_sink(desired: DesiredToken, current: TokenState, verdict: str) -> None:
    """Raise :class:`Refused` if the sink stores a key of something else, which the task would overwrite or remove.

    *verdict* is VALID or a word of REASONS. A stored key that is known not to work any more may be overwritten. A task with
    the state ``absent`` may remove it only if names in the metadata are those of the task.
    """
    if desired.sink is None:
        return
    other = holder(desired, current)
    changes = verdict != VALID or desired.state == "absent"
    if other is None and current.moved and (verdict in _OUT_OF_SIGHT or (changes and _unproven(desired, current))):
        known = current.known
        other = "token %s of service account %s on %s" % (known.name, known.service_account, known.server)
    elif other is None and (verdict in OF_OTHERS or current.refused in OF_OTHERS):
        other = "something else: %s" % REASONS[verdict if verdict in OF_OTHERS else str(current.refused)]
    elif other is None and (current.unknown_key in OF_OTHERS or (current.unknown_key == VALID and verdict != "foreign")):
        other = "something else: the server accepts it, and the metadata does not describe it"
    elif other is None or (current.dead and (desired.state == "present" or not _renamed(desired, current))):
        return
    action = "overwrite" if desired.state == "present" else "remove"
    raise Refused(
        "%s stores the key of %s, which token %s of %s (%s) would %s: correct the task's server, organization, service_account "
        "or name, or give each token a dest or sink of its own; if nothing needs that key, remove it from there first"
        % (desired.sink.where, other, desired.name, desired.service_account, current.server, action),
        code="place_taken",
    )


def is_dead(scope: Scope, desired: DesiredToken, current: TokenState) -> bool:
    """Ask the server whether the stored key, which is that of something else, does not work any more; ``False`` if unknown.

    The key is never sent to another server than the one that created it. Testing it counts as a use.
    """
    known = current.stored.metadata
    if known is None or known.token_id is None or current.moved:
        return False
    if known.service_account_id is not None and known.org_id == current.org_id:
        if current.account is not None and current.account.id == known.service_account_id:
            tokens: t.Sequence[t.Any] = current.tokens
        else:
            try:
                tokens = list_tokens(scope, known.service_account_id)
            except NotFound:
                return True
        return current.cut is None and not any(entry.id == known.token_id and entry.alive for entry in tokens)
    key = current.stored.key
    return current.stored.fingerprint is None if key is None else works_as(scope, key) is None


def works_as(scope: Scope, key: str, account: Account | None = None) -> str | None:
    """Return VALID if the server accepts *key*, and it may be of *account*; ``None`` if the server refuses it.

    Returns "other org" or "other account" if it is known to work as the key of something else. Counts as a use of the key.
    """
    verdict = refused(scope, key, account)
    return VALID if verdict is None else verdict if verdict in OF_OTHERS else None


def with_holder(scope: Scope, desired: DesiredToken, state: TokenState) -> TokenState:
    """Return *state* with what the server tells about a stored key that is not, or may not be, the key of this token."""
    if holder(desired, state) is not None:
        return replace(state, dead=is_dead(scope, desired, state))
    key = unknown_key(state.stored)
    if key is None:
        return replace(state, unknown_key=VALID if state.stored.works else None)
    return replace(state, unknown_key=works_as(scope, key, state.account))


__all__ = ["check_sink", "holder", "with_holder"]
