# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change does to an object, in a few words: ``created``, ``role Editor→Admin``."""

from __future__ import annotations

import typing as t

from .resource import View

#: The words for each action of a change but ``update``, whose words are the fields that differ.
_WORDS = {
    "adopt": "adopted",
    "create": "created",
    "delete": "deleted",
    "empty": "emptied",
    "migrate": "migrated",
    "replace": "replaced",
    "tidy": "tidied up",
}
#: The longest value of a field, in characters, that is shown; of a longer one only the field's name.
_LONGEST = 40


def words(action: str, before: View, after: View) -> str:
    """Return what a change of this *action* does, where *before* and *after* are the object as diffs show it.

    Diffs contain no secrets, so the words contain none either.
    """
    if action != "update":
        return _WORDS.get(action, action)
    fields = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return ", ".join(_field(name, before.get(name), after.get(name)) for name in fields) or "updated"


def _field(name: str, old: t.Any, new: t.Any) -> str:
    """Return the name of a field with its old and new value, if both are short."""
    values = [_value(old), _value(new)]
    if any(value is None for value in values):
        return name
    return "%s %s→%s" % (name, values[0], values[1])


def _value(value: t.Any) -> str | None:
    """Return a value as text, ``None`` for one that is too long or has parts."""
    if value is None or value == "":
        return "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        return None
    text = str(value)
    return text if len(text) <= _LONGEST and text.isprintable() else None
