# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task says of a token, checked as far as that is possible without the server."""

from __future__ import annotations

import typing as t

from .._grafana.connection import OrgChoice, positive, text
from .._grafana.errors import BadInput
from .._sinks import registry as _sink_types
from .._sinks.base import KeyOwner, Shared
from .._text.durations import seconds
from .model import LONGEST, ORPHAN_AFTER, DesiredToken, Keep, Purge
from .names import check_template

OPTIONS: dict[str, dict[str, t.Any]] = {
    "service_account": {"type": "raw"},
    "name": {"type": "raw"},
    "seconds_to_live": {"type": "raw", "no_log": False},
    "dest": {"type": "path"},
    "sink": {"type": "dict", "options": _sink_types.OPTIONS},
    "return_key": {"type": "bool", "no_log": False},
    "prove": {"type": "str", "choices": ["new", "always", "never"]},
    "rotate": {"type": "str", "choices": ["never", "auto", "always"]},
    "renew_before": {"type": "raw"},
    "name_template": {"type": "str"},
    "keep_previous": {"type": "raw"},
    "max_tokens": {"type": "int", "no_log": False},
    "orphan_after": {"type": "raw"},
    "purge": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

#: The server moves the last use at most every 5 minutes: less than twice that cannot be told.
LEAST_UNUSED = 600
#: What ``until_unused`` alone means, in seconds.
UNUSED_FOR = 86400


def desired_token(options: t.Mapping[str, t.Any], shared: Shared, no_log: bool) -> DesiredToken:
    """Return what a task (or an item of it) wants. Raises :class:`BadInput`.

    *options* may hold ``org``, the choice of the organization, for the templates of a sink; *no_log* tells whether the
    task prints nothing.
    """
    purge = _purge(options.get("purge") or [])
    name = options.get("name")
    if (name is None or not text(name, "name").strip()) and not (purge and options.get("state", "present") == "present"):
        raise BadInput("name of the token is missing")
    lifetime = options.get("seconds_to_live")
    desired = DesiredToken(
        service_account=account_choice(options.get("service_account")),
        name=name or None,
        lifetime=_lifetime(lifetime),
        return_key=bool(options.get("return_key")),
        prove=options.get("prove") or "new",
        state=options.get("state", "present"),
        rotate=options.get("rotate") or "auto",
        renew_before=_duration(options, "renew_before", 0),
        name_template=check_template(options["name_template"]) if options.get("name_template") else None,
        keep=_keep(options.get("keep_previous")),
        max_tokens=None if options.get("max_tokens") is None else positive(options["max_tokens"], "max_tokens"),
        orphan_after=_duration(options, "orphan_after", ORPHAN_AFTER),
        purge=purge,
    )
    place = KeyOwner(options.get("org") or OrgChoice(), desired.service_account, name or "")
    sink = _sink_types.chosen(options, place, shared) if name else None
    desired = DesiredToken(**{**vars(desired), "sink": sink})
    if desired.state == "present":
        _check(desired, no_log)
    return desired


def _check(desired: DesiredToken, no_log: bool) -> None:
    """Raise for options that contradict each other."""
    if desired.return_key and not no_log:
        raise BadInput("return_key needs no_log: true on the task, as the key would be printed otherwise", code="key_would_show")
    check_renewal(desired.lifetime, desired.renew_before)
    if desired.keep is not None and desired.sink is None and desired.name is not None:
        raise BadInput("keep_previous needs dest or sink: what was replaced is remembered beside the key")


def check_renewal(lifetime: int | None, renew_before: int) -> None:
    """Raise :class:`BadInput` where a token would be due as soon as it is made."""
    if lifetime and lifetime != LONGEST and renew_before >= lifetime:
        raise BadInput(
            "renew_before (%d s) has to be shorter than seconds_to_live (%d s), or each run would make a new token"
            % (renew_before, lifetime)
        )


def _lifetime(value: t.Any) -> int | None:
    if value is None or value == "":
        return None
    return LONGEST if value == "max" else seconds(value, "seconds_to_live")


def _duration(options: t.Mapping[str, t.Any], name: str, default: int) -> int:
    value = options.get(name)
    return default if value is None or value == "" else seconds(value, name)


def _keep(value: t.Any) -> Keep | None:
    """Return how long a replaced token is kept: ``7d``, ``until_unused``, ``until_unused=7d``; ``None`` for not at all."""
    if value is None or value == "" or value == 0 or value == "0":
        return None
    if isinstance(value, str) and value.startswith("until_unused"):
        word, equals, duration = value.partition("=")
        span = seconds(duration, "keep_previous: until_unused") if equals else UNUSED_FOR
        if word != "until_unused":
            raise BadInput("keep_previous has to be a duration, until_unused or until_unused=7d, not %r" % value)
        if span < LEAST_UNUSED:
            raise BadInput("keep_previous: until_unused needs 10m or more, as Grafana moves the last use every 5 minutes")
        return Keep(span, until_unused=True)
    return Keep(seconds(value, "keep_previous"))


def _purge(rules: t.Sequence[str]) -> Purge:
    """Return what is purged: ``expired``, ``unlisted``, ``unused_for=90d``."""
    found: dict[str, t.Any] = {}
    for rule in rules:
        word, equals, duration = str(rule).strip().partition("=")
        if word in ("expired", "unlisted") and not equals:
            found[word] = True
        elif word == "unused_for" and equals:
            span = seconds(duration, "purge: unused_for")
            if span < LEAST_UNUSED:
                raise BadInput("purge: unused_for needs 10m or more, as Grafana moves the last use every 5 minutes")
            found[word] = span
        else:
            raise BadInput("purge knows expired, unlisted and unused_for=90d, not %r" % rule)
    return Purge(**found)


def account_choice(value: t.Any) -> str | int:
    """Return the account as a name, or as an id for a number."""
    if value is None or value == "":
        raise BadInput("service_account, the name or the id of the account, is missing")
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return text(value, "service_account")
