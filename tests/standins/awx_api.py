# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the API of AWX with everything that a setup creates: it stores objects, and refuses what AWX refuses.

``awx_rules`` has the rules. It is stricter than AWX in one point: AWX ignores an unknown field. Lists answer the filters that the
modules of awx.awx send, and refuse a filter for a field that the object does not have.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, Callable

from . import awx_rules
from .awx import ENCRYPTED
from .web import Answer, Asked, StandIn

#: Lists of notifications that objects with jobs have.
NOTIFIED = ("notification_templates_started", "notification_templates_success", "notification_templates_error")
SUCCESSORS = ("success_nodes", "failure_nodes", "always_nodes")
RELATED = {
    "organization": "organizations",
    "project": "projects",
    "source_project": "projects",
    "inventory": "inventories",
    "execution_environment": "execution_environments",
    "default_environment": "execution_environments",
    "credential": "credentials",
    "credential_type": "credential_types",
    "workflow_job_template": "workflow_job_templates",
    "unified_job_template": "unified_job_templates",
}
#: The kind of the members of a list that belongs to an object.
MEMBERS = {"credentials": "credentials", "galaxy_credentials": "credentials", "instance_groups": "instance_groups"}
UNIFIED = ("projects", "inventory_sources", "job_templates", "workflow_job_templates", "workflow_approval_templates")
PROMPTS = {"extra_data": {}, "inventory": None, "limit": None, "job_type": None, "verbosity": None, "job_slice_count": None}


@dataclass(frozen=True)
class Kind:
    """A kind of object: its type, its fields with the values of a new object, and what is special about it."""

    type: str
    fields: dict[str, Any]
    required: tuple[str, ...] = ("name",)
    unique: tuple[str, ...] = ("name",)
    lists: tuple[str, ...] = ()
    #: Fields that cannot change, and fields that clients send though AWX only shows them.
    fixed: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    choices: dict[str, tuple[Any, ...]] = field(default_factory=dict)


