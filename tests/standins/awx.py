# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the controller API of AWX and Automation Platform: credentials, their types, their input sources.

Built from the API's own reference (/api/v2/credentials/, /api/v2/credential_types/) and from AWX's documented handling of
secret inputs: ``$encrypted$`` is shown for one that is set, and stands for "as it is" in what is sent. A new credential is
checked as by ``CredentialSerializerCreate``, ``CredentialAccess.can_add`` and the fields of ``models/credential.py``.
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
        self.type_names = {5: "Grafana token"}
        self.organizations = {1: "Default", 2: "Other"}
        #: Organizations in which the user has the role Credential Admin.
        self.admin_of = {1, 2}
        self.credentials: dict[int, dict[str, Any]] = {}
        self.sources: dict[int, list[str]] = {}
        self._changes = 0

    def add(self, name: str, organization: str = "Default", **more: Any) -> int:
        """Make a credential by hand; return its id."""
        number = max(self.credentials, default=0) + 1
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

    def named(self, name: str) -> dict[str, Any]:
        """Return the first credential of that name, or nothing."""
        return next((one for one in self.credentials.values() if one["name"] == name), {})

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
            types = {number: self._type(number) for number in self.types}
            return Answer(200, types[int(path[1])]) if len(path) > 1 else self._named(asked, list(types.values()))
        if path[0] == "organizations":
            return self._named(asked, self._organizations(asked))
        if len(path) == 1:
            return self._create(asked.body) if asked.method == "POST" else self._list(asked)
        number = int(path[1])
        if number not in self.credentials:
            return Answer(404, {"detail": "Not found."})
        if path[2:] == ["input_sources"]:
            return Answer(200, {"results": [{"input_field_name": name} for name in self.sources.get(number, [])]})
        if asked.method == "DELETE":
            del self.credentials[number]
            return Answer(204)
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

    def _type(self, number: int) -> dict[str, Any]:
        return {"id": number, "name": self.type_names[number], "inputs": {"fields": self.types[number]}}

    def _organizations(self, asked: Asked) -> list[dict[str, Any]]:
        """Return the organizations; ``role_level`` leaves those in which the user has this role."""
        roles = asked.query.get("role_level", [])
        assert roles in ([], ["credential_admin_role"]), roles
        return [{"id": one, "name": name} for one, name in self.organizations.items() if not roles or one in self.admin_of]

    def _named(self, asked: Asked, entries: list[dict[str, Any]]) -> Answer:
        found = [one for one in entries if asked.query.get("name", [one["name"]]) == [one["name"]]]
        return Answer(200, {"count": len(found), "results": found})

    def _create(self, body: dict[str, Any]) -> Answer:
        kind, organization = body.get("credential_type"), body.get("organization")
        if organization not in self.admin_of:
            return Answer(403, {"detail": "You do not have permission to perform this action."})
        if kind not in self.types:
            return Answer(400, {"credential_type": [f'Invalid pk "{kind}" - object does not exist.']})
        refused = self._wrong_inputs(kind, body["inputs"])
        secret = [one["id"] for one in self.types[kind] if one.get("secret")]
        if refused or any(body["inputs"].get(name) == ENCRYPTED for name in secret):
            return Answer(400, {"inputs": [refused or "$encrypted$ is a reserved keyword, and cannot be used for token."]})
        place = (self.organizations[organization], body["name"], kind)
        if place in {(one["organization"], one["name"], one["credential_type"]) for one in self.credentials.values()}:
            return Answer(400, {"__all__": ["Credential with this Organization, Name and Credential type already exists."]})
        more = {"credential_type": kind, "inputs": body["inputs"], "description": body.get("description", "")}
        return Answer(201, self._shown(self.add(body["name"], place[0], **more)))

    def _wrong_inputs(self, kind: int, inputs: dict[str, Any]) -> str | None:
        unknown = sorted(set(inputs) - {one["id"] for one in self.types[kind]})
        return f"Additional properties are not allowed ({unknown[0]!r} was unexpected)" if unknown else None

    def _secret(self, number: int) -> set[str]:
        return {one["id"] for one in self.types[self.credentials[number]["credential_type"]] if one.get("secret")}

    def _change(self, number: int, body: dict[str, Any]) -> Answer:
        there = self.credentials[number]
        if not there["edit"]:
            return Answer(403, {"detail": "You do not have permission to perform this action."})
        refused = self._wrong_inputs(there["credential_type"], body.get("inputs") or {})
        if refused:
            return Answer(400, {"inputs": [refused]})
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
        kind = {"id": shown["credential_type"], "name": self.type_names[shown["credential_type"]]}
        shown["summary_fields"] = {"user_capabilities": {"edit": shown.pop("edit")}, "credential_type": kind}
        return shown
