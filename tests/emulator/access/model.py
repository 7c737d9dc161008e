# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The permission model of a server: entries, what they allow, and who gets some by default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..core.permissions import allows as role_allows
from .authorizer import Authorizer
from .entries import Entries, Entry, Object, Subject
from .remembered import Remembered, all_subjects
from .rules import ADMIN, DASHBOARDS, EDIT, FOLDERS, GENERAL, VIEW

if TYPE_CHECKING:
    from ..boards.store import Dashboard, Folder
    from ..core.permissions import Caller
    from ..core.server import Server
    from ..core.state import Account, User

#: From which version on a service account gets an entry on what it makes.
ACCOUNTS_OWN = {DASHBOARDS: (11, 0), FOLDERS: (12, 1)}
#: Seconds for which a server remembers which folders an object is in.
RESOLVED = 30.0
#: What basic roles get on a folder or dashboard that is made outside of folders.
DEFAULTS: dict[Subject, int] = {("role", "Editor"): EDIT, ("role", "Viewer"): VIEW}
#: An entry of 8.5 allows what this role may do by default.
AS_ROLE = {VIEW: "Viewer", EDIT: "Editor", ADMIN: "Admin"}


class Access:
    """Answers who may do what with the folders and dashboards of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.reset()

    def reset(self) -> None:
        """Delete all entries and forget what is remembered."""
        self.entries = Entries()
        self._remembered = Remembered(self._server, self.entries)
        self._resolved: dict[tuple[int, str, str], tuple[float, tuple[str, ...]]] = {}
        self.authorizer = Authorizer(self._server, self.entries)

    def restarted(self) -> None:
        """Forget what is remembered; entries stay."""
        self._remembered.clear()
        self._resolved.clear()
        self.authorizer.clear()

    def begin(self, caller: Caller) -> None:
        """Give a caller the permissions that its request goes by, whatever is written meanwhile."""
        caller.grants = self._remembered.grants(caller)
        if caller.grants.role != caller.role:
            caller.permitted = caller.grants.role

    # Questions of /api, which goes by remembered permissions

    def anywhere(self, caller: Caller, action: str) -> bool:
        """Tell whether a caller may do *action* to any object at all."""
        if not self._server.profile.rbac:
            return role_allows(caller.role, action)
        return caller.grants is not None and caller.grants.anywhere(action)

    def dashboard(self, caller: Caller, action: str, found: Dashboard) -> bool:
        """Tell whether a caller may do *action* to a dashboard."""
        return self._allows(caller, action, DASHBOARDS, found.uid, found.folder_uid)

    def folder(self, caller: Caller, action: str, found: Folder) -> bool:
        """Tell whether a caller may do *action* to a folder."""
        return self._allows(caller, action, FOLDERS, found.uid, found.parent)

    def inside(self, caller: Caller, action: str, folder_uid: str) -> bool:
        """Tell whether a caller may do *action* in a folder, or in General where *folder_uid* is empty."""
        return self._allows(caller, action, FOLDERS, folder_uid or GENERAL, "")

    def _allows(self, caller: Caller, action: str, kind: str, uid: str, folder_uid: str) -> bool:
        if caller.grants is None:
            return False
        if not self._server.profile.rbac:
            return self._by_list(caller, action, kind, uid, folder_uid)
        if caller.grants.allows(action, kind, uid, ()):
            return True
        return caller.grants.allows(action, kind, uid, self.resolve(caller.org_id, kind, uid, folder_uid))

    def resolve(self, org_id: int, kind: str, uid: str, folder_uid: str) -> tuple[str, ...]:
        """Return the folders that an object is in, as a server remembers them: it may have been moved since."""
        known = self.resolved(org_id, kind, uid)
        if known is None:
            known = tuple(self._above(org_id, uid if kind == FOLDERS else folder_uid)) or (GENERAL,)
            self._resolved[(org_id, kind, uid)] = (self._server.clock.now() + RESOLVED, known)
        return known

    def resolved(self, org_id: int, kind: str, uid: str) -> tuple[str, ...] | None:
        """Return the folders that a server remembers an object to be in, ``None`` for what it does not remember."""
        until, known = self._resolved.get((org_id, kind, uid), (0.0, ()))
        return known if until > self._server.clock.now() else None

    def remembers(self, caller: Caller, action: str, uid: str) -> bool | None:
        """Tell whether a caller may do *action* to a dashboard that does not exist, by what a server remembers of one.

        ``None`` where it remembers none.
        """
        if caller.grants is None:
            return False
        if caller.grants.allows(action, DASHBOARDS, uid, ()):
            return True
        known = self.resolved(caller.org_id, DASHBOARDS, uid)
        return None if known is None else caller.grants.allows(action, DASHBOARDS, uid, known)

    def listed(self, caller: Caller, action: str, kind: str, uid: str, folder_uid: str) -> bool:
        """Tell whether a list shows an object to a caller: lists look the folders up anew."""
        if caller.grants is None or not self._server.profile.rbac:
            return self._allows(caller, action, kind, uid, folder_uid)
        above = tuple(self._above(caller.org_id, uid if kind == FOLDERS else folder_uid))
        return caller.grants.allows(action, kind, uid, above or (GENERAL,))

    def _above(self, org_id: int, folder_uid: str) -> Iterator[str]:
        """Yield a folder and, where permissions of folders are inherited, those above it."""
        store, passed = self._server.store, set()
        while folder_uid and folder_uid not in passed:
            passed.add(folder_uid)
            yield folder_uid
            found = store.folder(org_id, folder_uid) if self._server.profile.nested else None
            folder_uid = found.parent if found is not None else ""

    def _by_list(self, caller: Caller, action: str, kind: str, uid: str, folder_uid: str) -> bool:
        """Tell what the permission list of 8.5 allows; Admins need no entry."""
        if caller.role == "Admin":
            return True
        own, inherited = self.list_of(caller.org_id, kind, uid, folder_uid)
        subjects = all_subjects(self._server, caller, caller.role)
        return any(one.subject in subjects and role_allows(AS_ROLE[one.level], action) for one in (*own, *inherited))

    def list_of(self, org_id: int, kind: str, uid: str, folder_uid: str) -> tuple[list[Entry], list[Entry]]:
        """Return the permission list of 8.5: an object's own entries, and those that it inherits from its folder.

        Where nobody has set any on the folder or, outside of folders, on the object itself, the defaults count (source:
        ``GetDashboardAclInfoList``). So a dashboard in such a folder inherits the defaults beside its own entries.
        """
        if folder_uid:
            return self.entries.of(org_id, (kind, uid)), self._set_or_default(org_id, (FOLDERS, folder_uid))
        return self._set_or_default(org_id, (kind, uid)), []

    def _set_or_default(self, org_id: int, thing: Object) -> list[Entry]:
        if self.entries.begun(org_id, thing):
            return self.entries.of(org_id, thing)
        return [Entry(number, who, level, 0.0, 0.0) for number, (who, level) in enumerate(DEFAULTS.items(), 1)]

    def other(self, caller: Caller, action: str, kind: str, name: str) -> bool:
        """Tell whether an entry allows a caller *action* on an object that is in no folder, a team for example."""
        return caller.grants is not None and self._server.profile.rbac and caller.grants.allows(action, kind, name, ())

    # Changes

    def made(self, caller: Caller | None, kind: str, uid: str, folder_uid: str, org_id: int) -> None:
        """Give a new folder or dashboard its first entries: its maker's and, outside of folders, those of the basic roles.

        *caller* is ``None`` for what a server makes itself.
        """
        profile = self._server.profile
        if not profile.rbac or (folder_uid and (profile.objects_only or (kind == FOLDERS and profile.unified))):
            return
        if caller is not None:
            self.owned(caller, (kind, uid), org_id)
        if not folder_uid:
            for subject, level in DEFAULTS.items():
                self.give(org_id, (kind, uid), subject, level)
        if caller is not None:
            # Where the maker gets no entry of its own, the new ones of its basic role count at once.
            self._remembered.forget(caller)

    def owned(self, caller: Caller, thing: Object, org_id: int) -> None:
        """Give the maker of an object its Admin entry, which counts from the maker's next request on."""
        maker: User | Account | None = caller.user
        since = ACCOUNTS_OWN.get(thing[0])
        if maker is None and since is not None and self._server.profile >= since:
            maker = caller.account
        if maker is not None:
            self.give(org_id, thing, ("user", maker.id), ADMIN)
            self._remembered.forget(caller)

    def give(self, org_id: int, thing: Object, subject: Subject, level: int) -> None:
        """Set or change the entry of *subject* on an object; level 0 removes it.

        From 13 on the entries of a user or service account count at once (source: ``clearUserPermissionCache``); before, and
        for teams and roles, what is remembered counts on.
        """
        self.entries.set(org_id, thing, subject, level, self._server.clock.now())
        if self._server.profile.objects_only and subject[0] == "user":
            self._remembered.drop(org_id, subject)

    def above(self, org_id: int, kind: str, uid: str) -> tuple[str, ...]:
        """Return the folders from which a folder or dashboard inherits entries, the nearest first."""
        store = self._server.store
        found = store.folder(org_id, uid) if kind == FOLDERS else store.dashboard(org_id, uid)
        if found is None or (kind == FOLDERS and not self._server.profile.nested):
            return ()
        return tuple(self._above(org_id, found.parent if kind == FOLDERS else found.folder_uid))

    def removed(self, org_id: int, kind: str, uid: str) -> None:
        """Delete the entries of an object that is deleted."""
        self.entries.drop(org_id, (kind, uid))
