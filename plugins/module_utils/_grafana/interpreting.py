# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last net: an exception while an answer is interpreted is the fault of the answer, not a bug of the collection.

The shapes in ``_grafana/answers.py`` do not describe every field: a date may be any text. Code that reads such a field may raise
``ValueError`` or ``KeyError``. :func:`interpreting` turns it into ``not_grafana``, and names the last request of the thread.
"""

from __future__ import annotations

import contextlib
import threading
import traceback
import typing as t
from concurrent.futures import ThreadPoolExecutor

from .errors import GrafanaError, LostAnswer, NotGrafana, public_url

T = t.TypeVar("T")

#: What code raises that reads a field which is missing or has another type.
_UNEXPECTED = (KeyError, TypeError, ValueError, AttributeError, IndexError)


class _Last(threading.local):
    """The last 2xx answer that this thread got inside of :func:`interpreting`: method, URL and status."""

    answer: tuple[str, str, int] | None = None


_LAST = _Last()


def answered(method: str, url: str, status: int) -> None:
    """Note a 2xx answer, whose fields the thread reads next."""
    _LAST.answer = (method, url, status)


@contextlib.contextmanager
def interpreting() -> t.Iterator[None]:
    """Raise :class:`NotGrafana` (after a write :class:`LostAnswer`) instead of an exception that an answer has caused.

    An exception before the first answer inside of the block is a bug, and stays what it is.
    """
    outer, _LAST.answer = _LAST.answer, None
    try:
        yield
    except _UNEXPECTED as problem:
        if _LAST.answer is None:
            raise
        raise _uninterpreted(problem, *_LAST.answer) from problem
    finally:
        _LAST.answer = _LAST.answer or outer


def started(pool: ThreadPoolExecutor, work: t.Callable[[], T]) -> t.Callable[[], T]:
    """Start *work* in a thread of *pool*; return a function that waits for its value.

    The thread that waits reads the fields of the last answer to *work*, so this answer counts as its own.
    """

    def run() -> tuple[T, tuple[str, str, int] | None]:
        return work(), _LAST.answer

    future = pool.submit(run)

    def wait() -> T:
        value, last = future.result()
        _LAST.answer = last or _LAST.answer
        return value

    return wait


def _uninterpreted(problem: Exception, method: str, url: str, status: int) -> GrafanaError:
    """Return the error. It names the type of *problem* and the lines of code, as its text may quote the answer."""
    where, name = public_url(url), type(problem).__name__
    text = (
        "%s %s answered %d, but not as Grafana does (%s while the answer was read); check url, and what answers there: a proxy, "
        "or another server; if it is Grafana, report this with the details" % (method, where, status, name)
    )
    lines = "".join(traceback.format_tb(problem.__traceback__)[-4:])
    kind = NotGrafana if method == "GET" else LostAnswer
    return kind(text, code=NotGrafana.code, method=method, url=where, status=status, traceback=lines)
