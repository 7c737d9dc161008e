# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in a YAML file that ansible-vault has encrypted; whatever else is in the file stays as it is, to the byte."""

from __future__ import annotations

import json
import os
import typing as t

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, get_file_vault_secret, is_encrypted, match_encrypt_secret, match_secrets

from ...module_utils._sinks.file import check_folder
from ...module_utils._sinks.private_files import StoreError, read_private, write_private

#: A vault file larger than this, in bytes, is something else.
_LARGEST = 64 * 1024 * 1024

Secrets = t.Sequence[tuple[str, t.Any]]


def vault_secrets(loader: t.Any, password_file: str | None, vault_id: str | None) -> Secrets:
    """Return the vault's secrets: of *password_file*, or those that Ansible was started with.

    Raises :class:`StoreError` where there are none.
    """
    if password_file:
        try:
            secret = get_file_vault_secret(filename=password_file, vault_id=vault_id or "default", loader=loader)
            secret.load()
        except AnsibleError as problem:
            raise StoreError("sink.vault_password_file %s cannot be used: %s" % (password_file, problem)) from None
        return [(vault_id or "default", secret)]
    found = list(getattr(getattr(loader, "_vault", None), "secrets", None) or [])
    if not found:
        raise StoreError(
            "no vault secret is known: start Ansible with --vault-id or --vault-password-file, or set sink.vault_password_file"
        )
    return found


