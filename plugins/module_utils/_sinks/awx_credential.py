# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``awx_credential``: a secret field of a credential of AWX or Automation Platform, by the controller's API.

The controller gives no secret back: ``$encrypted$`` stands for one, and sent back it leaves the secret as it is.
"""

from __future__ import annotations

import base64
import os
import threading
import typing as t
from urllib.parse import urlencode

from .._grafana.errors import BadInput, Stale, public_url
from .base import KeyOwner, Metadata, Shared, Sink, Stored
from .private_files import StoreError
from .web import TIMEOUT, Api, Reply, secret_of, settled, verification

ENCRYPTED = "$encrypted$"
#: How the line of a credential's description begins that holds the metadata.
MARK = "orgsmith.grafana: "
#: Where the API is: of AWX and older controllers, and behind the platform's gateway.
_ROOTS = ("/api/v2", "/api/controller/v2")


class Controller:
    """A controller and who asks it."""

    def __init__(self, options: t.Mapping[str, t.Any], hide: t.Callable[[str], None]) -> None:
        url = options.get("url") or _around("HOST")
        if not url:
            raise BadInput("sink awx_credential needs url, or CONTROLLER_HOST")
        skip = (_around("VERIFY_SSL") or "").lower() in ("false", "no", "0")
        url = str(url) if "://" in str(url) else "https://%s" % url
        self.api = Api(
            "the controller", url, verification(options, "CONTROLLER_CA_PATH", skip), float(options.get("timeout") or TIMEOUT)
        )
        self._headers = {"Authorization": _identity(options, hide)}
        self._root: str | None = None
        self._lock = threading.Lock()

    def __call__(self, method: str, path: str, body: t.Any = None) -> Reply:
        """Make a request for *path* below the API's root; raise for any answer that is no success."""
        path = self._find_root() + path
        reply = self.api(method, path, body, self._headers)
        if not 200 <= reply.status < 300:
            advice = {401: "check the token, or username and password", 403: "this user may not do that"}.get(reply.status, "")
            raise self.api.refused(method, path, reply, advice)
        return reply

    def _find_root(self) -> str:
        with self._lock:
            if self._root is None:
                found = [root for root in _ROOTS if self.api("GET", root + "/ping/").status == 200]
                if not found:
                    raise StoreError("%s is no controller: no %s there; check sink.url" % (self.api.url, " nor ".join(_ROOTS)))
                self._root = found[0]
            return self._root


def _around(name: str) -> str | None:
    """Return CONTROLLER_NAME or TOWER_NAME of the environment, as the collection awx.awx reads them."""
    return os.environ.get("CONTROLLER_" + name) or os.environ.get("TOWER_" + name) or None


def _identity(options: t.Mapping[str, t.Any], hide: t.Callable[[str], None]) -> str:
    """Return the header Authorization: of the options, else of the environment."""
    token, username, password = secret_of(options, "token"), options.get("username"), options.get("password")
    if token and (username or password):
        raise BadInput("sink awx_credential has two identities, a token and a user: keep one")
    if not token and not (username or password):
        token, username, password = _around("OAUTH_TOKEN"), _around("USERNAME"), _around("PASSWORD")
    if token:
        hide(token)
        return "Bearer " + token
    password = password or _around("PASSWORD")
    if not username or not password:
        raise BadInput(
            "sink awx_credential needs an identity: token, token_file, or username and password (CONTROLLER_OAUTH_TOKEN, ...)"
        )
    hide(str(password))
    basic = base64.b64encode(("%s:%s" % (username, password)).encode()).decode()
    hide(basic)
    return "Basic " + basic


