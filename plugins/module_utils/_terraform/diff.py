# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A unified diff of a file, without the secrets that the code may hold."""

from __future__ import annotations

import difflib
import re

#: Secrets that Grafana generates: tokens, keys of Grafana Cloud, and API keys (Base64 of JSON that starts with "k").
_KEYS = re.compile(r"\b(?:glsa_|glc_|eyJrIjoi)[\w.+/=-]+")
#: A value assigned to a name that suggests a secret, in code, JSON or a comment: name and sign, and the rest of the line.
_ASSIGNED = re.compile(
    r'(?i)((?<![\w-])[\w-]*(?:auth|authorization|cookie|credentials?|headers|key|passwd|password|pwd|secret|token)"?'
    r"\s*(?:=(?!=)|:)\s*)(\S.*)$"
)
#: A reference, alone or as a template: it names a value and does not hold one.
_REFERENCE = re.compile(r'^(?:"\$\{[\w.-]+\}"|[a-z_][\w-]*(?:\.[\w-]+|\[[\w."-]*\])+)\s*,?$')
_WORD = re.compile(r"\S+")
_HEREDOC = re.compile(r"<<-?([\w-]+)\s*$")
HIDDEN = "********"


def hidden(text: str) -> str:
    """Return *text* with everything that may be a secret replaced by asterisks. The number of lines stays the same.

    A line is replaced as a whole inside a heredoc, inside brackets that belong to a secret, and if it has an escaped quote.
    """
    lines = []
    marker, depth = "", 0
    for line in text.split("\n"):
        if marker:
            marker = "" if line.strip() == marker else marker
            lines.append(line if not marker else HIDDEN)
            continue
        heredoc = _HEREDOC.search(line)
        if heredoc is not None:
            marker = heredoc.group(1)
        if depth > 0:
            depth += _opened(line)
            lines.append(HIDDEN)
            continue
        assigned = _ASSIGNED.search(line)
        if assigned is not None and not _REFERENCE.match(assigned.group(2)):
            depth = _opened(assigned.group(2))
            shown = '%s"%s"' % (line[: assigned.start(2)], HIDDEN)
        else:
            shown = line
        lines.append(HIDDEN if '\\"' in shown else _KEYS.sub(HIDDEN, _WORD.sub(_without_userinfo, shown)))
    return "\n".join(lines)


def _without_userinfo(word: re.Match[str]) -> str:
    """Return a word with user and password of a URL hidden; a pattern for it would take quadratic time."""
    text = word.group()
    start, end = text.find("://"), text.rfind("@")
    return text if not 0 <= start < end else text[: start + 3] + HIDDEN + text[end:]


def _opened(line: str) -> int:
    """Return how many brackets stay open after a line."""
    return sum(line.count(one) for one in "{[(") - sum(line.count(one) for one in "}])")


def unified(path: str, before: bytes | None, after: bytes | None) -> str:
    """Return the unified diff of one file; a text is ``None`` if the file does not exist."""
    old, new = (hidden((text or b"").decode("utf-8", "replace")).splitlines(keepends=True) for text in (before, after))
    names = ("/dev/null" if before is None else "a/" + path, "/dev/null" if after is None else "b/" + path)
    lines = list(difflib.unified_diff(old, new, *names))
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)
