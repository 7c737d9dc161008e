# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How dashboards and folders look as objects of Kubernetes, by version."""

from __future__ import annotations

from typing import Any

from ..boards.normalise import legacy_read, newest, stored, to_v0
from ..boards.store import SERVER_MANAGER, V0, Dashboard, Folder
from ..core.profile import Profile
from ..core.replies import Reply
from ..core.server import Request
from ..core.state import stamp
from ..core.state import uid as new_uid
from .layouts import missing_element

GROUP = "dashboard.grafana.app"
ID_LABEL = "grafana.app/deprecatedInternalID"
#: The versions of the group, the preferred one first.
VERSIONS = (
    ((12, 0), ("v0alpha1", "v1alpha1", "v2alpha1")),
    ((12, 1), ("v1alpha1", "v0alpha1", "v2alpha1")),
    ((13, 0), ("v1beta1", "v0alpha1", "v2beta1", "v2alpha1")),
)
NEWEST_VERSIONS = ("v2", "v2beta1", "v2alpha1", "v0alpha1", "v1", "v1beta1")
#: As which version lists of some versions show their items.
IN_LISTS = {"v1beta1": "v1"}
#: What 11.5 answers where it knows no such group: the paths that it knows.
LEGACY_FORM = [
    "/apis",
    *(f"/apis/{GROUP}{suffix}" for suffix in ("", "/v0alpha1", "/v1alpha1", "/v2alpha1")),
    *(
        f"/apis/{name}.grafana.app{suffix}"
        for name in ("featuretoggle", "iam", "notifications.alerting", "playlist", "userstorage")
        for suffix in ("", "/v0alpha1")
    ),
    "/healthz",
    "/healthz/log",
    "/healthz/ping",
    "/healthz/poststarthook/max-in-flight-filter",
    "/healthz/poststarthook/storage-object-count-tracker-hook",
    "/livez",
    "/livez/log",
    "/livez/ping",
    "/livez/poststarthook/max-in-flight-filter",
    "/livez/poststarthook/storage-object-count-tracker-hook",
    "/metrics",
    "/metrics/slis",
    "/openapi/v2",
    "/openapi/v3",
    "/openapi/v3/",
    "/readyz",
    "/readyz/log",
    "/readyz/ping",
    "/readyz/poststarthook/max-in-flight-filter",
    "/readyz/poststarthook/storage-object-count-tracker-hook",
    "/readyz/shutdown",
    "/version",
]


def versions(profile: Profile) -> tuple[str, ...]:
    """Return the versions of the group that *profile* serves."""
    return next((known for before, known in VERSIONS if profile < before), NEWEST_VERSIONS)


def namespace(name: str) -> int | None:
    """Return the org of a namespace: ``default`` is org 1, ``org-N`` the others."""
    if name == "default":
        return 1
    number = name.removeprefix("org-")
    return int(number) if name != number and number.isdigit() and int(number) > 1 else None


def namespace_of(org_id: int) -> str:
    """Return the namespace of an org."""
    return "default" if org_id == 1 else f"org-{org_id}"


def failure(code: int, text: str, reason: str = "", details: dict[str, Any] | None = None) -> Reply:
    """Return a ``Status`` that says what failed."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    if text:
        body["message"] = text
    if reason:
        body["reason"] = reason
    if details is not None:
        body["details"] = details
    return Reply(code, {**body, "code": code})


def missing(kind: str, name: str, group: str = GROUP) -> Reply:
    """Return the ``Status`` of an object that is not there."""
    details = {"name": name, "group": group, "kind": kind}
    return failure(404, f'{kind}.{group} "{name}" not found', "NotFound", details)


def success(name: str, group: str, kind: str, object_uid: str) -> Reply:
    """Return the ``Status`` of a deletion."""
    details = {"name": name, "group": group, "kind": kind, "uid": object_uid}
    return Reply(200, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})


def list_of(request: Request, kind: str, api: str, items: list[dict[str, Any]], more: str | None) -> dict[str, Any]:
    """Return a list of objects; 11.5 leaves an empty one out, and 12.0 gives a list of folders no version."""
    profile = request.server.profile
    metadata: dict[str, Any] = {}
    if kind == "DashboardList" or profile >= (12, 1):
        metadata["resourceVersion"] = str(request.server.store.next_rv())
    if more is not None:
        metadata["continue"] = more
    body: dict[str, Any] = {"kind": kind, "apiVersion": api, "metadata": metadata}
    if items or profile >= (12, 0):
        body["items"] = items
    return body


def resource_version(request: Request, found: Dashboard) -> str:
    """Return an object's resource version: at 12.0 it is the dashboard's own."""
    if request.server.profile.numbers[:2] == (12, 0):
        return str(found.version)
    return str(found.resource_version)


def manager_of(agent: str) -> str:
    """Return the manager that a User-Agent makes, as apimachinery's ``managerOrUserAgent`` does: at most 128 bytes."""
    printable = "".join(character for character in agent.partition("/")[0] if character.isprintable())
    return printable.encode()[:128].decode(errors="ignore") or "unknown"


