# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a user: what differs between a task and the server. It sends no request."""

from __future__ import annotations

import typing as t

from .._engine.resource import Change
from .._grafana.errors import Forbidden, GrafanaError, Refused
from .model import FIELDS, CurrentUser, DesiredUser, UserWork


def plan(desired: DesiredUser, current: CurrentUser | None) -> Change[UserWork] | None:
    """Return what differs, ``None`` for nothing.

    Raises :class:`Forbidden` for a field that an external login sets, and :class:`Refused` for a new user without a password, for
    a name that cannot be cleared, and for a login that is the e-mail address of a user whose e-mail address is to change.
    """
    if current is not None and current.stays:
        return None
    if desired.state == "absent":
        return None if current is None else Change("delete", current.view(), {}, UserWork(current))
    if current is None:
        return _creation(desired)
    fields = _changes(desired, current)
    password = _writes_password(desired, current, fields)
    _check_synced(current, fields, desired)
    if not fields and not password and current.move_to is None:
        return None
    before, after = current.view(), {**current.view(), **fields}
    if password:
        before["user_password"], after["user_password"] = "different", "as in the task"
    if current.move_to is not None:
        before["active_org_id"], after["active_org_id"] = current.org_id, current.move_to[0]
    planned = {"id": current.id, "auth_labels": list(current.labels)}
    return Change("update", before, after, UserWork(current, fields, password), planned)


def _creation(desired: DesiredUser) -> Change[UserWork]:
    if desired.password is None:
        raise Refused(
            "user %s does not exist, and Grafana creates users only with a password: set user_password (password is the "
            "caller's)" % desired.key,
            code="password_missing",
        )
    fields = FIELDS.of_new(desired.fields)
    # The server fills in the one that is missing from the other one.
    fields["email"] = fields["email"] or desired.key
    after = {"login": desired.key, **fields}
    return Change("create", {}, after, UserWork(None, fields, password=True))


def _changes(desired: DesiredUser, current: CurrentUser) -> dict[str, t.Any]:
    """Return the fields to write, by option."""
    fields = FIELDS.changes(desired.fields, current.fields)
    if "email" in fields and current.caseless and fields["email"].lower() == str(current.fields["email"]).lower():
        del fields["email"]
    if "name" in fields and not fields["name"]:
        raise Refused(
            "the name of user %s cannot be cleared: Grafana ignores an empty name; leave name out, or set another one"
            % current.login,
            code="cannot_clear",
        )
    if "email" in fields and desired.login is not None and desired.login.lower() != current.login.lower():
        raise Refused(
            "login %s is the e-mail address of user %s, which is to become %s: set login to %s"
            % (desired.login, current.login, fields["email"], current.login),
            code="login_mismatch",
        )
    return fields


def _writes_password(desired: DesiredUser, current: CurrentUser, fields: t.Mapping[str, t.Any]) -> bool:
    """Tell whether to write the password: it is wrong, or it could not be tested as the user is about to be enabled."""
    if not desired.tests_password:
        return False
    return current.password_right is False or (current.password_right is None and fields.get("is_disabled") is False)


def _check_synced(current: CurrentUser, fields: t.Mapping[str, t.Any], desired: DesiredUser) -> None:
    """Raise :class:`Forbidden` for a field that an external login sets."""
    if not current.external:
        return
    refused = [option for option in fields if option != "is_admin" or current.admin_synced]
    if desired.tests_password:
        refused.append("user_password")
    if refused:
        raise synced(current.login, current.labels, refused)


def synced(login: str, labels: t.Sequence[str], options: t.Sequence[str]) -> GrafanaError:
    """Return the error for *options* that an external login sets."""
    return Forbidden(
        "%s of user %s cannot be set here: the user logs in with %s, and that login sets them again each time; change them "
        "there, or leave these options out" % (", ".join(options), login, ", ".join(labels) or "an external login"),
        code="externally_synced",
    )
