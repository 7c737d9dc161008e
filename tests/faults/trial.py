# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job on one version: the requests of its normal run, and a case for each request and each fault."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from e2e.needles import in_text

from .jobs import OLD, Job
from .world import ORPHAN, Request, Result, World

#: The faults, by the kinds of the emulator.
KINDS = {
    "object": "an empty object",
    "list": "a list",
    "text": "text",
    "without_id": "no id",
    "no_content": "204",
    "database_locked": "500 before the request",
    "failed": "500 after the request",
    "refuse": "dropped before the request",
    "drop": "dropped after the request",
    "outage": "dropped after the request, and no answer to any later one",
}
#: What must not happen.
LOST, DUPLICATED, LEAKED, WRONG, BUG = "lost", "duplicated", "leaked", "wrong", "bug"
FINDINGS = (LOST, DUPLICATED, LEAKED, WRONG, BUG)
#: What differs between two runs of one job.
_VOLATILE = re.compile(r'"(?:20\d\d-\d\d-\d\dT[^"]*|[a-z0-9]{14}|[\w-]{36})"|127\.0\.0\.1:\d+')


@dataclass(frozen=True)
class Finding:
    """One thing that must not happen, in one case."""

    kind: str
    case: str
    what: str


@dataclass
class Report:
    """What the cases of jobs found."""

    cases: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Add the report of other jobs."""
        self.cases += other.cases
        self.codes += other.codes
        self.findings += other.findings


@dataclass(frozen=True)
class Normal:
    """The normal run: its requests and result, and what it left."""

    requests: tuple[Request, ...]
    result: str
    before: list[str]
    state: list[str]
    stored: int


def _comparable(result: Result) -> str:
    """Return the result without what differs between two runs, of which the first may have written files already."""
    left_out = ("invocation", "changed", "diff")
    return _VOLATILE.sub("…", json.dumps({name: value for name, value in result.data.items() if name not in left_out}))


class Trial:
    """A job on one version."""

    def __init__(self, world: World, job: Job, version: str) -> None:
        self.world, self.job, self.version = world, job, version
        self.report = Report()

    def all(self, kinds: tuple[str, ...] = tuple(KINDS)) -> Report:
        """Try each fault at each request of the normal run."""
        normal = self.normal()
        for position, request in enumerate(normal.requests):
            for kind in kinds:
                if kind != "without_id" or request.has_id:
                    self._case(normal, position, request, kind)
        return self.report

    def normal(self) -> Normal:
        """Run the job without faults."""
        before = self._prepare()
        result = self._run()
        assert not result.failed, f"{self.job.name} {self.version}: {result.text}"
        requests = tuple(self.world.requests)
        return Normal(requests, _comparable(result), before, self.world.state(), len(self._working()))

    def _prepare(self) -> list[str]:
        """Bring about the state before the job, and return it."""
        start = OLD if self.job.keys else self.version
        self.world.begin(start)
        self.job.prepare(self.world)
        if start != self.version:
            self.world.server.upgrade(self.version)
        self._foreign = self.world.alive() - set(self.world.stored())
        return self.world.state()

    def _run(self) -> Result:
        self.world.forget()
        return self.world.run(self.job.module, **self.job.options(self.world))

    def _working(self) -> set[str]:
        return self.world.alive() & set(self.world.stored())

    def _case(self, normal: Normal, position: int, request: Request, kind: str) -> None:
        self.report.cases += 1
        name = f"{self.job.name}, {self.version}, {request} (request {position + 1} of {len(normal.requests)}), {KINDS[kind]}"

        def found(what: str, why: str) -> None:
            self.report.findings.append(Finding(what, name, why))

        before = self._prepare()
        self.world.server.fault({"kind": kind, "nth": position + 1})
        faulted = self._run()
        self.world.server.clear_faults()
        self.report.codes[str((faulted.data.get("failure") or {}).get("code"))] += 1
        for why in self._of_the_faulted(normal, before, faulted):
            found(WRONG, why)
        if self._without_key():
            found(LOST, f"no key works any more in place of {self._without_key()}: {faulted.text}")
        runs = [faulted, self._run()]
        if self.job.loose or runs[-1].failed:
            self.world.server.advance(ORPHAN + 60)
            runs.append(self._run())
        for what, why in self._of_the_last(normal, runs):
            found(what, why)

    def _of_the_faulted(self, normal: Normal, before: list[str], faulted: Result) -> Iterator[str]:
        """Yield what is wrong with the result of the run with the fault."""
        if faulted.failed:
            return
        if self.job.reads:
            if _comparable(faulted) != normal.result:
                yield f"another result: {_comparable(faulted)} instead of {normal.result}"
            return
        state = self.world.state()
        missing, more = Counter(normal.state) - Counter(state), Counter(state) - Counter(normal.state)
        if missing or (more and not self.job.loose):
            yield f"success, but the server lacks {list(missing)} and has {list(more)}"
        if len(self._working()) != normal.stored:
            yield f"success, but {len(self._working())} keys are stored and work instead of {normal.stored}"
        if state != before and not faulted.changed:
            yield "changed is false, but the server has changed"

    def _without_key(self) -> list[str]:
        """Return the API keys that do not work, and have no working successor in a file."""
        alive, old = self.world.alive(), getattr(self.world, "old", {})
        files = [path.read_text() for path in self.world.folder.rglob("replaces-*") if path.is_file()]
        return [
            name for name in self.job.keys if old[name] not in alive and not any(key in text for key in alive for text in files)
        ]

    def _of_the_last(self, normal: Normal, runs: list[Result]) -> Iterator[tuple[str, str]]:
        """Yield what is wrong after the last run, which had no fault."""
        last, state, stored = runs[-1], self.world.state(), set(self.world.stored())
        if last.failed:
            yield WRONG, f"the job still fails: {last.text}"
        elif self.job.reads and _comparable(last) != normal.result:
            yield WRONG, f"the last result is {_comparable(last)} instead of {normal.result}"
        unknown = self.world.alive() - stored - self._foreign
        if unknown:
            yield LOST, f"{len(unknown)} keys work, but no sink stores them"
        if len(self._working()) != normal.stored:
            yield LOST, f"{len(self._working())} keys are stored and work instead of {normal.stored}"
        missing, more = Counter(normal.state) - Counter(state), Counter(state) - Counter(normal.state)
        if more:
            yield DUPLICATED, f"the server has {list(more)} in addition, and lacks {list(missing)}: {last.text}"
        elif missing and not last.failed:
            yield WRONG, f"the server lacks {list(missing)}"
        for run in runs:
            if in_text(list(self.world.created), run.text):
                yield LEAKED, run.text[:2000]
            if '"code": "bug"' in run.text:
                yield BUG, _bug(run.data)


def _bug(data: dict[str, Any]) -> str:
    """Return the traceback of a bug in a result."""
    failures = [data.get("failure"), *(one.get("failure") for one in data.get("results") or [])]
    texts = [(one.get("details") or {}).get("traceback", one["message"]) for one in failures if one]
    return "\n".join(texts)
