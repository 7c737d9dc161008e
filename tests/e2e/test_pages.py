# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages on migration, worked through as their readers do: every command and task of them, in their order."""

from __future__ import annotations

import pytest

from e2e import pages


def keep(reader, folder, org, name, *more):
    """Make an API key, and put it where its client finds it."""
    reader.key(org, name, *more)
    (folder / name).write_text(reader.secrets[org, name] + "\n")


def before_the_buttons(reader):
    """What the page about the buttons starts from: keys in three organizations, one of them expired."""
    keys = reader.site.keys
    reader.orgs["Main Org."] = 1
    keep(reader, keys, "Main Org.", "ci", "Editor")
    keep(reader, keys, "Main Org.", "reader", "Viewer")
    reader.key("Main Org.", "old", "Admin", 1)
    keep(reader, keys, "tenant-1", "agent", "Editor")
    reader.key("tenant-2", "agent", "Viewer")
    reader.key("tenant-2", "over", "Viewer", 1)
    reader.site.emulator.advance(5)


PAGES = {"ui.md": before_the_buttons, "http-api.md": lambda reader: None}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", PAGES)
def test_worked_through(sites, name):
    blocks = pages.page(name)
    reader = pages.Reader(sites(blocks[0].version))
    PAGES[name](reader)
    for block in blocks:
        reader.work_through(block)
    assert len(blocks) > 8
    emulator = reader.site.emulator
    if name == "ui.md":
        assert [reader.takes("ci"), reader.takes("reader"), reader.takes("agent", "tenant-1")] == [True, True, True]
        names = {account["name"] for org_id, account in emulator.accounts() if org_id == 1}
        assert names == {"ci", "made all the same", "old", "reader"}
        assert emulator.api_keys() == []
        assert pages.report(reader.site.folder / "reports")["sums"]["left"] == 0
    else:
        assert [reader.takes(one) for one in ("ci", "deploy", "reader", "nightly")] == [True] * 4
        assert reader.takes("agent", "tenant-1")
        assert [reader.takes(f"replaces-{one}") for one in ("ci-build", "ci-test")] == [True, True]
        assert [reader.takes(one) for one in ("ci-build", "ci-test")] == [False, False]
    assert reader.leaks() == []


def test_every_page_of_the_folder_is_run_or_read():
    """A page with blocks that nobody runs would show what does not work one day."""
    folder = pages.ROOT / "docs/migration"
    elsewhere = {"cloud.md", "terraform.md", "upgrade.md", "index.md"}  # with tests of their own, or without anything to run
    assert {path.name for path in folder.glob("*.md")} == {*PAGES, *elsewhere}
    assert pages.page("index.md") == []
