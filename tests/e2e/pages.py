# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of the documentation, worked through: its commands, tasks and playbooks, and what it says comes of them.

Of a page, blocks of ``shell`` and ``yaml`` are run in their order. A block of ``text`` right behind one is what it prints: all
of it of a command, lines among others of tasks; ``…`` stands for anything. "Tried on Grafana 9.3.2" says on which version what
follows is run; another one further down is an upgrade. Only the address of the server is another one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from e2e import needles
from e2e.conftest import PASSWORD, ROOT, Run, Site
from modules.api_keys.old_keys import Old

#: The server's address in every page.
ADDRESS = "https://grafana.example.org"
_VERSION = re.compile(r"Tried on Grafana (\d[\w.-]*\w)")


@dataclass
class Block:
    """A block of code: what it is written in, under which heading it stands, for which version, and what it prints."""

    language: str
    heading: str
    version: str | None
    line: int
    text: str = ""
    prints: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How errors call it."""
        return f"{self.language} in line {self.line} ({self.heading})"


def blocks(markdown: str) -> list[Block]:
    """Return the blocks of a page that are run. Raises :class:`ValueError` for output that belongs to none."""
    found: list[Block] = []
    heading, version, fence = "", None, None
    follows = False
    for number, line in enumerate(markdown.splitlines(), 1):
        if fence is not None:
            if line == "```":
                fence = None
            else:
                fence.append(line)
        elif line.startswith("```"):
            language = line[3:]
            fence = []
            if language == "text":
                if not follows or found[-1].prints:
                    raise ValueError(f"line {number}: output that no block above has printed")
                fence = found[-1].prints
            elif language in ("shell", "yaml"):
                found.append(Block(language, heading, version, number))
                fence = _Lines(found[-1])
            follows = language in ("shell", "yaml")
        elif line.startswith("#"):
            heading, follows = line.lstrip("# "), False
        elif line.strip():
            follows = False
            told = _VERSION.search(line)
            version = told.group(1) if told else version
    if fence is not None:
        raise ValueError("the last block does not end")
    return found


class _Lines:
    """Takes the lines of a block."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def append(self, line: str) -> None:
        self._block.text += line + "\n"


def pattern(line: str) -> re.Pattern[str]:
    """Return what an expected line matches."""
    return re.compile(".*".join(map(re.escape, line.strip().split("…"))))


def prints_all(expected: list[str], output: str) -> bool:
    """Tell whether *output* is *expected*, line by line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return len(lines) == len(expected) and all(pattern(one).fullmatch(line) for one, line in zip(expected, lines))


def prints_among_others(expected: list[str], output: str) -> bool:
    """Tell whether the lines of *expected* stand in *output* in their order."""
    lines = iter([line.strip().rstrip(",") for line in output.splitlines()])
    return all(any(pattern(one).fullmatch(line) for line in lines) for one in expected)


class Reader(Old):
    """Somebody who works through a page, on an installation of their own."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.site = site
        self.printed = ""

    def work_through(self, block: Block) -> list[Run]:
        """Do what *block* shows, on the version that the page says; return its runs."""
        if block.version is not None and block.version != self.site.emulator.version:
            self.upgrade(block.version)
        runs = [self.shell(block)] if block.language == "shell" else self.tasks(block)
        self.printed += "".join(run.text for run in runs) if block.language == "yaml" else ""
        return runs

    def shell(self, block: Block) -> Run:
        """Run a command, which has to succeed, and to print what the page says."""
        words = ["bash", "-euo", "pipefail", "-c", block.text.replace(ADDRESS, self.site.url)]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            words,
            cwd=self.site.folder,
            env={**self.site.environment, "PATH": path},
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{block.name}\n{done.stdout}{done.stderr}"
        assert not block.prints or prints_all(block.prints, done.stdout), f"{block.name}\n{done.stdout}"
        return Run(done)

    def tasks(self, block: Block) -> list[Run]:
        """Check, run, check, run: the check writes nothing and foresees the run, and after that nothing is left to do."""
        plays = yaml.safe_load(block.text.replace(ADDRESS, self.site.url))
        if "hosts" not in plays[0]:
            play = {"name": block.heading, "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": plays}
            plays = [{**play, "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}]
        path = self.site.write("page.yml", plays)
        before = self.site.writes()
        check = self.site.play(path, "-vvv", "--diff", "--check").ok()
        assert self.site.writes() == before, block.name
        run = self.site.play(path, "-vvv", "--diff").ok()
        again = [self.site.play(path, "--check").ok(), self.site.play(path).ok()]
        assert check.recap["changed"] == run.recap["changed"], block.name
        assert [one.recap["changed"] for one in again] == [0, 0], block.name
        assert prints_among_others(block.prints, run.text), f"{block.name}\n{run.text}"
        return [check, run, *again]

    def key(self, *place: str) -> str | int:
        """Return the key in a file of the page, or (with an organization first) make an API key."""
        return super().key(*place) if len(place) > 1 else (self.site.keys / place[0]).read_text().strip()

    def takes(self, name: str, org: str = "Main Org.") -> bool:
        """Tell whether the server takes the key in file *name*, in that organization."""
        import requests

        headers = {"Authorization": f"Bearer {self.key(name)}"}
        answer = requests.get(self.site.url + "/api/org", headers=headers, timeout=10)
        return answer.status_code == 200 and answer.json()["name"] == org

    def leaks(self) -> list:
        """Return the secrets that tasks of the page have printed, or left anywhere but in ``keys``."""
        kept = {path for path in self.site.keys.iterdir() if path.suffix != ".json"}
        secrets = [*self.secrets.values(), *self.site.keys_made(), PASSWORD]
        folders = [self.site.folder, self.site.temporary]
        return [*needles.in_text(secrets, self.printed), *needles.in_files(secrets, folders, kept)]


def page(name: str) -> list[Block]:
    """Return the blocks of a page in ``docs/migration``."""
    return blocks((ROOT / "docs/migration" / name).read_text(encoding="utf-8"))


def report(folder: Path) -> dict:
    """Return the report that a page's playbook has written."""
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))
