# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules, run in this process against the embedded Grafana of each version, or against a real server."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import subprocess

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.text.converters import to_bytes
from requests.adapters import HTTPAdapter

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.module import GrafanaModule
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import secrets
from servers import CHOICE, DELETES_ORGS, NEWEST, Grafana, direct, plugin

#: pytest calls it: it switches the plugin on.
pytest_configure = plugin.pytest_configure

PACKAGE = "ansible_collections.orgsmith.grafana.plugins.modules."
#: The emulator's admin password in these tests: masked in results, so it must not be a word of them.
PASSWORD = "S3cret-of-the-tests"
#: The password of users that tests create.
USER_PASSWORD = "long-enough-1"

ALL = ["8.5.15", "9.3.2", "10.4.3", "11.5.1", "12.0.0-pre", "12.4.3", "13.1.0-pre"]
#: 10.4.3 answers these tests as 9.3.2 and 11.5.1 do: on the emulator, only tests about its differences run on it.
DIFFERENT = [version for version in ALL if version != "10.4.3" or CHOICE]
#: Where versions differ in other things than dashboards: 12.0 differs from 12.4 only there, and in what has tests of its own.
EACH = [version for version in DIFFERENT if version != "12.0.0-pre"]
WITH_ACCOUNTS = EACH[1:]


def start(version, **options):
    """Return a running server, as a context manager."""
    return Grafana(version=version, admin_password=PASSWORD, **options)


class Result(dict):
    """What a module printed: its JSON, with *text* as printed and *failed* for convenience."""

    text = ""

    @property
    def failed(self):
        return bool(self.get("failed"))

    @property
    def code(self):
        return self["failure"]["code"]


