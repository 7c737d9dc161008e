# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of tokens: a name cannot be reused while its token exists, so each rotation needs another one."""

from __future__ import annotations

import re
import typing as t
from datetime import datetime

from .._grafana.errors import BadInput

#: The variables of a name_template, with a regular expression for their values.
_PARTS = {"counter": r"[1-9]\d*", "date": r"\d{8}"}
_NUMBER = r"(-[1-9]\d*)?"


def check_template(template: str) -> str:
    """Return *template* if it can name rotations. Raises :class:`BadInput`."""
    words = re.findall(r"{([^{}]*)}", template)
    unknown = sorted(set(words) - {"name", *_PARTS})
    if unknown or "{" in re.sub(r"{[^{}]*}", "", template):
        raise BadInput("name_template knows {name}, {counter} and {date}, not %s" % (", ".join(unknown) or "a lone brace"))
    if "name" not in words:
        raise BadInput("name_template has to contain {name}: without it, the tokens of two tasks would have the same names")
    return template


def names(base: str, template: str | None, today: datetime) -> t.Iterator[str]:
    """Yield the names that a token of *base* may get, in order.

    Without a template: ``ci``, ``ci-2``, ``ci-3``. ``{counter}`` counts from 1; a template without it gets ``-2``, ``-3`` at the
    end. ``{date}`` is *today* as ``20260131``.
    """
    filled = (template or "{name}").replace("{date}", today.strftime("%Y%m%d"))
    number = 1
    while True:
        if "{counter}" in filled:
            yield filled.replace("{counter}", str(number)).replace("{name}", base)
        else:
            name = filled.replace("{name}", base)
            yield name if number == 1 else "%s-%d" % (name, number)
        number += 1


def belongs(base: str, template: str | None, name: str) -> bool:
    """Tell whether *name* is *base*, or a name that :func:`names` yields for it on any day."""
    if name == base:
        return True
    pattern = "".join(_pattern(part, base) for part in re.split(r"({\w+})", template or "{name}"))
    return re.fullmatch(pattern + ("" if "{counter}" in (template or "") else _NUMBER), name) is not None


def _pattern(part: str, base: str) -> str:
    if part == "{name}":
        return re.escape(base)
    return _PARTS.get(part.strip("{}"), re.escape(part)) if part.startswith("{") else re.escape(part)
