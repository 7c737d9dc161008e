# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of an inventory: which connection each has, and how their organizations are listed."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput, Unauthorized
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._inventory.servers import listing, listings, servers_of

from ..module_utils.conftest import URL, Call, script

__all__ = ["script"]

ENVIRONMENT = {"GRAFANA_URL": "https://env.test", "GRAFANA_USER": "admin", "GRAFANA_PASSWORD": "of-the-environment"}
EU = {"name": "eu", "url": "https://eu.test", "token": "glsa_of_eu"}
US = {"name": "us", "url": "https://us.test"}


def seen(servers):
    """Return name, address and credential of each server."""
    return [(s.name, s.connection.url, s.connection.identity.token or s.connection.identity.password) for s in servers]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [("env.test", "https://env.test", "of-the-environment")]),
        ({"url": "https://a.test:3000/x", "token": "glsa_a"}, [("a.test", "https://a.test:3000/x", "glsa_a")]),
        ({"url": "http://[::1]:3000"}, [("--1", "http://[::1]:3000", "of-the-environment")]),
        (
            {"servers": [EU, US], "username": "root", "password": "shared"},
            [("eu", "https://eu.test", "glsa_of_eu"), ("us", "https://us.test", "shared")],
        ),
        ({"servers": [EU, US]}, [("eu", "https://eu.test", "glsa_of_eu"), ("us", "https://us.test", "of-the-environment")]),
    ],
)
def test_connections(options, expected):
    assert seen(servers_of(options, "/conf", ENVIRONMENT)) == expected


def test_settings_are_shared_and_paths_start_from_the_file(tmp_path):
    (tmp_path / "ca.pem").write_text("x", encoding="utf-8")
    (tmp_path / "key").write_text("glsa_in_a_file\n", encoding="utf-8")
    server = {"name": "eu", "url": "https://eu.test", "token_file": "key", "timeout": 5}
    found = servers_of({"servers": [server], "ca_path": "ca.pem", "timeout": 9, "retries": "1"}, str(tmp_path), {})[0].connection
    assert (found.ca_path, found.identity.token) == (str(tmp_path / "ca.pem"), "glsa_in_a_file")
    assert (found.timeout, found.retries) == (5, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "https://a.test"}, "no identity is given"),
        ({"servers": []}, "at least one server"),
        ({"servers": "eu"}, "at least one server"),
        ({"servers": ["eu"]}, "entry 1 has to be a dictionary"),
        ({"servers": [{"url": "https://eu.test"}]}, "entry 1 needs a name"),
        ({"servers": [{**EU, "name": "a b"}]}, "entry 1 needs a name"),
        ({"servers": [{"name": "eu", "token": "s3cr3t-token"}]}, "server eu has no url"),
        ({"servers": [{**EU, "passwort": "s3cr3t"}]}, "server eu has options that do not exist: passwort"),
        ({"servers": [{**EU, "password": "s3cr3t"}]}, "server eu: two identities in the options"),
        ({"servers": [EU, {**EU, "url": "https://b.test"}]}, "two servers have the same name: eu"),
        ({"servers": [EU, {**EU, "name": "b"}]}, "two servers have the same url: https://eu.test"),
        ({"servers": [EU], "url": "https://a.test"}, "both url and servers are set"),
        ({"servers": [{**EU, "url": "https://me:s3cr3t@eu.test"}]}, "server eu: url must not carry a user"),
    ],
)
def test_refused_before_the_first_request(options, message):
    with pytest.raises(BadInput, match=message) as caught:
        servers_of(options, "/conf", {})
    assert "s3cr3t" not in str(caught.value)


def test_the_cache_key_has_no_secret():
    one, other = servers_of({"servers": [EU, {**US, "username": "root", "password": "s3cr3t"}]}, "/conf", {})
    assert (one.cache_key, other.cache_key) == ("https://eu.test token ", "https://us.test password root")


def server(**options):
    return servers_of({"url": URL, "username": "admin", "password": "x", **options}, "/conf", {})[0]


def test_organizations_in_the_order_of_their_ids(script):
    orgs = [{"id": 3, "name": "b"}, {"id": 1, "name": "Main Org."}]
    script.expect(Call("GET", "/api/orgs?perpage=5000&page=0").answers(200, orgs))
    assert listing(server()) == ([(1, "Main Org."), (3, "b")], False)


def test_a_caller_who_may_not_list_them_gets_its_own(script):
    script.expect(
        Call("GET", "/api/orgs?perpage=5000&page=0").answers(403, {"message": "Permission denied"}),
        Call("GET", "/api/user/orgs").answers(200, [{"orgId": 2, "name": "b", "role": "Viewer"}]),
    )
    assert listing(server()) == ([(2, "b")], True)


def test_an_error_of_a_server_is_a_value(script):
    script.answers_identity = False
    script.expect(Call("GET", "/api/user").answers(401, {"message": "Invalid username or password"}))
    found = listings([server(password="s3cr3t-password")])
    assert isinstance(found[0], Unauthorized)
    assert "s3cr3t" not in str(found[0])
