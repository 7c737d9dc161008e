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
from ansible.parsing.vault import (
    VaultLib,
    get_file_vault_secret,
    is_encrypted,
    match_encrypt_secret,
    match_secrets,
)

from ansible_collections.orgsmith.grafana.plugins.module_utils._files import (
    StoreError,
    read_private,
    write_private,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._sink_file import check_folder

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
        self.text = ""

    def check(self) -> None:
        """Raise :class:`StoreError` if the file cannot be written, or could not be read again."""
        check_folder(self.path, (self.path,))
        if self._used is None:
            self._encrypting()

    def load(self) -> None:
        """Read and decrypt the file; one that is not there is empty. Raises :class:`StoreError`."""
        found = read_private(self.path, _LARGEST)
        if found is None or not found.strip():
            self.text, self._used = "", None
            return
        if not is_encrypted(found):
            raise StoreError("%s is not encrypted: encrypt it with ansible-vault first, no key is put there" % self.path)
        try:
            plain, vault_id, secret = self._vault.decrypt_and_get_vault_id(found)
        except AnsibleError as problem:
            raise StoreError("%s cannot be decrypted with the vault secrets at hand: %s" % (self.path, problem)) from None
        self.text = plain.decode("utf-8") if isinstance(plain, bytes) else str(plain)
        self._used = (vault_id, secret)
        self._entries()

    def _entries(self, text: str | None = None) -> dict[str, tuple[t.Any, t.Any]]:
        """Return the nodes of the file's variables by name."""
        try:
            root = yaml.compose(self.text if text is None else text, Loader=yaml.SafeLoader)
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
        nodes = self._entries().get(variable)
        return None if nodes is None else _plain(nodes[1])

    def set(self, variable: str, value: t.Any) -> None:
        """Give *variable* the string or dictionary *value*, or take it away for ``None``; in memory alone."""
        nodes = self._entries()
        line = "" if value is None else "%s: %s\n" % (variable, json.dumps(value, sort_keys=True))
        if variable in nodes:
            key, there = nodes[variable]
            start = key.start_mark.index
            # A block of text takes the empty lines after it with it.
            last = start + len(self.text[start : there.end_mark.index].rstrip())
            end = self.text.find("\n", last)
            end = len(self.text) if end < 0 else end + 1
            text = self.text[:start] + line + self.text[end:]
        elif value is None:
            return
        else:
            text = self.text or "---\n"
            text += ("" if text.endswith("\n") else "\n") + line
        self._compare(nodes, text, variable)
        self.text = text

    def _compare(self, nodes: dict[str, tuple[t.Any, t.Any]], text: str, variable: str) -> None:
        """Raise :class:`StoreError` if anything but *variable* would change."""
        after = self._entries(text)
        others = {name: _plain(value) for name, (_key, value) in nodes.items() if name != variable}
        kept = {name: _plain(value) for name, (_key, value) in after.items() if name != variable}
        if others != kept:
            raise StoreError(
                "%s: %s cannot be changed without changing other values: give it a line of its own" % (self.path, variable)
            )

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
        """Encrypt and write the file, and read it back. Raises :class:`StoreError`."""
        vault_id, secret = self._encrypting()
        wanted = self.text
        encrypted = self._vault.encrypt(wanted, secret=secret, vault_id=vault_id)
        write_private(self.path, encrypted.decode("ascii"))
        self.load()
        if self.text != wanted:
            raise StoreError("%s does not hold what was just written to it" % self.path)


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