class Server:
    """An emulator, and modules run against it as its admin."""

    def __init__(self, emulator, monkeypatch):
        self.emulator = emulator
        self.version = emulator.version
        self.url = emulator.url
        self.password = PASSWORD
        self._patch = monkeypatch

    def run(self, module, check=False, diff=True, no_log=False, admin=True, **options):
        """Run *module* and return its :class:`Result`; *admin* gives it the admin's connection, ``None`` none at all."""
        connection = {"url": self.url, "username": "admin", "password": PASSWORD} if admin else {"url": self.url}
        arguments = {**({} if admin is None else connection), **options}
        arguments.update(_ansible_check_mode=check, _ansible_diff=diff, _ansible_no_log=no_log)
        arguments["_ansible_remote_tmp"] = "/tmp"
        self._patch.setattr(basic, "_ANSIBLE_ARGS", to_bytes(json.dumps({"ANSIBLE_MODULE_ARGS": arguments})))
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            self._patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy")
        # A module is a process of its own, which does not know the secrets of an earlier one and would not mask them.
        self._patch.setattr(secrets, "_KNOWN", secrets._Known())
        # In a process that has seen the controller's code, ansible-core keeps warnings out of the result.
        warned: list[str] = []
        self._patch.setattr(GrafanaModule, "warn", lambda _module, text, **_more: warned.append(text))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
            importlib.import_module(PACKAGE + module).main()
        result = Result(json.loads(printed.getvalue()))
        result.text = printed.getvalue() + "\n".join(warned)
        result["warnings"] = warned
        return result

    def ok(self, module, **options):
        """Run *module* and expect it not to fail."""
        result = self.run(module, **options)
        assert not result.failed, result.text
        return result

    def fails(self, module, **options):
        """Run *module* and expect it to fail."""
        result = self.run(module, **options)
        assert result.failed, result.text
        return result

    def four(self, module, **options):
        """Check, run, check, run: expect changed, changed, ok, ok, one diff, and no write by a check; return the four results."""
        results = []
        for check in (True, False, True, False):
            with self.writes_nothing() if check or len(results) == 3 else contextlib.nullcontext():
                results.append(self.ok(module, check=check, **options))
        assert [result["changed"] for result in results] == [True, True, False, False], results
        assert _without_server_values(results[0]["diff"]) == _without_server_values(results[1]["diff"])
        return results

    def requests(self):
        """Return how many requests have been made, without login, logout, health and discovery."""
        free = ("/login", "/logout", "/api/health", "/api/frontend/settings")
        routes = self.emulator.stats()["routes"]
        return sum(entry["count"] for entry in routes if entry["route"] not in free)

    @contextlib.contextmanager
    def writes_nothing(self):
        """Expect that no request but reads, login and logout is made."""
        before = self.writes()
        yield
        assert self.writes() == before

    def writes(self):
        """Return how many writing requests have been made."""
        routes = self.emulator.stats()["routes"]
        return sum(entry["count"] for entry in routes if entry["method"] != "GET" and entry["route"] != "/login")

    def user(self, login, **more):
        """Make a user as the server's admin does."""
        return self.api("POST", "/api/admin/users", {"login": login, "password": USER_PASSWORD, "name": login, **more})

    def by_user(self, login):
        """Return the arguments of a module that runs as a user whom :meth:`user` has made."""
        return {"admin": None, "url": self.url, "username": login, "password": USER_PASSWORD}

    def server_admin(self, login, **more):
        """Make a user who is a server admin; return the arguments of a module that runs as this user."""
        number = self.user(login, **more)["id"]
        self.api("PUT", f"/api/admin/users/{number}/permissions", {"isGrafanaAdmin": True})
        return self.by_user(login)

    def by_token(self, role, org=None, name="ci"):
        """Make a service account *name* with a token; return the arguments of a module that runs with this token.

        *org* is an organization's id or name, by default the admin's current one.
        """
        account = self.api("POST", "/api/serviceaccounts", {"name": name, "role": role}, org=org)["id"]
        key = self.api("POST", f"/api/serviceaccounts/{account}/tokens", {"name": name}, org=org)["key"]
        return {"admin": None, "url": self.url, "token": key}

    def org_id(self, name):
        """Return the id of an organization."""
        return self.emulator.orgs()[name]

    def api(self, method, path, body=None, org=None, auth=("admin", PASSWORD)):
        """Make a request by hand, which has to succeed; *org* is an organization's id or name."""
        import requests

        org = self.org_id(org) if isinstance(org, str) else org
        headers = {"X-Grafana-Org-Id": str(org)} if org else {}
        answer = requests.request(method, self.url + path, json=body, headers=headers, auth=auth, timeout=10)
        assert answer.ok, (answer.status_code, answer.text)
        return answer.json() if answer.text else None


