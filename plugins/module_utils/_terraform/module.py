# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module grafana_terraform_migrate: read the options and the files, plan the changes, write the files, report the result."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import missing_required_lib

from .._engine.module import GrafanaModule, guarded
from .._grafana.errors import BadInput
from . import files
from .diff import unified
from .hcl import IMPORT_PROBLEM, LIBRARIES
from .options import Adopted, Consolidated, Options
from .plan import Plan, first_apply, second_apply

ARGUMENT_SPEC: dict[str, t.Any] = {
    "path": {"type": "path", "required": True},
    "apply": {"type": "str", "choices": ["first", "second"], "default": "first"},
    # Ansible takes an option with "token" in its name for a secret unless no_log is set.
    "token_suffix": {"type": "str", "default": "-token", "no_log": False},
    "provider_version": {"type": "str", "default": "~> 3.22"},
    "consolidate": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "account": {"type": "str", "required": True},
            "name": {"type": "str"},
            "keys": {"type": "list", "elements": "str", "required": True, "no_log": False},
            "directory": {"type": "str", "default": "."},
        },
    },
    "adopt": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "address": {"type": "str", "required": True},
            "id": {"type": "str", "required": True},
            "directory": {"type": "str", "default": "."},
        },
    },
    "strict": {"type": "bool", "default": False},
}


def migrate() -> None:
    """Run the module grafana_terraform_migrate, and exit."""
    module = GrafanaModule(argument_spec=ARGUMENT_SPEC)
    if IMPORT_PROBLEM is not None:
        missing = {"code": "missing_library", "message": LIBRARIES}
        module.fail_json(missing_required_lib(LIBRARIES), failure=missing, exception=IMPORT_PROBLEM)
    guarded(_migrate, module)


def options_of(parameters: t.Mapping[str, t.Any]) -> Options:
    """Return the module's parameters as :class:`Options`. Raises :class:`BadInput` for a parameter that is not valid."""
    options = Options(
        token_suffix=parameters["token_suffix"],
        provider_version=parameters["provider_version"],
        consolidate=tuple(
            Consolidated(entry["account"], tuple(entry["keys"]), entry["name"] or entry["account"], entry["directory"])
            for entry in parameters["consolidate"]
        ),
        adopt=tuple(Adopted(entry["address"], entry["id"], entry["directory"]) for entry in parameters["adopt"]),
    )
    options.check()
    return options


def _migrate(module: GrafanaModule) -> None:
    top = module.params["path"]
    options = options_of(module.params)
    sources = files.read_tree(top)
    plan = (first_apply if module.params["apply"] == "first" else second_apply)(sources, options)
    new_files = files.resolve(top, sources, plan.files)
    result = _result(sources, plan)
    if module.params["strict"] and plan.not_rewritten:
        lines = ", ".join("%s:%d (%s)" % (one.file, one.line, one.why) for one in plan.not_rewritten[:10])
        problem = BadInput(
            "%d lines cannot be rewritten, so no file was changed: %s" % (len(plan.not_rewritten), lines), code="not_rewritten"
        )
        module.fail(problem, **{**result, "changed": False, "files": [], "resources": []})
    if not module.check_mode:
        files.write(new_files)
    for note in plan.notes:
        module.warn(note)
    if module._diff:  # pylint: disable=protected-access
        result["diff"] = [{"prepared": unified(path, sources.get(path), new)} for path, new in plan.files.items()]
    module.exit_json(**result)


def _result(sources: t.Mapping[str, bytes], plan: Plan) -> dict[str, t.Any]:
    return {
        "changed": bool(plan.files),
        "files": [
            {"path": path, "change": "removed" if new is None else "changed" if path in sources else "created"}
            for path, new in plan.files.items()
        ],
        "resources": [
            {
                "address": str(one.address),
                "directory": one.address.folder or ".",
                "file": one.file,
                "line": one.line,
                "account": one.account,
                "token": one.token,
            }
            for one in plan.resources
        ],
        "not_rewritten": [one._asdict() for one in plan.not_rewritten],
        "notes": plan.notes,
    }
