# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX accepts: credential types, credentials, surveys and their answers, schedules, notifications, nodes of workflows.

The rules are those of AWX's development version after 24.6.1 (commit e21dd0a0933f, October 2024): awx/main/fields.py,
awx/api/serializers.py, JobTemplateSurveySpec in awx/api/views, SurveyJobTemplateMixin in awx/main/models/mixins.py. Each function
takes what a client sends, and returns a list of complaints, which is empty if AWX accepts it. The words are not AWX's.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .awx import ENCRYPTED

#: What AWX stores for a job instead of a secret.
HIDDEN = "**********"
NAME = re.compile(r"^[a-zA-Z_]+[a-zA-Z0-9_]*$")
FILE = re.compile(r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$")
#: The keys of an input of a credential type, and the type of each.
INPUT_KEYS = {
    "id": str,
    "label": str,
    "type": str,
    "format": str,
    "help_text": str,
    "choices": list,
    "multiline": bool,
    "secret": bool,
    "ask_at_runtime": bool,
    "default": object,
}
FORBIDDEN_VARIABLES = re.compile(
    "ANSIBLE_.*|VIRTUAL_ENV|PATH|PYTHONPATH|JOB_ID|INVENTORY_ID|INVENTORY_SOURCE_ID|INVENTORY_UPDATE_ID|AD_HOC_COMMAND_ID"
    "|REST_API_URL|REST_API_TOKEN|MAX_EVENT_RES|CALLBACK_QUEUE|CALLBACK_CONNECTION|CACHE|JOB_CALLBACK_DEBUG|INVENTORY_HOSTVARS"
    "|AWX_HOST|PROJECT_REVISION|SUPERVISOR_CONFIG_PATH"
)
#: The types of questions of a survey, and what a default has to be.
QUESTIONS: dict[str, Any] = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": (float, int),
}
#: The fields of notification configurations: type and default. Without a default a field is required.
NOTIFICATIONS: dict[str, dict[str, tuple[Any, ...]]] = {
    "webhook": {
        "url": (str,),
        "http_method": (str, "POST"),
        "disable_ssl_verification": (bool, False),
        "username": (str, ""),
        "password": (str, ""),
        "headers": (dict,),
    },
    "slack": {"token": (str,), "channels": (list,)},
}
#: The rule of a schedule: its parts, as far as AWX accepts them.
FREQUENCIES = ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def credential_type(sent: dict[str, Any]) -> list[str]:
    """Check a credential type that the API creates: kind, inputs, injectors."""
    found = [] if sent.get("kind") in ("cloud", "net") else ["kind: has to be cloud or net"]
    inputs, injectors = sent.get("inputs", {}), sent.get("injectors", {})
    found += ["inputs: unknown key %s" % key for key in set(inputs) - {"fields", "required"}]
    fields = inputs.get("fields", [])
    for one in fields:
        found += _input(one)
    ids = [one.get("id") for one in fields]
    found += ["inputs: two fields with one id"] if len(ids) != len(set(ids)) else []
    return found + _injectors(injectors, [str(one) for one in ids])


def _input(one: dict[str, Any]) -> list[str]:
    found = ["inputs: unknown key %s" % key for key in set(one) - set(INPUT_KEYS)]
    found += ["inputs: %s has the wrong type" % k for k, kind in INPUT_KEYS.items() if k in one and not isinstance(one[k], kind)]
    found += ["inputs: %s is missing" % key for key in ("id", "label") if key not in one]
    name, kind = one.get("id", ""), one.setdefault("type", "string")
    found += ["inputs: %s is reserved" % name] if name == "tower" else []
    found += ["inputs: %s is not a name of a variable" % name] if not NAME.match(name) else []
    found += ["inputs: type %s" % kind] if kind not in ("string", "boolean") else []
    found += ["inputs: format"] if one.get("format", "url") not in ("ssh_private_key", "url") else []
    found += ["inputs: ask_at_runtime is for AWX's own types"] if one.get("ask_at_runtime") else []
    if kind == "boolean":
        found += ["inputs: %s is for strings" % key for key in ("choices", "multiline", "format", "secret") if key in one]
    if "default" in one and not isinstance(one["default"], {"string": str, "boolean": bool}.get(kind, ())):
        found.append("inputs: the default of %s is not a %s" % (name, kind))
    return found


class _Reserved:
    """``tower``, or ``tower.filename`` without an injected file: a template may not print it."""

    filename: Any

    def __str__(self) -> str:
        raise UndefinedError("tower is reserved")


