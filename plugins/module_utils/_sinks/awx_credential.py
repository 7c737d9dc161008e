# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``awx_credential``: stores the key in a secret field of a credential of AWX or Automation Platform.

The controller's API never returns a secret, only ``$encrypted$``. A write of ``$encrypted$`` does not change the secret.
A credential is identified by its organization, name and type together.
"""

from __future__ import annotations

import typing as t

from .._grafana.errors import BadInput, Stale, public_url
from .base import NOTHING, KeyOwner, Metadata, Shared, Sink, Stored
from .controller import Controller
from .private_files import StoreError
from .web import settled

ENCRYPTED = "$encrypted$"
#: The beginning of the line with the metadata in a credential's description.
MARK = "orgsmith.grafana: "
#: The line in the description of a credential that a sink has created. A user who deletes this line keeps the credential.
CREATED = "Created by orgsmith.grafana, which deletes this credential together with its token."


class AwxCredentialSink(Sink):
    """Stores the key in the input *key_field* of a credential, which it creates if *credential_type* is set.

    The metadata goes into another input, or into a line of the credential's description.
    """

    type = "awx_credential"
    OPTIONS = (
        "credential",
        "credential_type",
        "credential_inputs",
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
        self._organization, self._type = options.get("organization"), options.get("credential_type")
        if self._type and isinstance(self._name, int):
            raise BadInput("sink.credential_type creates a credential, so sink.credential has to be a name, not an id")
        if self._type and not self._organization:
            raise BadInput("sink.credential_type creates a credential, which needs sink.organization")
        self._field, self._metadata_field = str(options["key_field"]), options.get("metadata_field")
        self._inputs: dict[str, t.Any] = dict(options.get("credential_inputs") or {})
        if self._inputs and not self._type:
            raise BadInput(
                "sink.credential_inputs are those of a credential that the sink creates: set sink.credential_type, too"
            )
        if {self._field, self._metadata_field} & set(self._inputs):
            raise BadInput(
                "sink.credential_inputs must not contain the fields of the key and of the metadata: the sink sets these"
            )
        # The sinks of a task share the controller's client if their connection options are the same.
        connection = self.OPTIONS[self.OPTIONS.index("url") :]
        cache_key = ("awx", *(str(options.get(name)) for name in connection))
        if cache_key not in shared.kept:
            shared.kept[cache_key] = Controller(options, shared.hide)
        self._controller: Controller = shared.kept[cache_key]
        self._id: int | None = self._name if isinstance(self._name, int) else None

    @property
    def where(self) -> str:
        """The server, the organization if the task sets it, the credential and the field."""
        name = "%s/%s" % (self._organization, self._name) if self._organization else self._name
        return "awx_credential %s %s#%s" % (public_url(self._controller.api.url), name, self._field)

    def _credential(self) -> dict[str, t.Any] | None:
        """Return the current credential, or ``None`` if it does not exist and the task sets its type, to create it.

        Raises :class:`StoreError` if not exactly one credential has the name.
        """
        known = self._id is not None
        if self._id is None:
            matches = self._matches()
            if self._type:
                number = self._controller.number("/credential_types/", self._kind())
                matches = [one for one in matches if one.get("credential_type") == number]
                if not matches:
                    return None
            if len(matches) != 1:
                raise self._ambiguous(len(matches))
            self._id = self._controller.number("/credentials/", matches[0])
        try:
            return dict(self._controller("GET", "/credentials/%d/" % self._id).body)
        except StoreError as problem:
            if problem.status != 404 or not known or isinstance(self._name, int):
                raise
        self._id = None  # it was deleted after an earlier request
        return self._credential()

    def _matches(self) -> list[dict[str, t.Any]]:
        """Return the credentials with the name, of any type, in the organization if the task sets it."""
        query = {"name": str(self._name)}
        if self._organization:
            query["organization__name"] = self._organization
        return [one for one in self._controller.results("/credentials/", **query) if one.get("name") == self._name]

    def _ambiguous(self, number: int) -> StoreError:
        if number:
            what, advice = "%d credentials have" % number, "set sink.organization, or set the id"
        else:
            what = "no credential has"
            advice = "create it first, with its type, or set sink.credential_type and sink.organization to create it"
        return StoreError("%s: %s that name: %s" % (self.where, what, advice))

    def _kind(self) -> dict[str, t.Any]:
        """Return the credential type that the task sets. Raises :class:`StoreError` if not exactly one has the name."""
        found = self._controller.named("credential_types", str(self._type))
        if len(found) != 1:
            what = "%d credential types have the name %s" % (len(found), self._type)
            if not found:
                what = "the controller has no credential type %s, or this user does not see it" % self._type
            raise StoreError("%s: %s; check sink.credential_type" % (self.where, what))
        return found[0]

    def hints(self) -> t.Sequence[str]:
        """Return the warning about a server without TLS."""
        return self._controller.api.hints()

    def probe(self) -> None:
        """Check that the user may edit or create the credential, and that its field is secret and has no other source."""
        credential = self._credential()
        if credential is None:
            self._check_creation()
            return
        editable = ((credential.get("summary_fields") or {}).get("user_capabilities") or {}).get("edit")
        if credential.get("managed") or editable is False:
            raise StoreError("%s: this user may not edit the credential" % self.where)
        number = self._controller.number("/credentials/", credential, "credential_type")
        self._check_fields(self._controller("GET", "/credential_types/%d/" % number).get("inputs"))
        number = self._controller.number("/credentials/", credential)
        sources = self._controller.results("/credentials/%d/input_sources/" % number)
        if any(one.get("input_field_name") == self._field for one in sources):
            raise StoreError("%s: the field comes from another secret store: store the key there" % self.where)

    def _check_creation(self) -> None:
        """Raise :class:`StoreError` if the controller would refuse the credential, or if it should not exist twice.

        ``role_level`` returns the organizations in which the user has this role (AWX, ``_list_common.md``).
        """
        self._check_fields(self._kind().get("inputs"))
        others = self._matches()
        if others:
            kind = ((others[0].get("summary_fields") or {}).get("credential_type") or {}).get("name") or "another one"
            raise StoreError(
                "%s: the organization has a credential of that name already, of the type %s: choose another name, or set "
                "sink.credential_type to its type" % (self.where, kind)
            )
        name = str(self._organization)
        if not self._controller.named("organizations", name):
            raise StoreError("%s: the controller has no organization %s, or this user does not see it" % (self.where, name))
        if not self._controller.results("/organizations/", name=name, role_level="credential_admin_role"):
            raise StoreError(
                "%s: this user may not create credentials in the organization %s: it needs the role Credential Admin there"
                % (self.where, name)
            )

    def _check_fields(self, inputs: t.Any) -> None:
        """Raise :class:`StoreError` if a credential type with these *inputs* cannot take the key, or the metadata."""
        fields = {one.get("id"): one for one in (inputs or {}).get("fields") or []}
        if self._field not in fields:
            raise StoreError(
                "%s: the credential's type has no field %s; it has %s"
                % (self.where, self._field, ", ".join(sorted(map(str, fields))))
            )
        if not fields[self._field].get("secret"):
            raise StoreError("%s: the field is not secret: every user of the credential would see the key" % self.where)
        if self._metadata_field and (self._metadata_field not in fields or fields[self._metadata_field].get("secret")):
            raise StoreError("%s: metadata_field %s has to be a field that is not secret" % (self.where, self._metadata_field))
        unusable = sorted(name for name in self._inputs if name not in fields or fields[name].get("secret"))
        if unusable:
            raise StoreError(
                "%s: credential_inputs %s have to be fields of the credential's type that are not secret"
                % (self.where, ", ".join(unusable))
            )

    def read(self) -> Stored:
        """Return the metadata, and whether there is a key; the fingerprint is that of the metadata."""
        credential = self._credential()
        return self._stored(credential) if credential is not None else NOTHING

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
        """Send only the metadata. A credential that does not exist is created here, before the server creates a token."""
        return self._change(ENCRYPTED, metadata, before)

    def _change(self, key: str | None, metadata: Metadata | None, before: Stored | None) -> Stored:
        """Set key and metadata of the credential. The *key* ENCRYPTED leaves the stored key, ``None`` deletes it.

        Deletes a credential that a sink has created, and that would hold nothing any more.
        """
        credential = self._credential()
        revision = credential.get("modified") if credential is not None else None
        if before is not None and revision != before.revision:
            raise Stale("%s: another run or a user has changed the credential meanwhile" % self.where)
        if credential is None:
            return self._create(key, metadata) if metadata is not None else NOTHING
        inputs = self._with_key(credential.get("inputs") or {}, key)
        lines, _text = self._description(credential)
        body = self._body(inputs, lines, metadata)
        number = self._controller.number("/credentials/", credential)
        others = [name for name, value in body["inputs"].items() if value and self._inputs.get(name) != value]
        if metadata is None and lines == [CREATED] and not others:
            self._controller("DELETE", "/credentials/%d/" % number)
            self._id = None
            return NOTHING
        return self._stored(dict(self._controller("PATCH", "/credentials/%d/" % number, body).body))

    def _with_key(self, inputs: t.Mapping[str, t.Any], key: str | None) -> dict[str, t.Any]:
        """Return *inputs* with the *key*: ENCRYPTED leaves the key that they have, ``None`` removes it."""
        if key is None or (key == ENCRYPTED and self._field not in inputs):
            return {name: value for name, value in inputs.items() if name != self._field}
        return {**inputs, self._field: key}

    def _body(self, inputs: dict[str, t.Any], lines: list[str], metadata: Metadata | None) -> dict[str, t.Any]:
        """Return the body of a write. *lines* are those of the description without the metadata."""
        text = metadata.text() if metadata else ""
        if self._metadata_field:
            return {"inputs": {**inputs, self._metadata_field: text}}
        return {"inputs": inputs, "description": "\n".join([*lines, MARK + text] if text else lines)}

    def _create(self, key: str | None, metadata: Metadata) -> Stored:
        """Create the credential. Raises :class:`Stale` if another run has created it meanwhile."""
        organization = self._controller.named("organizations", str(self._organization))
        if not organization:
            raise StoreError("%s: the controller has no organization %s any more" % (self.where, self._organization))
        body = {
            "name": self._name,
            "organization": self._controller.number("/organizations/", organization[0]),
            "credential_type": self._controller.number("/credential_types/", self._kind()),
            "description": CREATED,
            **self._body(self._with_key(self._inputs, key), [CREATED], metadata),
        }
        try:
            return self._stored(dict(self._controller("POST", "/credentials/", body).body))
        except StoreError as problem:
            if problem.status in (400, 409) and self._credential() is not None:
                raise Stale("%s: another run has created the credential meanwhile" % self.where) from None
            raise

    def remove(self) -> None:
        """Delete key and metadata from the credential; the credential itself stays, unless a sink has created it."""
        if self.read().there:
            self._change(None, None, None)
