# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes in a file, for people: a unified diff without the secrets that code may hold."""

from __future__ import annotations

import difflib
import re

#: What the server or Grafana Cloud makes: tokens, keys of Grafana Cloud, and API keys (Base64 of JSON that starts with "k").
_KEYS = re.compile(r"\b(?:glsa_|glc_|eyJrIjoi)[\w.+/=-]+")
#: A string that is assigned to something that sounds like a secret, unless it is made up of other values.
_ASSIGNED = re.compile(r'(?im)^(\s*"?[\w-]*(?:auth|password|passwd|secret|token|api_key)"?\s*[=:]\s*)"(?!\$\{)[^"\n]+"')
HIDDEN = "********"


def hidden(text: str) -> str:
    """Return *text* without what looks like a secret."""
    return _KEYS.sub(HIDDEN, _ASSIGNED.sub(r'\1"%s"' % HIDDEN, text))


def unified(path: str, before: bytes | None, after: bytes | None) -> str:
    """Return what changes in one file; ``None`` is no file."""
    old, new = (hidden((text or b"").decode("utf-8", "replace")).splitlines(keepends=True) for text in (before, after))
    names = ("/dev/null" if before is None else "a/" + path, "/dev/null" if after is None else "b/" + path)
    lines = list(difflib.unified_diff(old, new, *names))
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)
