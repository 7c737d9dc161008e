# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grafana's version, and what depends on it."""

from __future__ import annotations

import re
import typing as t

_PARTS = re.compile(r"^v?(\d+)\.(\d+)(?:\.(\d+))?")


class Version(t.NamedTuple):
    """A version as numbers; what follows them (``-pre``, ``+security-01``) does not matter here."""

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        return "%d.%d.%d" % self


def parse(text: t.Any) -> Version | None:
    """Return the version in *text*: ``12.0.0-pre``, ``11.2.0+security-01``; ``None`` if there is none."""
    found = _PARTS.match(text) if isinstance(text, str) else None
    return Version(*(int(part or 0) for part in found.groups())) if found else None


#: Service accounts, their tokens and the migration of API keys: always on from here.
SERVICE_ACCOUNTS = Version(9, 1)
#: Permissions of single folders and dashboards are those of role-based access control from here.
ACCESS_CONTROL = Version(9, 0)
#: The role ``None``.
ROLE_NONE = Version(10, 2)
#: A service account's login carries its org from here on; before, names are unique across all orgs.
LOGIN_PER_ORG = Version(10, 4, 1)
#: ``GET /api/user`` answers service accounts, and a foreign org header is refused, from here.
TOKEN_KNOWS_ITSELF = Version(11, 5)
#: An account's number of tokens is counted from here on at the latest; before, it is the length of the list that is cut.
TOKENS_COUNTED = Version(11, 5)
#: ``/apis/dashboard.grafana.app`` is sound from here (11.5 serves it with holes).
DASHBOARD_APIS = Version(12, 0)
#: ``/api/dashboards/uid/:uid/versions`` is known from here; before, a dashboard's history is asked for by its database id.
VERSIONS_BY_UID = Version(9, 0)
#: Objects of ``/apis/dashboard.grafana.app`` carry the message of their last version from here (recorded).
MESSAGES_LISTED = Version(12, 1)
#: ``/apis/folder.grafana.app`` is there from here (11.5 answers 404, recorded); nothing before tells a folder's description.
FOLDER_APIS = Version(12, 0)
#: ``GET /api/folders/:uid/counts`` counts whatever a folder holds from here (10.0 and 10.1 leave kinds out).
FOLDER_COUNTS = Version(11, 0)
#: ``POST /api/library-elements`` takes the uid of a folder from here; before, its database id.
LIBRARY_FOLDER_UIDS = Version(9, 0)
#: A dashboard may name library panels that do not exist from here; before, the legacy route stores it and answers 500 (recorded).
LIBRARY_PANELS_MAY_LACK = Version(12, 1)
#: Titles may repeat in a folder from here; before, a repeated one can overwrite its namesake.
TITLES_REPEAT = Version(11, 3)
#: Folders nest from here.
NESTED_FOLDERS = Version(11, 0)
#: ``[service_accounts] token_expiration_day_limit`` is known from here.
DAY_LIMIT = Version(9, 4)
#: ``POST /api/auth/keys`` answers 410 from here.
NO_NEW_API_KEYS = Version(11, 3)
#: Each start of the server turns all API keys into service accounts from here.
KEYS_MIGRATE_AT_START = Version(11, 6)
#: ``/api/auth/keys`` and the migration are 404 from here.
API_KEYS_END = Version(12, 1)
#: Migrating destroys no key from here, whatever ``[users] auto_assign_org`` says (recorded at 9.3.2).
MIGRATION_KEEPS_ORG = Version(9, 4)
#: The migration goes on after a key that fails, and looks for a free login, from here.
MIGRATION_GOES_ON = Version(10, 0)
#: ``POST /api/serviceaccounts/hideApiKeys`` exists from the first to before the second.
HIDE_API_KEYS = (Version(9, 1), Version(9, 5))