ASKS = {"ask_%s_on_launch" % one: False for one in ("variables", "limit", "inventory", "credential", "verbosity", "diff_mode")}
KINDS = {
    "organizations": Kind("organization", {"name": "", "description": "", "max_hosts": 0}, lists=("galaxy_credentials",)),
    "instance_groups": Kind("instance_group", {"name": ""}),
    "credential_types": Kind(
        "credential_type",
        {"name": "", "description": "", "kind": "", "inputs": {}, "injectors": {}},
        required=("name", "kind"),
        unique=("name", "kind"),
        shown=("managed",),
    ),
    "credentials": Kind(
        "credential",
        {"name": "", "description": "", "organization": None, "credential_type": None, "inputs": {}},
        required=("name", "credential_type"),
        unique=("name", "organization", "credential_type"),
    ),
    "execution_environments": Kind(
        "execution_environment",
        {"name": "", "description": "", "organization": None, "image": "", "credential": None, "pull": ""},
        required=("name", "image"),
        fixed=("organization",),
        choices={"pull": ("", "always", "missing", "never")},
    ),
    "notification_templates": Kind(
        "notification_template",
        {"name": "", "description": "", "organization": None, "notification_type": "", "notification_configuration": {}},
        required=("name", "organization", "notification_type", "notification_configuration"),
        unique=("name", "organization"),
    ),
    "projects": Kind(
        "project",
        {
            "name": "",
            "description": "",
            "organization": None,
            "scm_type": "",
            "scm_url": "",
            "scm_branch": "",
            "scm_update_on_launch": False,
            "credential": None,
            "default_environment": None,
            "allow_override": False,
        },
        unique=("name", "organization"),
        lists=NOTIFIED,
        choices={"scm_type": ("", "git", "svn", "insights", "archive")},
    ),
    "inventories": Kind(
        "inventory",
        {"name": "", "description": "", "organization": None, "kind": "", "host_filter": None, "variables": ""},
        required=("name", "organization"),
        unique=("name", "organization"),
        choices={"kind": ("", "smart", "constructed")},
    ),
    "inventory_sources": Kind(
        "inventory_source",
        {
            "name": "",
            "description": "",
            "inventory": None,
            "source": "",
            "source_path": "",
            "source_vars": "",
            "source_project": None,
            "credential": None,
            "execution_environment": None,
            "overwrite": False,
            "overwrite_vars": False,
            "update_on_launch": False,
            "update_cache_timeout": 0,
            "verbosity": 1,
        },
        required=("name", "inventory", "source"),
        unique=("name", "inventory"),
        fixed=("inventory",),
        lists=NOTIFIED,
    ),
    "job_templates": Kind(
        "job_template",
        {
            "name": "",
            "description": "",
            "job_type": "run",
            "inventory": None,
            "project": None,
            "playbook": "",
            "execution_environment": None,
            "extra_vars": "",
            "survey_enabled": False,
            "job_slice_count": 1,
            "ask_job_slice_count_on_launch": False,
            "allow_simultaneous": False,
            **ASKS,
        },
        required=("name", "project", "playbook"),
        lists=(*NOTIFIED, "credentials", "instance_groups"),
        shown=("organization",),
        choices={"job_type": ("run", "check")},
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        {"name": "", "description": "", "organization": None, "survey_enabled": False, "extra_vars": "", "inventory": None},
        unique=("name", "organization"),
        lists=(*NOTIFIED, "notification_templates_approvals"),
    ),
    "workflow_job_template_nodes": Kind(
        "workflow_job_template_node",
        {
            "identifier": "",
            "workflow_job_template": None,
            "unified_job_template": None,
            "all_parents_must_converge": False,
            **PROMPTS,
        },
        required=("workflow_job_template",),
        unique=("workflow_job_template", "identifier"),
        lists=(*SUCCESSORS, "credentials"),
        fixed=("workflow_job_template",),
        shown=("type",),
    ),
    "workflow_approval_templates": Kind("workflow_approval_template", {"name": "", "description": "", "timeout": 0}),
    "schedules": Kind(
        "schedule",
        {"name": "", "description": "", "unified_job_template": None, "rrule": "", "enabled": True, **PROMPTS},
        required=("name", "unified_job_template", "rrule"),
        unique=("unified_job_template", "name"),
    ),
}


