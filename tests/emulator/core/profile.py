# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each recorded version of Grafana does differently."""

from __future__ import annotations

import re
from typing import NamedTuple

VERSIONS = ("8.5.15", "9.3.2", "10.4.3", "11.5.1", "12.0.0-pre", "12.4.3", "13.1.0-pre")
#: The version that the emulator and the demo run without another choice: the newest one that can delete organizations.
DEFAULT = "12.4.3"


class Profile:
    """A version, comparable with a tuple: ``profile >= (9, 1)``."""

    def __init__(self, version: str) -> None:
        found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
        if not found:
            raise ValueError(f"no version: {version!r}")
        self.version = version
        self.numbers = tuple(int(part or 0) for part in found.groups())

    def __ge__(self, other: tuple[int, ...]) -> bool:
        return self.numbers >= other

    def __lt__(self, other: tuple[int, ...]) -> bool:
        return self.numbers < other

    @property
    def rbac(self) -> bool:
        """Whether permissions are named in refusals."""
        return self >= (9, 0)

    @property
    def service_accounts(self) -> bool:
        """Whether service accounts are on without a toggle."""
        return self >= (9, 1)

    @property
    def login_per_org(self) -> bool:
        """Whether a service account's login carries its org."""
        return self.numbers >= (10, 4, 1)

    @property
    def role_none(self) -> bool:
        """Whether the role None is known."""
        return self >= (10, 2)

    @property
    def nested(self) -> bool:
        """Whether folders can be in folders, whose permissions they inherit."""
        return self >= (11, 0)

    @property
    def half_nested(self) -> bool:
        """Whether folders get a parent that only the answer to their creation shows, and that DELETE follows."""
        return (10, 3) <= self.numbers < (11, 0)

    @property
    def authorizer(self) -> bool:
        """Whether a service of its own decides for ``/apis``, lists of folders and the search."""
        return self >= (12, 1)

    @property
    def unified(self) -> bool:
        """Whether dashboards are on unified storage."""
        return self >= (12, 0)

    @property
    def objects_only(self) -> bool:
        """Whether the legacy routes hand dashboards and folders to the storage of objects, whose refusals they repeat."""
        return self >= (13, 0)

    @property
    def typed_errors(self) -> bool:
        """Whether refusals carry a message id."""
        return self >= (10, 0)

    @property
    def traced(self) -> bool:
        """Whether errors carry a trace id, which is empty from 9.0 on."""
        return self < (11, 0)

    @property
    def uids(self) -> bool:
        """Whether users and service accounts have uids."""
        return self >= (11, 0)

    @property
    def loose_logins(self) -> bool:
        """Whether logins and addresses match in any case."""
        return self >= (10, 0)


class Migration(NamedTuple):
    """How API keys end in a version."""

    create: bool  # POST /api/auth/keys
    listed: bool  # GET and DELETE /api/auth/keys
    migrate: bool  # POST /api/serviceaccounts/migrate
    at_start: bool  # every start migrates all keys by itself


def migration(profile: Profile) -> Migration:
    """Return what *profile* does with API keys."""
    return Migration(
        create=profile < (11, 3),
        listed=profile < (12, 1),
        migrate=profile.service_accounts and profile < (12, 1),
        at_start=profile >= (11, 6),
    )