def _without_server_values(diff):
    """Return *diff* without what only the server can give."""
    if isinstance(diff, list):
        return [_without_server_values(entry) for entry in diff]
    if isinstance(diff, dict):
        return {key: _without_server_values(value) for key, value in diff.items() if key not in ("id", "uid", "version")}
    return diff


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    """Nothing of whoever runs the tests reaches a module."""
    import os

    for name in list(os.environ):
        if name.startswith("GRAFANA_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _direct_requests(request, monkeypatch):
    """Requests to emulators need no sockets, unless the file of the test says ``OVER_THE_NETWORK = True``."""
    if not getattr(request.module, "OVER_THE_NETWORK", False) and os.environ.get("MODULES_DIRECT") != "no":
        monkeypatch.setattr(HTTPAdapter, "send", direct.send)


@pytest.fixture(scope="session")
def emulators():
    """Start an emulator a version, when it is first asked for; stop them all at the end."""
    with contextlib.ExitStack() as stack:
        running = {}

        def get(version):
            if version not in running:
                running[version] = stack.enter_context(start(version))
            running[version].reset()
            return running[version]

        yield get


@pytest.fixture(params=EACH)
def server(request, emulators, monkeypatch):
    """An empty server of each version that differs in more than dashboards."""
    return Server(emulators(request.param), monkeypatch)


@pytest.fixture(params=WITH_ACCOUNTS)
def newer(request, emulators, monkeypatch):
    """An empty server of each version that has service accounts."""
    return Server(emulators(request.param), monkeypatch)


@pytest.fixture(params=EACH[: EACH.index(DELETES_ORGS) + 1])
def deleting(request, emulators, monkeypatch):
    """An empty server of each version that can delete organizations."""
    return Server(emulators(request.param), monkeypatch)


@pytest.fixture(params=(ALL[0], NEWEST))
def outermost(request, emulators, monkeypatch):
    """An empty server of the oldest and of the newest version, for rules that no version in between changes."""
    return Server(emulators(request.param), monkeypatch)


@pytest.fixture(params=(WITH_ACCOUNTS[0], NEWEST))
def outermost_newer(request, emulators, monkeypatch):
    """An empty server of the oldest version with service accounts, and of the newest one."""
    return Server(emulators(request.param), monkeypatch)


@pytest.fixture
def newest(emulators, monkeypatch):
    """An empty server of the newest version."""
    return Server(emulators(NEWEST), monkeypatch)


@pytest.fixture
def newest_that_deletes(emulators, monkeypatch):
    """An empty server of the newest version that can delete organizations."""
    return Server(emulators(DELETES_ORGS), monkeypatch)


@pytest.fixture
def versioned(emulators, monkeypatch):
    """A function that returns an empty server of the version that it is given."""
    return lambda version: Server(emulators(version), monkeypatch)


#: The routes of dashboards that a module uses by itself, and the legacy one of the newest version, which answers as no other.
ROUTES = [(version, "kubernetes" if version.startswith(("12", "13")) else "legacy") for version in DIFFERENT]
ROUTES += [(ALL[-1], "legacy")]
#: For what only reads dashboards as other tests have written them.
OUTERMOST_ROUTES = [ROUTES[0], *ROUTES[-2:]]


@pytest.fixture(params=ROUTES, ids=" ".join)
def routed(request, emulators, monkeypatch):
    """An empty server with an organization, and the route that dashboards are written by."""
    version, api = request.param
    server = Server(emulators(version), monkeypatch)
    server.dashboard_api = api
    server.ok("grafana_org", name="tenant")
    return server


class Org:
    """Dashboards of the organization ``tenant``."""

    def __init__(self, server):
        self.server = server

    def ok(self, **options):
        return self.server.ok("grafana_dashboard", org_name="tenant", api=self.server.dashboard_api, **options)

    def fails(self, **options):
        return self.server.fails("grafana_dashboard", org_name="tenant", api=self.server.dashboard_api, **options)

    def four(self, **options):
        return self.server.four("grafana_dashboard", org_name="tenant", api=self.server.dashboard_api, **options)

    def by_hand(self, uid, title, message="", folder="", **more):
        """Write a dashboard as a person does in the UI."""
        body = {"dashboard": {"uid": uid, "title": title, **more}, "folderUid": folder, "overwrite": True, "message": message}
        return self.server.api("POST", "/api/dashboards/db", body, org="tenant")

    def read(self, uid):
        return self.server.api("GET", f"/api/dashboards/uid/{uid}", org="tenant")

    def uids(self):
        hits = self.server.api("GET", "/api/search?type=dash-db", org="tenant")
        return sorted(hit["uid"] for hit in hits)


@pytest.fixture
def org(routed):
    return Org(routed)


@pytest.fixture
def special(monkeypatch):
    """A function that starts a server with settings of its own."""
    with contextlib.ExitStack() as stack:
        yield lambda version, **options: Server(stack.enter_context(start(version, **options)), monkeypatch)


@pytest.fixture
def mounted(tmp_path):
    """A function that returns a folder on a file system that is ``full`` or ``read-only``."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    with contextlib.ExitStack() as stack:

        def mount(kind):
            folder = tmp_path / kind
            folder.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)], check=True)
            stack.callback(subprocess.run, ["umount", "-l", str(folder)], check=True)
            if kind == "full":
                with contextlib.suppress(OSError), open(folder / "ballast", "wb", buffering=0) as stream:
                    while True:
                        stream.write(b"x" * 4096)
            else:
                subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
            return folder

        yield mount
