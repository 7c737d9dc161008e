# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration report as HTML and Markdown: it has all data, and no name can break its markup."""

from __future__ import annotations

from markdown_it import MarkdownIt

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.report import migration_report
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.text import visible
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils import migration_results as results
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils.markup import page, words
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils.migration_results import NOW

# HTML


def test_page_has_all_data():
    tree = page(migration_report(results.customer(), title="Keys of production", now=NOW))
    assert tree.get("lang") == "en"
    assert words(tree.find("head/title")) == words(tree.find(".//h1")) == "Keys of production"
    rows = [[words(cell) for cell in row] for row in tree.iter("tr")]
    for expected in (
        [
            "ci id",
            "Editor",
            "2027-01-01 in 36 days",
            "2026-11-20 5 days ago",
            "API key ci (id 12) of org Contoso cannot be migrated",
            "—",
        ],
        ["alerts id", "Editor", "2027-01-01", "2026-11-20", "Migrated", "sa-autogen-alerts Editor → Viewer"],
        ["old-dashboard-import", "Editor", "2025-03-01 21 months ago expired", "2026-11-20", "it has expired", "—"],
        ["billing", "Editor", "", "", "still exists", "replaces-billing, created 2026-11-25 just now, expires 2027-02-23"],
        ["snapshots", "Editor", "2027-01-01", "not reported", "not selected by the task", "—"],
        ["hashi_vault kv/grafana/reader", "does not work", "—", "—", "—", "there is no key"],
    ):
        assert any(len(row) == 6 and all(map(str.__contains__, row, expected)) for row in rows), expected
    assert "the caller is no member of org Initech" in words(tree.find(".//p[@class='failure']"))
    assert "does not report when an API key was created" in words(tree.find(".//footer"))


def test_headings_are_in_order_and_tables_have_heads():
    tree = page(migration_report(results.customer(), now=NOW))
    levels = [int(element.tag[1]) for element in tree.iter() if element.tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:]))
    tables = list(tree.iter("table"))
    assert tables
    for table in tables:
        assert table[0].tag == "caption"
        assert {cell.get("scope") for cell in table.find("thead").iter("th")} == {"col"}
        assert all(row[0].get("scope") == "row" for row in table.find("tbody"))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [element.get("href") for element in tree.iter("a")]
    assert links
    assert {link[1:] for link in links} <= set(ids)


def test_hostile_names_do_not_change_the_page():
    """Hostile names add no other elements and attributes to the page, and the page shows every name."""
    hostile = page(migration_report(results.hostile(), now=NOW))
    assert {element.tag for element in hostile.iter() if isinstance(element.tag, str)} <= {
        *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "dl", "div", "dt", "dd", "main"),
        *("section", "ul", "ol", "li", "span", "details", "summary", "a", "bdi", "table", "caption", "thead", "tbody", "tr"),
        *("th", "td", "small", "time", "code", "b", "fieldset", "legend", "label", "input", "button", "footer", "script"),
    }
    assert len(list(hostile.iter("script"))) == len(list(hostile.iter("style"))) == 1
    attributes = {name for element in hostile.iter() for name in element.attrib}
    assert attributes <= {
        *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "aria-labelledby", "scope", "datetime"),
        *("open", "type", "checked", "for", "autocomplete", "role", "hidden"),
    }
    assert {element.get("href")[:5] for element in hostile.iter("a")} == {"#org-", "#test"}
    texts = {words(element) for element in hostile.iter("bdi")}
    for name in results.HOSTILE:
        assert (visible(name, 160) or "(no name)") in texts, name
    assert "hunter2" not in words(hostile)


def test_policy_of_the_page_allows_no_requests():
    text = migration_report(results.customer(), now=NOW)
    policy = next(one for one in page(text).iter("meta") if one.get("http-equiv")).get("content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in text.replace("https://grafana.example.org", "").replace("http-equiv", "")


def test_with_many_organizations_only_the_urgent_are_unfolded():
    tree = page(migration_report(results.huge(), now=NOW))
    orgs = [element for element in tree.iter("details") if "org" in element.get("class", "").split()]
    assert len(orgs) == 200
    assert sum("open" in org.attrib for org in orgs) == 40
    assert all("open" in org.attrib for org in orgs[:40])
    assert sum(len(list(org.iter("tr"))) for org in orgs) == 1200
    contents = next(element for element in tree.iter("details") if element.get("class") == "contents")
    assert len(list(contents.iter("a"))) == 200


def test_few_organizations_are_all_unfolded():
    tree = page(migration_report(results.customer(), now=NOW))
    assert [element.get("class") for element in tree.iter("details") if "open" not in element.attrib] == []


# Markdown


def tokens(text):
    return MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)


def read_markdown(text):
    """Parse Markdown; return the types of blocks, the texts of lines, and the types of inline elements."""
    parsed = tokens(text)
    inline = [child for token in parsed for child in token.children or ()]
    lines = ["".join(child.content for child in token.children) for token in parsed if token.type == "inline"]
    return [token.type for token in parsed], lines, {child.type for child in inline}


def test_markdown_has_all_data():
    kinds, lines, _inside = read_markdown(migration_report(results.customer(), "markdown", now=NOW))
    assert kinds.count("table_open") == 6
    for expected in (
        "Migration of API keys",
        "1 API key and 1 organization failed; 4 API keys are left.",
        "2027-01-01 (in 36 days)",
        "Reissued, still exists",
        "account billing (Editor); token replaces-billing, created 2026-11-25; key stored in /run/keys/Fabrikam/replaces-billing",
        "account sa-autogen-alerts (Viewer); token alerts",
        "id 8, 1 failed, 1 migrated, 1 deleted, 1 kept, 2 left",
        "Umbrella, Wayne Enterprises",
    ):
        assert expected in lines
    assert any(line.startswith("not_a_member: the caller is no member") for line in lines)


def test_hostile_names_do_not_change_markdown():
    text = migration_report(results.hostile(), "markdown", now=NOW)
    kinds, lines, inside = read_markdown(text)
    assert inside == {"text", "strong_open", "strong_close", "softbreak", "text_special"} & inside
    assert not {"html_block", "fence", "code_block", "blockquote_open"} & set(kinds)
    assert kinds.count("heading_open") == text.count("\n#") + 1
    assert (
        kinds.count("tr_open")
        == kinds.count("tr_close")
        == sum(line.startswith("| ") and not line.startswith("| --- ") for line in text.splitlines())
    )
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) > 100
    for name in results.HOSTILE:
        assert any((visible(name, 160) or "(no name)") in line for line in lines), name
    assert "hunter2" not in text
