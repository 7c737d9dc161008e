# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration report: its content, and that no value can break its markup."""

from __future__ import annotations

import datetime
import json

import html5lib
import pytest
from ansible.errors import AnsibleFilterError
from markdown_it import MarkdownIt

from ansible_collections.orgsmith.grafana.plugins.filter.migration_report import FilterModule
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.advice import findings, headline, label
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.model import as_json, read
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.report import migration_report
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.text import distance, instant, masked, visible
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils import migration_results as results
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils.migration_results import NOW, key, org, result

FORMS = ("html", "markdown", "json")


def page(text):
    """Parse a page to a tree, with a parser that raises on every error of the HTML standard."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def words(element):
    """Return the text of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def report_of(*organizations, **changes):
    return read(result(*organizations, **changes), now=NOW)


def findings_of(*organizations, **changes):
    return {finding.what: finding for finding in findings(report_of(*organizations, **changes))}


# Outcomes of keys


@pytest.mark.parametrize(
    ("given", "outcome", "done", "planned", "left"),
    [
        (key("k"), "migrated", "Migrated", "To be migrated", False),
        (key("k", status="ok"), "migrated", "Migrated before", "Migrated before", False),
        (key("k", "reissued"), "reissued", "Reissued", "To be reissued", True),
        (key("k", "reissued", deleted=True), "reissued", "Reissued", "To be reissued", False),
        (key("k", "reissued", status="ok"), "reissued", "Reissued before", "Reissued before", True),
        (key("k", "reissued", id=None), "reissued", "Reissued", "To be reissued", False),
        (key("k", "deleted"), "deleted", "Deleted", "To be deleted", False),
        (key("k", "deleted", status="ok", deleted=False), "deleted", "Deleted before", "Deleted before", False),
        (key("k", "kept"), "kept", "Kept", "To be kept", True),
        (key("k", "failed"), "failed", "Failed", "Would fail", True),
        (key("k", "failed", action="reissue"), "failed", "Failed", "Would fail", True),
        (key("k", "failed", action="delete"), "failed", "Failed", "Would fail", True),
        (key("k", "failed", action="keep"), "failed", "Failed", "Would fail", True),
        (key("k", "failed", failure={"code": "key_lost", "message": "m"}), "failed", "Failed", "Would fail", False),
        (key("k", "failed", failure=None), "failed", "Failed", "Would fail", True),
        (key("k", "kept", left=False), "kept", "Kept", "To be kept", False),
        (key("k", action="burn"), "other", "burn", "burn", True),
        ({"name": "k"}, "kept", "Kept", "To be kept", False),
        ({}, "kept", "Kept", "To be kept", False),
    ],
)
def test_outcome_of_a_key(given, outcome, done, planned, left):
    (found,) = report_of({**org("o", key("another")), "api_keys": [given]}).organizations[0].keys
    assert (found.outcome, label(found, False), label(found, True), found.left) == (outcome, done, planned, left)


@pytest.mark.parametrize("found", ["gone", "none"])
def test_a_server_without_api_keys_has_none_left(found):
    assert report_of(org("o", key("k", "reissued"), found=found)).sums["left"] == 0


@pytest.mark.parametrize(
    ("given", "changes", "planned"),
    [
        (key("k"), {}, False),
        (key("k"), {"mode": "plan"}, True),
        (key("k"), {"check_mode": True}, True),
        (key("k", token=None), {}, True),
        (key("k", "reissued", token={"id": None, "name": "n"}), {}, True),
        (key("k", status="ok", token=None), {}, False),
        (key("k", "failed"), {}, False),
        (key("k", "deleted"), {}, False),
    ],
)
def test_whether_the_task_only_planned(given, changes, planned):
    assert report_of(org("o", given), **changes).planned is planned


def test_check_mode_as_an_argument():
    assert read(result(org("o", key("k", "deleted"))), now=NOW, check_mode=True).planned


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"expires": "2026-11-25T11:59:59Z", "expired": None}, False),
        ({"expires": "2026-11-25T11:59:59Z"}, False),
        ({"expires": "2026-11-25T11:59:59Z", "expired": True}, True),
    ],
)
def test_expiry_as_the_server_reports_it(given, expected):
    assert report_of(org("o", key("k", **given))).organizations[0].keys[0].expired is expected


def test_expiry_without_a_report_of_the_server():
    entries = [{"name": "a", "expires": "2026-11-25T11:59:59Z"}, {"name": "b", "expires": "2026-11-25T12:00:01Z"}]
    assert [one.expired for one in report_of({"api_keys": entries}).organizations[0].keys] == [True, False]


# Organizations and sums


