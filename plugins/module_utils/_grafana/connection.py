# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that all modules share, and how they and the environment become a connection: server, identity, organization."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, field, replace

from . import credentials
from .address import server
from .errors import BadInput
from .files import read_regular

if t.TYPE_CHECKING:
    Options = t.Mapping[str, t.Any]

#: The options that all modules share, as an Ansible argument spec. It has no mutually_exclusive and no fallback: with
#: module_defaults and the environment these would refuse valid tasks.
ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = {
    "url": {"type": "str"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "token": {"type": "str", "no_log": True},
    "token_file": {"type": "path", "no_log": False},
    # Not no_log as a whole: a short header value would mask every equal value in the result.
    "headers": {"type": "dict", "no_log": False},
    "org_id": {"type": "raw"},
    "org_name": {"type": "raw"},
    "join_org": {"type": "bool", "default": False},
    "validate_certs": {"type": "bool"},
    "ca_path": {"type": "path"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    "proxy": {"type": "str"},
    "timeout": {"type": "float"},
    "retries": {"type": "int"},
    "concurrency": {"type": "int"},
}

#: Further options of the modules that can also reach a Grafana Cloud stack by the Cloud API.
CLOUD_SPEC: dict[str, dict[str, t.Any]] = {
    "cloud_stack": {"type": "str"},
    "cloud_url": {"type": "str"},
}

#: The environment variable of each option, for options that are not set. An empty variable counts as not set: AWX sets
#: empty ones.
ENVIRONMENT = {
    "url": "GRAFANA_URL",
    "username": "GRAFANA_USER",
    "password": "GRAFANA_PASSWORD",
    "token": "GRAFANA_TOKEN",
    "token_file": "GRAFANA_TOKEN_FILE",
    "org_id": "GRAFANA_ORG_ID",
    "org_name": "GRAFANA_ORG_NAME",
    "validate_certs": "GRAFANA_VALIDATE_CERTS",
    "ca_path": "GRAFANA_CA_PATH",
    "client_cert": "GRAFANA_CLIENT_CERT",
    "client_key": "GRAFANA_CLIENT_KEY",
    "proxy": "GRAFANA_PROXY",
    "timeout": "GRAFANA_TIMEOUT",
    "retries": "GRAFANA_RETRIES",
    "concurrency": "GRAFANA_CONCURRENCY",
    "cloud_stack": "GRAFANA_CLOUD_STACK",
    "cloud_url": "GRAFANA_CLOUD_URL",
}

DEFAULT_TIMEOUT = 30.0  # seconds, for connecting and for each read
DEFAULT_RETRIES = 4
DEFAULT_CONCURRENCY = 4

#: Headers whose values are never credentials, whatever their length.
_HARMLESS_HEADERS = frozenset(("accept", "accept-language", "content-type", "user-agent", "x-grafana-org-id", "x-scope-orgid"))
#: Matches the names of headers that identify the caller.
_IDENTITY_HEADER = re.compile("auth|user|jwt|token|assertion|cookie|api-key", re.IGNORECASE)


@dataclass(frozen=True)
class OrgChoice:
    """The organization that a task or an item names by id or by name; with neither, the caller's own."""

    id: int | None = None
    name: str | None = None

    def __str__(self) -> str:
        if self.name is not None:
            return "org %s" % self.name
        return "org %d" % self.id if self.id is not None else "the caller's org"


@dataclass(frozen=True)
class Identity:
    """The caller: a user with a password, or a token; with neither, headers or a client certificate identify the caller."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    #: The options or variables that the credential comes from, for messages.
    source: str = field(default="", compare=False)

    @property
    def kind(self) -> str:
        """``password``, ``token`` or ``headers``."""
        if self.password is not None:
            return "password"
        return "token" if self.token is not None else "headers"


@dataclass(frozen=True)
class Connection:
    """The address of one Grafana server, the caller's identity, and settings of HTTP; *timeout* is in seconds.

    With *cloud_stack*, the slug of a Grafana Cloud stack, *url* is the address of that stack in the Cloud API.
    """

    url: str
    identity: Identity
    cloud_stack: str | None = None
    org: OrgChoice = OrgChoice()
    headers: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    join_org: bool = False
    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = field(default=None, repr=False)
    timeout: float = DEFAULT_TIMEOUT
    retries: int = DEFAULT_RETRIES
    concurrency: int = DEFAULT_CONCURRENCY

    def identity_headers(self) -> list[str]:
        """Return the names of the headers that identify a caller."""
        return [name for name in self.headers if _IDENTITY_HEADER.search(name)]

    def secrets(self) -> list[str]:
        """Return all values that must never appear in output."""
        values = [self.identity.password, self.identity.token]
        if self.identity.password is not None:
            values.append(credentials.basic(self.identity.username or "", self.identity.password))
        for name, value in self.headers.items():
            values += credentials.header_secrets(value) if is_secret_header(name, value) else []
        return [value for value in (*values, *credentials.userinfo_secrets(self.proxy)) if value]


def is_secret_header(name: str, value: str) -> bool:
    """Return whether to mask a header's value: any value of 8 characters or more, except in harmless headers."""
    return len(value) >= 8 and name.lower() not in _HARMLESS_HEADERS


def _is_set(value: t.Any) -> bool:
    """Return whether an option with *value* counts as set; an empty string or dictionary does not."""
    return value is not None and value != "" and value != {}


def from_options(options: Options, environ: t.Mapping[str, str] | None = None, identity_needed: bool = True) -> Connection:
    """Return the connection for a module's *options*; *environ* supplies options that are not set.

    Set *identity_needed* to false where a connection may have no identity: where each item of a task has its own key.
    Sends nothing. Raises :class:`BadInput` for a missing server or identity, for two identities or two organizations from
    one source, for an invalid number, and for a missing certificate file.
    """
    environ = os.environ if environ is None else environ
    own, environment = _sources(options, environ)
    url, stack = server(own, environment)

    def pick(name: str) -> t.Any:
        return own.get(name, environment.get(name))

    timeout = _number(pick("timeout"), "timeout", float, DEFAULT_TIMEOUT, 0.1)
    headers = _headers(own.get("headers"))
    connection = Connection(
        url=url,
        identity=_identity(own, environment, headers, bool(pick("client_cert")) or not identity_needed),
        cloud_stack=stack,
        org=choose_org(own, "option") or choose_org(environment, "environment") or OrgChoice(),
        headers=headers,
        join_org=bool(own.get("join_org")),
        validate_certs=_boolean(pick("validate_certs"), True),
        ca_path=_file(pick("ca_path"), "ca_path", directory=True),
        client_cert=_file(pick("client_cert"), "client_cert"),
        client_key=_file(pick("client_key"), "client_key"),
        proxy=credentials.proxy(pick("proxy")),
        timeout=timeout,
        retries=int(_number(pick("retries"), "retries", int, DEFAULT_RETRIES, 0)),
        concurrency=int(_number(pick("concurrency"), "concurrency", int, DEFAULT_CONCURRENCY, 1)),
    )
    if connection.client_key and not connection.client_cert:
        raise BadInput("client_key is set without client_cert: give both, or a client_cert that holds the key too")
    return connection if stack is None else _checked_for_stack(connection, own)


def _sources(options: Options, environ: t.Mapping[str, str]) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Return the options that are set, and the settings of the environment for the options that this module has."""
    names = [name for name in ENVIRONMENT if name not in CLOUD_SPEC or name in options]
    own = {name: value for name, value in options.items() if _is_set(value)}
    return own, {name: environ[ENVIRONMENT[name]] for name in names if _is_set(environ.get(ENVIRONMENT[name]))}


def server_of(options: Options, environ: t.Mapping[str, str] | None = None) -> tuple[str, str | None]:
    """Return the address of the server, and the slug of its stack or ``None``. Raises :class:`BadInput`."""
    return server(*_sources(options, os.environ if environ is None else environ))


def _checked_for_stack(connection: Connection, own: Options) -> Connection:
    """Return *connection* for a Grafana Cloud stack, without an organization.

    Raises :class:`BadInput` if it has no token of an access policy, or if the task names an organization.
    """
    token = connection.identity.token
    if token is None:
        raise BadInput(
            "cloud_stack needs the token of an access policy of Grafana Cloud (glc_...), in token or token_file (or "
            "GRAFANA_TOKEN): the Cloud API does not accept users of a stack"
        )
    if token.startswith("glsa_"):
        raise BadInput(
            "the token is the key of a service account (glsa_...), but the Cloud API needs the token of an access policy of "
            "Grafana Cloud (glc_...): set that token, or set url to the stack's own address instead of cloud_stack"
        )
    if connection.org != OrgChoice() and (choose_org(own, "option") is not None or "cloud_stack" not in own):
        raise BadInput("org_id and org_name have no meaning with cloud_stack: a stack is one organization; remove them")
    return replace(connection, org=OrgChoice())


def _identity(own: Options, environment: Options, headers: t.Mapping[str, str], other_means: bool) -> Identity:
    """Return the identity that the options name, else the one of the environment.

    A header that identifies the caller (of an auth proxy, a JWT) has priority over the environment. Any other header, and
    *other_means* such as a client certificate, count as an identity only without another one: proxies may need both.
    """
    identifying = [name for name in headers if _IDENTITY_HEADER.search(name)]
    for source, values in (("options", own), ("environment", environment)):
        tokens = [name for name in ("token", "token_file") if name in values]
        names = [name for name in ("username", "password") if name in values]
        if source == "options" and (tokens or names) and "authorization" in [name.lower() for name in headers]:
            raise BadInput("two identities in the options: the header Authorization and %s; keep one" % (tokens + names))
        if len(tokens) + (1 if names else 0) > 1:
            raise BadInput(
                "two identities in the %s: %s; keep one (an option that is set to the empty string counts as not "
                "set, and disables a default)" % (source, " and ".join(_spelled(source, tokens + names)))
            )
        if tokens:
            return Identity(token=_token(values, source), source=_source_of_token(values, source))
        if names:
            return _password(own, environment, source)
        if source == "options" and identifying:
            return Identity()
    if headers or other_means:
        return Identity()
    raise BadInput(
        "no identity is given: set username and password, token, or token_file (or GRAFANA_USER and "
        "GRAFANA_PASSWORD, or GRAFANA_TOKEN)"
    )


def _source_of_token(values: Options, source: str) -> str:
    """Return where a token comes from, for messages."""
    name = "token" if "token" in values else "token_file"
    spelled = "option %s" % name if source == "options" else ENVIRONMENT[name]
    return spelled if name == "token" else "%s, %s" % (spelled, values[name])


def _spelled(source: str, names: t.Sequence[str]) -> list[str]:
    return [ENVIRONMENT[name] if source == "environment" else name for name in names]


def _password(own: Options, environment: Options, source: str) -> Identity:
    """Return user and password; the environment may supply the one that the options omit."""
    username, password = (own.get(name, environment.get(name)) for name in ("username", "password"))
    if username is None or password is None:
        missing = "username" if username is None else "password"
        present = "password" if missing == "username" else "username"
        raise BadInput("%s is set, but %s is missing: set it, or set %s" % (present, missing, ENVIRONMENT[missing]))
    places = [("option " + name if name in own else ENVIRONMENT[name]) for name in ("username", "password")]
    user = credentials.one_line(username, "username")
    key = credentials.password(user, password, "password" if "password" in own else ENVIRONMENT["password"])
    return Identity(username=user, password=key, source=" and ".join(places))


def _token(values: Options, source: str) -> str:
    if "token" in values:
        return credentials.token(values["token"], _spelled(source, ["token"])[0])
    return read_token_file(str(values["token_file"]))


def read_token_file(path: str) -> str:
    """Return the key in the file at *path*, without surrounding white space.

    Raises :class:`BadInput`; its code is ``token_file_missing`` if the file does not exist.
    """
    path = os.path.expanduser(path)
    try:
        key = read_regular(path).decode("utf-8").strip()
    except FileNotFoundError:
        raise BadInput(
            "token_file %s does not exist on the host that runs the module" % path, code="token_file_missing", path=path
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it is not text"
        raise BadInput("token_file %s cannot be read: %s" % (path, why), path=path) from None
    try:
        return credentials.token(key, "token_file")
    except BadInput:
        raise BadInput("token_file %s has to hold one key and nothing else" % path, path=path) from None


def choose_org(values: Options, source: str) -> OrgChoice | None:
    """Return the organization in ``org_id`` or ``org_name`` of *values*, or ``None``; *source* names *values* in messages.

    Raises :class:`BadInput` if both are set, if the id is not a positive number, or if the name is not a string.
    """
    org_id, org_name = values.get("org_id"), values.get("org_name")
    if _is_set(org_id) and _is_set(org_name):
        raise BadInput("both org_id and org_name are set as %s: keep one" % source)
    if _is_set(org_id):
        return OrgChoice(id=positive(org_id, "org_id"))
    if _is_set(org_name):
        return OrgChoice(name=text(org_name, "org_name"))
    return None


def text(value: t.Any, option: str) -> str:
    """Return *value* if it is a string; YAML reads ``yes``, ``007`` and ``1.0`` as other types.

    Raises :class:`BadInput`, which says how to fix the task, for any other type. It never quotes *value*: that may be a secret.
    """
    if isinstance(value, str):
        return value
    raise BadInput(
        "%s has to be a string, but is %s: put it in quotes, or add the filter | string" % (option, type(value).__name__)
    )


def positive(value: t.Any, option: str) -> int:
    """Return *value* as a whole number of at least 1. Raises :class:`BadInput` for anything else."""
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        number = int(value)
        if number < 1:
            raise ValueError
    except (TypeError, ValueError):
        raise BadInput("%s has to be a whole number of at least 1, not %r" % (option, value)) from None
    return number


def optional(options: Options, name: str) -> str | None:
    """Return the option *name* as text, ``None`` if the task does not set it. Raises what :func:`text` raises."""
    return None if options.get(name) is None else text(options[name], name)


def optional_number(options: Options, name: str) -> int | None:
    """Return the option *name* as a number, ``None`` if the task does not set it. Raises what :func:`positive` raises."""
    return None if options.get(name) is None else positive(options[name], name)


def _number(value: t.Any, option: str, kind: type, default: float, least: float) -> float:
    if value is None:
        return default
    try:
        number = kind(value)
        if number < least:
            raise ValueError
    except (TypeError, ValueError):
        raise BadInput("%s has to be a number of at least %s, not %r" % (option, least, value)) from None
    return t.cast(float, number)


def _boolean(value: t.Any, default: bool) -> bool:
    if value is None or isinstance(value, bool):
        return default if value is None else value
    words = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise BadInput("validate_certs has to be true or false") from None


def _headers(value: t.Any) -> dict[str, str]:
    headers = {str(name): credentials.header(str(name), text) for name, text in (value or {}).items() if _is_set(text)}
    if "x-grafana-org-id" in [name.lower() for name in headers]:
        raise BadInput("the header X-Grafana-Org-Id is set by org_id or org_name, not by headers")
    return headers


def _file(value: t.Any, option: str, directory: bool = False) -> str | None:
    if not value:
        return None
    path = os.path.expanduser(str(value))
    if not (os.path.isfile(path) or (directory and os.path.isdir(path))):
        raise BadInput("%s: no such file on the host that runs the module: %s" % (option, path))
    return path
