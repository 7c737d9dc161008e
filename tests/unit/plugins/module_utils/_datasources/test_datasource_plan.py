# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task may say of a data source, where one differs, and the numbers of HTTP headers: tables."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._datasources.headers import assign
from ansible_collections.orgsmith.grafana.plugins.module_utils._datasources.model import VERSION_KEY, DataSource, parse
from ansible_collections.orgsmith.grafana.plugins.module_utils._datasources.plan import SourceState, check_defaults, plan
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput, Refused

NAMED = {"name": "M", "type": "prometheus", "ds_url": "http://db"}
NEEDLE = "n33dle"


def stored(secrets=(), **more):
    """Return a data source as the server has it."""
    entry = {"id": 7, "uid": "m", "name": "M", "type": "prometheus", "access": "proxy", "url": "http://db", "version": 3, **more}
    return DataSource.from_api({**entry, "secureJsonFields": dict.fromkeys(secrets, True)})


def planned(current, **options):
    return plan(parse({**NAMED, **options}), SourceState(current))


def work(current, **options):
    """Return what would be written: fields, all of jsonData, and secrets."""
    change = planned(current, **options)
    return None if change is None else (dict(change.work.fields), dict(change.work.json_data), dict(change.work.secrets))


@pytest.mark.parametrize(
    ("current", "wanted", "others_stay", "expected"),
    [
        ({}, ["A", "B"], True, {1: "A", 2: "B"}),
        ({1: "A", 2: "B"}, ["b"], True, {1: "A", 2: "B"}),
        ({2: "B"}, ["A", "C"], True, {1: "A", 2: "B", 3: "C"}),
        ({1: "A", 2: "B"}, ["B", "C"], True, {1: "A", 2: "B", 3: "C"}),
        # Grafana sends no header after a missing number.
        ({1: "A", 2: "B", 3: "C"}, ["C", "B"], False, {1: "C", 2: "B"}),
        ({1: "A", 2: "B"}, ["B", "C"], False, {1: "C", 2: "B"}),
        ({1: "A", 2: "a"}, ["A"], False, {1: "A"}),
        ({1: "A"}, [], False, {}),
    ],
)
def test_numbers_of_headers(current, wanted, others_stay, expected):
    assert assign(current, wanted, others_stay) == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no data source is given"),
        ({"name": " "}, "no data source is given"),
        ({"name": 5}, "name has to be a string"),
        ({**NAMED, "json_data": {VERSION_KEY: "1"}}, "stores secrets_version there"),
        ({**NAMED, "json_data": {"tlsAuth": True}, "tls_auth": True}, "json_data contains tlsAuth"),
        ({**NAMED, "secure_json_data": {"tlsCACert": NEEDLE}, "tls_ca_cert": NEEDLE}, "secure_json_data contains tlsCACert"),
        ({**NAMED, "json_data": {"httpHeaderName1": "A"}, "http_headers": {}}, "http_headers sets these keys"),
        ({**NAMED, "secure_json_data": {"httpHeaderValue1": NEEDLE}, "http_headers": {}}, "http_headers sets these keys"),
        ({**NAMED, "http_headers": {"A": NEEDLE, "a": NEEDLE}}, "a name twice"),
        ({**NAMED, "http_headers": {"A": ""}}, "http_headers.A is empty"),
        ({**NAMED, "secure_json_data": {"password": None}}, "secure_json_data.password is empty"),
        ({**NAMED, "secure_json_data": {"password": 5}}, "secure_json_data.password has to be a string"),
        ({**NAMED, "secrets_version": 2026}, "secrets_version has to be a string"),
        ({**NAMED, "secrets_version": ""}, "secrets_version is empty"),
    ],
)
def test_bad_input(options, words):
    with pytest.raises(BadInput) as problem:
        parse(options)
    assert words in problem.value.message
    assert NEEDLE not in str(problem.value)


def test_no_secret_in_the_text_of_an_object():
    options = {"secure_json_data": {"password": NEEDLE}, "http_headers": {"A": NEEDLE}, "tls_client_key": NEEDLE}
    assert NEEDLE not in repr(parse({**NAMED, **options})) + repr(planned(None, **options))