def test_the_most_urgent_organizations_come_first():
    report = report_of(
        org("nothing"),
        org("done", key("k")),
        org("kept", key("b", "kept"), key("a")),
        org("not run", status="not_run"),
        org("failed key", key("a"), key("b", "kept"), key("c", "failed")),
        org("failed", status="failed", failure={"code": "not_a_member", "message": "m"}),
        org("also done", key("k")),
    )
    names = [one.name for one in report.organizations]
    assert names == ["failed key", "failed", "not run", "kept", "done", "also done", "nothing"]
    assert [one.name for one in report.organizations[0].keys] == ["c", "b", "a"]
    assert [one.anchor for one in report.organizations[:2]] == ["org-5", "org-6"]


def test_sums_are_counted_or_from_the_summary():
    report = report_of(*results.customer()["organizations"])
    assert report.sums == {
        "organizations": 6,
        "api_keys": 9,
        "migrated": 4,
        "reissued": 1,
        "deleted": 1,
        "kept": 2,
        "failed": 1,
        "left": 4,
        "service_accounts": 2,
        "organizations_failed": 2,
    }
    assert report_of(org("o", key("k")), summary={"left": 120, "migrated": True, "what": 3}).sums["left"] == 120


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"org_name": "o", "org_id": 3}, "o"),
        ({"org_name": None, "org_id": 3}, "organization 3"),
        ({"index": 4}, "organization no. 5 of the task"),
    ],
)
def test_label_of_an_organization(entry, name):
    assert read({"organizations": [entry]}, now=NOW).organizations[0].label == name


@pytest.mark.parametrize(
    ("organizations", "changes", "expected"),
    [
        ([], {}, "The task processed no organizations."),
        ([org("o")], {}, "There are no API keys to migrate."),
        ([org("o", key("k"))], {}, "Nothing failed, and no API key is left."),
        ([org("o", key("k", "kept"))], {}, "Nothing failed; 1 API key is left."),
        ([org("o", key("k"))], {"mode": "plan"}, "Nothing was changed: this report shows what a run would do."),
        ([org("o", key("k", "failed"))], {"mode": "plan"}, "1 API key would fail."),
        ([org("o", key("k", "failed"), key("l", "failed"))], {}, "2 API keys failed; 2 API keys are left."),
        ([org("o", status="failed")], {}, "1 organization failed."),
        ([org("o", key("k"))], {"verified": [{"works": False}]}, "Some tested keys do not work as expected."),
    ],
)
def test_headline(organizations, changes, expected):
    assert headline(report_of(*organizations, **changes)) == expected


# Findings

ACCOUNT = {"id": 1, "name": "sa-autogen-k", "role": "Editor", "disabled": False, "adopted": False}


@pytest.mark.parametrize(
    ("entry", "changes", "level", "what"),
    [
        (org("o", key("k", "failed")), {}, "act", "1 API key failed (collision)"),
        (org("o", key("k", "failed")), {"mode": "plan"}, "act", "1 API key would fail (collision)"),
        (org("o", failure={"code": "quota_reached", "message": "m"}), {}, "act", "1 organization failed (quota_reached)"),
        (org("o", failure={"message": "m"}), {}, "act", "1 organization failed (error)"),
        (org("o", status="not_run"), {}, "act", "1 organization was not processed"),
        (
            org("o", key("k", service_account={**ACCOUNT, "disabled": True})),
            {},
            "act",
            "1 key belongs to a disabled account and does not work",
        ),
        (org("o"), {"verified": [{"source": "s", "works": False}]}, "act", "1 tested key does not work as expected"),
        (org("o"), {"verified": [{"works": True, "reason": "other org"}]}, "act", "1 tested key does not work as expected"),
        (
            org("o", service_accounts=[{**ACCOUNT, "failure": {"code": "name_taken"}}]),
            {},
            "act",
            "1 service account failed (name_taken)",
        ),
        (org("o", key("k"), cut=True), {}, "decide", "1 organization may have more API keys than the server lists"),
        (org("o", key("k", role_after="Viewer")), {}, "decide", "1 key gets another role"),
        (org("o", key("k", "reissued")), {}, "decide", "1 reissued key still works with its old secret"),
        (org("o", key("k", "kept", expired=True)), {}, "decide", "1 expired API key is kept"),
        (org("o", key("k", "kept"), key("l", "kept")), {}, "decide", "2 working API keys are kept"),
        (org("o", key("k", role="Admin", role_after="Admin")), {}, "know", "1 key has the role Admin"),
        (org("o", key("k", token={"id": 1, "name": "k", "expires": None})), {}, "know", "1 key never expires"),
        (org("o", key("k", last_used="2026-01-01T00:00:00Z")), {}, "know", "1 key has not been used for half a year"),
        (
            org("o", key("k", last_used=None)),
            {"server": {"version": "11.5.1"}},
            "know",
            "1 key has not been used for half a year",
        ),
        (
            org("o", key("k", "kept")),
            {"server": {"migrates_at_start": True}},
            "know",
            "1 remaining API key becomes a service account at the server's next start",
        ),
        (org("o", service_accounts=[ACCOUNT]), {}, "know", "1 service account has a name generated by the server"),
    ],
)
def test_findings(entry, changes, level, what):
    found = findings_of(entry, **changes)
    assert what in found, list(found)
    assert found[what].level == level
    assert found[what].advice


