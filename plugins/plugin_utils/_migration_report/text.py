# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the migration report: names made safe to print, secrets masked, times, numbers."""

from __future__ import annotations

import datetime
import re
import typing as t
import unicodedata

#: The text that replaces a key.
MASK = "(masked key)"
#: Keys of service accounts and of Grafana Cloud, API keys; and the user in a URL.
_KEYS = re.compile(r"gl(?:sa|c)_[A-Za-z0-9+/=_-]{8,}|eyJrIjoi[A-Za-z0-9+/=_-]*")
#: The options of the module in messages and advice. Short words count only where a message names an option.
_OPTIONS = re.compile(
    r"\b(?:(?:account_template|delete_keys|expired_keys|join_org|seconds_to_live|verify_keys)\b|concurrency\b"
    r"|mode(?=: )|(?:(?<=rule of )|(?<=option ))(?:adopt|consolidate)\b)"
)
#: The fields of a result that have text for people.
_MESSAGES = frozenset(["message", "msg", "reason"])
_USER = re.compile(r"(?<=://)[^/@\s]+@")

#: The longest name and the longest sentence in a page, in characters; JSON has the full texts.
NAME, SENTENCE = 160, 1200

Json = t.Mapping[str, t.Any]
Moment = t.Union[datetime.datetime, str, int, float, None]


def with_prefix(text: str, prefix: str) -> str:
    """Return *text* with *prefix* before each option of grafana_apikey_migrate that it names."""
    return _OPTIONS.sub(lambda found: prefix + found.group(0), text)


def prefixed(value: t.Any, prefix: str) -> t.Any:
    """Return *value* with *prefix* before each option that a message or a reason names."""
    if isinstance(value, list):
        return [prefixed(one, prefix) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: with_prefix(one, prefix) if name in _MESSAGES and isinstance(one, str) else prefixed(one, prefix)
        for name, one in value.items()
    }


def masked(text: t.Any) -> str:
    """Return *text* as a plain ``str``, not a tagged string of Ansible, with everything masked that looks like a key."""
    plain = "".join(character for character in str(text))
    return _USER.sub("", _KEYS.sub(MASK, plain))


def sanitized(value: t.Any) -> t.Any:
    """Return *value* as data that JSON can represent, with every string in it masked, keys of mappings included."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, t.Mapping):
        return {masked(key): sanitized(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [sanitized(item) for item in value]
    return masked(value)


def visible(text: str, longest: int = SENTENCE) -> str:
    """Return *text* in one line, cut if long; invisible characters (controls, changes of direction) appear as code points."""
    if not text.isprintable():
        text = "".join(_visible_character(character) for character in text)
    shown = " ".join(text.split())
    if len(shown) <= longest:
        return shown
    return "%s… (%s characters)" % (shown[:longest].rstrip(), f"{len(text):,}")


def _visible_character(character: str) -> str:
    if character in "\n\r\t":
        return " "
    # Names may contain the joiners of emoji and of Persian.
    if character in "\u200c\u200d":
        return character
    # Lone surrogates cannot be written to a file, and HTML does not allow U+FFFE and U+FFFF.
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs") or ord(character) & 0xFFFE == 0xFFFE
    return "⟨U+%04X⟩" % ord(character) if hidden else character


def instant(value: Moment) -> datetime.datetime | None:
    """Return a time in UTC, given as ISO 8601, as seconds since 1970 or as datetime; ``None`` if *value* is not a time.

    A time without a time zone is taken as UTC.
    """
    if value is None or isinstance(value, bool):
        return None
    try:
        if isinstance(value, datetime.datetime):
            found = value
        elif isinstance(value, (int, float)):
            found = datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
        else:
            # Up to Python 3.10, datetime.fromisoformat accepts neither Z nor nanoseconds.
            text = re.sub(r"(\.\d{1,6})\d*", r"\1", str(value).strip().replace("Z", "+00:00"))
            text = re.sub(r"\.(\d{1,5})(?=\D|$)", lambda match: "." + match.group(1).ljust(6, "0"), text)
            found = datetime.datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=datetime.timezone.utc)
        return found.astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def iso(moment: datetime.datetime) -> str:
    """Return *moment* as ISO 8601, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


#: The least number of seconds for a unit, the length of the unit in seconds, and its name.
_UNITS = ((2 * 365.25 * 86400, 365.25 * 86400, "years"), (60 * 86400, 30.44 * 86400, "months"), (2 * 86400, 86400, "days"))


def distance(moment: datetime.datetime, now: datetime.datetime) -> str:
    """Return the time between *moment* and *now* in words: ``in 3 months``, ``12 days ago``, ``within the hour``."""
    seconds = (moment - now).total_seconds()
    for least, length, unit in _UNITS:
        if abs(seconds) >= least:
            words = "%d %s" % (round(abs(seconds) / length), unit)
            return "in " + words if seconds > 0 else words + " ago"
    hours = round(abs(seconds) / 3600)
    if hours < 1:
        return "just now" if seconds <= 0 else "within the hour"
    words = "%d hour%s" % (hours, "" if hours == 1 else "s")
    return "in " + words if seconds > 0 else words + " ago"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 API key``, ``1,200 API keys``."""
    return "{:,} {}".format(number, singular if number == 1 else plural or singular + "s")


def text_in(entry: Json, name: str) -> str | None:
    value = entry.get(name)
    return None if value is None or value == "" else str(value)


def dict_in(entry: Json, name: str) -> Json:
    value = entry.get(name)
    return value if isinstance(value, t.Mapping) else {}


def dicts_in(entry: Json, name: str) -> list[Json]:
    value = entry.get(name)
    return [one for one in value if isinstance(one, t.Mapping)] if isinstance(value, (list, tuple)) else []
