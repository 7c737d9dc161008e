# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink ``hashi_vault``: stores the key in a secret of HashiCorp Vault or OpenBao (KV version 2), by the HTTP API."""

from __future__ import annotations

import os
import threading
import typing as t
from urllib.parse import quote

from .._grafana import credentials
from .._grafana.errors import BadInput, Stale, public_url
from .base import KeyOwner, Metadata, Shared, Sink, Stored, fingerprint
from .file import as_name
from .private_files import StoreError
from .web import TIMEOUT, Api, Reply, checked_secret, secret_of, settled, verification

#: The error of Vault if check-and-set finds another version of the secret (KV v2, every version of Vault and OpenBao).
_CAS = "check-and-set parameter did not match"
#: Problems by the status of sys/health (the API's documentation); 429 and 473 are standby nodes, which forward requests.
_UNHEALTHY = {501: "is not initialised", 503: "is sealed: unseal it first", 472: "is a disaster-recovery secondary"}


class VaultServer:
    """Sends requests to a server with one identity; logs in by AppRole once, before the first request that needs it."""

    def __init__(self, options: t.Mapping[str, t.Any], hide: t.Callable[[str], None]) -> None:
        skip = os.environ.get("VAULT_SKIP_VERIFY", "").lower() in ("1", "true")
        url = options.get("url") or os.environ.get("VAULT_ADDR")
        if not url:
            raise BadInput("sink hashi_vault needs url, or VAULT_ADDR")
        verify = verification(options, "VAULT_CACERT", skip)
        self.api = Api("Vault", str(url), verify, float(options.get("timeout") or TIMEOUT))
        namespace = options.get("namespace") or os.environ.get("VAULT_NAMESPACE")
        self._headers = {"X-Vault-Namespace": credentials.header("X-Vault-Namespace", namespace)} if namespace else {}
        self._hide = hide
        self._lock = threading.Lock()
        self._auth_mount = str(options.get("auth_mount") or "approle").strip("/")
        self._token, self._role = _identity(options)
        for secret in (self._token, self._role[1] if self._role else None):
            if secret:
                hide(secret)

    def __call__(self, method: str, path: str, body: t.Any = None) -> Reply:
        """Send a request with the token of the identity."""
        return self.api(method, path, body, {**self._headers, "X-Vault-Token": self._login()})

    def anonymously(self, method: str, path: str) -> Reply:
        """Send a request without a token and a namespace."""
        return self.api(method, path)

    def _login(self) -> str:
        """Return the token; log in first if there is none. Raises :class:`StoreError`."""
        with self._lock:
            if self._token is None:
                role_id, secret_id = self._role or ("", "")
                path = "/v1/auth/%s/login" % quote(self._auth_mount)
                reply = self.api("POST", path, {"role_id": role_id, "secret_id": secret_id}, self._headers)
                token = reply.get("auth", "client_token")
                if reply.status != 200 or not token:
                    raise self.api.refused("POST", path, reply, "check role_id, secret_id and auth_mount")
                self._token = checked_secret(token, "token")
                self._hide(self._token)
            return self._token


def _identity(options: t.Mapping[str, t.Any]) -> tuple[str | None, tuple[str, str] | None]:
    """Return a token, or the role and the secret of AppRole, from the options, the environment or ~/.vault-token.

    Raises :class:`BadInput` for two identities, and for none.
    """
    token, secret_id, role_id = secret_of(options, "token"), secret_of(options, "secret_id"), options.get("role_id")
    if token and (role_id or secret_id):
        raise BadInput("sink hashi_vault has two identities, a token and role_id: keep one")
    if token:
        return token, None
    if role_id or secret_id:
        secret_id = secret_id or _environment("VAULT_SECRET_ID")
        role_id = role_id or os.environ.get("VAULT_ROLE_ID")
        if not role_id or not secret_id:
            raise BadInput("sink hashi_vault needs role_id and secret_id together")
        return None, (str(role_id), secret_id)
    token, secret_id = _environment("VAULT_TOKEN"), _environment("VAULT_SECRET_ID")
    if token:
        return token, None
    if os.environ.get("VAULT_ROLE_ID") and secret_id:
        return None, (os.environ["VAULT_ROLE_ID"], secret_id)
    has_file = os.path.exists(os.path.expanduser("~/.vault-token"))
    token = secret_of({"token_file": "~/.vault-token"}, "token") if has_file else None
    if token:
        return token, None
    raise BadInput("sink hashi_vault needs an identity: token, token_file or role_id and secret_id (or VAULT_TOKEN, ...)")