def _tower(whole: str | None, files: dict[str, str]) -> _Reserved:
    """Return ``tower`` with the path of its only file, or with those of *files* (``template.name``)."""
    tower = _Reserved()
    tower.filename = whole or _Reserved()
    for name, path in files.items():
        if "." in name:
            setattr(tower.filename, name.split(".")[1], path)
    return tower


def _injectors(injectors: dict[str, Any], ids: list[str]) -> list[str]:
    found = ["injectors: unknown kind %s" % kind for kind in set(injectors) - {"file", "env", "extra_vars"}]
    files = injectors.get("file", {})
    found += ["injectors: %s is not a name of a file" % name for name in files if not FILE.match(name)]
    if "template" in files and len(files) > 1:
        found.append("injectors: several files need names")
        return found
    tower = _tower("EXAMPLE" if "template" in files else None, dict.fromkeys(files, "EXAMPLE"))
    known = {**dict.fromkeys(ids, "EXAMPLE"), "tower": tower}
    for name, template in injectors.get("env", {}).items():
        if not NAME.match(name) or FORBIDDEN_VARIABLES.fullmatch(name):
            found.append("injectors: the variable %s is not allowed" % name)
        if not isinstance(template, str) or not template.isascii():
            found.append("injectors: %s has to be ASCII text" % name)
    for name, template in [*files.items(), *injectors.get("env", {}).items(), *injectors.get("extra_vars", {}).items()]:
        try:
            ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(known)
        except (UndefinedError, SecurityError, TemplateSyntaxError) as problem:
            found.append("injectors: %s: %s" % (name, problem))
    return found


