# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a dashboard, and how they become a :class:`DesiredDashboard`: inline, from a file, an address or a text."""

from __future__ import annotations

import os
import typing as t

from .._folders.paths import check_one, general, read_path, read_titles
from .._grafana.connection import text
from .._grafana.errors import BadInput
from .._grafana.files import read_regular
from .._grafana.secrets import key_like, may_have_key
from .._grafana.uids import UID_RULE, valid_uid
from .._permissions.model import DASHBOARD
from .._permissions.options import options_of
from .._permissions.options import parse as parse_permissions
from .._text.json_diff import check_document
from .formats.forms import CLASSIC, Document, read_document
from .formats.inputs import unused
from .formats.others import of_untitled
from .formats.refresh import check_interval
from .formats.text import Loaded, load, load_text
from .history import check_source
from .model import FAIL, KEEP, OVERWRITE, DesiredDashboard, comparable
from .packed import packed
from .routes import AUTO, KUBERNETES, LEGACY
from .sources import Sources, address_of

OPTIONS: dict[str, dict[str, t.Any]] = {
    "dashboard": {"type": "dict"},
    "path": {"type": "path", "aliases": ["dashboard_url"]},
    "dashboard_id": {"type": "int"},
    "dashboard_revision": {"type": "raw"},
    "catalog_url": {"type": "str"},
    "content": {"type": "str"},
    "directory": {"type": "path"},
    "import_orgs": {"type": "path"},
    "patterns": {"type": "list", "elements": "str"},
    "exclude": {"type": "list", "elements": "str"},
    "uid": {"type": "raw"},
    "folder_uid": {"type": "raw"},
    "folder": {"type": "raw"},
    "folder_path": {"type": "list", "elements": "raw"},
    "create_folder": {"type": "bool"},
    **options_of(DASHBOARD),
    "commit_message": {"type": "str"},
    "api": {"type": "str", "choices": [AUTO, LEGACY, KUBERNETES], "default": AUTO},
    "on_conflict": {"type": "str", "choices": [OVERWRITE, FAIL, KEEP], "default": OVERWRITE},
    "source": {"type": "str", "default": ""},
    "prune": {"type": "bool", "default": False},
    "inputs": {"type": "dict", "default": {}},
    "allow_secrets": {"type": "bool", "default": False},
    "check_references": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


#: The options that hold one dashboard, or say where it is.
CONTENTS = ("dashboard", "path", "dashboard_id", "content")


def parse(options: t.Mapping[str, t.Any], sources: Sources | None = None) -> DesiredDashboard:
    """Return the desired dashboard for *options*; reads or downloads the file if there is one. Raises :class:`BadInput`.

    *sources* has the downloads of the run.
    """
    state = options.get("state", "present")
    given = [name for name in (*CONTENTS, "loaded") if options.get(name) not in (None, "")]
    if len(given) > 1:
        raise BadInput("%s are set: keep one of them" % " and ".join(given))
    own_uid = options.get("uid")
    if not given:
        if state == "present" or own_uid in (None, ""):
            also = ", or uid" if state == "absent" else ""
            raise BadInput("no dashboard is given: set dashboard, path, dashboard_id, content or directory%s" % also)
        return DesiredDashboard(_uid(own_uid, "option uid"), str(own_uid), {}, state=state, **_write_settings(options))
    loaded, what = _load(given[0], options, sources)
    as_json = check_document(loaded.document, what, loaded.plain)
    return _desired(read_document(loaded.document, what), options, what, state, as_json is None or may_have_key(as_json))


def _load(option: str, options: t.Mapping[str, t.Any], sources: Sources | None) -> tuple[Loaded, str]:
    """Return the document that the option *option* holds or names, and its name for messages."""
    address, value = address_of(options), options[option]
    if address is not None:
        return Loaded((sources or Sources()).document(address)), address.what
    if option == "loaded":
        return value, str(options.get("file"))
    if option == "dashboard":
        return Loaded(value), option
    if option == "content":
        return Loaded(load(str(value), option)), option
    path, what = os.path.expanduser(str(value)), "path %s" % value
    try:
        return load_text(read_regular(path), what, name=path), what
    except OSError as problem:
        raise BadInput("%s cannot be read on the host that runs the module: %s" % (what, problem.strerror)) from None


def _desired(document: Document, options: t.Mapping[str, t.Any], what: str, state: str, may_have_keys: bool) -> DesiredDashboard:
    uid, title = options.get("uid") or document.uid, document.title
    if not title:
        if state == "present" or uid is None:
            raise BadInput("%s %s" % (what, of_untitled(document.body)))
        title = str(uid)
    options = with_folder_path(options)
    folder_uid, folder = options.get("folder_uid"), options.get("folder")
    from_file = folder_uid is None and folder is None and document.folder_uid is not None
    if from_file:
        folder_uid = document.folder_uid
    _check_secrets(document, options, what, state, may_have_keys)
    if state == "present":
        check_interval(document.body, document.layout, what)
    inputs = check_inputs(options.get("inputs") or {})
    exported = bool(document.inputs or document.requires or document.elements or inputs)
    return DesiredDashboard(
        uid=None if uid is None else _uid(uid, what),
        title=title,
        body=packed(comparable(document.body)),
        folder_uid=None if folder_uid is None else general(text(folder_uid, "folder_uid")),
        folder=None if folder is None else folder if options.get("below") else read_path(folder, "folder"),
        folder_from_file=from_file,
        create_folder=bool(options.get("create_folder")),
        message=options.get("commit_message") or document.message,
        state=state,
        layout="" if document.layout == CLASSIC else document.layout,
        document=document if exported else None,
        inputs=inputs,
        unused_inputs=unused(document, inputs) if inputs and state == "present" else frozenset(),
        hints=tuple(document.warnings),
        **_write_settings(options),
    )


def check_inputs(inputs: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """Return the option ``inputs``. Raises :class:`BadInput` for a dictionary in it that does not name a data source."""
    for key, value in inputs.items():
        if isinstance(value, dict) and (
            set(value) - {"uid", "name", "type"} or bool(value.get("uid")) == bool(value.get("name"))
        ):
            raise BadInput("inputs.%s has to be text, or a dictionary with uid or name, and with type" % key)
    return inputs


def check_unused_inputs(wanted: t.Sequence[DesiredDashboard]) -> None:
    """Raise :class:`BadInput` for keys of ``inputs`` that no dashboard of the task uses."""
    unused_keys = {key for one in wanted for key in one.unused_inputs}
    unused_keys -= {key for one in wanted for key in one.inputs if key not in one.unused_inputs}
    if unused_keys:
        raise BadInput(
            "inputs has keys that no dashboard of the task uses: %s. A key is the name of an input or placeholder "
            "(DS_PROMETHEUS for ${DS_PROMETHEUS}), the name of the original data source, or the type of an input: correct or "
            "remove them" % ", ".join(sorted(unused_keys)),
            code="inputs_unused",
        )


def with_folder_path(options: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """Return *options* with ``folder`` and its exact titles (``below``) instead of ``folder_path``. Raises :class:`BadInput`."""
    check_one({name: options.get(name) for name in ("folder_uid", "folder", "folder_path")})
    if options.get("folder_path") is None:
        return options
    titles = read_titles(options["folder_path"], "folder_path")
    place = {"folder": "/".join(titles), "below": titles} if titles else {"folder_uid": ""}
    return {**options, "folder_path": None, **place}


def _check_secrets(document: Document, options: t.Mapping[str, t.Any], what: str, state: str, may_have_keys: bool) -> None:
    """Raise :class:`BadInput` for text that looks like a key, because everybody who can see the dashboard could use it.

    Unless the file *may_have_keys*, only the options are searched.
    """
    if state == "absent" or options.get("allow_secrets"):
        return
    # Input values become part of the dashboard, and everybody who can see the dashboard can see the commit message.
    also_visible = {
        "__inputs": list(document.inputs),
        "inputs": options.get("inputs"),
        "commit_message": options.get("commit_message"),
        "message of the file": document.message,
    }
    paths = key_like([*((document.body, document.elements) if may_have_keys else ({}, {})), also_visible])
    if paths:
        shown = ", ".join(path.partition(".")[2] or path for path in paths[:5])
        raise BadInput(
            "%s contains what looks like a Grafana key, at %s%s. Everybody who can see the dashboard could use it: remove it "
            "and revoke it, or set allow_secrets: true to accept it"
            % (what, shown, " and %d more paths" % (len(paths) - 5) if len(paths) > 5 else ""),
            code="key_in_dashboard",
        )


def _write_settings(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the fields of :class:`DesiredDashboard` that do not depend on the dashboard's content."""
    names = (
        "api",
        "on_conflict",
        "prune",
        "prune_folder_uid",
        "prune_folder",
        "file",
        "flat",
        "top",
        "below",
        "check_references",
    )
    given = {name: options[name] for name in names if options.get(name) is not None}
    if "prune_folder" not in options:  # For a directory, expand() has set it already.
        prune_folders = {"prune_folder": options.get("folder"), "prune_folder_uid": options.get("folder_uid")}
        given.update({name: general(str(value)) for name, value in prune_folders.items() if value is not None})
    wanted = parse_permissions(options, DASHBOARD)
    return {**given, "permissions": wanted, "source": check_source(options.get("source") or "")}


def _uid(value: t.Any, what: str) -> str:
    uid = text(value, "uid of %s" % what).strip()
    if not valid_uid(uid):
        raise BadInput("uid %r is not valid (%s): %s" % (uid, what, UID_RULE))
    return uid
