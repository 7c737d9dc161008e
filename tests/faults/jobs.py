# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The normal jobs: for each module, what it does most, on the versions where its requests differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .world import ORPHAN, World

OLD, NEW = "9.3.2", "12.4.3"
BOTH = (OLD, NEW)
#: The newest version with API keys that the server migrates, and the versions of the tests of migrations.
MIGRATING = (OLD, "11.5.1")

Setting = dict[str, Any]


def _nothing(_world: World) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Job:
    """A task; *prepare* brings about the state before it, *options* are the task's.

    A job that is *loose* may leave a token that no sink stores, as its sink has no lock: a run after ``orphan_after`` deletes it.
    """

    name: str
    module: str
    options: Callable[[World], Setting]
    prepare: Callable[[World], Any] = _nothing
    versions: tuple[str, ...] = BOTH
    loose: bool = False
    #: Names of API keys in organization tenant that must work until their successor is stored.
    keys: tuple[str, ...] = field(default=())

    @property
    def reads(self) -> bool:
        """Whether the module changes nothing."""
        return self.module.endswith("_info")


def _fixed(**options: Any) -> Callable[[World], Setting]:
    return lambda _world: dict(options)


IN_ORG: Setting = {"org_name": "tenant"}


def _exported(world: World) -> Setting:
    return {**IN_ORG, "directory": str(world.folder / "export")}


def _tenant(world: World) -> int:
    return world.org("tenant")


def _with_user(world: World, role: str = "") -> None:
    org = _tenant(world)
    world.user("alice")
    if role:
        world.api("POST", f"/api/orgs/{org}/users", {"loginOrEmail": "alice", "role": role})


def _with_account(world: World) -> None:
    world.account("ci", _tenant(world))


def _orgs() -> Iterator[Job]:
    address = {"city": "Basel", "zip_code": "4001"}
    yield Job("org created", "grafana_org", _fixed(name="tenant", address=address))
    yield Job("org deleted", "grafana_org", _fixed(name="tenant", state="absent"), _tenant)
    member = {**IN_ORG, "login": "alice"}
    yield Job("member added", "grafana_org_user", _fixed(role="Editor", **member), _with_user)
    yield Job("member changed", "grafana_org_user", _fixed(role="Admin", **member), lambda world: _with_user(world, "Viewer"))
    # An object without fields means preferences that are not set, so no fault makes it a wrong answer: nothing is set before.
    yield Job("preferences set", "grafana_org_preferences", _fixed(theme="dark", timezone="utc", **IN_ORG), _tenant)
    yield Job("team preferences set", "grafana_org_preferences", _fixed(theme="dark", team="crew", **IN_ORG), _with_team)
    gone = _fixed(state="absent", **member)
    yield Job("member removed", "grafana_org_user", gone, lambda world: _with_user(world, "Viewer"))
    user = {"login": "alice", "user_password": "long-enough-1"}
    first = _fixed(**user, email="alice@example.org", is_admin=True, initial_org_name="tenant")
    yield Job("user created", "grafana_user", first, _tenant)
    changed = _fixed(**{**user, "user_password": "long-enough-2"}, name="Alice", is_disabled=True)
    yield Job("user changed", "grafana_user", changed, _with_user)
    yield Job("user deleted", "grafana_user", _fixed(login="alice", state="absent"), _with_user)
    account = {**IN_ORG, "name": "ci"}
    yield Job("account created", "grafana_service_account", _fixed(role="Editor", disabled=True, **account), _tenant)
    yield Job("account changed", "grafana_service_account", _fixed(role="Viewer", disabled=True, **account), _with_account)
    yield Job("account deleted", "grafana_service_account", _fixed(state="absent", **account), _with_account)


def _with_team(world: World) -> None:
    _with_user(world, "Viewer")
    world.api("POST", "/api/teams", {"name": "crew"}, world.server.orgs()["tenant"])


def _teams() -> Iterator[Job]:
    team = {**IN_ORG, "name": "crew", "email": "crew@example.org"}
    alice = _fixed(admins=["alice"], members_exclusive=True, **team)
    yield Job("team created", "grafana_team", alice, lambda world: _with_user(world, "Viewer"))
    yield Job("team changed", "grafana_team", alice, _with_team)
    yield Job("team deleted", "grafana_team", _fixed(state="absent", **IN_ORG, name="crew"), _with_team)
    yield Job("teams listed", "grafana_team_info", _fixed(members=True, **IN_ORG), _with_team)