@pytest.mark.parametrize(
    "entry",
    [
        org("o"),
        org("o", key("k")),
        org("o", key("k", last_used=None)),  # This version does not report the last use.
        org("o", key("k", "deleted")),
        org("o", service_accounts=[{**ACCOUNT, "adopted": True}]),
    ],
)
def test_no_findings(entry):
    assert findings_of(entry) == {}


def test_the_most_urgent_finding_comes_first_with_its_places():
    found = findings(read(results.customer(), now=NOW))
    levels = [finding.level for finding in found]
    assert levels == sorted(levels, key=["act", "decide", "know"].index)
    assert [(place.organization, place.anchor) for place in found[0].places] == [("Initech", "org-4")]
    assert [(place.organization, place.names) for place in found[1].places] == [("Contoso", ["ci"])]


# JSON


def test_json_round_trip():
    report = read(results.customer(), title="T", now=NOW)
    assert json.loads(migration_report(results.customer(), "json", title="T", now=NOW)) == as_json(report)


def test_json_has_unchanged_names():
    for name in results.HOSTILE:
        (found,) = json.loads(migration_report(result(org("o", key(name))), "json", now=NOW))["organizations"]
        assert found["keys"][0]["name"] == name


def test_json_has_the_data_of_a_key():
    found = json.loads(migration_report(results.customer(), "json", now=NOW))
    billing = found["organizations"][2]["keys"][0]
    assert billing["token"] == {
        "id": 91,
        "name": "replaces-billing",
        "expires": "2027-02-23T12:00:00Z",
        "created": "2026-11-25T11:58:00Z",
        "dest": "/run/keys/Fabrikam/replaces-billing",
    }
    assert (billing["outcome"], billing["left"], billing["reason"]) == ("reissued", True, "used within the last 30 days")
    assert found["organizations"][1]["failure"]["code"] == "not_a_member"
    assert found["organizations"][1]["failure"]["details"] == {"org_id": 10}
    assert "does not report when an API key was created" in found["age"]


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


# All forms


@pytest.mark.parametrize("form", FORMS)
def test_no_key_is_shown(form):
    text = migration_report(results.hostile(), form, title=results.NEEDLES[0], now=NOW)
    for needle in results.NEEDLES:
        assert needle not in text
        assert needle[8:-3] not in text
    assert "masked key" in text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", [results.customer, results.hostile, results.huge, result])
def test_the_same_result_gives_the_same_text(form, make):
    given = make()
    text = migration_report(given, form, now=NOW)
    assert text == migration_report(given, form, now=NOW)
    assert text.encode("utf-8")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "given",
    [
        {"organizations": []},
        {"organizations": [{}]},
        {"organizations": [{"api_keys": [{}], "service_accounts": [{}], "failure": {}}], "verified": [{}], "server": None},
        {"organizations": [{"api_keys": [{"token": {}, "service_account": {}, "expires": "soon"}]}], "summary": None},
        {"organizations": None, "failed": True, "msg": "no way"},
        {"organizations": [None, "x"], "server": {"url": "http://x:notaport/"}},
    ],
)
def test_optional_values_may_be_missing(form, given):
    text = migration_report(given, form, now=NOW)
    if form == "html":
        assert page(text) is not None
    assert "Migration of API keys" in text


@pytest.mark.parametrize("form", FORMS)
def test_a_task_that_failed_before_any_organization(form):
    failed = {"failed": True, "msg": "m", "failure": {"code": "unauthorized", "message": "the password is refused"}}
    assert "the password is refused" in migration_report(failed, form, now=NOW)
    assert "the task failed without a message" in migration_report({"failed": True}, form, now=NOW)


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ([], {}, "takes the result of grafana_apikey_migrate, not a list"),
        ({"results": [result()]}, {}, "the result of a loop"),
        ({"changed": False, "skipped": True}, {}, "was the task skipped"),
        (result(), {"form": "pdf"}, "html or json or markdown, not 'pdf'"),
        (result(), {"now": "soon"}, "now must be a time"),
    ],
)
def test_invalid_arguments(given, options, message):
    with pytest.raises(AnsibleFilterError, match=message):
        migration_report(given, **options)