class VaultFile:
    """The file at *path*, absolute; *vault_id* is whose secret encrypts a file that is not there yet."""

    def __init__(self, path: str, secrets: Secrets, vault_id: str | None = None) -> None:
        self.path = path
        self._vault = VaultLib(secrets)
        self._secrets = secrets
        self._vault_id = vault_id
        self._used: tuple[str | None, t.Any] | None = None
        self._nodes: dict[str, tuple[t.Any, t.Any]] = {}
        self._changes: dict[str, t.Any] = {}
        self.text = ""

    def check(self) -> None:
        """Raise :class:`StoreError` if the file cannot be written, or could not be read again."""
        check_folder(self.path, (self.path,))
        if self._used is None:
            self._encrypting()

    def load(self) -> None:
        """Read and decrypt the file; one that is not there is empty. Raises :class:`StoreError`."""
        found = read_private(self.path, _LARGEST)
        self._changes = {}
        if found is None or not found.strip():
            self.text, self._used, self._nodes = "", None, {}
            return
        if not is_encrypted(found):
            raise StoreError("%s is not encrypted: encrypt it with ansible-vault first, no key is put there" % self.path)
        try:
            plain, vault_id, secret = self._vault.decrypt_and_get_vault_id(found)
        except AnsibleError as problem:
            raise StoreError("%s cannot be decrypted with the vault secrets at hand: %s" % (self.path, problem)) from None
        self.text = plain.decode("utf-8") if isinstance(plain, bytes) else str(plain)
        self._used = (vault_id, secret)
        self._nodes = self._parsed(self.text)

    def _parsed(self, text: str) -> dict[str, tuple[t.Any, t.Any]]:
        """Return the nodes of the variables in *text* by name."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as problem:
            # The problem's own words quote the file.
            line = getattr(getattr(problem, "problem_mark", None), "line", 0) + 1
            raise StoreError("%s is no YAML: line %d of what is in it" % (self.path, line)) from None
        if root is None or (isinstance(root, yaml.ScalarNode) and root.value == ""):
            return {}
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            raise StoreError("%s has to hold variables, one a line, and nothing else" % self.path)
        return {str(key.value): (key, value) for key, value in root.value}

    def get(self, variable: str) -> t.Any:
        """Return the value of *variable*, ``None`` if there is none."""
        if variable in self._changes:
            return self._changes[variable]
        nodes = self._nodes.get(variable)
        return None if nodes is None else _plain(nodes[1])

    def set(self, variable: str, value: t.Any) -> None:
        """Give *variable* the string or dictionary *value*, or take it away for ``None``, when the file is saved."""
        if self.get(variable) != value:
            self._changes[variable] = value

    def edited(self) -> str:
        """Return what will be in the file. Raises :class:`StoreError` where something else would change."""
        text = self.text
        there = [name for name in self._changes if name in self._nodes]
        # From the end on, so that what comes before stays where it is.
        for name in sorted(there, key=lambda one: self._nodes[one][0].start_mark.index, reverse=True):
            start, end = self._place(name)
            text = text[:start] + _line(name, self._changes[name]) + text[end:]
        new = "".join(_line(name, value) for name, value in self._changes.items() if name not in self._nodes)
        if new:
            text = text or "---\n"
            text += ("" if text.endswith("\n") else "\n") + new
        if self._others(self._nodes) != self._others(self._parsed(text)):
            raise StoreError(
                "%s: %s cannot be changed without changing other values: give them lines of their own"
                % (self.path, ", ".join(self._changes))
            )
        return text

    def _place(self, variable: str) -> tuple[int, int]:
        """Return where the lines of *variable* begin and end."""
        key, value = self._nodes[variable]
        start = key.start_mark.index
        # A block of text takes the empty lines after it with it.
        last = start + len(self.text[start : value.end_mark.index].rstrip())
        end = self.text.find("\n", last)
        return start, len(self.text) if end < 0 else end + 1

    def _others(self, nodes: dict[str, tuple[t.Any, t.Any]]) -> dict[str, t.Any]:
        """Return the values of what does not change."""
        return {name: _plain(value) for name, (_key, value) in nodes.items() if name not in self._changes}

    def _encrypting(self) -> tuple[str | None, t.Any]:
        """Return vault id and secret to encrypt with: those that decrypted the file, if one did."""
        if self._used is not None:
            return self._used
        if self._vault_id:
            matching = match_secrets(self._secrets, [self._vault_id])
            if not matching:
                raise StoreError("no vault secret has the id %s (sink.vault_id)" % self._vault_id)
            return t.cast("tuple[str | None, t.Any]", tuple(matching[0]))
        return t.cast("tuple[str | None, t.Any]", tuple(match_encrypt_secret(self._secrets)))

    def save(self) -> None:
        """Encrypt and write the file if anything changes in it, and read it back. Raises :class:`StoreError`."""
        wanted = self.edited() if self._changes else self.text
        if wanted == self.text:
            return
        vault_id, secret = self._encrypting()
        encrypted = self._vault.encrypt(wanted, secret=secret, vault_id=vault_id)
        write_private(self.path, encrypted.decode("ascii"))
        self.load()
        if self.text != wanted:
            raise StoreError("%s does not hold what was just written to it" % self.path)


def _line(variable: str, value: t.Any) -> str:
    """Return the line that gives *variable* a value; JSON is YAML. ``None`` takes it away."""
    return "" if value is None else "%s: %s\n" % (variable, json.dumps(value, sort_keys=True))


def _plain(node: t.Any) -> t.Any:
    """Return a node's value, tags and all, for comparing and for reading what :meth:`VaultFile.set` wrote."""
    if isinstance(node, yaml.ScalarNode):
        if node.tag in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:null"):
            return node.value if node.tag.endswith("str") else None
        if node.tag == "tag:yaml.org,2002:int":
            return int(node.value) if node.value.isdigit() else node.value
        return (node.tag, node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one) for one in node.value]
    return {_hashable(key): _plain(value) for key, value in node.value}


def _hashable(node: t.Any) -> t.Any:
    found = _plain(node)
    return found if isinstance(found, (str, int, tuple, type(None))) else str(found)


def absolute(path: str, folder: str) -> str:
    """Return *path* with ``~`` resolved, from *folder* on."""
    return os.path.abspath(os.path.join(folder, os.path.expanduser(path)))
