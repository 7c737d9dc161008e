# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of the migration report: the result of grafana_apikey_migrate, with the most urgent entries first."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t
from dataclasses import dataclass

from ansible.errors import AnsibleFilterError

from ...module_utils._grafana.errors import public_url
from .text import Json, Moment, dict_in, dicts_in, instant, iso, masked, prefixed, sanitized, text_in

#: The outcomes for a key, most urgent first.
FAILED, KEPT, MIGRATED, REISSUED, DELETED, OTHER = OUTCOMES = ("failed", "kept", "migrated", "reissued", "deleted", "other")
_ACTIONS = {"migrate": MIGRATED, "reissue": REISSUED, "delete": DELETED, "keep": KEPT}

AGE = (
    "Grafana does not report when an API key was created. The report shows its expiry and its last use instead (Grafana reports "
    "the last use from 10.0 on), and the creation time of a token if it is known."
)


@dataclass(frozen=True)
class Failure:
    """An error: its *code* for programs, its *message* for people."""

    code: str
    message: str
    details: t.Any = None


@dataclass(frozen=True)
class Account:
    """A service account; *id* is ``None`` for an account that only a plan has.

    *becomes* and *role_becomes* are its planned new name and role.
    """

    id: t.Any
    name: str
    login: str | None = None
    role: str | None = None
    disabled: bool = False
    tokens: int | None = None
    adopted: bool | None = None
    becomes: str | None = None
    role_becomes: str | None = None
    failure: Failure | None = None


@dataclass(frozen=True)
class Token:
    """The token to which a key was migrated, or that replaces it; *dest* is where the new key is stored."""

    id: t.Any
    name: str
    expires: str | None = None
    created: str | None = None
    dest: str | None = None


@dataclass(frozen=True)
class Key:
    """An API key. *left*: it still exists after the run; *before*: it had its outcome before the run, which changed nothing."""

    id: t.Any
    name: str
    role: str | None
    created: str | None
    expires: str | None
    expired: bool
    last_used: str | None
    outcome: str
    action: str
    status: str
    before: bool
    left: bool
    deleted: bool
    reason: str | None = None
    service_account: Account | None = None
    role_after: str | None = None
    token: Token | None = None
    failure: Failure | None = None


@dataclass(frozen=True)
class Organization:
    """An organization; *anchor* is its HTML id in the page, *counts* the number of keys for each outcome."""

    anchor: str
    index: int
    status: str
    id: t.Any
    name: str | None
    found: str | None
    cut: bool
    joined: bool
    counts: dict[str, int]
    left: int
    keys: tuple[Key, ...]
    service_accounts: tuple[Account, ...]
    failure: Failure | None = None

    @property
    def label(self) -> str:
        """The name to show, or a description if the name is unknown."""
        if self.name:
            return self.name
        return "organization %s" % self.id if self.id is not None else "organization no. %d of the task" % (self.index + 1)

    @property
    def rank(self) -> int:
        """The urgency: 0 for failed, 1 for not run, 2 if API keys are left, 3 for done, 4 without keys and accounts."""
        if self.failure or self.status == "failed" or self.counts[FAILED]:
            return 0
        if self.status == "not_run":
            return 1
        if self.left or self.cut:
            return 2
        return 3 if self.keys or self.service_accounts else 4


@dataclass(frozen=True)
class Proof:
    """The result of testing a key from *source*. *fine*: the key works as expected."""

    source: str
    works: bool
    fine: bool
    worked_before: bool | None = None
    reason: str | None = None
    message: str | None = None
    org_name: str | None = None
    service_account: str | None = None
    api_key: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Server:
    """The server; *url* has no user and no query."""

    url: str
    version: str | None
    api_keys: str | None
    migrates_at_start: bool


@dataclass(frozen=True)
class Migration:
    """All data of the report. *planned*: the task changed nothing, the report shows what a run would do.

    *made* is when the report was created. *failure* is the error of the task as a whole, not that of one organization.
    """

    title: str
    made: str
    mode: str
    planned: bool
    server: Server
    sums: dict[str, int]
    organizations: tuple[Organization, ...]
    verified: tuple[Proof, ...]
    failure: Failure | None = None
    option_prefix: str = ""

    @property
    def reports_use(self) -> bool | None:
        """Whether this version reports the last use of API keys (10.0 on); ``None`` if the server hides its version."""
        major = (self.server.version or "").split(".")[0]
        return int(major) >= 10 if major.isdecimal() else None

    @property
    def now(self) -> datetime.datetime:
        """When the report was created."""
        return t.cast(datetime.datetime, instant(self.made))


