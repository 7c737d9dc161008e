# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of HTTP headers: Grafana stores them as jsonData.httpHeaderNameN and secureJsonData.httpHeaderValueN. Pure.

Grafana sends the headers 1, 2, 3, … up to the first number without a name (getCustomHeaders in pkg/services/datasources), so
a missing number switches off all later headers.
"""

from __future__ import annotations

import re
import typing as t

_NAME, _VALUE = "httpHeaderName", "httpHeaderValue"
_KEY = re.compile(r"httpHeader(?:Name|Value)([1-9][0-9]{0,5})")


def name_key(number: int) -> str:
    """Return the key of a header's name in jsonData."""
    return "%s%d" % (_NAME, number)


def value_key(number: int) -> str:
    """Return the key of a header's value in secureJsonData."""
    return "%s%d" % (_VALUE, number)


def number_of(key: str) -> int | None:
    """Return the number in the key of a header's name or value, ``None`` for any other key."""
    match = _KEY.fullmatch(key)
    return int(match[1]) if match else None


def is_name(key: str) -> bool:
    """Tell whether *key* of jsonData has the name of a header."""
    return key.startswith(_NAME) and number_of(key) is not None


def numbered(json_data: t.Mapping[str, t.Any]) -> dict[int, str]:
    """Return the names of the headers in jsonData by number."""
    found = {number_of(key): str(value) for key, value in json_data.items() if key.startswith(_NAME)}
    return {number: name for number, name in found.items() if number is not None}


def assign(current: t.Mapping[int, str], wanted: t.Sequence[str], keep_others: bool) -> dict[int, str]:
    """Return the names of headers by number, if *current* are stored and *wanted* must be.

    A stored header keeps its number and its spelling (names of headers match in any case); a new one gets the lowest free
    number. Others stay if *keep_others*; if not, they leave, and the last headers move to the numbers that become free: the task
    knows the values of all headers then.
    """
    lowered = [name.lower() for name in wanted]
    found: dict[int, str] = {}
    for number, name in sorted(current.items()):
        repeated = name.lower() in [one.lower() for one in found.values()]
        if keep_others or (name.lower() in lowered and not repeated):
            found[number] = name
    stored = {name.lower() for name in found.values()}
    for name in wanted:
        if name.lower() not in stored:
            found[_free(found)] = name
    while not keep_others and found and max(found) > len(found):
        found[_free(found)] = found.pop(max(found))
    return found


def _free(numbers: t.Container[int]) -> int:
    number = 1
    while number in numbers:
        number += 1
    return number
