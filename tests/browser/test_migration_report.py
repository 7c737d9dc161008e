# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the report on a migration, as people see it."""

from __future__ import annotations

import contextlib
import io
import socket

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.report import migration_report
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils import migration_results as results
from browser.conftest import SHOWN

LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "narrow": ("light", 400), "narrow-dark": ("dark", 400)}


def planned():
    return {**results.customer(), "mode": "plan", "verified": []}


REPORTS = {"customer": results.customer, "planned": planned, "hostile": results.hostile, "huge": results.huge}


@pytest.fixture(scope="module")
def texts():
    return {name: migration_report(make(), title="Keys of production", now=results.NOW) for name, make in REPORTS.items()}


def visible_rows(page):
    """Return how many rows of keys have a size, and are not skipped by the browser."""
    return page.eval_on_selector_all(
        ".keys tbody tr", "all => all.filter(one => one.getBoundingClientRect().height > 4 && one.checkVisibility()).length"
    )


def test_the_look_of_it(show, texts):
    """Each page in each look is as wide as the window, has nothing that sticks out, and says what it is for."""
    for name, text in texts.items():
        for look, (scheme, width) in LOOKS.items():
            page = show(name, text, scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth") == width, (name, look)
            sticking_out = page.evaluate(
                """() => [...document.querySelectorAll("body *")].filter(one => {
                    const box = one.getBoundingClientRect();
                    return box.width > 1 && (box.right > innerWidth + 0.5 || box.left < -0.5);
                }).map(one => one.outerHTML.slice(0, 200))"""
            )
            assert sticking_out == [], (name, look)
            light = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (light == "rgb(255, 255, 255)") is (scheme == "light"), (name, look)
            page.screenshot(path=SHOWN / ("%s-%s.png" % (name, look)), full_page=name != "huge")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["customer", "planned", "huge"])
def test_it_is_accessible(show, texts, name, look):
    """The rules of axe hold, that of contrast among them, and it has not left contrast open anywhere."""
    page = show(name, texts[name], *LOOKS[look])
    page.evaluate("document.querySelectorAll('details:not(.org)').forEach(one => { one.open = true; })")
    found = Axe().run(page, options={"resultTypes": ["violations", "incomplete"]}).response
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found["violations"]] == []
    assert [one["id"] for one in found["incomplete"]] == []
    assert "color-contrast" in [one["id"] for one in found["passes"]]


def test_axe_would_see_poor_contrast(show, texts):
    page = show("poor", texts["customer"])
    page.evaluate("document.documentElement.style.setProperty('--soft', '#999')")
    assert "color-contrast" in [one["id"] for one in Axe().run(page).response["violations"]]


def asked(listener):
    """Return what has been asked of a socket; a browser may open connections on suspicion, and says nothing on them."""
    asked = []
    with contextlib.suppress(BlockingIOError):
        while True:
            connection, _address = listener.accept()
            with connection, contextlib.suppress(BlockingIOError):
                connection.setblocking(False)
                asked.append(connection.recv(65536))
    return [one for one in asked if one]


