# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make real` has found, as docs/servers.md shows it."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from .kinds import KINDS

KNOWN = Path(__file__).with_name("known_failures.yml")
UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Known:
    """A failure whose reason is known: *test* is a pattern of test ids, *versions* the versions of the server, all if empty."""

    test: str
    reason: str
    versions: tuple[str, ...] = ()

    def matches(self, test: str, version: str) -> bool:
        """Tell whether it speaks of *test* on a server of *version*."""
        here = not self.versions or version in self.versions
        # The brackets of parameters are no character classes here.
        return here and fnmatchcase(test.translate(_PLAIN), self.test.translate(_PLAIN))


_PLAIN = str.maketrans("[]", "()")


def known_failures(path: Path = KNOWN) -> list[Known]:
    """Return the known failures that the file *path* lists."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return [Known(entry["test"], entry["reason"], tuple(entry.get("versions", ()))) for entry in entries]


@dataclass
class Results:
    """The results of one run: numbers, and the failed tests with the reason of each."""

    passed: int = 0
    not_applicable: Counter[str] = field(default_factory=Counter)
    #: Tests skipped for another reason than the server, as one that needs root.
    skipped: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def unexplained(self) -> list[str]:
        """The failed tests of which no reason is known."""
        return [test for test, reason in self.failed.items() if reason == UNEXPLAINED]


def results(lines: list[dict[str, Any]], version: str, known: list[Known]) -> Results:
    """Return the results in the *lines* that the plugin of pytest has written, for a server of *version*."""
    found = Results()
    by_test: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_test.setdefault(line["test"], []).append(line)
    for test, reports in sorted(by_test.items()):
        if any(report["outcome"] == "failed" for report in reports):
            reasons = [one.reason for one in known if one.matches(test, version)]
            found.failed[test] = reasons[0] if reasons else UNEXPLAINED
        elif reports[-1]["outcome"] == "skipped":
            kind = reports[-1]["kind"]
            found.not_applicable[kind] += bool(kind)
            found.skipped += not kind
        else:
            found.passed += 1
    found.not_applicable = +found.not_applicable
    return found


def outdated(found: Results, version: str, known: list[Known]) -> list[str]:
    """Return the known failures on a server of *version* that did not happen in a run of all tests."""
    here = [one for one in known if not one.versions or version in one.versions]
    return [one.test for one in here if not any(one.matches(test, version) for test in found.failed)]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of JSON in a file; none if there is no file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def title(version: str, database: str) -> str:
    """Return the title of the section about one server."""
    return f"Grafana {version} on {database}"


def section(version: str, database: str, date: str, found: Results) -> str:
    """Return the section of docs/servers.md about one server."""
    lines = [f"## {title(version, database)}", ""]
    lines += ["| database | date | passed | not applicable | failed |", "| --- | --- | --- | --- | --- |"]
    numbers = (found.passed, sum(found.not_applicable.values()), len(found.failed))
    lines += [f"| {database} | {date} | {' | '.join(map(str, numbers))} |", ""]
    if found.not_applicable:
        lines += ["| not applicable | tests | why |", "| --- | --- | --- |"]
        lines += [f"| {kind} | {count} | {KINDS[kind]} |" for kind, count in found.not_applicable.most_common()]
        lines += [""]
    if found.failed:
        counted = Counter(found.failed.values())
        lines += ["| failed because | tests |", "| --- | --- |"]
        lines += [f"| {reason} | {count} |" for reason, count in counted.most_common()]
        lines += ["", *(f"- `{test}`: {reason}" for test, reason in found.failed.items()), ""]
    return "\n".join(lines)


HEAD = """\
<!--
Copyright (c) 2026, orgsmith contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

# Tested servers

`make real` wrote this page: the results of the collection's tests on real servers of Grafana, each fresh, with an empty database
and its default settings but for the brute-force protection, which is off. The tests are those that CI runs on the emulator.
"""


def with_section(page: str, text: str) -> str:
    """Return *page* with the section of the same title replaced by *text*, or added; the newest version comes first."""
    parts = re.split(r"(?m)^(?=## )", page)[1:]
    kept = {one.splitlines()[0]: one.rstrip() for one in [*parts, text]}
    titles = sorted(kept, reverse=True)
    newest_first = sorted(titles, key=lambda one: [int(number) for number in re.findall(r"\d+", one)], reverse=True)
    return HEAD + "".join(f"\n{kept[one]}\n" for one in newest_first)
