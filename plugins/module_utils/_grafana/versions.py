# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of Grafana, and the version from which the server has a feature or behaves differently."""

from __future__ import annotations

import re
import typing as t

_PARTS = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?")


class Version(t.NamedTuple):
    """The numbers of a version, without a suffix such as ``-pre`` or ``+security-01``."""

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        return "%d.%d.%d" % self


def parse(text: t.Any) -> Version | None:
    """Return the version at the beginning of *text* (``12.0.0-pre``, ``11.2.0+security-01``); ``None`` for anything else."""
    match = _PARTS.match(text) if isinstance(text, str) else None
    return Version(*(int(part or 0) for part in match.groups())) if match else None


# Each constant is the first version with the fact that its comment states.

#: Service accounts, their tokens and the migration of API keys are always enabled.
SERVICE_ACCOUNTS = Version(9, 1)
#: Role-based access control governs the permissions of single folders and dashboards.
ACCESS_CONTROL = Version(9, 0)
#: Role-based access control cannot be disabled any more (release notes of 10.0).
ACCESS_CONTROL_STAYS = Version(10, 0)
#: With anonymous access, the server treats a rejected credential as anonymous (9.3 does not, 10.4 does: recorded).
ANONYMOUS_FALLBACK = Version(9, 4)
#: Logins and e-mail addresses that differ only in case mean one user (recorded: not at 9.3, at 10.4).
CASELESS_LOGINS = Version(10, 0)
#: The role ``None`` exists.
ROLE_NONE = Version(10, 2)
#: A service account's login contains its org; before, names are unique across all orgs.
LOGIN_PER_ORG = Version(10, 4, 1)
#: ``GET /api/user`` answers service accounts, and the server refuses the org header of a foreign organization.
TOKEN_KNOWS_ITSELF = Version(11, 5)
#: The server counts an account's tokens correctly (at the latest); before, it returns the length of a truncated list.
TOKENS_COUNTED = Version(11, 5)
#: ``/apis/dashboard.grafana.app`` is complete (11.5 serves only a part of it).
DASHBOARD_APIS = Version(12, 0)
#: Data sources can be changed and tested by uid; before, by number only (from the sources).
DATA_SOURCES_BY_UID = Version(9, 0)
#: A PUT clears the database of a data source (from the sources; 9.3.2 keeps it: recorded).
DATABASES_CLEAR = Version(9, 5)
#: The first data source of an organization becomes its default unasked (from the sources; recorded at 10.4.3).
FIRST_IS_DEFAULT = Version(10, 3)
#: ``/api/dashboards/uid/:uid/versions`` exists; before, the route of a dashboard's history takes its database id.
VERSIONS_BY_UID = Version(9, 0)
#: ``/api/dashboards/uid/:uid/permissions`` exists; before, the route of a dashboard's permissions takes its database id.
PERMISSIONS_BY_UID = Version(9, 0)
#: Objects of ``/apis/dashboard.grafana.app`` contain the message of their last version (recorded).
MESSAGES_LISTED = Version(12, 1)
#: ``/apis/folder.grafana.app`` exists (11.5 answers 404, recorded); before, no route returns a folder's description.
FOLDER_APIS = Version(12, 0)
#: ``GET /api/folders/:uid/counts`` counts all kinds of objects in a folder (10.0 and 10.1 omit kinds).
FOLDER_COUNTS = Version(11, 0)
#: ``POST /api/library-elements`` takes the uid of a folder; before, its database id.
LIBRARY_FOLDER_UIDS = Version(9, 0)
#: A dashboard may name missing library panels; before, the legacy route stores the dashboard and answers 500 (recorded).
LIBRARY_PANELS_MAY_LACK = Version(12, 1)
#: A folder without subfolders may move one level deeper than a new folder (12.0 refuses that, 12.4 does not: recorded).
MOVES_ONE_DEEPER = Version(12, 1)
#: Alerts in panels are an option; before, each write looks up their data sources (8.5 answers 500 without them, recorded).
PANEL_ALERTS_OPTIONAL = Version(9, 0)
#: Several objects of a folder may have the same title; before, a write can overwrite the object with the same title.
TITLES_REPEAT = Version(11, 3)
#: A dashboard's title has at most 5000 bytes (11.5 and later, recorded).
TITLES_END = Version(11, 0)
#: A dashboard's tag has at most 50 characters (recorded at 12.4.3).
TAGS_END = Version(12, 1)
#: Version 2 layouts have some fields more, such as ``labels`` and ``origin`` (seen at 13.1.0-pre, missing at 12.4.3).
MORE_LAYOUT_FIELDS = Version(13, 0)
#: Lists of ``/apis`` are empty for callers who are not members, and may leave out objects (seen at 13.1.0-pre).
LISTS_MAY_OMIT = Version(13, 0)
#: Folders can contain folders.
NESTED_FOLDERS = Version(11, 0)
#: The first version that takes a parent and never shows it, and the first that shows it (from the sources; recorded at 10.4.3):
#: ``DELETE`` of a folder also deletes the folders whose hidden parent it is.
HIDDEN_PARENTS = (Version(10, 3), NESTED_FOLDERS)
#: The path of a folder's alert rules has its uid; before, its title (from the sources).
RULES_BY_UID = Version(10, 4)
#: A setting limits how deep folders can be nested (from the sources of 13.1).
DEPTH_IS_A_SETTING = Version(13, 0)
#: Versions that answer 500 to every deletion of an organization: the first one, the first later one that is not known to do so,
#: and both in words (seen at 13.1.0-pre; the fix is not in 13.2).
ORGS_REMAIN = ((Version(13, 1), Version(13, 3), "13.1 and 13.2"),)
#: Versions that answer 500 to some deletions of organizations (12.0.0-pre deletes empty ones: recorded).
ORGS_MAY_REMAIN = ((Version(12, 0), Version(12, 0, 2), "12.0.0 and 12.0.1"),)
#: Preferences name the home dashboard by its uid; before, by its database id (from the sources).
PREFERRED_HOME_UID = Version(9, 0)
#: Preferences have a language, and answers leave out what is not set (from the sources; recorded at 10.4.3, not at 9.3.2).
PREFERRED_LANGUAGE = Version(9, 4)
#: The theme ``system`` exists (from the sources; recorded as for :data:`PREFERRED_LANGUAGE`).
THEME_SYSTEM = Version(9, 4)
#: ``PATCH`` of preferences refuses an empty theme (from the sources; recorded at 10.4.3, not at 9.3.2).
THEME_KEPT_BY_PATCH = Version(10, 1)
#: ``PUT`` of preferences without a home dashboard keeps it, and the server refuses unknown time zones (recorded at 12.4.3, not at
#: 11.5.1).
HOME_KEPT_BY_PUT = ZONES_CHECKED = Version(12, 4)
#: The first version after those whose themes are known.
PREFERENCES_KNOWN = Version(13, 2)
#: Teams have uids (from the sources; recorded at 10.4.3), and their routes take them in place of ids from 11.0 on.
TEAM_UIDS = Version(10, 1)
#: ``GET /api/teams/search?name=`` ignores case with every database (recorded at 13.1.0-pre); names still differ by case.
TEAM_NAMES_IN_ANY_CASE = Version(13, 0)
#: The setting ``[service_accounts] token_expiration_day_limit`` exists.
DAY_LIMIT = Version(9, 4)
#: The first start migrates folders and dashboards to unified storage, and no setting prevents it.
STORAGE_MIGRATES = Version(13, 0)
#: Grafana withdrew these versions: 13.0.0 loses data with Git Sync.
WITHDRAWN = (Version(13, 0, 0),)
#: ``POST /api/auth/keys`` answers 410.
NO_NEW_API_KEYS = Version(11, 3)
#: Each start of the server migrates all API keys to service accounts.
KEYS_MIGRATE_AT_START = Version(11, 6)
#: ``/api/auth/keys`` and the routes of the migration answer 404.
API_KEYS_END = Version(12, 1)
#: The migration destroys no key, whatever ``[users] auto_assign_org`` is; before, it can (recorded at 9.3.2).
MIGRATION_KEEPS_ORG = Version(9, 4)
#: The migration continues after a key that fails, and chooses a login that is free.
MIGRATION_GOES_ON = Version(10, 0)
#: ``POST /api/serviceaccounts/hideApiKeys`` exists from the first version until before the second.
HIDE_API_KEYS = (Version(9, 1), Version(9, 5))