def test_nothing_can_be_loaded(show, texts):
    """The policy of the page keeps even what got into it from loading and from running."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    page = show("loading", texts["customer"])
    refused = page.evaluate(
        """async (other) => {
            const refused = [];
            document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
            for (const part of [`<img src="${other}x.png">`, `<iframe src="${other}"></iframe>`,
                                `<link rel="stylesheet" href="${other}x.css">`, '<b style="color: red">x</b>',
                                '<b onclick="alert(1)">x</b>']) {
                document.body.insertAdjacentHTML("beforeend", part);
            }
            const script = document.createElement("script");
            script.textContent = "window.broken = true";
            document.body.append(script);
            for (let waited = 0; refused.length < 6 && waited < 20000; waited += 50) {
                await new Promise((done) => setTimeout(done, 50));
            }
            await new Promise((done) => setTimeout(done, 500));
            return [refused.sort(), window.broken === undefined];
        }""",
        "http://127.0.0.1:%d/" % listener.getsockname()[1],
    )
    assert refused == [["frame-src", "img-src", "script-src-attr", "script-src-elem", "style-src-attr", "style-src-elem"], True]
    with listener:
        assert asked(listener) == []
    # the browser says what it refused, and names the requests that it did not make
    said = [trouble for trouble in page.troubles if not trouble.startswith("http://127.0.0.1:")]
    assert len(said) >= 6
    assert all("Content Security Policy" in trouble for trouble in said), said
    page.troubles.clear()


def test_hostile_names_run_nothing(show, texts):
    page = show("hostile", texts["hostile"])
    assert page.locator("script").count() == 1
    assert page.locator("h1").count() == 1
    assert page.locator("img").count() == 0
    assert page.get_by_text("<script>alert(1)</script>").count() > 10
    assert page.title() == "Keys of production"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_folding(show, texts, script):
    """Organizations that need somebody are unfolded, the others open and close, by mouse and by keyboard."""
    page = show("huge", texts["huge"], script=script)
    assert visible_rows(page) == 200 if script else page.locator(".org[open]").count() == 40
    done = page.locator(".org.r3").first
    done.locator("summary").click()
    assert done.get_attribute("open") is not None
    assert done.locator("tbody tr").first.is_visible()
    done.locator("summary").press("Enter")
    assert done.get_attribute("open") is None
    assert not done.locator("tbody tr").first.is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_choosing(show, texts, script):
    """Which organizations are seen can be chosen, without script too."""
    page = show("huge", texts["huge"], script=script)
    for label, number in (("Failed", 20), ("Keys left", 20), ("Done", 160), ("All", 200)):
        page.get_by_role("radio", name=label).check()
        assert page.locator(".org:visible").count() == number
    assert page.get_by_label("Find").is_visible() is script


def test_finding(show, texts):
    page = show("huge", texts["huge"])
    page.get_by_label("Find").fill("Terraform-13")
    assert page.locator(".org:visible h3").all_inner_texts()[:2] == ["tenant-013", "tenant-133"]
    assert page.locator("#seen").inner_text() == "%d of 200" % page.locator(".org:visible").count() == "11 of 200"
    page.get_by_label("Find").fill("")
    assert page.locator(".org:visible").count() == 200
    page.get_by_role("button", name="Unfold all").click()
    assert visible_rows(page) == 1000
    page.get_by_role("button", name="Fold all", exact=True).click()
    assert visible_rows(page) == 0


def test_links_lead_there_and_unfold(show, texts):
    page = show("huge", texts["huge"])
    page.locator(".contents > summary").click()
    page.screenshot(path=SHOWN / "huge-contents.png")
    page.locator(".contents a", has_text="tenant-199").click()
    org = page.locator(".org", has=page.locator("h3", has_text="tenant-199"))
    assert org.get_attribute("open") is not None
    assert org.locator("h3").evaluate(
        "one => { const at = one.getBoundingClientRect().top; return at >= 0 && at < innerHeight; }"
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper(show, texts, scheme, script):
    """All rows are there on paper, also those of what is folded or filtered out, black on white, and none is torn."""
    page = show("huge", texts["huge"], scheme, script=script)
    page.get_by_role("radio", name="Failed").check()
    paper = page.pdf(path=SHOWN / ("huge-%s.pdf" % scheme), format="A4")
    pages = [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(paper)).pages]
    text = " ".join(" ".join(pages).split())
    for number in range(200):
        assert "tenant-%03d" % number in text
    assert text.count("id ") >= 1200
    assert "Unfold all" not in text
    assert "Contents" not in text
    page.emulate_media(media="print", color_scheme=scheme)
    if script:
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert page.eval_on_selector(".keys tbody tr", "one => getComputedStyle(one).breakInside") == "avoid"
        assert page.locator(".org:visible").count() == 200


def test_heads_are_repeated_on_paper(show):
    """A table of more than a page has its heads on each."""
    keys = [results.key("key-%03d" % number) for number in range(90)]
    page = show("long", migration_report(results.result(results.org("long", *keys)), now=results.NOW))
    paper = page.pdf(path=SHOWN / "long.pdf", format="A4")
    pages = [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(paper)).pages]
    with_rows = [text for text in pages if "token key-" in text]
    assert len(with_rows) > 2
    assert all("Outcome" in text and "Account and token" in text for text in with_rows)


def test_pictures_of_paper(show, texts):
    """Both themes make the same paper; its pictures are for people to look at."""
    for name in ("customer", "planned", "hostile"):
        page = show(name, texts[name], "dark")
        page.pdf(path=SHOWN / (name + ".pdf"), format="A4")
        page.set_viewport_size({"width": 720, "height": 1018})
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("document.documentElement.scrollWidth") == 720
        page.screenshot(path=SHOWN / (name + "-paper.png"), full_page=True)
