# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A unified diff of a file, without the secrets that the code may hold."""

from __future__ import annotations

import difflib
import re

#: Secrets that Grafana generates: tokens, keys of Grafana Cloud, and API keys (Base64 of JSON that starts with "k").
_KEYS = re.compile(r"\b(?:glsa_|glc_|eyJrIjoi)[\w.+/=-]+")
#: A string assigned to a name that suggests a secret, unless the string starts with a template expression.
_ASSIGNED = re.compile(r'(?im)^([^\S\n]*"?[\w-]*(?:auth|password|passwd|secret|token|api_key)"?\s*[=:]\s*)"(?!\$\{)[^"\n]+"')
HIDDEN = "********"


def hidden(text: str) -> str:
    """Return *text* with everything that looks like a secret replaced by asterisks."""
    return _KEYS.sub(HIDDEN, _ASSIGNED.sub(r'\1"%s"' % HIDDEN, text))


def unified(path: str, before: bytes | None, after: bytes | None) -> str:
    """Return the unified diff of one file; a text is ``None`` if the file does not exist."""
    old, new = (hidden((text or b"").decode("utf-8", "replace")).splitlines(keepends=True) for text in (before, after))
    names = ("/dev/null" if before is None else "a/" + path, "/dev/null" if after is None else "b/" + path)
    lines = list(difflib.unified_diff(old, new, *names))
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)
