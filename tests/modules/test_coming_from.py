# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worked translations of docs/coming-from.md, as they are on the page: each runs twice, the second run changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from servers import NEWEST

PAGE = Path(__file__).resolve().parents[2] / "docs/coming-from.md"
PREFIX = "orgsmith.grafana."
#: The newest version, and the oldest one with all kinds of objects of the page.
VERSIONS = ["9.3.2", NEWEST]


def tasks(heading):
    """Return (module, options) of each task below *heading*. A template stands for a text of 12 characters and more."""
    section = PAGE.read_text(encoding="utf-8").partition(f"### {heading}\n")[2].partition("\n#")[0]
    blocks = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    found = yaml.safe_load(re.sub(r"\{\{ (\w+) \}\}", r"value of \1", "".join(blocks)))
    return [next((key[len(PREFIX) :], value) for key, value in task.items() if key.startswith(PREFIX)) for task in found]


@pytest.fixture(params=VERSIONS)
def prepared(request, versioned):
    """A server with what the page expects: a further organization, which is number 3 on the page, and two users."""
    server = versioned(request.param)
    server.ok("grafana_org", name="third")
    for name in ("john.doe", "jane.doe"):
        server.user(name, email=f"{name}@example.com")
    return server


def here(server, options):
    """Return the id that the page's organization 3 has on this server, if a task names it."""
    return {"org_id": server.org_id("third")} if options.get("org_id") == 3 else {}


def run(server, heading):
    """Run the tasks below *heading*; return whether each of them changed something."""
    wanted = [(module, {**options, **here(server, options)}) for module, options in tasks(heading)]
    results = [server.ok(module, **options) for module, options in wanted]
    assert [result["warnings"] for result in results] == [[] for _result in results]
    return [result["changed"] for result in results]


@pytest.mark.parametrize(("heading", "changes"), [("The users", 1), ("The data sources", 7), ("The teams", 5)])
def test_a_second_run_changes_nothing(prepared, heading, changes):
    assert run(prepared, heading) == [True] * changes
    with prepared.writes_nothing():
        assert run(prepared, heading) == [False] * changes


def test_what_the_page_creates_it_deletes(prepared):
    run(prepared, "The users")
    run(prepared, "The teams")
    assert run(prepared, "What they delete") == [True, True]
    with prepared.writes_nothing():
        assert run(prepared, "What they delete") == [False, False]