def _token(world: World, kind: str, **more: Any) -> Setting:
    token = {**IN_ORG, "service_account": "ci", "name": "ci", "sink": world.sink(kind)}
    lifetime = {"seconds_to_live": 7200, "renew_before": 1800, "orphan_after": ORPHAN}
    return {**token, **({} if more.get("state") else lifetime), **more}


def _with_token(world: World, kind: str, ahead: float = 0) -> None:
    _with_account(world)
    made = world.run("grafana_sa_token", **_token(world, kind))
    assert not made.failed, made.text
    world.server.advance(ahead)


def _tokens() -> Iterator[Job]:
    for kind in ("file", "hashi_vault", "awx_credential"):
        loose, versions = kind != "file", BOTH if kind == "file" else (NEW,)
        yield Job(
            f"token created, {kind}",
            "grafana_sa_token",
            lambda world, kind=kind: _token(world, kind),
            _with_account,
            versions,
            loose,
        )
        yield Job(
            f"token rotated, {kind}",
            "grafana_sa_token",
            lambda world, kind=kind: _token(world, kind),
            lambda world, kind=kind: _with_token(world, kind, 6000),
            versions,
            loose,
        )
        yield Job(
            f"token removed, {kind}",
            "grafana_sa_token",
            lambda world, kind=kind: _token(world, kind, state="absent"),
            lambda world, kind=kind: _with_token(world, kind),
            versions,
            loose,
        )


def _api_key(world: World, **more: Any) -> Setting:
    return {**IN_ORG, "name": "ci", "role": "Editor", "dest": str(world.folder / "key"), **more}


def _with_api_key(world: World) -> None:
    _tenant(world)
    made = world.run("grafana_api_key", **_api_key(world))
    assert not made.failed, made.text


def _with_api_keys(world: World) -> None:
    """Make API keys on 9.3.2, the newest version that makes them, and become the version of the job."""
    version = world.server.version
    org = _tenant(world)
    world.old = {name: world.key(name, org) for name in ("build", "deploy")}  # type: ignore[attr-defined]
    assert version == OLD


def _api_keys() -> Iterator[Job]:
    module, old = "grafana_api_key", (OLD,)
    yield Job("api key created", module, _api_key, _tenant, old)
    yield Job("api key replaced", module, lambda world: _api_key(world, role="Viewer", replace="when_needed"), _with_api_key, old)
    yield Job("api key removed", module, lambda world: _api_key(world, state="absent"), _with_api_key, old)


def _reissue(world: World, **more: Any) -> Setting:
    sink = {"type": "file", "path": str(world.folder / "{name}")}
    return {**IN_ORG, "mode": "reissue", "sink": sink, "account_template": "{name}", **more}


def _migrations() -> Iterator[Job]:
    module, keys = "grafana_apikey_migrate", ("build", "deploy")
    for name, options in (
        ("keys migrated", _fixed(mode="server", **IN_ORG)),
        ("keys migrated one by one", _fixed(mode="server", name_pattern="build", **IN_ORG)),
        ("keys reissued", _reissue),
        ("keys reissued and deleted", lambda world: _reissue(world, delete_keys="after_proof")),
    ):
        yield Job(name, module, options, _with_api_keys, MIGRATING, keys=keys)


def _with_folder(world: World, nested: bool = False) -> int:
    org = _tenant(world)
    world.api("POST", "/api/folders", {"uid": "hosts", "title": "Hosts"}, org)
    if nested:
        world.api("POST", "/api/folders", {"uid": "linux", "title": "Linux", "parentUid": "hosts"}, org)
    return org


def _with_board(world: World) -> None:
    org = _with_folder(world)
    board = {"uid": "cpu", "title": "CPU", "tags": ["a"], "panels": []}
    world.api("POST", "/api/dashboards/db", {"dashboard": board, "folderUid": "hosts"}, org)


def _with_source(world: World) -> None:
    source = {"name": "Metrics", "type": "prometheus", "access": "proxy", "uid": "metrics", "url": "http://127.0.0.1:9"}
    world.api("POST", "/api/datasources", source, _tenant(world))


def _sources() -> Iterator[Job]:
    module, source = "grafana_datasource", {**IN_ORG, "uid": "metrics", "name": "Metrics", "type": "prometheus"}
    source.update(ds_url="http://127.0.0.1:9", http_headers={"X-Scope-OrgID": "tenant"}, is_default=False)
    yield Job("data source created", module, _fixed(health="warn", **source), _tenant)
    yield Job("data source changed", module, _fixed(json_data={"httpMethod": "POST"}, **source), _with_source)
    yield Job("data source deleted", module, _fixed(state="absent", uid="metrics", **IN_ORG), _with_source)
    yield Job("data sources listed", module + "_info", _fixed(health=True, **IN_ORG), _with_source)


