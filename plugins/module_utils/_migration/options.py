# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a migration of API keys, checked as far as possible without the server."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from .._engine.options import check
from .._grafana.connection import OrgChoice, choose_org, positive, text
from .._grafana.errors import BadInput
from .._grafana.roles import ROLES
from .._sinks import registry as _sink_types
from .._text.durations import seconds
from .._tokens.model import LONGEST

PLAN, SERVER, REISSUE = "plan", "server", "reissue"
ALL = "all"

_KEY: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "role": {"type": "str", "choices": ROLES},
    "service_account": {"type": "raw"},
    "seconds_to_live": {"type": "raw", "no_log": False},
    "org_id": {"type": "raw"},
    "org_name": {"type": "raw"},
}
_CONSOLIDATE: dict[str, dict[str, t.Any]] = {
    "service_account": {"type": "raw"},
    "keys": {"type": "list", "elements": "str", "no_log": False},
    "pattern": {"type": "str"},
    "role": {"type": "str", "choices": ROLES},
    "mixed_roles": {"type": "bool"},
}
_ADOPT: dict[str, dict[str, t.Any]] = {
    "service_account": {"type": "raw"},
    "pattern": {"type": "str"},
    "name": {"type": "raw"},
    "role": {"type": "str", "choices": ROLES},
}
_VERIFY: dict[str, dict[str, t.Any]] = {
    "key": {"type": "str", "no_log": True},
    "path": {"type": "path"},
    "sink": {"type": "dict", "options": _sink_types.OPTIONS},
    "service_account": {"type": "raw"},
    "name": {"type": "raw"},
    "org_id": {"type": "raw"},
    "org_name": {"type": "raw"},
    "role": {"type": "str", "choices": ROLES},
}


def _listed(options: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
    return {"type": "list", "elements": "dict", "options": options}


#: Lists of dictionaries. They are checked here, because the check of Ansible would print secrets.
LISTS: dict[str, dict[str, t.Any]] = {
    "keys": {**_listed(_KEY), "no_log": False},
    "consolidate": _listed(_CONSOLIDATE),
    "adopt": _listed(_ADOPT),
    "verify_keys": {**_listed(_VERIFY), "no_log": False},
}
OPTIONS: dict[str, dict[str, t.Any]] = {
    "mode": {"type": "str", "choices": [PLAN, SERVER, REISSUE], "required": True},
    "orgs": {"type": "raw"},
    "key_id": {"type": "list", "elements": "int", "no_log": False},
    "key_name": {"type": "list", "elements": "str", "no_log": False},
    "name_pattern": {"type": "str"},
    "roles": {"type": "list", "elements": "str", "choices": ROLES},
    "unused_for": {"type": "raw"},
    "expired_keys": {"type": "str", "choices": ["migrate", "delete", "keep"], "no_log": False},
    "account_template": {"type": "str"},
    "token_template": {"type": "str", "no_log": False},
    "seconds_to_live": {"type": "raw", "no_log": False},
    "sink": {"type": "dict", "options": _sink_types.OPTIONS},
    "delete_keys": {"type": "str", "no_log": False},
    "reissue_migrated": {"type": "bool", "default": False},
    "hide_api_keys_page": {"type": "bool", "default": False, "no_log": False},
    **LISTS,
}
#: Options that apply only to mode: reissue.
_OF_REISSUE = ("account_template", "consolidate", "delete_keys", "keys", "reissue_migrated", "seconds_to_live", "sink")


@dataclass(frozen=True)
class Selection:
    """The criteria that select API keys; an empty or ``None`` criterion selects all. *unused_for* is in seconds."""

    ids: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    roles: frozenset[str] = frozenset()
    unused_for: int | None = None

    def __bool__(self) -> bool:
        return bool(self.ids or self.names or self.pattern or self.roles or self.unused_for is not None)


@dataclass(frozen=True)
class Rule:
    """A rule of ``consolidate``: keys in *names*, and keys whose whole name *pattern* matches, become tokens of one account.

    *account* may refer to groups of the pattern (``\\1``). Keys of different roles need *mixed_roles*; the account then has
    *role*.
    """

    account: str
    names: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    role: str | None = None
    mixed_roles: bool = False


@dataclass(frozen=True)
class Adopt:
    """A rule of ``adopt``: the new *name* and *role* for accounts created by the server; ``None`` leaves them unchanged.

    *account* is the present name of the account, or *pattern* matches the present names.
    """

    name: str | None
    role: str | None = None
    account: str | None = None
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True)
class GivenKey:
    """A key that the task names, because the server does not list it (any more)."""

    name: str
    role: str
    org: OrgChoice
    account: str | None = None
    lifetime: int | None = None


