# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault files of a task: reads the stored keys, passes their metadata to the module, and stores new keys."""

from __future__ import annotations

import contextlib
import os
import secrets
import typing as t
from dataclasses import dataclass, replace

from ansible.module_utils.parsing.convert_bool import boolean

from ...module_utils._grafana import connection as _connection
from ...module_utils._grafana.client import Client
from ...module_utils._grafana.cloud import client_for
from ...module_utils._grafana.connection import OrgChoice, choose_org
from ...module_utils._grafana.errors import BadInput
from ...module_utils._grafana.orgs import Org, OrgFinder
from ...module_utils._grafana.scope import Scope
from ...module_utils._grafana.secrets import remember
from ...module_utils._orgs.service_accounts import Account
from ...module_utils._sinks.base import KeyOwner, Metadata, Previous, Stored, fingerprint
from ...module_utils._sinks.container import ALLOW
from ...module_utils._sinks.file import sweep
from ...module_utils._sinks.handover import HandoverSink, unseal, vault_place
from ...module_utils._sinks.private_files import StoreError, locked
from ...module_utils._tokens.api import refused
from ...module_utils._tokens.model import OF_OTHERS, mistyped, unknown_key
from .file import VaultFile, absolute, vault_secrets

Args = t.Mapping[str, t.Any]

#: The suffix of the variable with the metadata.
METADATA = "_metadata"


@dataclass
class Entry:
    """The variable of a vault file that stores one key; *where* names it in the messages of module and plugin."""

    where: str
    file: VaultFile
    variable: str
    #: Whether to test a stored key on the server.
    prove: bool = False
    #: The result of the last test: the fingerprint of the key, and why the server refuses it (``None`` if it works).
    tested: tuple[str, str | None] | None = None

    @property
    def key(self) -> str | None:
        """The stored key, or ``None``."""
        value = self.file.get(self.variable)
        return value if isinstance(value, str) and value else None

    @property
    def metadata(self) -> Metadata | None:
        """The stored metadata, or ``None``."""
        return Metadata.parse(self.file.get(self.variable + METADATA))


