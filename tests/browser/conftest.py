# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium, and pages shown in it that may not load, say or open anything."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parents[2]
#: Where pages and pictures of them are left.
SHOWN = ROOT / ".build" / "browser"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium():
    """The browser."""
    path = os.environ.get("CHROMIUM") or subprocess.check_output([ROOT / "tests/tools/find-chromium.sh"], text=True).strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def show(chromium):
    """Return a function that shows a page of HTML; at the end, whatever any of them has loaded or said is an error."""
    contexts, troubles = [], []

    def shown(name, text, scheme="light", width=1280, script=True):
        SHOWN.mkdir(parents=True, exist_ok=True)
        path = SHOWN / (name + ".html")
        path.write_text(text, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: request.url.split("#")[0] == path.as_uri() or troubles.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda problem: troubles.append(str(problem)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        context.on("page", lambda other: other is page or troubles.append(other.url))
        page.goto(path.as_uri())
        page.troubles = troubles
        return page

    yield shown
    for context in contexts:
        context.close()
    assert troubles == []