class Refused(Exception):
    """AWX refuses a request with status 400, for these reasons."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Controller(StandIn):
    """AWX after its installation, with a project of *playbooks* that it can fetch."""

    def __init__(self, playbooks: list[str], token: str = "awx-token-of-the-tests") -> None:
        super().__init__()
        self.playbooks, self.token = playbooks, token
        self.objects: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.objects["organizations"][1] = {"id": 1, "name": "Default", "description": "", "max_hosts": 0}
        self._lists: dict[tuple[str, int, str], list[int]] = {}
        self.refused: list[str] = []
        self._last = 1

    def named(self, kind: str, name: str) -> dict[str, Any]:
        """Return the object of a kind with a name (nodes: an identifier), as a client sees it."""
        found = [one for one in self.objects[kind].values() if name in (one.get("name"), one.get("identifier"))]
        assert len(found) == 1, (kind, name, len(found))
        return self._shown(kind, found[0])

    def members(self, kind: str, name: str, relation: str) -> list[str]:
        """Return the names of the objects in a list that belongs to an object."""
        ids = self._lists.get((kind, self.named(kind, name)["id"], relation), [])
        stored = self.objects[kind if relation in SUCCESSORS else MEMBERS.get(relation, "notification_templates")]
        return [stored[one].get("name") or stored[one]["identifier"] for one in ids]

    def answer(self, asked: Asked) -> Answer:
        path = asked.path[2:]
        if asked.path[:2] != ["api", "v2"] or not path:
            return Answer(404, {"detail": "The requested resource could not be found."})
        if asked.headers.get("Authorization") != "Bearer " + self.token:
            return Answer(401, {"detail": "Authentication credentials were not provided."})
        try:
            answer = self._route(asked, path)
        except Refused as problem:
            self.refused.append("%s %s: %s" % (asked.method, "/".join(path), problem))
            answer = Answer(400, {"__all__": list(problem.reasons), "error": str(problem)})
        answer.headers.update({"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"})
        return answer

    def _route(self, asked: Asked, path: list[str]) -> Answer:
        if path[0] == "project_updates":
            project = self.objects["projects"][int(path[1])]
            project["playbook_files"] = list(self.playbooks)
            return Answer(200, {"id": int(path[1]), "status": "successful"})
        if path[0] == "unified_job_templates" and asked.method == "GET":
            return self._list(asked, [(kind, one) for kind in UNIFIED for one in self.objects[kind].values()])
        if path[0] not in KINDS:
            return Answer(404, {"detail": "The requested resource could not be found."})
        kind = path[0]
        if len(path) == 1 and asked.method == "GET":
            return self._list(asked, [(kind, one) for one in self.objects[kind].values()])
        if len(path) == 1 and asked.method == "POST":
            return Answer(201, self._shown(kind, self._create(kind, asked.body)))
        return self._detail(asked, kind, path[1:]) or Answer(404, {"detail": "Not found."})

    def _detail(self, asked: Asked, kind: str, path: list[str]) -> Answer | None:
        stored = self.objects[kind].get(int(path[0]))
        if stored is None:
            return None
        if len(path) == 1:
            if asked.method == "PATCH":
                self._change(kind, stored, asked.body)
            return Answer(200, self._shown(kind, stored))
        if path[1] == "survey_spec" and "survey_enabled" in stored:
            return self._survey(asked, stored)
        if path[1] == "create_approval_template" and kind == "workflow_job_template_nodes" and asked.method == "POST":
            made = self._create("workflow_approval_templates", asked.body)
            stored["unified_job_template"] = made["id"]
            return Answer(201, self._shown("workflow_approval_templates", made))
        return self._associate(asked, kind, stored, path[1]) if path[1] in KINDS[kind].lists else None

    def _survey(self, asked: Asked, stored: dict[str, Any]) -> Answer:
        if asked.method == "POST":
            problems = awx_rules.survey(asked.body)
            if problems:
                raise Refused(*problems)
            stored["survey_spec"] = asked.body
        return Answer(200, stored.get("survey_spec", {}))

    def _list(self, asked: Asked, stored: list[tuple[str, dict[str, Any]]]) -> Answer:
        shown = [self._shown(kind, one) for kind, one in stored]
        either = {name[4:]: values[0] for name, values in asked.query.items() if name.startswith("or__")}
        both = {name: values[0] for name, values in asked.query.items() if not name.startswith("or__")}
        kind = KINDS.get(asked.path[2])
        known = {*kind.fields, *kind.shown} if kind else {"name", "organization", "type"}
        for name in {*either, *both} - known - {"id"}:
            raise Refused("no field named %s" % name)
        found = [one for one in shown if all(str(one.get(name)) == value for name, value in both.items())]
        if either:
            found = [one for one in found if any(str(one.get(name)) == value for name, value in either.items())]
        return Answer(200, {"count": len(found), "next": None, "previous": None, "results": found})

    def _create(self, kind: str, sent: dict[str, Any]) -> dict[str, Any]:
        whole = {**copy.deepcopy(KINDS[kind].fields), **self._accepted(kind, sent)}
        for name in KINDS[kind].required:
            if whole[name] in ("", None):
                raise Refused("%s: this field is required" % name)
        self._check(kind, whole, None, sent)
        self._last += 1
        stored = self.objects[kind][self._last] = {"id": self._last, **whole}
        return stored

    def _change(self, kind: str, stored: dict[str, Any], sent: dict[str, Any]) -> None:
        accepted = self._accepted(kind, sent)
        changed = {name: value for name, value in accepted.items() if name not in KINDS[kind].fixed}
        if kind == "credentials" and "inputs" in changed:
            old = stored["inputs"]
            changed["inputs"] = {k: old.get(k) if v == ENCRYPTED else v for k, v in changed["inputs"].items()}
        whole = {**stored, **changed}
        self._check(kind, whole, stored, sent)
        stored.update(whole)

    def _accepted(self, kind: str, sent: dict[str, Any]) -> dict[str, Any]:
        """Return the fields to store, after the checks that need no other object."""
        known, found = KINDS[kind].fields, {}
        for name, given in sent.items():
            if name in KINDS[kind].shown:
                continue
            if name not in known:
                raise Refused("%s: %s has no such field" % (name, kind))
            # AWX stores a null for a text as the empty string
            value = "" if given is None and isinstance(known[name], str) else given
            if known[name] is not None and type(value) is not type(known[name]):
                raise Refused("%s: a value of the type %s" % (name, type(known[name]).__name__))
            if value not in KINDS[kind].choices.get(name, (value,)):
                raise Refused("%s: %r is not a valid choice" % (name, value))
            if name in RELATED and value is not None:
                self._object(RELATED[name], value)
            found[name] = value
        return copy.deepcopy(found)

    def _object(self, kind: str, number: int) -> dict[str, Any]:
        for one in UNIFIED if kind == "unified_job_templates" else (kind,):
            if number in self.objects[one]:
                return self.objects[one][number]
        raise Refused("Invalid pk %r - object does not exist" % number)

    def _check(self, kind: str, whole: dict[str, Any], old: dict[str, Any] | None, sent: dict[str, Any]) -> None:
        for other in self.objects[kind].values():
            if (
                other is not old
                and kind != "workflow_approval_templates"
                and all(other[name] == whole[name] for name in KINDS[kind].unique)
            ):
                raise Refused("%s with this %s already exists" % (KINDS[kind].type, " and ".join(KINDS[kind].unique)))
        check: Callable[..., list[str]] | None = getattr(self, "_check_" + kind, None)
        problems = check(whole, old, sent) if check else []
        if problems:
            raise Refused(*problems)

    def _check_credential_types(self, whole: dict[str, Any], old: dict[str, Any] | None, _sent: object) -> list[str]:
        used = [one for one in self.objects["credentials"].values() if old and one["credential_type"] == old["id"]]
        if old and used and whole["inputs"] != old["inputs"]:
            return ["inputs of a type in use cannot change"]
        return awx_rules.credential_type(whole)

    def _check_credentials(self, whole: dict[str, Any], old: dict[str, Any] | None, _sent: object) -> list[str]:
        kind = self.objects["credential_types"][whole["credential_type"]]
        found = awx_rules.credential(whole, kind)
        found += ["organization, user or team is missing"] if whole["organization"] is None else []
        return found + ([] if old or ENCRYPTED not in whole["inputs"].values() else ["inputs: a reserved word"])

    def _check_notification_templates(self, whole: dict[str, Any], _old: object, _sent: object) -> list[str]:
        return awx_rules.notification(whole)

    def _check_inventory_sources(self, whole: dict[str, Any], _old: object, _sent: object) -> list[str]:
        if whole["source"] == "scm":
            return [] if whole["source_project"] else ["source_project: needed for scm"]
        return ["only for scm"] if whole["source_project"] or whole["source_path"] else []

    def _check_job_templates(self, whole: dict[str, Any], _old: object, _sent: object) -> list[str]:
        files = self.objects["projects"][whole["project"]].get("playbook_files", [])
        found = [] if whole["playbook"] in files else ["playbook: not found for project"]
        if not whole["inventory"] and not whole["ask_inventory_on_launch"]:
            found.append("inventory: set a default, or ask for it")
        return found

    def _check_workflow_job_template_nodes(self, whole: dict[str, Any], _old: object, _sent: object) -> list[str]:
        return self._prompts(whole, required=False)

    def _check_schedules(self, whole: dict[str, Any], _old: object, _sent: object) -> list[str]:
        return awx_rules.rrule(whole["rrule"]) + self._prompts(whole, required=True)

    def _prompts(self, whole: dict[str, Any], required: bool) -> list[str]:
        """Check what a schedule or a node gives to its job; the rest of a node's answers come from the workflow."""
        if whole["unified_job_template"] is None:
            return []
        template = self._object("unified_job_templates", whole["unified_job_template"])
        found = awx_rules.answers(template, whole["extra_data"])
        found = found if required else [one for one in found if not one.endswith(" is missing")]
        for name in ("inventory", "limit", "job_type", "verbosity", "job_slice_count"):
            if whole[name] is not None and not template.get("ask_%s_on_launch" % name):
                found.append("%s: the template does not ask for it" % name)
        return found

    def _associate(self, asked: Asked, kind: str, stored: dict[str, Any], relation: str) -> Answer:
        ids = self._lists.setdefault((kind, stored["id"], relation), [])
        other = kind if relation in SUCCESSORS else MEMBERS.get(relation, "notification_templates")
        if asked.method == "GET":
            found = [self._shown(other, self.objects[other][one]) for one in ids]
            return Answer(200, {"count": len(found), "next": None, "results": found})
        member = self._object(other, asked.body["id"])
        if asked.body.get("disassociate"):
            ids.remove(member["id"])
        elif member["id"] not in ids:
            self._check_member(kind, stored, relation, member)
            ids.append(member["id"])
        return Answer(204)

    def _check_member(self, kind: str, stored: dict[str, Any], relation: str, member: dict[str, Any]) -> None:
        if relation == "credentials":
            present = [self.objects["credentials"][one] for one in self._lists[kind, stored["id"], relation]]
            if member["credential_type"] in [one["credential_type"] for one in present]:
                raise Refused("Cannot assign multiple credentials of one type")
        if relation not in SUCCESSORS:
            return
        if member["workflow_job_template"] != stored["workflow_job_template"]:
            raise Refused("the node belongs to another workflow")
        edges: dict[int, set[int]] = {number: set() for number in self.objects[kind]}
        for (_kind, number, name), ids in self._lists.items():
            if name in SUCCESSORS:
                edges[number] |= set(ids)
        if member["id"] in edges[stored["id"]]:
            raise Refused("Relationship not allowed.")
        edges[stored["id"]].add(member["id"])
        if awx_rules.has_cycle(edges):
            raise Refused("Cycle detected.")

    def _shown(self, kind: str, stored: dict[str, Any]) -> dict[str, Any]:
        """Return an object as AWX shows it: with its type, its addresses, and without secrets."""
        shown = {name: value for name, value in copy.deepcopy(stored).items() if name not in ("survey_spec", "playbook_files")}
        url = "/api/v2/%s/%d/" % (kind, stored["id"])
        shown.update(type=KINDS[kind].type, url=url, related={}, summary_fields={})
        if kind == "credential_types":
            shown["managed"] = False
        if kind == "credentials":
            fields = self.objects["credential_types"][stored["credential_type"]]["inputs"]["fields"]
            secret = [one["id"] for one in fields if one.get("secret")]
            shown["inputs"] = {k: ENCRYPTED if k in secret and v else v for k, v in shown["inputs"].items()}
        if "survey_enabled" in stored:
            shown["related"]["survey_spec"] = url + "survey_spec/"
        if kind == "job_templates":
            shown["organization"] = self.objects["projects"][stored["project"]]["organization"]
        if kind == "inventory_sources":
            shown["organization"] = self.objects["inventories"][stored["inventory"]]["organization"]
        if kind == "projects":
            shown["scm_revision"] = "0" * 40
            shown["related"]["update"] = url + "update/"
            if "playbook_files" not in stored:
                shown["summary_fields"]["current_update"] = {"id": stored["id"]}
        if (
            kind == "workflow_job_template_nodes"
            and stored["unified_job_template"] in self.objects["workflow_approval_templates"]
        ):
            shown["related"]["unified_job_template"] = "/api/v2/workflow_approval_templates/%d/" % stored["unified_job_template"]
        return shown
