# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``awx_credential``: stores the key in a secret field of a credential of AWX or Automation Platform.

The controller's API never returns a secret, only ``$encrypted$``. A write of ``$encrypted$`` does not change the secret.
"""

from __future__ import annotations

import os
import threading
import typing as t
from urllib.parse import urlencode

from .._grafana import credentials
from .._grafana.errors import BadInput, Stale, public_url
from .base import KeyOwner, Metadata, Shared, Sink, Stored
from .private_files import StoreError
from .web import TIMEOUT, Api, Reply, checked_secret, secret_of, settled, verification

ENCRYPTED = "$encrypted$"
#: The beginning of the line with the metadata in a credential's description.
MARK = "orgsmith.grafana: "
#: Paths of the API: in AWX and older controllers, and behind the gateway of the platform.
_ROOTS = ("/api/v2", "/api/controller/v2")


class Controller:
    """Sends requests to a controller with one identity. *hide* masks a secret in all output."""

    def __init__(self, options: t.Mapping[str, t.Any], hide: t.Callable[[str], None]) -> None:
        url = options.get("url") or _environment("HOST")
        if not url:
            raise BadInput("sink awx_credential needs url, or CONTROLLER_HOST")
        skip = (_environment("VERIFY_SSL") or "").lower() in ("false", "no", "0")
        url = str(url) if "://" in str(url) else "https://%s" % url
        self.api = Api(
            "the controller", url, verification(options, "CONTROLLER_CA_PATH", skip), float(options.get("timeout") or TIMEOUT)
        )
        self._headers = {"Authorization": _identity(options, hide)}
        self._root: str | None = None
        self._lock = threading.Lock()

    def __call__(self, method: str, path: str, body: t.Any = None) -> Reply:
        """Send a request for *path* below the API's root. Raises :class:`StoreError` for any status other than 2xx."""
        path = self._find_root() + path
        reply = self.api(method, path, body, self._headers)
        if reply.status == 200:
            self.api.field(method, path, reply, dict)
        if not 200 <= reply.status < 300:
            advice = {401: "check the token, or username and password", 403: "this user lacks the permission"}.get(
                reply.status, ""
            )
            raise self.api.refused(method, path, reply, advice)
        return reply

    def _find_root(self) -> str:
        with self._lock:
            if self._root is None:
                roots = [root for root in _ROOTS if self.api("GET", root + "/ping/").status == 200]
                if not roots:
                    raise StoreError(
                        "%s is not a controller: it has neither %s; check sink.url" % (self.api.url, " nor ".join(_ROOTS))
                    )
                self._root = roots[0]
            return self._root


def _environment(name: str) -> str | None:
    """Return the environment variable CONTROLLER_*name* or TOWER_*name*, as the collection awx.awx reads them."""
    return os.environ.get("CONTROLLER_" + name) or os.environ.get("TOWER_" + name) or None


def _secret(name: str) -> str | None:
    """Return the secret in an environment variable as :func:`_environment`. Raises :class:`BadInput` for a line end in it."""
    value = _environment(name)
    return checked_secret(value, "CONTROLLER_" + name) if value else None


def _identity(options: t.Mapping[str, t.Any], hide: t.Callable[[str], None]) -> str:
    """Return the header Authorization for the identity in the options, else in the environment. Raises :class:`BadInput`."""
    token, username, password = secret_of(options, "token"), options.get("username"), secret_of(options, "password")
    if token and (username or password):
        raise BadInput("sink awx_credential has two identities, a token and a user: keep one")
    if not token and not (username or password):
        token, username, password = _secret("OAUTH_TOKEN"), _environment("USERNAME"), _secret("PASSWORD")
    if token:
        hide(token)
        return "Bearer " + token
    password = password or _secret("PASSWORD")
    if not username or not password:
        raise BadInput(
            "sink awx_credential needs an identity: token, token_file, or username and password (CONTROLLER_OAUTH_TOKEN, ...)"
        )
    hide(password)
    basic = credentials.basic(credentials.one_line(username, "sink.username"), password)
    hide(basic)
    return "Basic " + basic