@dataclass(frozen=True)
class Deletion:
    """When a reissued key is deleted: *when* is ``never``, ``after_proof`` (of the new key) or ``unused_for``, in seconds."""

    when: str = "never"
    unused_for: int = 0


@dataclass(frozen=True)
class OldKey:
    """An entry of ``verify_keys``: a key to test, and what the task expects of it.

    Exactly one of *key*, *path* and *sink* is set; *source* describes it for messages. Expectations that are ``None`` are not
    checked.
    """

    source: str
    key: str | None = field(default=None, repr=False)
    path: str | None = None
    sink: t.Mapping[str, t.Any] | None = field(default=None, repr=False)
    account: str | None = None
    name: str | None = None
    org: OrgChoice = field(default_factory=OrgChoice)
    role: str | None = None


@dataclass(frozen=True)
class MigrationOptions:
    """The options of a task, for all of its organizations.

    *how* is SERVER or REISSUE, also if *mode* is PLAN. *orgs* is ``None`` for all organizations. *lifetime* is the longest
    lifetime of reissued keys, in seconds; LONGEST is the limit of the server.
    """

    mode: str
    how: str
    orgs: tuple[OrgChoice, ...] | None
    selection: Selection = Selection()
    expired: str = "migrate"
    rules: tuple[Rule, ...] = ()
    account_template: str = "{name}"
    token_template: str = "replaces-{name}"
    lifetime: int | None = None
    sink: t.Mapping[str, t.Any] | None = field(default=None, repr=False)
    deletion: Deletion = Deletion()
    migrated_too: bool = False
    given: tuple[GivenKey, ...] = ()
    adopt: tuple[Adopt, ...] = ()
    verify: tuple[OldKey, ...] = ()
    hide_page: bool = False


def wanted(options: t.Mapping[str, t.Any], lists: t.Mapping[str, t.Any], default_org: OrgChoice) -> MigrationOptions:
    """Check the *options* and the *lists* of the task, and return them. Raises :class:`BadInput`.

    *default_org* is the organization of the connection.
    """
    mode = str(options["mode"])
    lists = {name: _checked(name, lists.get(name)) for name in LISTS}
    of_reissue = [name for name in _OF_REISSUE if options.get(name) or lists.get(name)]
    if mode == SERVER and of_reissue:
        raise BadInput("%s: only for mode: reissue; the server's own migration does not use this" % ", ".join(of_reissue))
    how = REISSUE if mode == REISSUE or of_reissue else SERVER
    given = tuple(_given(entry, default_org) for entry in lists["keys"])
    if len({(key.org, key.name) for key in given}) < len(given):
        raise BadInput("keys has the same key of one organization twice")
    selection = _selection(options)
    if given and selection:
        raise BadInput("keys already selects the keys: remove key_id, key_name, name_pattern, roles and unused_for")
    if mode == REISSUE and not options.get("sink"):
        raise BadInput("mode: reissue creates new keys, and needs sink, which says where to store them")
    return MigrationOptions(
        mode=mode,
        how=how,
        orgs=orgs_of(options.get("orgs"), default_org, given),
        selection=selection,
        expired=options.get("expired_keys") or ("migrate" if how == SERVER else "keep"),
        rules=tuple(_rule(entry) for entry in lists["consolidate"]),
        account_template=_template(options.get("account_template"), "account_template", "{name}"),
        token_template=_template(options.get("token_template"), "token_template", "replaces-{name}", needs="name"),
        lifetime=_lifetime(options.get("seconds_to_live")),
        sink=options.get("sink"),
        deletion=_deletion(options.get("delete_keys")),
        migrated_too=bool(options.get("reissue_migrated")),
        given=given,
        adopt=tuple(_adopt(entry) for entry in lists["adopt"]),
        verify=tuple(_old_key(entry) for entry in lists["verify_keys"]),
        hide_page=bool(options.get("hide_api_keys_page")),
    )