def read(result: Json, title: str = "", now: Moment = None, check_mode: bool = False, option_prefix: str = "") -> Migration:
    """Return the data of the registered *result* of grafana_apikey_migrate, with the most urgent organizations first.

    *now* is the time of the report, by default the current time. *check_mode* is whether the task ran in check mode; not every
    result shows it. *option_prefix* goes before each option of the module that a message or an advice names.
    Raises :class:`AnsibleFilterError` for any other *result*, and for a *now* that is not a time.
    """
    if not isinstance(result, t.Mapping):
        raise AnsibleFilterError("migration_report takes the result of grafana_apikey_migrate, not a %s" % type(result).__name__)
    if "organizations" not in result and isinstance(result.get("results"), (list, tuple)):
        raise AnsibleFilterError("this is the result of a loop: create a report for each entry of its results")
    if "organizations" not in result and not (result.get("failed") or result.get("failure")):
        raise AnsibleFilterError(
            "this is not a result of grafana_apikey_migrate: it has no organizations (was the task skipped?)"
        )
    made = datetime.datetime.now(datetime.timezone.utc) if now is None else instant(now)
    if made is None:
        raise AnsibleFilterError("now must be a time such as 2027-01-31T12:00:00Z, not %r" % (now,))
    result = t.cast(Json, prefixed(sanitized(result), str(option_prefix)))
    organizations = [_organization(entry, index, made) for index, entry in enumerate(dicts_in(result, "organizations"))]
    proofs = [_proof(entry) for entry in dicts_in(result, "verified")]
    server = dict_in(result, "server")
    return Migration(
        title=masked(title or "Migration of API keys"),
        made=iso(made),
        mode=str(result.get("mode") or "unknown"),
        planned=bool(check_mode) or _is_plan(result, organizations),
        server=Server(
            _address(str(server.get("url") or "")),
            text_in(server, "version"),
            text_in(server, "api_keys"),
            bool(server.get("migrates_at_start")),
        ),
        sums=_sums(dict_in(result, "summary"), organizations),
        organizations=tuple(sorted(organizations, key=lambda org: org.rank)),
        verified=tuple(sorted(proofs, key=lambda proof: proof.fine)),
        failure=_task_failure(result, organizations),
        option_prefix=str(option_prefix),
    )


def as_json(report: Migration) -> dict[str, t.Any]:
    """Return the report as a dictionary that JSON can represent."""
    data = {**dataclasses.asdict(report), "age": AGE}
    del data["option_prefix"]
    return t.cast("dict[str, t.Any]", sanitized(data))  # This turns tuples into lists.


def _address(url: str) -> str:
    try:
        return public_url(url)
    except ValueError:  # The port is not a number.
        return url


def _is_plan(result: Json, organizations: t.Iterable[Organization]) -> bool:
    """Return whether the task only planned: a key that was really migrated or reissued has a token with an id."""
    if result.get("mode") == "plan" or result.get("check_mode"):
        return True
    keys = [key for org in organizations for key in org.keys if key.outcome in (MIGRATED, REISSUED) and not key.before]
    return any(key.token is None or key.token.id is None for key in keys)


def _task_failure(result: Json, organizations: t.Sequence[Organization]) -> Failure | None:
    """Return the error of a task that failed before any organization; ``None`` if organizations have the errors."""
    if not organizations and (result.get("failed") or result.get("failure")):
        return _failure(result) or Failure("error", str(result.get("msg") or "the task failed without a message"))
    return None


def _organization(entry: Json, position: int, now: datetime.datetime) -> Organization:
    found = text_in(entry, "found")
    keys = sorted((_key(key, found, now) for key in dicts_in(entry, "api_keys")), key=_sort_key)
    index = entry.get("index")
    left = entry.get("left")
    return Organization(
        anchor="org-%d" % (position + 1),
        index=index if isinstance(index, int) else position,
        status=str(entry.get("status") or "ok"),
        id=entry.get("org_id"),
        name=text_in(entry, "org_name"),
        found=found,
        cut=bool(entry.get("cut")),
        joined=bool(entry.get("joined_org")),
        counts={outcome: sum(key.outcome == outcome for key in keys) for outcome in OUTCOMES},
        left=left if isinstance(left, int) else sum(key.left for key in keys),
        keys=tuple(keys),
        service_accounts=tuple(_account(account) for account in dicts_in(entry, "service_accounts")),
        failure=_failure(entry),
    )