@pytest.mark.parametrize(
    ("current", "options", "expected"),
    [
        # An option that is left out changes nothing.
        (stored(), {}, None),
        (stored(basicAuth=True, jsonData={"a": 1}), {}, None),
        (stored(), {"ds_url": "http://other"}, ({"ds_url": "http://other"}, {}, {})),
        (stored(isDefault=True), {"is_default": False}, ({"is_default": False}, {}, {})),
        # Renamed types are the same type.
        (stored(type="grafana-testdata-datasource"), {"type": "testdata"}, None),
        (stored(type="testdata"), {"type": "grafana-testdata-datasource"}, None),
        # Of json_data, by key.
        (stored(jsonData={"a": 1, "b": 2}), {"json_data": {"a": 1}}, None),
        (stored(jsonData={"a": 1}), {"json_data": {"a": 1.0}}, None),
        (stored(jsonData={"a": 1}), {"json_data": {"a": True}}, ({}, {"a": True}, {})),
        (stored(jsonData={"a": {"x": 1, "y": 2}, "b": 2}), {"json_data": {"a": {"x": 1}}}, ({}, {"a": {"x": 1}, "b": 2}, {})),
        (stored(jsonData={"a": 1, "b": 2}), {"json_data": {"a": None}}, ({}, {"b": 2}, {})),
        (stored(jsonData={"b": 2}), {"json_data": {"a": None}}, None),
        (stored(jsonData="text"), {"json_data": {"a": 1}}, ({}, {"a": 1}, {})),
        (stored(jsonData={"a": 1, "b": 2}), {"json_data": {"a": 1}, "json_data_exclusive": True}, ({}, {"a": 1}, {})),
        (
            stored(jsonData={"tlsAuth": True}),
            {"tls_skip_verify": True, "tls_server_name": "db"},
            ({}, {"tlsAuth": True, "tlsSkipVerify": True, "serverName": "db"}, {}),
        ),
        (stored(jsonData={"tlsAuth": True}), {"tls_auth": True, "json_data_exclusive": True}, None),
    ],
)
def test_what_differs(current, options, expected):
    assert work(current, **options) == expected


PASSWORD = {"secure_json_data": {"password": "p"}}
VERSION, LATER = {VERSION_KEY: "1"}, {VERSION_KEY: "2"}


@pytest.mark.parametrize(
    ("current", "options", "expected"),
    [
        # Only missing secrets, unless the task says otherwise.
        (stored(), PASSWORD, ({}, {}, {"password": "p"})),
        (stored(["password"]), PASSWORD, None),
        (stored(["password", "other"]), {**PASSWORD, "update_secrets": "always"}, ({}, {}, {"password": "p"})),
        (stored(["other"]), {"update_secrets": "always"}, None),
        (stored(["tlsCACert"]), {"tls_ca_cert": "c", "tls_client_cert": "c"}, ({}, {}, {"tlsClientCert": "c"})),
        # The version writes them once.
        (stored(["password"]), {**PASSWORD, "secrets_version": "1"}, ({}, VERSION, {"password": "p"})),
        (stored(["password"], jsonData=VERSION), {**PASSWORD, "secrets_version": "1"}, None),
        (
            stored(["password"], jsonData=VERSION),
            {**PASSWORD, "secrets_version": "2"},
            ({}, {VERSION_KEY: "2"}, {"password": "p"}),
        ),
        (stored(["password"], jsonData=VERSION), PASSWORD, None),
        (stored(["password"], jsonData=VERSION), {"secrets_version": "2"}, None),
        # It stays, whatever the task says of json_data.
        (stored(jsonData={**VERSION, "a": 1}), {"json_data": {}, "json_data_exclusive": True}, ({}, VERSION, {})),
        # Others go only if the task's own are complete.
        (stored(["password", "other"]), {**PASSWORD, "secrets_exclusive": True}, ({}, {}, {"other": ""})),
        (stored(["password"]), {**PASSWORD, "secrets_exclusive": True}, None),
        (stored(["password"]), {"json_data": {}, "json_data_exclusive": True}, None),
    ],
)
def test_which_secrets_are_written(current, options, expected):
    assert work(current, **options) == expected


def headed(*names, secrets=None):
    """Return a data source with these headers."""
    secrets = [f"httpHeaderValue{number}" for number in range(1, len(names) + 1)] if secrets is None else secrets
    return stored(secrets, jsonData={f"httpHeaderName{number}": name for number, name in enumerate(names, 1)})