def _checked(name: str, entries: t.Any) -> list[dict[str, t.Any]]:
    if entries is None or entries == "":
        return []
    if not isinstance(entries, list):
        raise BadInput("%s must be a list of dictionaries" % name)
    found = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise BadInput("%s[%d] must be a dictionary" % (name, index))
        try:
            found.append(check(entry, LISTS[name]["options"]))
        except BadInput as problem:
            raise BadInput("%s[%d]: %s" % (name, index, problem.message), code=problem.code, **problem.details) from None
    return found


def orgs_of(value: t.Any, default: OrgChoice, given: t.Sequence[GivenKey] = ()) -> tuple[OrgChoice, ...] | None:
    """Return the organizations of the option ``orgs``; ``None`` for all. Raises :class:`BadInput`.

    Without the option, these are the organizations of the *given* keys, or *default* if no keys are given.
    """
    if value == ALL:
        return None
    if value is None or value == "" or value == []:
        return tuple(dict.fromkeys(key.org for key in given)) or (default,)
    if not isinstance(value, list):
        raise BadInput("orgs must be the word all, or a list of names and ids; for one organization, use org_name or org_id")
    numbers = [isinstance(one, int) and not isinstance(one, bool) for one in value]
    found = [
        OrgChoice(id=positive(one, "orgs")) if number else OrgChoice(name=text(one, "orgs"))
        for one, number in zip(value, numbers)
    ]
    if len(set(found)) < len(found):
        raise BadInput("orgs has the same organization twice")
    return tuple(found)


def _selection(options: t.Mapping[str, t.Any]) -> Selection:
    unused = options.get("unused_for")
    return Selection(
        ids=frozenset(positive(one, "key_id") for one in options.get("key_id") or ()),
        names=frozenset(options.get("key_name") or ()),
        pattern=_pattern(options.get("name_pattern"), "name_pattern"),
        roles=frozenset(options.get("roles") or ()),
        unused_for=None if unused is None or unused == "" else seconds(unused, "unused_for"),
    )


def _pattern(value: t.Any, option: str) -> re.Pattern[str] | None:
    if not value:
        return None
    try:
        return re.compile(str(value))
    except re.error as problem:
        raise BadInput("%s is not a valid regular expression: %s" % (option, problem)) from None


def _check_replacement(name: str, pattern: re.Pattern[str] | None, option: str) -> None:
    r"""Raise :class:`BadInput` if *name* refers to groups that *pattern* does not have, or results in a name with a backslash.

    In YAML without quotes, ``\\1`` is a backslash and a 1, and not the first group.
    """
    if "\\\\" in name or (pattern is None and "\\" in name):
        raise BadInput("%s: '%s' results in a name with a backslash: write \\1 for the first group of pattern" % (option, name))
    try:
        if pattern is not None:
            pattern.sub(name, "")
    except (re.error, IndexError) as problem:
        raise BadInput("%s: '%s' does not fit pattern: %s" % (option, name, problem)) from None


