# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the controller API of AWX and Automation Platform: credentials, their types, their input sources.

Built from the API's own reference (/api/v2/credentials/, /api/v2/credential_types/) and from AWX's documented handling of
secret inputs: ``$encrypted$`` is shown for one that is set, and stands for "as it is" in what is sent.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from .web import Answer, Asked, StandIn

ENCRYPTED = "$encrypted$"


class Awx(StandIn):
    """The controller. *root* is where its API is."""

    def __init__(self, token: str = "awx-token-of-the-tests", root: str = "api/v2") -> None:
        super().__init__()
        self.root = root.split("/")
        basic = base64.b64encode(b"robot:awx-password-of-the-tests").decode()
        self.identities = {"Bearer " + token: True, "Basic " + basic: True}
        self.token = token
        self.types: dict[int, list[dict[str, Any]]] = {
            5: [
                {"id": "token", "label": "Token", "type": "string", "secret": True},
                {"id": "about", "label": "About", "type": "string"},
                {"id": "host", "label": "Host", "type": "string"},
            ]
        }
        self.credentials: dict[int, dict[str, Any]] = {}
        self.sources: dict[int, list[str]] = {}
        self._changes = 0

    def add(self, name: str, organization: str = "Default", **more: Any) -> int:
        """Make a credential by hand; return its id."""
        number = len(self.credentials) + 1
        self.credentials[number] = {
            "id": number,
            "name": name,
            "description": "",
            "organization": organization,
            "credential_type": 5,
            "managed": False,
            "inputs": {},
            "edit": True,
            **more,
        }
        self._touch(number)
        return number

    def _touch(self, number: int) -> None:
        self._changes += 1
        self.credentials[number]["modified"] = f"2026-01-01T00:00:00.{self._changes:06d}Z"

    def answer(self, asked: Asked) -> Answer:
        if asked.path[: len(self.root)] != self.root:
            return Answer(404, {"detail": "The requested resource could not be found."})
        path = asked.path[len(self.root) :]
        if path[0] == "ping":
            return Answer(200, {"version": "24.6.1"})
        if not self.identities.get(asked.headers.get("Authorization") or ""):
            return Answer(401, {"detail": "Authentication credentials were not provided."})
        if path[0] == "credential_types":
            return Answer(200, {"id": int(path[1]), "inputs": {"fields": self.types[int(path[1])]}})
        if len(path) == 1:
            return self._list(asked)
        number = int(path[1])
        if number not in self.credentials:
            return Answer(404, {"detail": "Not found."})
        if path[2:] == ["input_sources"]:
            return Answer(200, {"results": [{"input_field_name": name} for name in self.sources.get(number, [])]})
        if asked.method == "PATCH":
            return self._change(number, asked.body)
        return Answer(200, self._shown(number))

    def _list(self, asked: Asked) -> Answer:
        wanted = {name: values[0] for name, values in asked.query.items()}
        found = [
            self._shown(number)
            for number, one in self.credentials.items()
            if wanted.get("name", one["name"]) == one["name"]
            and wanted.get("organization__name", one["organization"]) == one["organization"]
        ]
        return Answer(200, {"count": len(found), "results": found})

    def _secret(self, number: int) -> set[str]:
        return {one["id"] for one in self.types[self.credentials[number]["credential_type"]] if one.get("secret")}

    def _change(self, number: int, body: dict[str, Any]) -> Answer:
        there = self.credentials[number]
        if not there["edit"]:
            return Answer(403, {"detail": "You do not have permission to perform this action."})
        known = {one["id"] for one in self.types[there["credential_type"]]}
        unknown = sorted(set(body.get("inputs") or {}) - known)
        if unknown:
            return Answer(400, {"inputs": [f"Additional properties are not allowed ({unknown[0]!r} was unexpected)"]})
        if "inputs" in body:
            there["inputs"] = {
                name: there["inputs"][name] if value == ENCRYPTED and name in self._secret(number) else value
                for name, value in body["inputs"].items()
            }
        if "description" in body:
            there["description"] = body["description"]
        self._touch(number)
        return Answer(200, self._shown(number))

    def _shown(self, number: int) -> dict[str, Any]:
        shown = json.loads(json.dumps(self.credentials[number]))
        shown["inputs"] = {
            name: ENCRYPTED if name in self._secret(number) and value else value for name, value in shown["inputs"].items()
        }
        shown["summary_fields"] = {"user_capabilities": {"edit": shown.pop("edit")}}
        return shown
