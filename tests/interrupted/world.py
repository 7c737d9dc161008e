# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant with one token that is wanted, and everything that may happen to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

from interrupted.runner import Ended, Runner
from servers import Grafana
from standins import Awx, Vault

PASSWORD = "S3cret-of-the-tests"
#: What a token lives, when it is due, and how old one has to be that nobody has stored, in seconds.
LIFETIME, DUE, ORPHAN = 7200, 1800, 900


class World:
    """A server, a place for the key, and two runners. *sink* is file, command, hashi_vault or awx_credential.

    With ``new awx_credential`` the sink creates the credential.
    """

    def __init__(self, version: str, sink: str, folder: Path) -> None:
        self.emulator = Grafana(version=version, admin_password=PASSWORD)
        self.emulator.start()
        connection = {"url": self.emulator.url, "username": "admin", "password": PASSWORD, "retries": 2}
        self.runners = [Runner(connection), Runner(connection)]
        self.kind, self.folder = sink, folder
        self.vault, self.awx = Vault().__enter__(), Awx().__enter__()

    def close(self) -> None:
        for runner in self.runners:
            runner.close()
        self.vault.__exit__()
        self.awx.__exit__()
        self.emulator.stop()

    def reset(self) -> None:
        """Begin anew: an org, an account, and nothing stored."""
        self.emulator.reset()
        self.emulator.clear_faults()
        self.vault.secrets.clear()
        self.awx.credentials.clear()
        if self.kind == "awx_credential":
            self.awx.add("token")
        for path in self.folder.iterdir():
            path.unlink()
        self.org = self.api("POST", "/api/orgs", {"name": "tenant"})["orgId"]
        made = self.api("POST", "/api/serviceaccounts", {"name": "ci", "role": "Editor"})
        self.account = made["id"]

    @property
    def sink(self) -> dict[str, Any]:
        """The place of the key."""
        if self.kind == "file":
            return {"type": "file", "path": str(self.folder / "key")}
        if self.kind == "hashi_vault":
            return {"type": "hashi_vault", "url": self.vault.url, "token": self.vault.token, "path": "team/token"}
        if self.kind.endswith("awx_credential"):
            new = {"credential_type": "Grafana token", "organization": "Default"} if self.kind.startswith("new") else {}
            where = {"type": "awx_credential", "url": self.awx.url, "token": self.awx.token}
            return {**where, "credential": "token", "key_field": "token", **new}
        stored = str(self.folder / "stored")
        return {
            "type": "command",
            # atomic, as any store is that deserves the name
            "store_command": ["sh", "-c", 'cat > "$1.new" && mv "$1.new" "$1"', "sh", stored],
            "metadata_path": str(self.folder / "about.json"),
        }

    def stored(self) -> str | None:
        """Return the key that is stored."""
        if self.kind == "file":
            path = self.folder / "key"
        elif self.kind == "command":
            path = self.folder / "stored"
        elif self.kind == "hashi_vault":
            return (self.vault.data("team/token") or {}).get("key")
        else:
            return self.awx.named("token").get("inputs", {}).get("token")
        return path.read_text().strip() if path.exists() else None

    def options(self, **more: Any) -> dict[str, Any]:
        """Return what the task says."""
        token = {"org_name": "tenant", "service_account": self.account, "name": "ci", "sink": self.sink}
        return {**token, "seconds_to_live": LIFETIME, "renew_before": DUE, "orphan_after": ORPHAN, **more}

    def run(self, kill_at: int = 0, runner: int = 0, **more: Any) -> Ended:
        """Run the module."""
        ended = self.runners[runner].run("grafana_sa_token", kill_at, **self.options(**more))
        self.count(ended)
        return ended

    def both(self, kill_at: int = 0, **more: Any) -> list[Ended]:
        """Run it twice at once; one of the two may be killed."""
        self.runners[0].begin("grafana_sa_token", kill_at, **self.options(**more))
        self.runners[1].begin("grafana_sa_token", **self.options(**more))
        ended = [runner.end() for runner in self.runners]
        for one in ended:
            self.count(one)
        return ended

    def count(self, ended: Ended) -> None:
        self.runners[0].counts["rotations"] += bool(ended.result and (ended.result.get("token") or {}).get("reason"))

    # What a history looks at, and does by hand.

    def api(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-Grafana-Org-Id": str(self.org)} if hasattr(self, "org") and path != "/api/orgs" else {}
        answer = requests.request(
            method, self.emulator.url + path, json=body, headers=headers, auth=("admin", PASSWORD), timeout=20
        )
        assert answer.ok, (method, path, answer.status_code, answer.text)
        return answer.json()

    def tokens(self) -> list[dict[str, Any]]:
        return list(self.api("GET", f"/api/serviceaccounts/{self.account}/tokens"))

    def works(self, key: str | None) -> bool:
        """Tell whether the server takes *key*, in the right organization."""
        if not key:
            return False
        answer = requests.get(self.emulator.url + "/api/org", headers={"Authorization": "Bearer " + key}, timeout=20)
        return answer.status_code == 200 and answer.json()["id"] == self.org

    def disable(self, disabled: bool) -> None:
        self.api("PATCH", f"/api/serviceaccounts/{self.account}", {"isDisabled": disabled})

    def rename(self, name: str) -> None:
        self.api("PATCH", f"/api/serviceaccounts/{self.account}", {"name": name})

    def converges(self, kept: int = 0) -> None:
        """Expect that clean runs end with one key that is stored and works, and with no other token.

        *kept* is how long, in seconds, replaced tokens are kept.
        """
        self.emulator.clear_faults()
        self.disable(False)
        more = {"keep_previous": kept} if kept else {}
        first = self.run(**more)
        assert first.code == 0, first.result
        key = self.stored()
        assert self.works(key), first.result
        # What nobody has stored is swept once it is old enough; what was replaced, when its time is over.
        self.emulator.advance(max(ORPHAN, kept) + 60)
        second = self.run(**more)
        assert second.code == 0, second.result
        last = self.run(**more)
        assert last.code == 0, last.result
        assert not last.changed, last.result
        assert self.works(self.stored()), last.result
        listed = [entry["name"] for entry in self.tokens()]
        assert listed == [last.result["token"]["name"]], (listed, last.result)
        # An empty lock may be left, and half of the metadata until the next rotation; a key may not.
        left = [path for path in self.folder.iterdir() if path.name not in ("key", "stored")]
        assert not [path.name for path in left if "glsa_" in path.read_text()]
        assert json.dumps(last.result).count(str(self.stored())) == 0