class AwxCredentialSink(Sink):
    """Stores the key in the input *key_field* of an existing credential.

    The metadata goes into another input, or into a line of the credential's description.
    """

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

    def __init__(self, options: t.Mapping[str, t.Any], owner: KeyOwner, shared: Shared) -> None:
        credential = options["credential"]
        self._name = credential if isinstance(credential, int) else owner.fill(str(credential), "credential")
        self._organization = options.get("organization")
        self._field, self._metadata_field = str(options["key_field"]), options.get("metadata_field")
        # The sinks of a task share the controller's client if their connection options are the same.
        cache_key = ("awx", *(str(options.get(name)) for name in self.OPTIONS[4:]))
        if cache_key not in shared.kept:
            shared.kept[cache_key] = Controller(options, shared.hide)
        self._controller: Controller = shared.kept[cache_key]
        self._id: int | None = self._name if isinstance(self._name, int) else None

    @property
    def where(self) -> str:
        """The server, the credential and the field."""
        return "awx_credential %s %s#%s" % (public_url(self._controller.api.url), self._name, self._field)

    def _credential(self) -> dict[str, t.Any]:
        """Return the current credential. Raises :class:`StoreError` if not exactly one credential has the name."""
        if self._id is None:
            query = {"name": self._name}
            if self._organization:
                query["organization__name"] = self._organization
            matches = [one for one in self._results("/credentials/?" + urlencode(query)) if one.get("name") == self._name]
            if len(matches) != 1:
                what = "no credential has" if not matches else "%d credentials have" % len(matches)
                advice = "create it first, with its type" if not matches else "set sink.organization, or set the id"
                raise StoreError("%s: %s that name: %s" % (self.where, what, advice))
            self._id = self._number("/credentials/", matches[0], "id")
        return dict(self._controller("GET", "/credentials/%d/" % self._id).body)

    def _results(self, path: str) -> list[dict[str, t.Any]]:
        """Return the entries of a list. Raises :class:`StoreError` if the answer is not a list of the controller."""
        found = self._controller.api.field("GET", path, self._controller("GET", path), list, "results")
        return [one for one in found if isinstance(one, dict)]

    def _number(self, path: str, entry: dict[str, t.Any], name: str) -> int:
        """Return the number *name* of an object. Raises :class:`StoreError` if it is not a number."""
        return self._controller.api.field("GET", path, Reply(200, entry), int, name)

    def hints(self) -> t.Sequence[str]:
        """Return the warning about a server without TLS."""
        return self._controller.api.hints()

    def probe(self) -> None:
        """Check that the user may edit the credential, and that its field is secret and has no other source."""
        credential = self._credential()
        editable = ((credential.get("summary_fields") or {}).get("user_capabilities") or {}).get("edit")
        if credential.get("managed") or editable is False:
            raise StoreError("%s: this user may not edit the credential" % self.where)
        kind = self._controller("GET", "/credential_types/%d/" % self._number("/credentials/", credential, "credential_type"))
        fields = {one.get("id"): one for one in kind.get("inputs", "fields") or []}
        if self._field not in fields:
            raise StoreError(
                "%s: the credential's type has no field %s; it has %s"
                % (self.where, self._field, ", ".join(sorted(map(str, fields))))
            )
        if not fields[self._field].get("secret"):
            raise StoreError("%s: the field is not secret: every user of the credential would see the key" % self.where)
        if self._metadata_field and (self._metadata_field not in fields or fields[self._metadata_field].get("secret")):
            raise StoreError("%s: metadata_field %s has to be a field that is not secret" % (self.where, self._metadata_field))
        sources = self._results("/credentials/%d/input_sources/" % self._number("/credentials/", credential, "id"))
        if any(one.get("input_field_name") == self._field for one in sources):
            raise StoreError("%s: the field comes from another secret store: store the key there" % self.where)

    def read(self) -> Stored:
        """Return the metadata, and whether there is a key; the fingerprint is that of the metadata."""
        return self._stored(self._credential())

    def _stored(self, credential: dict[str, t.Any]) -> Stored:
        metadata = Metadata.parse(self._description(credential)[1])
        has_key = bool((credential.get("inputs") or {}).get(self._field))
        fingerprint = metadata.fingerprint if metadata and has_key else None
        return Stored(metadata, fingerprint, has_key or metadata is not None, revision=credential.get("modified"))

    def _description(self, credential: dict[str, t.Any]) -> tuple[list[str], str]:
        """Return the lines of the description without the metadata, and the text of the metadata."""
        lines = str(credential.get("description") or "").splitlines()
        if self._metadata_field:
            return lines, str((credential.get("inputs") or {}).get(self._metadata_field) or "")
        metadata = [line[len(MARK) :] for line in lines if line.startswith(MARK)]
        return [line for line in lines if not line.startswith(MARK)], metadata[-1] if metadata else ""

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Send key and metadata in one request; check the metadata in the answer."""
        try:
            stored = self._change(key, metadata, before)
        except StoreError as problem:
            stored = settled(problem, self.read, lambda current: bool(current.metadata == metadata))
        if stored.metadata != metadata or stored.fingerprint != metadata.fingerprint:
            raise StoreError("%s does not show the metadata that was just written to it" % self.where)
        return stored

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Send only the metadata."""
        return self._change(ENCRYPTED, metadata, before)

    def _change(self, key: str | None, metadata: Metadata | None, before: Stored | None) -> Stored:
        """Set key and metadata of the credential. The *key* ENCRYPTED leaves the stored key, ``None`` deletes it."""
        credential = self._credential()
        if before is not None and credential.get("modified") != before.revision:
            raise Stale("%s: another run or a user has changed the credential meanwhile" % self.where)
        inputs = dict(credential.get("inputs") or {})
        if key is None or (key == ENCRYPTED and self._field not in inputs):
            inputs.pop(self._field, None)
        else:
            inputs[self._field] = key
        lines, _text = self._description(credential)
        text = metadata.text() if metadata else ""
        body: dict[str, t.Any] = {"inputs": inputs}
        if self._metadata_field:
            inputs[self._metadata_field] = text
        else:
            body["description"] = "\n".join([*lines, MARK + text] if text else lines)
        number = self._number("/credentials/", credential, "id")
        return self._stored(dict(self._controller("PATCH", "/credentials/%d/" % number, body).body))

    def remove(self) -> None:
        """Delete key and metadata from the credential; the credential itself stays."""
        if self.read().there:
            self._change(None, None, None)
