# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task of ``grafana_sa_token`` wants of vault files, on the control node."""

from __future__ import annotations

import contextlib
import os
import secrets
import typing as t
from dataclasses import dataclass, replace

from ...module_utils._grafana import connection as _connection
from ...module_utils._grafana.client import Client
from ...module_utils._grafana.cloud import client_for
from ...module_utils._grafana.connection import OrgChoice, choose_org
from ...module_utils._grafana.errors import BadInput
from ...module_utils._grafana.orgs import Org, OrgFinder
from ...module_utils._grafana.scope import Scope
from ...module_utils._orgs.service_accounts import Account
from ...module_utils._sinks.base import KeyOwner, Metadata, Previous, fingerprint
from ...module_utils._sinks.file import sweep
from ...module_utils._sinks.handover import HandoverSink, unseal, vault_place
from ...module_utils._sinks.private_files import StoreError, locked
from ...module_utils._tokens.api import refused
from ...module_utils._tokens.model import mistyped
from .file import VaultFile, absolute, vault_secrets

Args = t.Mapping[str, t.Any]

#: What the variable of the metadata is called.
METADATA = "_metadata"


@dataclass
class Entry:
    """One key's place: the variable of a file, and what stands there."""

    where: str
    file: VaultFile
    variable: str
    prove: bool = False
    #: What the server said of the key with this fingerprint, when it was asked: once in a run.
    asked: tuple[str, str | None] | None = None

    @property
    def key(self) -> str | None:
        """The key that is stored."""
        found = self.file.get(self.variable)
        return found if isinstance(found, str) and found else None

    @property
    def metadata(self) -> Metadata | None:
        """What is remembered of it."""
        return Metadata.parse(self.file.get(self.variable + METADATA))