def _sort_key(key: Key) -> tuple[bool, bool, str]:
    """Sort failed keys first, then keys that are left, then by name."""
    return key.outcome != FAILED, not key.left, key.name


def _key(entry: Json, found: str | None, now: datetime.datetime) -> Key:
    status = str(entry.get("status") or "ok")
    action = str(entry.get("action") or "keep")
    failure = _failure(entry)
    outcome = FAILED if status == "failed" or failure else _ACTIONS.get(action, OTHER)
    ends = instant(entry.get("expires"))
    account = entry.get("service_account")
    token = entry.get("token")
    deleted = bool(entry.get("deleted")) or (outcome == DELETED and status == "changed")
    key = Key(
        id=entry.get("id"),
        name=str(entry.get("name") or ""),
        role=text_in(entry, "role"),
        created=text_in(entry, "created"),
        expires=text_in(entry, "expires"),
        expired=bool(entry.get("expired", ends is not None and ends <= now)),
        last_used=text_in(entry, "last_used"),
        outcome=outcome,
        action=action,
        status=status,
        before=status == "ok",
        left=False,
        deleted=deleted,
        reason=text_in(entry, "reason"),
        service_account=_account(account) if isinstance(account, t.Mapping) else None,
        role_after=text_in(entry, "role_after"),
        token=_token(token) if isinstance(token, t.Mapping) else None,
        failure=failure,
    )
    left = entry.get("left")
    return dataclasses.replace(key, left=left if isinstance(left, bool) else _is_left(key, found))


def _is_left(key: Key, found: str | None) -> bool:
    """Return whether a key is still an API key. A key without an id is named by the task only, and not on the server."""
    if found in ("gone", "none") or key.id is None or key.deleted:
        return False
    if key.failure is not None and key.failure.code == "key_lost":
        return False
    return key.outcome != MIGRATED and not (key.outcome == DELETED and key.before)


def _account(entry: Json) -> Account:
    becomes = dict_in(entry, "becomes")
    tokens = entry.get("tokens")
    return Account(
        id=entry.get("id"),
        name=str(entry.get("name") or ""),
        login=text_in(entry, "login"),
        role=text_in(entry, "role"),
        disabled=bool(entry.get("disabled")),
        tokens=tokens if isinstance(tokens, int) else None,
        adopted=entry.get("adopted"),
        becomes=text_in(becomes, "name"),
        role_becomes=text_in(becomes, "role"),
        failure=_failure(entry),
    )


def _token(entry: Json) -> Token:
    return Token(
        entry.get("id"),
        str(entry.get("name") or ""),
        text_in(entry, "expires"),
        text_in(entry, "created"),
        text_in(entry, "dest"),
    )


def _proof(entry: Json) -> Proof:
    works = bool(entry.get("works"))
    reason = text_in(entry, "reason")
    return Proof(
        source=str(entry.get("source") or ""),
        works=works,
        fine=bool(entry.get("as_expected", works and reason is None)),
        worked_before=entry.get("worked_before"),
        reason=reason,
        message=text_in(entry, "message"),
        org_name=text_in(entry, "org_name") or text_in(entry, "org_id"),
        service_account=text_in(entry, "service_account"),
        api_key=text_in(entry, "api_key"),
        role=text_in(entry, "role"),
    )


def _failure(entry: Json) -> Failure | None:
    found = entry.get("failure")
    if isinstance(found, t.Mapping):
        code = str(found.get("code") or "error")
        message = found.get("message") or entry.get("msg") or "no reason was given"
        return Failure(code, str(message), found.get("details") or None)
    return None


def _sums(summary: Json, organizations: t.Sequence[Organization]) -> dict[str, int]:
    """Return the sums from the module's summary; sums that it does not have are counted here."""
    keys = [key for org in organizations for key in org.keys]
    counted = {
        "organizations": len(organizations),
        "api_keys": len(keys),
        "migrated": sum(key.outcome == MIGRATED and not key.before for key in keys),
        "reissued": sum(key.outcome == REISSUED for key in keys),
        "deleted": sum(key.deleted for key in keys),
        "kept": sum(key.outcome == KEPT for key in keys),
        "failed": sum(key.outcome == FAILED for key in keys),
        "left": sum(org.left for org in organizations),
        "service_accounts": sum(len(org.service_accounts) for org in organizations),
        "organizations_failed": sum(org.rank == 0 for org in organizations),
    }
    reported = {name: value for name, value in summary.items() if isinstance(value, int) and not isinstance(value, bool)}
    return {**counted, **{name: reported[name] for name in counted if name in reported}}