def _template(value: t.Any, option: str, default: str, needs: str | None = None) -> str:
    """Return the template, which may use only ``{name}``, ``{id}``, ``{role}`` and ``{org_id}``. Raises :class:`BadInput`."""
    template = str(value or default)
    words = re.findall(r"{([^{}]*)}", template)
    unknown = sorted(set(words) - {"name", "id", "role", "org_id"})
    if unknown or "{" in re.sub(r"{[^{}]*}", "", template):
        wrong = ", ".join(unknown) or "a single brace"
        raise BadInput("%s may use {name}, {id}, {role} and {org_id}, not %s" % (option, wrong))
    if needs and needs not in words:
        raise BadInput("%s must contain {%s}, which shows which key a token replaces" % (option, needs))
    return template


def _lifetime(value: t.Any) -> int | None:
    if value is None or value == "":
        return None
    return LONGEST if value == "max" else seconds(value, "seconds_to_live")


def _deletion(value: t.Any) -> Deletion:
    if not value or value in ("never", "after_proof"):
        return Deletion(value or "never")
    word, equals, duration = str(value).partition("=")
    if word != "unused_for" or not equals:
        raise BadInput("delete_keys must be never, after_proof, or a duration such as unused_for=30d, not %r" % value)
    return Deletion(word, seconds(duration, "delete_keys: unused_for"))


def _rule(entry: t.Mapping[str, t.Any]) -> Rule:
    account = _name(entry, "service_account", "consolidate")
    if not entry.get("keys") and not entry.get("pattern"):
        raise BadInput("consolidate: %s: give keys (their names) or pattern to select keys" % account)
    if entry.get("mixed_roles") and not entry.get("role"):
        raise BadInput("consolidate: %s: mixed_roles needs role, the role of the account" % account)
    pattern = _pattern(entry.get("pattern"), "consolidate: pattern")
    _check_replacement(account, pattern, "consolidate: service_account")
    return Rule(
        account,
        frozenset(entry.get("keys") or ()),
        pattern,
        entry.get("role"),
        bool(entry.get("mixed_roles")),
    )


def _adopt(entry: t.Mapping[str, t.Any]) -> Adopt:
    if bool(entry.get("service_account")) == bool(entry.get("pattern")):
        raise BadInput("adopt: give either service_account (the present name) or pattern")
    if not entry.get("name") and not entry.get("role"):
        raise BadInput("adopt: there is nothing to change: give name, role, or both")
    name = text(entry["name"], "adopt: name") if entry.get("name") else None
    account = text(entry["service_account"], "adopt: service_account") if entry.get("service_account") else None
    pattern = _pattern(entry.get("pattern"), "adopt: pattern")
    _check_replacement(name or "", pattern, "adopt: name")
    return Adopt(name, entry.get("role"), account, pattern)


def _given(entry: t.Mapping[str, t.Any], default: OrgChoice) -> GivenKey:
    name = _name(entry, "name", "keys")
    if not entry.get("role"):
        raise BadInput("keys: %s: role is missing" % name)
    account = entry.get("service_account")
    return GivenKey(
        name,
        str(entry["role"]),
        choose_org(entry, "options of keys") or default,
        None if account in (None, "") else text(account, "keys: service_account"),
        _lifetime(entry.get("seconds_to_live")),
    )


def _old_key(entry: t.Mapping[str, t.Any]) -> OldKey:
    sources = [name for name in ("key", "path", "sink") if entry.get(name)]
    if len(sources) != 1:
        raise BadInput("verify_keys: give exactly one of key, path and sink")
    org = choose_org(entry, "options of verify_keys") or OrgChoice()
    account = text(entry["service_account"], "verify_keys: service_account") if entry.get("service_account") else None
    name = text(entry["name"], "verify_keys: name") if entry.get("name") else None
    source = {"key": "a variable", "path": str(entry.get("path")), "sink": "a sink"}[sources[0]]
    if name and sources == ["key"]:
        source = "the variable for %s" % name
    return OldKey(source, entry.get("key"), entry.get("path"), entry.get("sink"), account, name, org, entry.get("role"))


def _name(entry: t.Mapping[str, t.Any], option: str, where: str) -> str:
    value = entry.get(option)
    if value is None or not text(value, "%s: %s" % (where, option)).strip():
        raise BadInput("%s: %s is missing" % (where, option))
    return str(value)