def _environment(name: str) -> str | None:
    """Return the secret in the environment variable *name*. Raises :class:`BadInput` for a line end inside of it."""
    value = os.environ.get(name)
    return checked_secret(value, name) if value else None


class HashiVaultSink(Sink):
    """Stores the key in the field *key_field* of a secret, and the metadata as JSON text in *metadata_field*.

    The secret's other fields stay.
    """

    type = "hashi_vault"
    OPTIONS = (
        "path",
        "mount",
        "url",
        "namespace",
        "token",
        "token_file",
        "role_id",
        "secret_id",
        "secret_id_file",
        "auth_mount",
        "key_field",
        "metadata_field",
        "validate_certs",
        "ca_path",
        "timeout",
    )
    REQUIRED = ("path",)

    def __init__(self, options: t.Mapping[str, t.Any], owner: KeyOwner, shared: Shared) -> None:
        self._path = owner.fill(str(options["path"]), "path", as_name).strip("/")
        self._mount = str(options.get("mount") or "secret").strip("/")
        if not self._path or ".." in self._path.split("/"):
            raise BadInput("sink.path has to be the path of a secret without the mount, such as team/grafana/{org_name}")
        self._key_field = str(options.get("key_field") or "key")
        self._metadata_field = str(options.get("metadata_field") or "metadata")
        if self._key_field == self._metadata_field:
            raise BadInput("sink: key_field and metadata_field have to differ")
        # The sinks of a task share the server's client if their connection options are the same.
        own = ("path", "mount", "key_field", "metadata_field")
        cache_key = ("hashi_vault", *(str(options.get(name)) for name in self.OPTIONS if name not in own))
        if cache_key not in shared.kept:
            shared.kept[cache_key] = VaultServer(options, shared.hide)
        self._server: VaultServer = shared.kept[cache_key]
        self._shared = shared

    @property
    def where(self) -> str:
        """The server, the mount, the path and the field."""
        return "hashi_vault %s/%s/%s#%s" % (public_url(self._server.api.url), self._mount, self._path, self._key_field)

    def hints(self) -> t.Sequence[str]:
        """Return the warning about a server without TLS."""
        return self._server.api.hints()

    def _data(self) -> str:
        return "/v1/%s/data/%s" % (quote(self._mount), quote(self._path))

    def probe(self) -> None:
        """Check that the server is unsealed, that the mount is a KV of version 2, and that the identity may write."""
        health = self._server.anonymously("GET", "/v1/sys/health?standbyok=true&perfstandbyok=true&sealedcode=503&uninitcode=501")
        if health.status in _UNHEALTHY:
            raise StoreError("%s: the server %s" % (self.where, _UNHEALTHY[health.status]))
        mount = self._server("GET", "/v1/sys/internal/ui/mounts/%s" % quote(self._mount))
        version = mount.get("data", "options", "version")
        if mount.status == 200 and (mount.get("data", "type") != "kv" or str(version) != "2"):
            raise StoreError(
                "%s: the mount %s is not a KV of version 2, and only that can check what a write replaces: set another mount, or "
                "upgrade this one with vault kv enable-versioning" % (self.where, self._mount)
            )
        path = "%s/data/%s" % (self._mount, self._path)
        reply = self._server("POST", "/v1/sys/capabilities-self", {"paths": [path]})
        if reply.status != 200:
            return  # a policy may forbid this request
        capabilities = set(reply.get("data", path) or reply.get(path) or reply.get("capabilities") or ())
        missing = [one for one in ("create", "read", "update") if one not in capabilities]
        if "root" not in capabilities and missing:
            raise StoreError(
                "%s: the policies of this identity do not allow %s on %s: add a policy with create, read and update for it"
                % (self.where, ", ".join(missing), path)
            )

    def read(self) -> Stored:
        """Return key and metadata of the secret's newest version; the revision is the number of that version."""
        fields, revision = self._fields()
        key = fields.get(self._key_field)
        key = str(key) if key else None
        if key:
            self._shared.hide(key)
        metadata = Metadata.parse(fields.get(self._metadata_field))
        there = self._key_field in fields or self._metadata_field in fields
        return Stored(metadata, fingerprint(key) if key else None, there, key, revision)

    def _fields(self) -> tuple[dict[str, t.Any], int]:
        """Return the secret's fields and its version: no fields for a deleted secret, and version 0 if it never existed."""
        reply = self._server("GET", self._data())
        if reply.status == 404 and isinstance(reply.body, dict):
            if reply.get("data") is None and reply.get("errors"):
                raise self._server.api.refused("GET", self._data(), reply, "check sink.mount and sink.namespace")
            deleted = reply.get("data") is not None
            return {}, self._version(reply) if deleted else 0
        if reply.status != 200:
            advice = "check the identity and its policies" if reply.status == 403 else ""
            raise self._server.api.refused("GET", self._data(), reply, advice)
        fields: dict[str, t.Any] = {}
        if reply.get("data", "data") is not None:
            fields = self._server.api.field("GET", self._data(), reply, dict, "data", "data")
        return fields, self._version(reply)

    def _version(self, reply: Reply) -> int:
        """Return the number of the secret's newest version. Raises :class:`StoreError` if the answer has no number."""
        return self._server.api.field("GET", self._data(), reply, int, "data", "metadata", "version")

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Write a new version with key and metadata, and read it again."""
        try:
            self._change({self._key_field: key, self._metadata_field: metadata.text()}, before.revision)
            stored = self.read()
        except StoreError as problem:
            stored = settled(problem, self.read, lambda current: bool(current.key == key))
        if stored.key != key:  # compare only the key: another run may have changed the metadata already
            raise self._stale()
        return stored

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Write a new version with changed metadata only."""
        self._change({self._metadata_field: metadata.text() if metadata else None}, before.revision)
        return self.read()

    def _change(self, changes: t.Mapping[str, str | None], revision: t.Any) -> None:
        """Write the secret's fields with *changes* (``None`` deletes a field). Raises :class:`Stale` for another *revision*."""
        fields, current = self._fields()
        if revision is not None and current != revision:
            raise self._stale()
        changed = {**fields, **changes}
        changed = {name: value for name, value in changed.items() if value is not None or name not in changes}
        body = {"options": {"cas": current}, "data": changed}
        reply = self._server("POST", self._data(), body)
        if reply.status == 400 and any(_CAS in str(one) for one in reply.get("errors") or ()):
            raise self._stale()
        if reply.status not in (200, 204):
            advice = "unseal the server first" if reply.status == 503 else "check the policies, and the quota, of this identity"
            raise self._server.api.refused("POST", self._data(), reply, advice)

    def _stale(self) -> Stale:
        return Stale("%s: another run has changed the secret meanwhile" % self.where)

    def remove(self) -> None:
        """Delete the two fields. If the secret has no other fields, delete its newest version; Vault's metadata stays."""
        fields, revision = self._fields()
        own = {self._key_field, self._metadata_field}
        if not own & set(fields):
            return
        if set(fields) - own:
            self._change(dict.fromkeys(own), revision)
            return
        reply = self._server("DELETE", self._data())
        if reply.status not in (200, 204, 404):
            raise self._server.api.refused("DELETE", self._data(), reply, "the identity needs a policy with delete")