#: A dashboard as it is exported: with an input, a plugin and a library panel.
SHARED: Setting = {
    "__inputs": [
        {"name": "DS_METRICS", "label": "Metrics", "type": "datasource", "pluginId": "prometheus", "pluginName": "Prometheus"}
    ],
    "__requires": [{"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"}],
    "__elements": {"gauge": {"uid": "gauge", "name": "Gauge", "kind": 1, "model": {"type": "gauge", "title": "Gauge"}}},
    "uid": "shared",
    "title": "Shared",
    "schemaVersion": 36,
    "panels": [
        {"id": 1, "type": "timeseries", "title": "Load", "datasource": {"type": "prometheus", "uid": "${DS_METRICS}"}},
        {"id": 2, "libraryPanel": {"uid": "gauge", "name": "Gauge"}},
    ],
}


def _folders() -> Iterator[Job]:
    module = "grafana_folder"
    yield Job("folder created", module, _fixed(title="Hosts", **IN_ORG), _tenant)
    yield Job("folder in a folder", module, _fixed(title="Linux", parent="Hosts", **IN_ORG), _with_folder, (NEW,))
    yield Job("folder renamed", module, _fixed(uid="hosts", title="Machines", **IN_ORG), _with_folder)
    yield Job("folder deleted", module, _fixed(uid="hosts", state="absent", **IN_ORG), _with_folder)


def _boards() -> Iterator[Job]:
    module, board = "grafana_dashboard", {"uid": "cpu", "title": "CPU", "tags": ["b"], "panels": []}
    for api, versions in (("legacy", BOTH), ("kubernetes", (NEW,))):
        where: Setting = {**IN_ORG, "api": api}
        new = _fixed(dashboard=board, folder="Hosts", create_folder=True, **where)
        yield Job(f"dashboard created, {api}", module, new, _tenant, versions)
        yield Job(
            f"dashboard changed, {api}", module, _fixed(dashboard=board, folder_uid="hosts", **where), _with_board, versions
        )
        yield Job(f"dashboard deleted, {api}", module, _fixed(uid="cpu", state="absent", **where), _with_board, versions)
        imported = _fixed(dashboard=SHARED, inputs={"DS_METRICS": "metrics"}, **where)
        yield Job(f"dashboard imported, {api}", module, imported, _with_source, versions)


def _two_orgs(world: World) -> None:
    """Make an organization with one of everything, and an empty one."""
    _with_board(world)
    org = world.server.orgs()["tenant"]
    account = world.account("ci", org)
    world.api("POST", f"/api/serviceaccounts/{account}/tokens", {"name": "ci"}, org)
    world.org("other")


def _two_orgs_with_keys(world: World) -> None:
    _two_orgs(world)
    world.key("build", world.server.orgs()["tenant"])


def _infos() -> Iterator[Job]:
    yield Job("orgs listed", "grafana_org_info", _fixed(quotas=True, members=True), _two_orgs)
    yield Job("accounts listed", "grafana_service_account_info", _fixed(**IN_ORG), _two_orgs)
    yield Job("tokens listed", "grafana_sa_token_info", _fixed(all_orgs=True), _two_orgs)
    yield Job("api keys listed", "grafana_api_key_info", _fixed(all_orgs=True), _two_orgs_with_keys, (OLD,))
    yield Job(
        "folders listed", "grafana_folder_info", _fixed(**IN_ORG), lambda world: _with_folder(world, world.server.version == NEW)
    )
    content: Setting = {**IN_ORG, "content": True}
    yield Job("dashboards listed, legacy", "grafana_dashboard_info", _fixed(api="legacy", **content), _two_orgs)
    yield Job("dashboards listed, kubernetes", "grafana_dashboard_info", _fixed(api="kubernetes", **content), _two_orgs, (NEW,))
    yield Job("dashboards exported", "grafana_dashboard_info", _exported, _two_orgs)
    yield Job("upgrade reported", "grafana_upgrade_guard_info", _fixed(target_version=NEW), _two_orgs_with_keys, (OLD,))


JOBS: tuple[Job, ...] = (
    *_orgs(),
    *_teams(),
    *_tokens(),
    *_api_keys(),
    *_migrations(),
    *_folders(),
    *_boards(),
    *_sources(),
    *_infos(),
)