def injected(kind: dict[str, Any], inputs: dict[str, Any], files: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return the environment that AWX injects for a credential, and the one that it stores for the job (secrets hidden).

    *files* is a function that writes a text into a new file and returns its path inside the container.
    """
    fields = kind["inputs"]["fields"]
    values = {name: value for name, value in inputs.items() if isinstance(value, bool) or value}
    values.update({one["id"]: False for one in fields if one["type"] == "boolean" and one["id"] not in inputs})
    secret = {one["id"] for one in fields if one.get("secret")}
    shown = {name: HIDDEN if name in secret else value for name, value in values.items()}
    sandbox = ImmutableSandboxedEnvironment()
    written = {name: files(sandbox.from_string(text).render(values)) for name, text in kind["injectors"].get("file", {}).items()}
    tower = _tower(None, written)
    result = []
    for known in (values, shown):
        templates = kind["injectors"].get("env", {})
        result.append({name: sandbox.from_string(text).render({**known, "tower": tower}) for name, text in templates.items()})
    return result[0], result[1]


def credential(sent: dict[str, Any], kind: dict[str, Any]) -> list[str]:
    """Check the inputs of a credential of the type *kind*."""
    types = {one["id"]: {"string": str, "boolean": bool}[one["type"]] for one in kind["inputs"].get("fields", [])}
    inputs = sent.get("inputs", {})
    found = ["inputs: %s is not an input of the type" % name for name in inputs if name not in types]
    return found + ["inputs: %s has the wrong type" % n for n, v in inputs.items() if n in types and not isinstance(v, types[n])]


def survey(spec: dict[str, Any]) -> list[str]:
    """Check a survey."""
    found = []
    for name, kind in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(spec.get(name), kind):
            found.append("%s is missing, or has the wrong type" % name)
    questions = spec.get("spec") or []
    found += [] if questions else ["spec has no questions"]
    variables = [one.get("variable") for one in questions]
    found += ["two questions for one variable"] if len(variables) != len(set(variables)) else []
    for one in questions:
        found += ["%s: %s" % (one.get("variable"), what) for what in _question(one)]
    return found


def _question(one: dict[str, Any]) -> list[str]:
    wanted = (("type", str), ("question_name", str), ("variable", str), ("required", bool))
    found = ["%s is missing, or has the wrong type" % name for name, kind in wanted if not isinstance(one.get(name), kind)]
    kind, default = one.get("type", ""), one.get("default", "")
    if kind not in QUESTIONS:
        return [*found, "type %s" % kind]
    if default != "" and not isinstance(default, QUESTIONS[kind]):
        found.append("the default has the wrong type")
    found += ["%s is not a number" % key for key in ("min", "max") if not isinstance(one.get(key, 0), (int, type(None)))]
    if isinstance(default, str) and default.startswith(ENCRYPTED):
        found.append("the default is reserved")
    if kind in ("multiplechoice", "multiselect"):
        found += ["choices are missing"] if "choices" not in one else []
        defaults = default.splitlines()
        found += ["two defaults"] if kind == "multiplechoice" and len(defaults) > 1 else []
        found += ["the default is not a choice"] if any(word not in _choices(one) for word in defaults) else []
    return found


def _choices(one: dict[str, Any]) -> list[str]:
    choices = one.get("choices", [])
    return choices if isinstance(choices, list) else [line for line in choices.splitlines() if line.strip()]


def answer(one: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    """Check the answer to one question. A required question needs an answer, also if it has a default."""
    name, kind = one["variable"], one["type"]
    if name not in answers:
        return ["%s is missing" % name] if one["required"] else []
    given = answers[name]
    least, most = one.get("min"), one.get("max")
    if kind in ("text", "textarea", "password"):
        right, size = isinstance(given, str), len(given) if isinstance(given, str) else 0
    elif kind in ("integer", "float"):
        right, size = type(given) in ((int,) if kind == "integer" else (float, int)), given
    else:
        return [] if given in _choices(one) else ["%s is not a choice" % name]
    if not right:
        return ["%s has the wrong type" % name]
    too_small, too_large = least not in ("", None) and size < least, most not in ("", None) and size > most
    return ["%s is too small or too large" % name] if too_small or too_large else []


def answers(template: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """Check the variables that a launch, a schedule or a node gives to a template with a survey."""
    spec = template.get("survey_spec", {}).get("spec", []) if template.get("survey_enabled") else []
    found = [what for one in spec for what in answer(one, given)]
    if not template.get("ask_variables_on_launch"):
        known = {one["variable"] for one in spec}
        found += ["the template does not ask for %s" % name for name in given if name not in known]
    return found


def defaults(spec: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the variables of a job for which no question was answered: each default that AWX accepts as an answer."""
    found = {one["variable"]: one["default"] for one in spec if one.get("default") is not None}
    return {one["variable"]: found[one["variable"]] for one in spec if one["variable"] in found and not answer(one, found)}


def rrule(text: str) -> list[str]:
    """Check the rule of a schedule."""
    starts = re.findall(r"DTSTART(?:;[^:]+)?:[0-9]+T[0-9]+Z?", text)
    found = [] if len(starts) == 1 else ["exactly one DTSTART is needed"]
    if re.search(r"DTSTART:[0-9]+T[0-9]+ ", text):
        found.append("DTSTART has no time zone")
    rules = re.findall(r"RULE:([^\s]*)", text)
    found += [] if rules else ["a rule is missing"]
    found += ["%s is not allowed" % word for word in ("EXDATE:", "RDATE:") if word in text.upper()]
    for rule in rules:
        parts = dict(part.split("=", 1) for part in rule.split(";") if "=" in part)
        found += ["FREQ %s" % parts.get("FREQ")] if parts.get("FREQ") not in FREQUENCIES else []
        found += ["INTERVAL is missing"] if not parts.get("INTERVAL", "").isdigit() else []
        found += ["BYDAY with a number"] if re.match(r"[0-9]", parts.get("BYDAY", "")) else []
        found += ["COUNT and UNTIL"] if {"COUNT", "UNTIL"} <= set(parts) else []
        found += ["COUNT is too large"] if int(parts.get("COUNT", "0")) > 999 else []
    return found


def _is(value: Any, kind: type) -> bool:
    """Tell whether *value* has this type; in JSON, a truth value is no number."""
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def notification(sent: dict[str, Any]) -> list[str]:
    """Check the configuration of a notification, and add the defaults that AWX adds."""
    if sent.get("notification_type") not in NOTIFICATIONS:
        return ["notification_type is missing or unknown"]
    given, found = sent["notification_configuration"], []
    for name, (kind, *default) in NOTIFICATIONS[sent["notification_type"]].items():
        if name not in given and not default:
            found.append("notification_configuration: %s is missing" % name)
            continue
        if not _is(given.setdefault(name, *default), kind):
            found.append("notification_configuration: %s has the wrong type" % name)
        elif kind is list and not given[name]:
            found.append("notification_configuration: %s is empty" % name)
    if str(given.get("http_method", "POST")).lower() not in ("post", "put"):
        found.append("notification_configuration: http_method")
    return found


def has_cycle(edges: dict[int, set[int]]) -> bool:
    """Return whether the nodes of a workflow follow one another in a circle; *edges* has the followers of each node."""
    left = {node: set(followers) for node, followers in edges.items()}
    while left:
        ends = [node for node, followers in left.items() if not followers & set(left)]
        if not ends:
            return True
        for node in ends:
            del left[node]
    return False
