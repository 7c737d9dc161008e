# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request to Grafana is repeated, and how long to wait before that."""

from __future__ import annotations

import math
import random
from datetime import datetime
from email.utils import parsedate_to_datetime

from .errors import GrafanaError, LostAnswer, ServerError, Unreachable
from .pace import LONGEST_WAIT
from .transport import TRANSIENT

#: The longest time that a Retry-After is read as, in seconds: a year.
FOREVER = 365 * 86400.0
#: Statuses after which a read is repeated.
_READ_AGAIN = (408, *TRANSIENT)


def is_repeatable(method: str, problem: GrafanaError) -> bool:
    """Return whether the request that ended in *problem* may be sent again unchanged.

    A write may only be repeated if the server cannot have acted on it: after 429, after 503 with Retry-After, and where no
    connection was made.
    """
    if problem.status == 429:
        return True
    if problem.status == 503 and problem.retry_after is not None:
        return True
    if method != "GET":
        return isinstance(problem, Unreachable) and problem.code == "unreachable"
    if isinstance(problem, (ServerError, LostAnswer)):
        return problem.status is None or problem.status in _READ_AGAIN
    return isinstance(problem, Unreachable) and problem.code in ("unreachable", "proxy")


def pause(attempt: int, problem: GrafanaError) -> float:
    """Return how long to wait before the next attempt, in seconds; *attempt* counts from 0.

    Raises an error of the type of *problem* if the server asks for a longer wait than :data:`.pace.LONGEST_WAIT`.
    """
    wait = problem.retry_after
    if wait is None:
        return float(min(0.1 * 3**attempt, 10.0) * random.uniform(0.75, 1.25))
    if wait > LONGEST_WAIT:
        raise type(problem)(
            "%s; the server asks to wait %d s, and the module waits at most %d s: run again after that time"
            % (problem.message, wait, LONGEST_WAIT),
            code=problem.code,
            **problem.details,
        ) from None
    return wait


def retry_after(value: str | None) -> float | None:
    """Return the header Retry-After (seconds or a date) in seconds, at most :data:`FOREVER`; ``None`` if it is malformed."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _until(value)
    if math.isnan(seconds):
        return None
    return min(max(0.0, seconds), FOREVER)


def _until(date: str) -> float:
    """Return the seconds until the time *date* of a header; not a number if *date* is malformed."""
    try:
        moment = parsedate_to_datetime(date)
        return (moment - datetime.now(moment.tzinfo)).total_seconds()
    except (OverflowError, TypeError, ValueError):
        return math.nan