class Vaulted:
    """The places of all tokens of a task that go into vault files; empty where none does.

    *environ* is the environment as the module sees it. *places*, as the module names them (``file#variable``), stand in for
    those of the task's own tokens where only the module can tell which tokens there are. Raises :class:`BadInput` for
    options that are wrong, :class:`StoreError` for files that cannot be used.
    """

    def __init__(self, args: Args, loader: t.Any, environ: t.Mapping[str, str], places: t.Iterable[str] | None = None) -> None:
        self._args, self._loader, self._environ = args, loader, environ
        self._files: dict[str, VaultFile] = {}
        self._pads: dict[str, str] = {}
        self._client: Client | None = None
        self.entries: dict[str, Entry] = {}
        for where in places or ():
            self._enter(*where.rpartition("#")[::2], args["sink"], args.get("delete_keys", "never") != "never")
        for item in self._items() if places is None else ():
            sink = item.get("sink")
            if isinstance(sink, dict) and sink.get("type") == HandoverSink.type:
                self._add(item, sink)

    def _items(self) -> t.Iterator[dict[str, t.Any]]:
        """Yield the tokens of the task, each with the task's own options as defaults."""
        batch = self._args.get("batch")
        if batch is None:
            yield dict(self._args)
            return
        defaults = {name: value for name, value in self._args.items() if name != "batch"}
        for item in batch if isinstance(batch, list) else ():
            if isinstance(item, dict):  # what is none is refused by the module, with its place
                given = {name: value for name, value in item.items() if value is not None}
                own = {"org_id": None, "org_name": None} if choose_org(given, "options of the item") else {}
                yield {**defaults, **own, **given}

    def _add(self, item: Args, options: Args) -> None:
        missing = [option for option in HandoverSink.REQUIRED if not options.get(option)]
        if missing or not item.get("name") or not item.get("service_account"):
            return  # the module refuses it
        around = {name: self._environ.get(_connection.ENVIRONMENT[name]) for name in ("org_id", "org_name")}
        if self.in_stack:
            around = {}  # a stack of Grafana Cloud is one organization, whatever the environment names
        org = choose_org(item, "option") or choose_org(around, "environment") or OrgChoice()
        raw, variable = vault_place(options, KeyOwner(org, item["service_account"], str(item["name"])))
        self._enter(raw, variable, options, item.get("prove") == "always")

    def _enter(self, raw: str, variable: str, options: Args, prove: bool) -> None:
        """Take in one place; *prove* tells whether the server is asked with a key that is there."""
        path = absolute(raw, self._loader.get_basedir())
        if any(entry.file.path == path and entry.variable == variable for entry in self.entries.values()):
            raise BadInput("%s#%s is the place of two tokens: each key needs one of its own" % (path, variable))
        if path not in self._files:
            password_file = options.get("vault_password_file")
            if password_file:
                password_file = absolute(str(password_file), self._loader.get_basedir())
            found = vault_secrets(self._loader, password_file, options.get("vault_id"))
            self._files[path] = VaultFile(path, found, options.get("vault_id"))
        where = "%s#%s" % (raw, variable)
        self.entries[where] = Entry(where, self._files[path], variable, prove)

    @contextlib.contextmanager
    def opened(self, check: bool) -> t.Iterator[None]:
        """Read all files, and (unless this is a check) keep other runs away from them meanwhile."""
        with contextlib.ExitStack() as stack:
            for path in sorted(self._files):
                if not check:
                    self._files[path].check()
                    stack.enter_context(locked(path))
                    sweep(path)
                self._files[path].load()
                if check and os.path.isdir(os.path.dirname(path)):
                    self._files[path].check()
            try:
                yield
            finally:
                if self._client is not None:
                    self._client.close()

    def told(self, over: bool = False) -> dict[str, t.Any]:
        """Return what the module is told: no key, and a pad to seal new ones with; *over* that no more are to be made."""
        pad = secrets.token_hex(32)
        stored = {}
        for where, entry in self.entries.items():
            self._pads[where] = pad
            key, metadata = entry.key, entry.metadata
            stored[where] = {
                "metadata": metadata.plain() if metadata else None,
                "fingerprint": fingerprint(key) if key else None,
                "there": key is not None or metadata is not None,
                "refused": None if over else self._trouble(entry, key, metadata),
            }
        return {"pad": pad, "stored": stored, "over": over}

    def _trouble(self, entry: Entry, key: str | None, known: Metadata | None) -> str | None:
        """Return what is wrong with a stored key that only whoever has it can tell, a word of ``REASONS``."""
        if key is not None and known is not None and known.fingerprint != fingerprint(key):
            return "mistyped" if mistyped(key) else None
        return self._refused(entry, key, known) if entry.prove or self._moved(known) else None

    def _moved(self, known: Metadata | None) -> bool:
        """Tell whether the metadata names another address than the task: then only the key can tell the server."""
        return known is not None and known.server is not None and known.server != self._address()[0]

    @property
    def in_stack(self) -> bool:
        """Whether the task is about a stack of Grafana Cloud."""
        return self._address()[1] is not None

    def _address(self) -> tuple[str, str | None]:
        """Return the address that the task asks, and the slug of the stack; none where the module is to refuse it."""
        try:
            return _connection.server_of({**dict.fromkeys(_connection.CLOUD_SPEC), **self._args}, self._environ)
        except BadInput:
            return "", None

    def _refused(self, entry: Entry, key: str | None, known: Metadata | None) -> str | None:
        """Ask the server about a stored key, from the control node: keys are never arguments of a module."""
        if key is None or known is None or known.fingerprint != fingerprint(key) or not known.service_account_id:
            return None
        if entry.asked is not None and entry.asked[0] == known.fingerprint:
            return entry.asked[1]
        if self._client is None:
            options = {name: self._args.get(name) for name in {**_connection.ARGUMENT_SPEC, **_connection.CLOUD_SPEC}}
            self._client = client_for(_connection.from_options(options, self._environ, identity_needed=False))
        scope = Scope(self._client, Org(int(known.org_id or 0), known.org_name), OrgFinder(self._client))
        account = Account(known.service_account_id, str(known.service_account), "", {"role": "", "disabled": False})
        entry.asked = (fingerprint(key), refused(scope, key, account))
        return entry.asked[1]

    def note(self, names: t.Mapping[str, str]) -> None:
        """Write down which tokens are about to be made, by place. Raises :class:`StoreError`."""
        for where, name in names.items():
            known = self.entries[where].metadata or Metadata()
            if name not in known.pending:
                self._put(where, replace(known, pending=(*known.pending, name)))
        self._save()

    def store(self, handed: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, Metadata]:
        """Store what the module handed over; return the metadata of the new keys by place. Raises :class:`StoreError`."""
        made = {}
        for where, one in handed.items():
            entry = self.entries[where]
            if one.get("removed"):
                entry.file.set(entry.variable, None)
                self._put(where, None)
                continue
            metadata = Metadata.parse(dict(one["metadata"])) or Metadata()
            key = unseal(str(one["key"]), self._pads[where], where)
            if fingerprint(key) != metadata.fingerprint:
                raise StoreError("the key for %s was damaged on its way from the module" % where)
            entry.file.set(entry.variable, key)
            self._put(where, metadata)
            made[where] = metadata
        self._save()
        return made

    def tidy(self, waiting: t.Mapping[str, t.Sequence[Args]]) -> None:
        """Forget what is deleted: by place, only the tokens that wait stay remembered. Raises :class:`StoreError`."""
        for where, left in waiting.items():
            known = self.entries[where].metadata
            if known is not None:
                previous = tuple(Previous(int(one["id"]), str(one["name"]), str(one["replaced"])) for one in left)
                self._put(where, replace(known, pending=(), previous=previous))
        self._save()

    def _put(self, where: str, metadata: Metadata | None) -> None:
        entry = self.entries[where]
        if metadata != entry.metadata:
            entry.file.set(entry.variable + METADATA, metadata.plain() if metadata else None)

    def _save(self) -> None:
        """Write the files that have changed."""
        for file in self._files.values():
            file.save()