def test_default_of_now_is_the_current_time():
    made = instant(json.loads(migration_report(result(), "json"))["made"])
    assert abs((datetime.datetime.now(datetime.timezone.utc) - made).total_seconds()) < 3600


def test_the_filter_plugin():
    assert FilterModule().filters() == {"migration_report": migration_report}


# Texts


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-25T12:00:00Z", "2026-11-25T12:00:00+00:00"),
        ("2026-11-25T12:00:00.5Z", "2026-11-25T12:00:00.500000+00:00"),
        ("2026-11-25T12:00:00.123456789Z", "2026-11-25T12:00:00.123456+00:00"),
        ("2026-11-25T14:00:00+02:00", "2026-11-25T12:00:00+00:00"),
        ("2026-11-25", "2026-11-25T00:00:00+00:00"),
        (datetime.datetime(2026, 11, 25, 12), "2026-11-25T12:00:00+00:00"),
        (0, "1970-01-01T00:00:00+00:00"),
    ],
)
def test_instants(given, expected):
    assert instant(given).isoformat() == expected


@pytest.mark.parametrize("given", [None, "", "soon", True, 1e300, "9999-99-99"])
def test_no_instants(given):
    assert instant(given) is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "just now"),
        (0.01, "within the hour"),
        (0.1, "in 2 hours"),
        (-0.05, "1 hour ago"),
        (-1.5, "36 hours ago"),
        (5, "in 5 days"),
        (-59, "59 days ago"),
        (90, "in 3 months"),
        (-800, "2 years ago"),
    ],
)
def test_distances(days, expected):
    now = instant(NOW)
    assert distance(now + datetime.timedelta(days=days), now) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("the key %s is" % results.NEEDLES[0], "the key (masked key) is"),
        ("(%s)" % results.NEEDLES[1], "((masked key))"),
        ("glsa_short", "glsa_short"),
        ("glc_eyJvIjoiMSIsIm4iOiJ4In0=", "(masked key)"),
        ("http://a:b@host/", "http://host/"),
        (7, "7"),
    ],
)
def test_masks(given, expected):
    assert masked(given) == expected


class Tagged(str):
    """A subclass of str, like the strings that ansible-core from 2.19 on passes to filters."""

    __slots__ = ()

    def __html__(self):
        return str(self)


@pytest.mark.parametrize("form", FORMS)
def test_tagged_strings_are_plain_in_the_report(form):
    given = result(org(Tagged("<b>o</b>"), key(Tagged("<i>k</i>"))))
    plain = result(org("<b>o</b>", {**given["organizations"][0]["api_keys"][0], "name": "<i>k</i>"}))
    assert migration_report(given, Tagged(form), now=Tagged(NOW)) == migration_report(plain, form, now=NOW)


# Names of options, and states before and after


@pytest.mark.parametrize("form", FORMS)
def test_messages_name_the_variables_of_a_playbook(form):
    """The playbook migrate_api_keys knows the module's options by other names."""
    failure = {"code": "x", "message": "add {org_id} to account_template, or use mode: reissue", "details": {}}
    given = result(org("delete_keys", key("a", "failed", failure=failure), key("b", "kept", expired=True), key("c", "reissued")))
    text = migration_report(given, form, now=NOW, option_prefix="migrate_").replace("\\", "")
    assert "to migrate_account_template, or use migrate_mode: reissue" in text
    assert ("with migrate_expired_keys: delete" in text, "with migrate_delete_keys." in text) == (form != "json", form != "json")
    assert "migrate_migrate" not in text
    assert "option_prefix" not in text
    assert "to account_template, or use mode: reissue" in migration_report(given, form, now=NOW).replace("\\", "")


@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_columns_say_what_was_before_and_what_is_after(form, planned):
    account = {"id": 1, "name": "sa-autogen-1-ci", "role": "Editor", "tokens": 1, "adopted": True}
    becomes = {"becomes": {"name": "ci", "role": "Viewer"}} if planned else {}
    text = migration_report(
        result(org("o", key("k"), service_accounts=[{**account, **becomes}])), form, now=NOW, check_mode=planned
    )
    columns = ["Role before", "Account and token after"]
    columns += ["Account before", "State after"] if planned else ["Account after", "Role after"]
    assert [column for column in columns if column not in text] == []
    assert ("becomes " in text, "with the role Viewer" in text) == (planned, planned)