@pytest.mark.parametrize(
    ("current", "options", "expected"),
    [
        (stored(), {"http_headers": {"A": "1"}}, ({}, {"httpHeaderName1": "A"}, {"httpHeaderValue1": "1"})),
        (headed("A"), {"http_headers": {"a": "1"}}, None),
        (headed("A", secrets=[]), {"http_headers": {"A": "1"}}, ({}, {"httpHeaderName1": "A"}, {"httpHeaderValue1": "1"})),
        (
            headed("A"),
            {"http_headers": {"B": "2"}},
            ({}, {"httpHeaderName1": "A", "httpHeaderName2": "B"}, {"httpHeaderValue2": "2"}),
        ),
        # A value without a name is of a header of before.
        (stored(["httpHeaderValue1"]), {"http_headers": {"A": "1"}}, ({}, {"httpHeaderName1": "A"}, {"httpHeaderValue1": "1"})),
        # The last one moves to the free number, and its old value leaves.
        (
            headed("A", "B"),
            {"http_headers": {"B": "2"}, "secrets_exclusive": True},
            ({}, {"httpHeaderName1": "B"}, {"httpHeaderValue1": "2", "httpHeaderValue2": ""}),
        ),
        (headed("A"), {"json_data": {}, "json_data_exclusive": True}, ({}, {}, {"httpHeaderValue1": ""})),
        (headed("A"), {"secrets_exclusive": True}, ({}, {}, {"httpHeaderValue1": ""})),
        (headed("A"), {"json_data": {"httpHeaderName1": None}}, ({}, {}, {"httpHeaderValue1": ""})),
        # Given by number, as other tools do.
        (
            stored(),
            {"json_data": {"httpHeaderName1": "A"}, "secure_json_data": {"httpHeaderValue1": "1"}, "json_data_exclusive": True},
            ({}, {"httpHeaderName1": "A"}, {"httpHeaderValue1": "1"}),
        ),
        (headed("A"), {"json_data": {"httpHeaderName1": "A"}, "json_data_exclusive": True}, None),
    ],
)
def test_headers(current, options, expected):
    assert work(current, **options) == expected


def test_a_diff_shows_which_secrets_are_set_and_no_version():
    current = stored(["password", "other"], jsonData={"a": 1, **VERSION})
    change = planned(
        current, secure_json_data={"password": "p", "new": "n"}, secrets_version="2", secrets_exclusive=True, json_data={"a": 2}
    )
    assert (change.before["json_data"], change.after["json_data"]) == ({"a": 1}, {"a": 2})
    assert change.before["secure_json_fields"] == {"other": "stored", "password": "stored"}
    assert change.after["secure_json_fields"] == {"new": "set", "password": "replaced"}


@pytest.mark.parametrize(
    ("current", "options", "error", "code"),
    [
        (None, {"type": None}, BadInput, "bad_input"),
        (None, {"name": None, "uid": "m"}, BadInput, "bad_input"),
        (None, {"uid": "a b"}, BadInput, "bad_input"),
        (None, {"uid": "m" * 41}, BadInput, "bad_input"),
        (stored(readOnly=True), {"ds_url": "http://other"}, Refused, "provisioned"),
        (stored(readOnly=True), {"state": "absent"}, Refused, "provisioned"),
        # MariaDB finds a data source by a name that differs in case.
        (stored(name="m"), {"state": "absent"}, Refused, "name_mismatch"),
        # Grafana ignores the empty text (seen on 12.4.3).
        (stored(type="testdata"), {"type": "testdata", "ds_url": ""}, Refused, "cannot_clear"),
        (stored(basicAuthUser="joe"), {"basic_auth_user": ""}, Refused, "cannot_clear"),
        # A PUT needs a URL (recorded).
        (stored(url=""), {"ds_url": None, "is_default": True}, BadInput, "bad_input"),
    ],
)
def test_what_is_refused(current, options, error, code):
    with pytest.raises(error) as problem:
        planned(current, **options)
    assert problem.value.code == code


def test_a_provisioned_one_that_is_as_wanted():
    assert planned(stored(readOnly=True)) is None


def test_a_weird_uid_of_an_old_server_can_be_managed():
    assert planned(stored(uid="a b"), uid="a b", ds_url="http://other").action == "update"


@pytest.mark.parametrize(
    ("options", "current"),
    [({"uid": "other"}, None), ({"uid": "other", "name": "M"}, stored(uid="other", name="Other"))],
)
def test_a_name_that_another_one_has(options, current):
    with pytest.raises(Refused) as problem:
        plan(parse({**NAMED, **options}), SourceState(current, namesake=stored()))
    assert (problem.value.code, problem.value.details["uid"]) == ("name_taken", "m")


@pytest.mark.parametrize(("wanted", "first", "expected"), [(None, True, True), (False, True, False), (None, False, False)])
def test_the_first_one_becomes_the_default(wanted, first, expected):
    change = plan(parse({**NAMED, "is_default": wanted}), SourceState(None, first=first))
    assert change.after["is_default"] is expected


def test_the_first_one_that_must_not_be_the_default_needs_a_url():
    with pytest.raises(BadInput, match="set ds_url"):
        plan(parse({"name": "M", "type": "loki", "is_default": False}), SourceState(None, first=True))
    assert plan(parse({"name": "M", "type": "loki"}), SourceState(None, first=True)).action == "create"


def test_two_defaults_of_one_organization():
    both = [parse({**NAMED, "name": name, "is_default": True}) for name in ("A", "B")]
    with pytest.raises(BadInput, match="A and B have is_default"):
        check_defaults(both)
    check_defaults([both[0], parse({**NAMED, "name": "B", "is_default": False})])
