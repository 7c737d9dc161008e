# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sources: what a task wants, and what the server has. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._engine.fields import Field, Fields
from .._engine.resource import View
from .._grafana.connection import optional, text
from .._grafana.errors import BadInput
from .headers import number_of

_TEXT, _FLAG = {"type": "raw"}, {"type": "bool"}

#: What the server stores of a data source beside its name, its uid and its data.
FIELDS = Fields(
    Field("type", _TEXT, text, server="type", initial=""),
    # "url" is the address of Grafana in every module.
    Field("ds_url", _TEXT, text, server="url", initial=""),
    Field("access", {"type": "str", "choices": ["proxy", "direct"]}, server="access", initial="proxy"),
    Field("database", _TEXT, text, server="database", initial=""),
    Field("user", _TEXT, text, server="user", initial=""),
    Field("basic_auth", _FLAG, server="basicAuth", initial=False),
    Field("basic_auth_user", _TEXT, text, server="basicAuthUser", initial=""),
    Field("with_credentials", _FLAG, server="withCredentials", initial=False),
    Field("is_default", _FLAG, server="isDefault", initial=False),
)
#: Options that are keys of jsonData.
TLS = Fields(
    Field("tls_auth", _FLAG, server="tlsAuth", initial=False),
    Field("tls_auth_with_ca_cert", _FLAG, server="tlsAuthWithCACert", initial=False),
    Field("tls_skip_verify", _FLAG, server="tlsSkipVerify", initial=False),
    Field("tls_server_name", _TEXT, text, server="serverName", initial=""),
)
#: Options that are keys of secureJsonData.
TLS_SECRETS = {"tls_ca_cert": "tlsCACert", "tls_client_cert": "tlsClientCert", "tls_client_key": "tlsClientKey"}
#: The key of jsonData that has ``secrets_version``. No plugin reads it.
VERSION_KEY = "orgsmithSecretsVersion"