def shown_manager(request: Request, manager: str) -> str:
    """Return the name of a manager; the server's own is the name of the program, here as the recorded servers were called."""
    name = request.server.settings.text("program.name")
    return name or ("grafana131" if request.server.profile >= (13, 0) else "grafana124") if manager == SERVER_MANAGER else manager


def client_of(request: Request) -> str:
    """Return the name by which a client stands in ``managedFields``."""
    return request.one("fieldManager") or manager_of(request.headers.get("User-Agent", ""))


def own_notes(found: Dashboard | Folder, manager: str, before: dict[str, str] | None, sent: dict[str, str]) -> None:
    """Remember which annotations a manager set; *before* are those that were there, ``None`` for a new object.

    What a manager changes is its own, and what is not there any more is nobody's, ``.`` included where nothing was sent.
    """
    if before is None:
        found.note_owners = {manager: {".", *sent}} if sent else {}
        return
    changed = {name for name, text in sent.items() if before.get(name) != text}
    gone = (set(before) - set(sent)) | (set() if sent else {"."})
    for owner, names in found.note_owners.items():
        names.difference_update(gone if owner == manager else gone | changed)
    found.note_owners.setdefault(manager, set()).update(changed)


def manage(
    request: Request,
    found: Dashboard,
    spec: dict[str, Any],
    notes: dict[str, str],
    before: dict[str, Any] | None = None,
) -> None:
    """Remember which client wrote what: ``fieldManager``, or what stands before the first slash of its User-Agent."""
    client = client_of(request)
    old = before or {}
    changed = {name for name, value in spec.items() if name not in old or old[name] != value}
    for manager, names in found.managers.items():
        if manager != client:
            gone = {name for name in names if name not in spec and name not in ("id", "uid", "version")}
            names.difference_update(changed | gone)
    mine = found.managers.setdefault(client, set())
    if before is None or changed or mine:
        mine |= set(spec) if before is None or mine else changed
    found.manager_apis[client] = request.params["version"]
    found.labelled_by = client if found.labels else ""
    found.managers = {manager: names for manager, names in found.managers.items() if names or before is None}


#: Asks for default permissions on what is made.
GRANT_NOTE = "grafana.app/grant-permissions"
GRANT_REFUSED = "invalid permissions value. only 'default' supported"
#: What servers write themselves, whatever a client sends.
OWN_NOTES = ("createdBy", "updatedBy", "updatedTimestamp", "folder", "message", "grant-permissions")


def keep(request: Request, found: Dashboard | Folder, notes: dict[str, str], metadata: dict[str, Any]) -> None:
    """Keep the annotations and labels that a client sent: only unified storage has a place for them."""
    if request.server.profile < (12, 1):
        return
    labels = metadata.get("labels")
    found.notes = {name: text for name, text in notes.items() if name.removeprefix("grafana.app/") not in OWN_NOTES}
    if notes.get(GRANT_NOTE) == "":
        found.notes[GRANT_NOTE] = ""  # only one that says something is taken off
    found.labels = {name: str(text) for name, text in labels.items()} if isinstance(labels, dict) else {}
    found.labels.pop(ID_LABEL, None)
    if isinstance(found, Folder):
        found.labelled_by = client_of(request) if found.labels else ""


