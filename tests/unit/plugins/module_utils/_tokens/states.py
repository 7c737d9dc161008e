# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token, its sink and their states, for tables of plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import Metadata, Stored
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.file import FileSink
from ansible_collections.orgsmith.grafana.plugins.module_utils._text.durations import iso
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.model import DesiredToken, Token, TokenState

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
DAY = 86400


def at(seconds):
    """Return a time *seconds* from now, as the server writes it."""
    return iso(NOW + timedelta(seconds=seconds))


ACCOUNT = Account(5, "ci", "sa-1-ci", {"role": "Editor", "disabled": False})
SINK = FileSink.at("/keys/ci")
WANTED = DesiredToken("ci", "ci", 3600, SINK)
KNOWN = Metadata(
    token_id=7,
    name="ci",
    base_name="ci",
    service_account_id=5,
    service_account="ci",
    org_id=2,
    org_name="tenant",
    server="http://g",
    created=at(-3 * DAY),
    expires=at(9 * DAY),
    fingerprint="sha256:k",
)
THERE = Token(7, "ci", at(-3 * DAY), at(9 * DAY))
STORED = Stored(KNOWN, "sha256:k", True)
GOOD = TokenState(ACCOUNT, 2, (THERE,), STORED, "http://g", "tenant", now=NOW)
NOTHING_STORED = replace(GOOD, stored=Stored())
OLD = {"created": at(-2 * DAY)}
YOUNG = {"created": at(-60)}


class Unlocked(FileSink):
    """A place that cannot be locked."""

    locks = False


def knowing(state=GOOD, **changes):
    """Return *state* with other metadata."""
    return replace(state, stored=replace(state.stored, metadata=replace(state.stored.metadata, **changes)))