class TaskVault:
    """The entries for all tokens of a task whose keys go into vault files; *entries* is empty if there are none.

    *environ* is the environment of the module. *locations* (``file#variable``, as the module names them) replace the options
    of the tokens if only the module knows which tokens there are. The constructor raises :class:`BadInput` for invalid
    options, and :class:`StoreError` for missing vault secrets.
    """

    def __init__(self, args: Args, loader: t.Any, environ: t.Mapping[str, str], locations: t.Iterable[str] | None = None) -> None:
        self._args, self._loader, self._environ = args, loader, environ
        self._files: dict[str, VaultFile] = {}
        self._pads: dict[str, str] = {}
        self._client: Client | None = None
        self.entries: dict[str, Entry] = {}
        for where in locations or ():
            self._add_entry(*where.rpartition("#")[::2], args["sink"], args.get("delete_keys", "never") != "never")
        for item in self._items() if locations is None else ():
            sink = item.get("sink")
            if isinstance(sink, dict) and sink.get("type") == HandoverSink.type:
                self._add_token(item, sink)

    def _items(self) -> t.Iterator[dict[str, t.Any]]:
        """Yield the options of each token, with the task's options as defaults."""
        batch = self._args.get("batch")
        if batch is None:
            yield dict(self._args)
            return
        defaults = {name: value for name, value in self._args.items() if name != "batch"}
        for item in batch if isinstance(batch, list) else ():
            if isinstance(item, dict):  # the module refuses any other item
                given = {name: value for name, value in item.items() if value is not None}
                own = {"org_id": None, "org_name": None} if choose_org(given, "options of the item") else {}
                yield {**defaults, **own, **given}

    def _add_token(self, item: Args, options: Args) -> None:
        """Add the entry for a token with the options *item* and the sink *options*."""
        missing = [option for option in HandoverSink.REQUIRED if not options.get(option)]
        if missing or not item.get("name") or not item.get("service_account"):
            return  # the module refuses this item
        environment = {name: self._environ.get(_connection.ENVIRONMENT[name]) for name in ("org_id", "org_name")}
        if self.in_stack:
            environment = {}  # a stack of Grafana Cloud is one organization, whatever the environment names
        org = choose_org(item, "option") or choose_org(environment, "environment") or OrgChoice()
        raw, variable = vault_place(options, KeyOwner(org, item["service_account"], str(item["name"])))
        self._add_entry(raw, variable, options, item.get("prove") == "always")

    def _add_entry(self, raw: str, variable: str, options: Args, prove: bool) -> None:
        """Add an entry for the file *raw*, a path as the task names it; with *prove* a stored key is tested on the server."""
        path = absolute(raw, self._loader.get_basedir())
        if any(entry.file.path == path and entry.variable == variable for entry in self.entries.values()):
            raise BadInput("two tokens use %s#%s: each key needs a variable of its own" % (path, variable))
        if path not in self._files:
            password_file = options.get("vault_password_file")
            if password_file:
                password_file = absolute(str(password_file), self._loader.get_basedir())
            vault = vault_secrets(self._loader, password_file, options.get("vault_id"))
            self._files[path] = VaultFile(path, vault, options.get("vault_id"), _allowed(options, self._environ))
        where = "%s#%s" % (raw, variable)
        self.entries[where] = Entry(where, self._files[path], variable, prove)

    @contextlib.contextmanager
    def opened(self, check: bool) -> t.Iterator[None]:
        """Read all files; without *check* lock them against other runs until the context ends."""
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

    def message(self, over: bool = False) -> dict[str, t.Any]:
        """Return the message to the module: the metadata of the entries, without keys, and a pad to encrypt new keys with.

        With *over* the module must not create tokens.
        """
        pad = secrets.token_hex(32)
        stored = {}
        for where, entry in self.entries.items():
            self._pads[where] = pad
            key, metadata = entry.key, entry.metadata
            remember(key)
            stored[where] = {
                "metadata": metadata.plain() if metadata else None,
                "fingerprint": fingerprint(key) if key else None,
                "there": key is not None or metadata is not None,
                "refused": None if over else self._problem(entry, key, metadata),
                "works": not over and self._unknown_works(entry, key, metadata),
            }
        return {"pad": pad, "stored": stored, "over": over}

    def _problem(self, entry: Entry, key: str | None, known: Metadata | None) -> str | None:
        """Return why a stored key is unusable (one of ``REASONS``), as far as that needs the key itself; else ``None``."""
        if key is not None and known is not None and known.fingerprint != fingerprint(key):
            return "mistyped" if mistyped(key) else None
        return self._refused(entry, key, known) if entry.prove or self._has_other_address(known) else None

    def _unknown_works(self, entry: Entry, key: str | None, known: Metadata | None) -> bool:
        """Return whether the server accepts a stored key that the metadata does not describe. Each key is tested once."""
        unknown = unknown_key(Stored(known, fingerprint(key) if key else None, True, key))
        if unknown is None:
            return False
        if entry.tested is None or entry.tested[0] != fingerprint(unknown):
            entry.tested = (fingerprint(unknown), refused(self._scope(known or Metadata()), unknown))
        return entry.tested[1] in (None, *OF_OTHERS)

    def _scope(self, known: Metadata) -> Scope:
        """Return a scope of the task's server and of the organization of a stored key, to test keys in."""
        if self._client is None:
            options = {name: self._args.get(name) for name in {**_connection.ARGUMENT_SPEC, **_connection.CLOUD_SPEC}}
            connection = _connection.from_options(options, self._environ, identity_needed=False)
            remember(*connection.secrets())
            self._client = client_for(connection)
        return Scope(self._client, Org(int(known.org_id or 0), known.org_name), OrgFinder(self._client))

    def _has_other_address(self, known: Metadata | None) -> bool:
        """Return whether the metadata has another address than the task: only a test shows if it is the same server."""
        return known is not None and known.server is not None and known.server != self._address()[0]

    @property
    def in_stack(self) -> bool:
        """Whether the task's server is a Grafana Cloud stack."""
        return self._address()[1] is not None

    def _address(self) -> tuple[str, str | None]:
        """Return the server's address and the slug of the stack; "" and ``None`` for options that the module refuses."""
        try:
            return _connection.server_of({**dict.fromkeys(_connection.CLOUD_SPEC), **self._args}, self._environ)
        except BadInput:
            return "", None

    def _refused(self, entry: Entry, key: str | None, known: Metadata | None) -> str | None:
        """Test a stored key on the server; return why it is refused (one of ``REASONS``), or ``None``.

        The test runs on the control node, because keys are never arguments of a module. Each key is tested once in a run.
        """
        if key is None or known is None or known.fingerprint != fingerprint(key) or not known.service_account_id:
            return None
        if entry.tested is not None and entry.tested[0] == known.fingerprint:
            return entry.tested[1]
        account = Account(known.service_account_id, str(known.service_account), "")
        entry.tested = (fingerprint(key), refused(self._scope(known), key, account))
        return entry.tested[1]

    def add_pending(self, tokens: t.Mapping[str, Args]) -> None:
        """Save the names of the *tokens* that the module is going to create, by entry. Raises :class:`StoreError`.

        Metadata of an organization or account that was deleted is dropped: the name belongs to another one.
        """
        for where, token in tokens.items():
            name = str(token["name"])
            known = (None if token.get("was") == "elsewhere" else self.entries[where].metadata) or Metadata()
            if name not in known.pending:
                self._put(where, replace(known, pending=(*known.pending, name)))
        self._save()

    def store(self, handed_over: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, Metadata]:
        """Store the keys and deletions from the module; return the metadata of new keys by entry. Raises :class:`StoreError`."""
        created = {}
        for where, change in handed_over.items():
            entry = self.entries[where]
            if change.get("removed"):
                entry.file.set(entry.variable, None)
                self._put(where, None)
                continue
            metadata = Metadata.parse(dict(change["metadata"])) or Metadata()
            key = unseal(str(change["key"]), self._pads[where], where)
            if fingerprint(key) != metadata.fingerprint:
                raise StoreError("the key for %s was damaged on its way from the module" % where)
            entry.file.set(entry.variable, key)
            self._put(where, metadata)
            created[where] = metadata
        self._save()
        return created

    def keep_previous(self, waiting: t.Mapping[str, t.Sequence[Args]]) -> None:
        """Update the metadata after deletions: by entry, the previous tokens that still exist. Raises :class:`StoreError`."""
        for where, left in waiting.items():
            known = self.entries[where].metadata
            if known is not None:
                previous = tuple(Previous.parse(one) for one in left)
                self._put(where, replace(known, pending=(), previous=previous))
        self._save()

    def _put(self, where: str, metadata: Metadata | None) -> None:
        entry = self.entries[where]
        if metadata != entry.metadata:
            entry.file.set(entry.variable + METADATA, metadata.plain() if metadata else None)

    def _save(self) -> None:
        """Write the changed files."""
        for file in self._files.values():
            file.save()


def _allowed(options: Args, environ: t.Mapping[str, str]) -> bool:
    """Return whether the sink *options*, or the environment of the task, allow a file that ends with the container."""
    value = options.get("allow_ephemeral")
    return boolean(environ.get(ALLOW) or False if value is None else value, strict=False) is True
