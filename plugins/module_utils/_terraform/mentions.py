# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the lines that mention keys in files that are not parsed: JSON, tests, and files with syntax errors.

A variable or another name may be the same as a resource type. A mention counts only where Terraform reads a resource type:
in a reference (``grafana_api_key.x``), as the first label of a block, and in JSON as a key directly inside ``resource``.
"""

from __future__ import annotations

import re
import typing as t

_TYPE = r"grafana_(?:cloud_stack_)?api_key"
#: A reference. In ``var.grafana_api_key.x`` the name is an attribute.
_REFERENCE = re.compile(r"(?<![\w.-])%s(?=\s*[.\[])" % _TYPE)
_LABEL = re.compile(r'\b(?:\w+_)?(?:resource|data)\s+"(%s)"' % _TYPE)
_NAMED = re.compile(r"(?<![\w.-])(%s)\.([A-Za-z_][\w-]*)" % _TYPE)
#: A string that does not end on its line is one match, too: otherwise each quote in it would be tried as a start.
_JSON = re.compile(r'"((?:[^"\\\n]|\\.)*)(?:"(\s*:)?)?|[{}\n]')
#: The objects of JSON code whose keys are resource types.
_TYPES_IN = frozenset(["resource", "mock_resource", "override_resource"])


class Mention(t.NamedTuple):
    """A line that mentions a key: its number, what it mentions, and the resources (type and name) that it names."""

    line: int
    what: str
    resources: list[tuple[str, str]]


def mentions(path: str, text: str) -> list[Mention]:
    """Return the lines of a file that mention keys."""
    labels = dict(_json_labels(text)) if path.endswith(".json") else {}
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        named = _NAMED.search(line)
        mention = named or _REFERENCE.search(line)
        label = _LABEL.search(line) if not path.endswith(".json") else None
        what = mention.group(0) if mention else label.group(1) if label else labels.get(number)
        if what:
            found.append(Mention(number, what, _NAMED.findall(line)))
    return found


def _json_labels(text: str) -> t.Iterator[tuple[int, str]]:
    """Yield line and type of each key of JSON code that is the type of a resource."""
    line = 1
    key = ""
    above: list[str] = []
    for found in _JSON.finditer(text):
        token = found.group(0)
        if token == "\n":
            line += 1
        elif token == "{":
            above.append(key)
        elif token == "}":
            # The next object may be in the same list.
            key = above.pop() if above else ""
        elif found.group(2):
            key = found.group(1)
            if above[-1:] and above[-1] in _TYPES_IN and re.match(r"%s\Z" % _TYPE, key):
                yield line, key
            line += token.count("\n")
