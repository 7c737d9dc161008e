# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration report in all its forms: its content, its options, and no keys."""

from __future__ import annotations

import datetime
import json

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.orgsmith.grafana.plugins.filter.migration_report import FilterModule
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.model import as_json, read
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.report import migration_report
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.text import instant
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils import migration_results as results
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils.markup import page
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils.migration_results import NOW, key, org, result

FORMS = ("html", "markdown", "json")


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
    ((name, report),) = FilterModule().filters().items()
    assert name == "migration_report"
    assert report(results.customer(), "json", title="T", now=NOW) == migration_report(
        results.customer(), "json", title="T", now=NOW
    )


# Tagged strings


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