class AwxCredentialSink(Sink):
    """The input *key_field* of a credential that exists; the metadata is another input, or a line of its description."""

    type = "awx_credential"
    OPTIONS = (
        "credential",
        "organization",
        "key_field",
        "metadata_field",
        "url",
        "token",
        "token_file",
        "username",
        "password",
        "validate_certs",
        "ca_path",
        "timeout",
    )
    REQUIRED = ("credential", "key_field")
    readable = False

    def __init__(self, options: t.Mapping[str, t.Any], place: KeyOwner, shared: Shared) -> None:
        wanted = options["credential"]
        self._name = wanted if isinstance(wanted, int) else place.fill(str(wanted), "credential")
        self._organization = options.get("organization")
        self._field, self._metadata_field = str(options["key_field"]), options.get("metadata_field")
        who = ("awx", *(str(options.get(name)) for name in self.OPTIONS[4:]))
        if who not in shared.kept:
            shared.kept[who] = Controller(options, shared.hide)
        self._controller: Controller = shared.kept[who]
        self._id: int | None = self._name if isinstance(self._name, int) else None

    @property
    def where(self) -> str:
        """Server, credential and field."""
        return "awx_credential %s %s#%s" % (public_url(self._controller.api.url), self._name, self._field)

    def _credential(self) -> dict[str, t.Any]:
        """Return the credential as it is now. Raises where there is none, or several have the name."""
        if self._id is None:
            query = {"name": self._name}
            if self._organization:
                query["organization__name"] = self._organization
            reply = self._controller("GET", "/credentials/?" + urlencode(query))
            found = [one for one in reply.get("results") or [] if one.get("name") == self._name]
            if len(found) != 1:
                what = "no credential has" if not found else "%d credentials have" % len(found)
                advice = "create it first, with its type" if not found else "set sink.organization, or give the id"
                raise StoreError("%s: %s that name: %s" % (self.where, what, advice))
            self._id = int(found[0]["id"])
        return dict(self._controller("GET", "/credentials/%d/" % self._id).body)

    def probe(self) -> None:
        """Ask whether the credential can be written to, and whether its field is a secret one."""
        found = self._credential()
        may = ((found.get("summary_fields") or {}).get("user_capabilities") or {}).get("edit")
        if found.get("managed") or may is False:
            raise StoreError("%s: this user may not edit the credential" % self.where)
        kind = self._controller("GET", "/credential_types/%d/" % int(found["credential_type"]))
        fields = {one.get("id"): one for one in kind.get("inputs", "fields") or []}
        if self._field not in fields:
            raise StoreError(
                "%s: the credential's type has no field %s; it has %s"
                % (self.where, self._field, ", ".join(sorted(map(str, fields))))
            )
        if not fields[self._field].get("secret"):
            raise StoreError("%s: the field is not secret: everybody who sees the credential would see the key" % self.where)
        if self._metadata_field and (self._metadata_field not in fields or fields[self._metadata_field].get("secret")):
            raise StoreError("%s: metadata_field %s has to be a field that is not secret" % (self.where, self._metadata_field))
        sources = self._controller("GET", "/credentials/%d/input_sources/" % int(found["id"]))
        if any(one.get("input_field_name") == self._field for one in sources.get("results") or []):
            raise StoreError("%s: the field comes from another secret store: put the key there" % self.where)

    def read(self) -> Stored:
        """Return what can be seen: whether there is a key, and what is remembered of it."""
        return self._seen(self._credential())

    def _seen(self, found: dict[str, t.Any]) -> Stored:
        metadata = Metadata.parse(self._note(found)[1])
        has_key = bool((found.get("inputs") or {}).get(self._field))
        mark = metadata.fingerprint if metadata and has_key else None
        return Stored(metadata, mark, has_key or metadata is not None, revision=found.get("modified"))

    def _note(self, found: dict[str, t.Any]) -> tuple[list[str], str]:
        """Return the description without our line, and the text of the metadata."""
        lines = str(found.get("description") or "").splitlines()
        mine = [line[len(MARK) :] for line in lines if line.startswith(MARK)]
        if self._metadata_field:
            return lines, str((found.get("inputs") or {}).get(self._metadata_field) or "")
        return [line for line in lines if not line.startswith(MARK)], mine[-1] if mine else ""

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Send key and metadata in one request, and read back what can be."""
        try:
            found = self._change(key, metadata, before)
        except StoreError as problem:
            found = settled(problem, self.read, lambda there: bool(there.metadata == metadata))
        if found.metadata != metadata or found.fingerprint != metadata.fingerprint:
            raise StoreError("%s does not show what was just written to it" % self.where)
        return found

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Send the metadata alone."""
        return self._change(ENCRYPTED, metadata, before)

    def _change(self, key: str | None, metadata: Metadata | None, before: Stored | None) -> Stored:
        """Give the credential *key* (ENCRYPTED: the one it has, ``None``: none) and *metadata*."""
        found = self._credential()
        if before is not None and found.get("modified") != before.revision:
            raise Stale("%s: somebody else has changed the credential meanwhile" % self.where)
        inputs = dict(found.get("inputs") or {})
        if key is None or (key == ENCRYPTED and self._field not in inputs):
            inputs.pop(self._field, None)
        else:
            inputs[self._field] = key
        lines, _text = self._note(found)
        text = metadata.text() if metadata else ""
        body: dict[str, t.Any] = {"inputs": inputs}
        if self._metadata_field:
            inputs[self._metadata_field] = text
        else:
            body["description"] = "\n".join([*lines, MARK + text] if text else lines)
        return self._seen(dict(self._controller("PATCH", "/credentials/%d/" % int(found["id"]), body).body))

    def remove(self) -> None:
        """Take key and metadata out of the credential, which stays."""
        if self.read().there:
            self._change(None, None, None)
