# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a token, validated without the server."""

from __future__ import annotations

import typing as t

from .._engine.fields import Field, Fields
from .._grafana.connection import OrgChoice, positive, text
from .._grafana.errors import BadInput
from .._sinks import registry as _sink_types
from .._sinks.base import KeyOwner, Shared
from .._text.durations import seconds
from .model import FAIL, LONGEST, ORPHAN_AFTER, REPLACE, DesiredToken, Keep, Purge
from .names import check_template

#: The server updates the last use at most every 5 minutes, so less than twice that cannot be measured. In seconds.
LEAST_UNUSED = 600
#: What ``until_unused`` without a duration means, in seconds.
UNUSED_FOR = 86400


def _lifetime(value: t.Any, option: str) -> int | None:
    """Return seconds, LONGEST for ``max``, ``None`` for empty text."""
    if value == "":
        return None
    return LONGEST if value == "max" else seconds(value, option)


def _duration(default: int) -> t.Callable[[t.Any, str], int]:
    """Return a parser of durations in seconds, which takes empty text for *default*."""
    return lambda value, option: default if value == "" else seconds(value, option)


def _keep(value: t.Any, option: str) -> Keep | None:
    """Return how long a replaced token is kept (``7d``, ``until_unused``, ``until_unused=7d``), ``None`` for 0 and empty text."""
    if value in ("", 0, "0"):
        return None
    if isinstance(value, str) and value.startswith("until_unused"):
        word, equals, duration = value.partition("=")
        span = seconds(duration, "%s: until_unused" % option) if equals else UNUSED_FOR
        if word != "until_unused":
            raise BadInput("%s has to be a duration, until_unused or until_unused=7d, not %r" % (option, value))
        if span < LEAST_UNUSED:
            raise BadInput("%s: until_unused needs 10m or more, as Grafana updates the last use every 5 minutes" % option)
        return Keep(span, until_unused=True)
    return Keep(seconds(value, option))


def _purge(rules: t.Sequence[str], option: str) -> Purge:
    """Return what is purged: ``expired``, ``unlisted``, ``unused_for=90d``."""
    found: dict[str, t.Any] = {}
    for rule in rules:
        word, equals, duration = str(rule).strip().partition("=")
        if word in ("expired", "unlisted") and not equals:
            found[word] = True
        elif word == "unused_for" and equals:
            span = seconds(duration, "%s: unused_for" % option)
            if span < LEAST_UNUSED:
                raise BadInput("%s: unused_for needs 10m or more, as Grafana updates the last use every 5 minutes" % option)
            found[word] = span
        else:
            raise BadInput("%s knows expired, unlisted and unused_for=90d, not %r" % (option, rule))
    return Purge(**found)


def account_choice(value: t.Any, option: str = "service_account") -> str | int:
    """Return the account as a name, or as an id if *value* is a number."""
    if value is None or value == "":
        raise BadInput("%s, the name or the id of the account, is missing" % option)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return text(value, option)


FIELDS = Fields(
    Field("service_account", {"type": "raw"}, account_choice),
    Field("name", {"type": "raw"}, lambda value, option: text(value, option) or None),
    Field("seconds_to_live", {"type": "raw", "no_log": False}, _lifetime, attribute="lifetime"),
    Field("return_key", {"type": "bool", "no_log": False}, default=False),
    Field("prove", {"type": "str", "choices": ["new", "always", "never"]}, default="new"),
    Field("rotate", {"type": "str", "choices": ["never", "auto", "always"]}, default="auto"),
    Field("renew_before", {"type": "raw"}, _duration(0), default=0),
    Field("name_template", {"type": "str"}, lambda value, _option: check_template(value) if value else None),
    Field("keep_previous", {"type": "raw"}, _keep, attribute="keep"),
    Field("max_tokens", {"type": "int", "no_log": False}, positive),
    Field("orphan_after", {"type": "raw"}, _duration(ORPHAN_AFTER), default=ORPHAN_AFTER),
    Field(
        "on_foreign_token",
        {"type": "str", "choices": [FAIL, REPLACE], "no_log": False},
        default=FAIL,
        attribute="on_foreign",
    ),
    Field("purge", {"type": "list", "elements": "str"}, _purge, default=Purge()),
    Field("state", {"type": "str", "choices": ["present", "absent"], "default": "present"}, default="present"),
)

OPTIONS: dict[str, dict[str, t.Any]] = {
    **FIELDS.spec(),
    "dest": {"type": "path"},
    "allow_ephemeral": {"type": "bool"},
    "sink": {"type": "dict", "options": _sink_types.OPTIONS},
}


def desired_token(options: t.Mapping[str, t.Any], shared: Shared, no_log: bool) -> DesiredToken:
    """Return what a task, or an item of it, wants. Raises :class:`BadInput`.

    *options* may hold ``org``, the choice of the organization, for the templates of a sink; *no_log* tells whether the
    task prints nothing.
    """
    values = FIELDS.parsed(options)
    account_choice(values["service_account"])
    if (values["name"] or "").strip() == "" and not (values["purge"] and values["state"] == "present"):
        raise BadInput("name of the token is missing")
    owner = KeyOwner(options.get("org") or OrgChoice(), values["service_account"], values["name"] or "")
    sink = _sink_types.chosen(options, owner, shared) if values["name"] else None
    desired = DesiredToken(**values, sink=sink)
    if desired.state == "present":
        _check(desired, no_log)
    return desired


def _check(desired: DesiredToken, no_log: bool) -> None:
    """Raise for options that contradict each other."""
    if desired.return_key and not no_log:
        raise BadInput("return_key needs no_log: true on the task: without it the key would be printed", code="key_would_show")
    check_renewal(desired.lifetime, desired.renew_before)
    if desired.keep is not None and desired.sink is None and desired.name is not None:
        raise BadInput("keep_previous needs dest or sink: replaced tokens are remembered in the metadata beside the key")


def check_renewal(lifetime: int | None, renew_before: int) -> None:
    """Raise :class:`BadInput` for a token that would be due as soon as it is created."""
    if lifetime and lifetime != LONGEST and renew_before >= lifetime:
        raise BadInput(
            "renew_before (%d s) has to be shorter than seconds_to_live (%d s), or each run would create a new token"
            % (renew_before, lifetime)
        )