OPTIONS: dict[str, dict[str, t.Any]] = {
    "uid": {"type": "raw"},
    "name": {"type": "raw"},
    **FIELDS.spec(),
    "json_data": {"type": "dict"},
    "json_data_exclusive": {"type": "bool", "default": False},
    # Not no_log as a whole: a short value, such as a tenant's id, would mask every equal value in the result.
    "http_headers": {"type": "dict", "no_log": False},
    **TLS.spec(),
    **{option: {"type": "str", "no_log": True} for option in TLS_SECRETS},
    "secure_json_data": {"type": "dict", "no_log": True},
    "secrets_exclusive": {"type": "bool", "default": False, "no_log": False},
    "update_secrets": {"type": "str", "choices": ["missing", "always"], "default": "missing", "no_log": False},
    "secrets_version": {"type": "raw", "no_log": False},
    "health": {"type": "str", "choices": ["ignore", "warn", "fail"], "default": "ignore"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
#: What a PUT must not contain: the server decides it.
_SERVER_ONLY = ("id", "uid", "orgId", "typeLogoUrl", "typeName", "secureJsonFields", "readOnly", "accessControl")


@dataclass(frozen=True)
class DesiredSource:
    """A data source as a task wants it.

    *fields* are those of FIELDS by option; ``None`` leaves the field as it is. *json_data* contains the TLS options, too; the
    value ``None`` removes a key. *secrets* are values of secureJsonData by key, without those of the *headers* (name to value;
    ``None``: the task does not name headers).
    """

    name: str | None
    uid: str | None = None
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    json_data: t.Mapping[str, t.Any] = field(default_factory=dict)
    json_data_exclusive: bool = False
    secrets: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: t.Mapping[str, str] | None = field(default=None, repr=False)
    secrets_exclusive: bool = False
    update_secrets: str = "missing"
    secrets_version: str | None = None
    health: str = "ignore"
    state: str = "present"


@dataclass(frozen=True)
class DataSource:
    """A data source as the server has it.

    *entry* is the server's answer. *fields* are those of FIELDS by option. *json_data* is all of jsonData, *secrets* are the
    names of the secrets. A *planned* one exists in check mode only.
    """

    id: int
    uid: str
    name: str
    fields: t.Mapping[str, t.Any] = field(default_factory=dict)
    json_data: t.Mapping[str, t.Any] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    version: int = 0
    read_only: bool = False
    planned: bool = False
    entry: t.Mapping[str, t.Any] = field(default_factory=dict)

    @classmethod
    def from_api(cls, entry: t.Mapping[str, t.Any]) -> DataSource:
        """Return a data source from an answer; lists have no secrets, no version and not all fields."""
        json_data = entry.get("jsonData")
        return cls(
            id=int(entry["id"]),
            uid=str(entry["uid"]),
            name=str(entry["name"]),
            fields=FIELDS.from_server(entry),
            json_data=json_data if isinstance(json_data, dict) else {},  # the server stores any JSON (recorded: a text)
            secrets=frozenset(name for name, there in (entry.get("secureJsonFields") or {}).items() if there),
            version=int(entry.get("version") or 0),
            read_only=bool(entry.get("readOnly")),
            entry=entry,
        )

    @property
    def is_default(self) -> bool:
        """Whether this is the default data source of its organization."""
        return bool(self.fields.get("is_default"))

    @property
    def secrets_version(self) -> str | None:
        """The ``secrets_version`` of the last task that had one."""
        found = self.json_data.get(VERSION_KEY)
        return None if found is None else str(found)

    def body(self) -> dict[str, t.Any]:
        """Return all that the server stores, secrets excepted, for a PUT."""
        return {name: value for name, value in self.entry.items() if name not in _SERVER_ONLY}


def without_version(json_data: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return jsonData without the key that has ``secrets_version``."""
    return {key: value for key, value in json_data.items() if key != VERSION_KEY}


def view(source: DataSource) -> View:
    """Return a data source for a diff; of its secrets only the names."""
    return {
        "uid": source.uid,
        "name": source.name,
        **source.fields,
        "json_data": without_version(source.json_data),
        "secure_json_fields": dict.fromkeys(sorted(source.secrets), "stored"),
    }


def shown(source: DataSource) -> View:
    """Return a data source for a result."""
    more = {"secrets_version": source.secrets_version, "read_only": source.read_only, "version": source.version}
    return {"id": source.id, **view(source), **more}


def parse(options: t.Mapping[str, t.Any]) -> DesiredSource:
    """Return the desired data source. Raises :class:`BadInput`; its message quotes no secret."""
    name, uid = optional(options, "name"), optional(options, "uid")
    name, uid = (name or "").strip() and name, (uid or "").strip() or None
    if not name and uid is None:
        raise BadInput("no data source is given: set name, or uid")
    version = optional(options, "secrets_version")
    if version == "":
        raise BadInput("secrets_version is empty: give it a value, or leave it out")
    return DesiredSource(
        name=name or None,
        uid=uid,
        fields=FIELDS.parsed(options),
        json_data=_json_data(options),
        json_data_exclusive=bool(options.get("json_data_exclusive")),
        secrets=_secrets(options),
        headers=_headers(options),
        secrets_exclusive=bool(options.get("secrets_exclusive")),
        update_secrets=options.get("update_secrets") or "missing",
        secrets_version=version,
        health=options.get("health") or "ignore",
        state=options.get("state") or "present",
    )


def _json_data(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return jsonData with the TLS options. Raises :class:`BadInput` for a key that another option sets."""
    given = dict(options.get("json_data") or {})
    if VERSION_KEY in given:
        raise BadInput("json_data must not contain %s: the module stores secrets_version there" % VERSION_KEY)
    _check_keys(given, "json_data", options)
    tls = TLS.to_server(TLS.named(options))
    _check_twice(given, tls, "json_data")
    return {**given, **tls}


def _check_twice(given: t.Iterable[str], tls: t.Iterable[str], option: str) -> None:
    """Raise :class:`BadInput` for keys of *option* that the task also sets with *tls* options."""
    twice = sorted(set(tls).intersection(given))
    if twice:
        raise BadInput("%s contains %s, which tls_… options set, too: use one of them" % (option, ", ".join(twice)))


def _check_keys(given: t.Mapping[str, t.Any], option: str, options: t.Mapping[str, t.Any]) -> None:
    """Raise :class:`BadInput` for the keys of HTTP headers beside ``http_headers``."""
    numbered = sorted(key for key in map(str, given) if number_of(key) is not None)
    if numbered and options.get("http_headers") is not None:
        raise BadInput("%s contains %s: http_headers sets these keys; use one of them" % (option, ", ".join(numbered)))


def _secrets(options: t.Mapping[str, t.Any]) -> dict[str, str]:
    given = {str(key): _secret(value, "secure_json_data.%s" % key) for key, value in _items(options, "secure_json_data")}
    _check_keys(given, "secure_json_data", options)
    tls = {key: _secret(options[name], name) for name, key in TLS_SECRETS.items() if options.get(name) is not None}
    _check_twice(given, tls, "secure_json_data")
    return {**given, **tls}


def _headers(options: t.Mapping[str, t.Any]) -> dict[str, str] | None:
    if options.get("http_headers") is None:
        return None
    found = {str(name).strip(): _secret(value, "http_headers.%s" % name) for name, value in _items(options, "http_headers")}
    if len({name.lower() for name in found}) < len(options["http_headers"]) or not all(found):
        raise BadInput("http_headers contains an empty name, or a name twice: names of HTTP headers match in any case")
    return found


def _items(options: t.Mapping[str, t.Any], name: str) -> t.Iterable[tuple[t.Any, t.Any]]:
    return (options.get(name) or {}).items()


def _secret(value: t.Any, option: str) -> str:
    """Return *value*. Raises :class:`BadInput` for what is not a string, and for an empty one, which removes a secret."""
    if value is None or text(value, option) == "":
        raise BadInput(
            "%s is empty: the server would remove that secret; leave it out (secrets_exclusive: true removes the secrets that a "
            "task does not name)" % option
        )
    return str(value)


def label(desired: DesiredSource) -> str:
    """Return the name, and the uid, for messages."""
    if desired.name is None:
        return str(desired.uid)
    return "%s (%s)" % (desired.name, desired.uid) if desired.uid and desired.uid != desired.name else desired.name