def object_of(
    request: Request,
    found: Dashboard,
    version: str,
    listing: bool = False,
    written: str = "",
    posted: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a dashboard as an object of *version*; *written* is ``created`` or ``replaced`` in answers to writes."""
    profile = request.server.profile
    shown = IN_LISTS.get(version, version) if listing and profile >= (13, 0) and version != found.api else version
    body: dict[str, Any] = {"kind": "Dashboard", "apiVersion": f"{GROUP}/{shown}"}
    if listing and profile < (12, 0):
        body = {}
    body["metadata"] = _metadata(request, found, written)
    body["spec"] = _spec(profile, found, version, written, posted or {})
    if profile >= (12, 0):
        body["status"] = {}
        if not written and profile >= (12, 1) and version != found.api:
            body["status"] = {"conversion": {"failed": False, "storedVersion": found.api}}
            lost = missing_element(found.spec) if found.api.startswith("v2") and not version.startswith("v2") else None
            if lost is not None:
                text = f"failed to convert dashboard spec: failed to convert panels: panel with uid {lost} not found in the "
                text += "dashboard elements"
                body["spec"] = None
                body["status"] = {"conversion": {"failed": True, "error": text, "storedVersion": found.api}}
    return body


def _spec(profile: Profile, found: Dashboard, version: str, written: str, posted: dict[str, Any]) -> dict[str, Any]:
    if profile < (12, 0):
        if not written:
            return {**found.spec, "uid": found.uid, "version": found.version}
        spec = dict(found.spec)
        if written == "created":  # it answers the version as it was sent, and a uid of its own
            spec.update({"uid": new_uid()} if "uid" in posted else {})
            spec.update({"version": posted["version"]} if "version" in posted else {})
        return spec
    if version == "v1alpha1" and profile < (12, 1) and not written:
        return legacy_read(profile, to_v0(found.spec, found.api))
    if version == found.api and version.startswith("v2"):
        return found.spec
    if version == V0 or profile < (12, 1):
        spec = to_v0(found.spec, found.api)
        return spec if written else stored(profile, spec)
    if version.startswith("v2"):
        return found.spec
    return found.spec if found.api == version else newest(to_v0(found.spec, found.api))


def _metadata(request: Request, found: Dashboard, written: str) -> dict[str, Any]:
    profile = request.server.profile
    metadata: dict[str, Any] = {"name": found.uid, "namespace": namespace_of(found.org_id), "uid": found.object_uid}
    metadata["resourceVersion"] = resource_version(request, found)
    if written or profile >= (12, 0):
        metadata["generation"] = found.generation
    metadata["creationTimestamp"] = stamp(found.created)
    metadata["labels"] = {ID_LABEL: str(found.id), **found.labels}
    metadata["annotations"] = _annotations(request, found, written)
    fields = _managed(request, found)
    if fields and (profile >= (12, 1) or written == "created"):
        metadata["managedFields"] = fields
    return metadata


def identity(request: Request, login: str) -> str:
    """Return how objects name who wrote them."""
    state = request.server.state
    account = state.accounts.get(state.logins.get(login, 0))
    if account is not None:
        return f"service-account:{account.uid}"
    user = state.find_user(login, loose=False) if login else None
    return f"user:{user.uid}" if user is not None else "user:anonymous"


def _annotations(request: Request, found: Dashboard, written: str) -> dict[str, str]:
    """Return an object's annotations: unified storage keeps what was sent, legacy storage what it has columns for."""
    profile = request.server.profile
    notes = {**found.notes, "grafana.app/createdBy": identity(request, found.created_by)}
    if found.folder_uid:
        notes["grafana.app/folder"] = found.folder_uid
    if found.message and (written or profile >= (12, 1)):
        notes["grafana.app/message"] = found.message
    always = profile < (12, 1) and written != "created"
    if always or (found.changed and profile >= (12, 1)):
        notes["grafana.app/updatedBy"] = identity(request, found.updated_by)
        notes["grafana.app/updatedTimestamp"] = stamp(found.updated)
    notes.update(_source(profile, found, written))
    return dict(sorted(notes.items()))


def _source(profile: Profile, found: Dashboard, written: str) -> dict[str, str]:
    """Return the annotations that mark a provisioned dashboard; 11.5 has other names for them."""
    source = found.provisioned
    if source is None or (written and profile < (12, 0)):
        return {}
    if profile < (12, 0):
        return {
            "grafana.app/repoName": "files",
            "grafana.app/repoPath": source.name,
            "grafana.app/repoHash": source.checksum,
            "grafana.app/repoTimestamp": stamp(source.modified),
        }
    return {
        "grafana.app/managedBy": "classic-file-provisioning",
        "grafana.app/managerId": "files",
        "grafana.app/sourcePath": source.path,
        "grafana.app/sourceChecksum": source.checksum,
        "grafana.app/sourceTimestamp": str(int(source.modified) * 1000),
    }


def _managed(request: Request, found: Dashboard) -> list[dict[str, Any]]:
    """Return ``managedFields``; a v2 layout has none in the recordings."""
    if found.api.startswith("v2"):
        return []
    entries = []
    for manager in sorted({*found.managers, *found.note_owners}):
        names = found.managers.get(manager)
        fields: dict[str, Any] = {}
        notes = _managed_notes(found, manager)
        if notes:
            fields["f:metadata"] = {"f:annotations": {name if name == "." else f"f:{name}": {} for name in notes}}
        if found.labels and manager == found.labelled_by:
            labels: dict[str, Any] = {".": {}, **{f"f:{name}": {} for name in sorted(found.labels)}}
            fields["f:metadata"] = {**fields.get("f:metadata", {}), "f:labels": labels}
        if names is not None:
            fields["f:spec"] = {f"f:{name}": {} for name in sorted(names)}
        if not fields:
            continue
        api = found.manager_apis.get(manager, V0)
        who = shown_manager(request, manager)
        entry = {"manager": who, "operation": "Update", "apiVersion": f"{GROUP}/{api}", "time": stamp(found.updated)}
        entries.append({**entry, "fieldsType": "FieldsV1", "fieldsV1": fields})
    return entries


def _managed_notes(found: Dashboard, manager: str) -> list[str]:
    if manager == SERVER_MANAGER and found.provisioned is not None:
        kinds = ("managedBy", "managerId", "sourceChecksum", "sourcePath", "sourceTimestamp")
        return [".", *(f"grafana.app/{name}" for name in kinds)]
    return sorted(found.note_owners.get(manager, ()))
