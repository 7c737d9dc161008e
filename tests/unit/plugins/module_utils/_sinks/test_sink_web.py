# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the requests of a sink go: redirects that are followed and refused, addresses without TLS."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import StoreError
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.web import Api, Reply

FOLLOWED = [
    ("https://vault.test:8200", "https://active.test:8200/v1/x"),
    ("https://vault.test:8200", "https://vault.test/v1/x"),
    ("http://vault.test:8200", "http://vault.test:8201/v1/x"),
]
REFUSED = [
    ("https://vault.test:8200", "http://vault.test:8200/v1/x"),
    ("https://vault.test:8200", "http://active.test:8200/v1/x"),
    ("http://vault.test:8200", "http://active.test:8200/v1/x"),
    ("http://vault.test:8200", "https://active.test:8200/v1/x"),
    ("https://vault.test:8200", "https://user:pw@active.test/v1/x"),
    ("https://vault.test:8200", "ftp://vault.test/v1/x"),
    ("https://vault.test:8200", "//active.test/v1/x"),
    ("https://vault.test:8200", "/v1/x"),
    ("https://vault.test:8200", "http://[bad"),
    ("https://vault.test:8200", "https://vault.test:99999999/"),
    ("https://vault.test:8200", ""),
]


@pytest.fixture
def sent(monkeypatch):
    """The addresses that requests went to; each answer is the next of ``sent.answers``."""

    class Sent(list):
        answers: list[tuple[int, dict[str, str]]]

    addresses = Sent()

    def request(_session, _method, url, **_options):
        addresses.append(url)
        response = requests.Response()
        response.status_code, headers = addresses.answers.pop(0)
        response.headers.update(headers)
        response._content = b'{"data": 1}'
        return response

    monkeypatch.setattr(requests.Session, "request", request)
    return addresses


@pytest.mark.parametrize(("url", "target"), FOLLOWED)
def test_a_redirect_that_keeps_the_credentials_safe_is_followed(sent, url, target):
    sent.answers = [(307, {"Location": target}), (200, {})]
    assert Api("Vault", url)("POST", "/v1/x", {}, {"X-Vault-Token": "t"}).body == {"data": 1}
    assert sent == [url + "/v1/x", target]


@pytest.mark.parametrize(("url", "target"), REFUSED)
def test_any_other_redirect_is_refused(sent, url, target):
    sent.answers = [(307, {"Location": target})]
    with pytest.raises(StoreError, match=r"was redirected to .*: set sink.url to the address of the server that answers itself"):
        Api("Vault", url)("POST", "/v1/x", {}, {"X-Vault-Token": "t"})
    assert sent == [url + "/v1/x"]


def test_a_loop_ends(sent):
    url = "https://vault.test:8200"
    sent.answers = [(307, {"Location": url + "/v1/x"})] * 2
    with pytest.raises(StoreError, match="was redirected"):
        Api("Vault", url)("GET", "/v1/x")


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://vault.test:8200", True),
        ("http://10.0.0.1", True),
        ("http://[2001:db8::1]:8200", True),
        ("https://vault.test:8200", False),
        ("http://127.0.0.1:8200", False),
        ("http://127.1.2.3:8200", False),
        ("http://[::1]:8200", False),
        ("http://localhost:8200", False),
        ("http://localhost.test:8200", True),
    ],
)
def test_an_address_without_tls_is_a_warning_unless_it_is_this_host(url, warned):
    hints = Api("Vault", url).hints()
    assert bool(hints) is warned
    assert all(hint.startswith(f"keys and the sink's own token go to {url} (Vault) without TLS") for hint in hints)


@pytest.mark.parametrize("body", [{}, [], None, "text", {"id": None}, {"id": "7"}, {"id": True}])
def test_a_field_of_another_type_is_an_error_of_the_store(body):
    api = Api("the controller", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match=r"the controller GET http://127\.0\.0\.1:9/x answered 200, but without a valid id"):
        api.field("GET", "/x", Reply(200, body), int, "id")
    assert api.field("GET", "/x", Reply(200, {"id": 7}), int, "id") == 7
