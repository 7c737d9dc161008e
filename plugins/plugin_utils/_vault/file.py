# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and changes variables in a YAML file encrypted by ansible-vault; the rest of the file stays the same, byte by byte."""

from __future__ import annotations

import json
import os
import typing as t

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, get_file_vault_secret, is_encrypted, match_encrypt_secret, match_secrets

from ...module_utils._grafana.errors import BadInput
from ...module_utils._grafana.secrets import quoted
from ...module_utils._sinks.container import refuse_ephemeral
from ...module_utils._sinks.file import check_folder
from ...module_utils._sinks.private_files import StoreError, read_private, write_private
from ...module_utils._text.yaml_nodes import check_size

#: The largest part of a vault file that is read, in bytes.
_LARGEST = 64 * 1024 * 1024

Secrets = t.Sequence[tuple[str, t.Any]]


def vault_secrets(loader: t.Any, password_file: str | None, vault_id: str | None) -> Secrets:
    """Return the vault secrets: from *password_file* with *vault_id*, or those that Ansible was started with.

    Raises :class:`StoreError` if there are none, or if *password_file* cannot be used.
    """
    if password_file:
        try:
            secret = get_file_vault_secret(filename=password_file, vault_id=vault_id or "default", loader=loader)
            secret.load()
        except AnsibleError as problem:
            raise StoreError("sink.vault_password_file %s cannot be used: %s" % (password_file, quoted(str(problem)))) from None
        return [(vault_id or "default", secret)]
    secrets = list(getattr(getattr(loader, "_vault", None), "secrets", None) or [])
    if not secrets:
        raise StoreError(
            "no vault secret is known: start Ansible with --vault-id or --vault-password-file, or set sink.vault_password_file"
        )
    return secrets


class VaultFile:
    """The vault file at the absolute *path*. A new file is encrypted with the secret of *vault_id*.

    *allow_ephemeral* is the option of the sink, ``None`` if it is not set.
    """

    def __init__(self, path: str, secrets: Secrets, vault_id: str | None = None, allow_ephemeral: bool | None = None) -> None:
        self.path, self._allow_ephemeral = path, allow_ephemeral
        self._vault = VaultLib(secrets)
        self._secrets = secrets
        self._vault_id = vault_id
        self._used: tuple[str | None, t.Any] | None = None
        self._nodes: dict[str, tuple[t.Any, t.Any]] = {}
        self._changes: dict[str, t.Any] = {}
        self.text = ""

    def check(self) -> None:
        """Raise :class:`StoreError` if the file cannot be written or encrypted, or would end with a container."""
        refuse_ephemeral(self.path, self._allow_ephemeral)
        check_folder(self.path, (self.path,))
        if self._used is None:
            self._encrypting()

    def load(self) -> None:
        """Read and decrypt the file; a missing file counts as empty. Raises :class:`StoreError`."""
        encrypted = read_private(self.path, _LARGEST)
        self._changes = {}
        if encrypted is None or not encrypted.strip():
            self.text, self._used, self._nodes = "", None, {}
            return
        if not is_encrypted(encrypted):
            raise StoreError("%s is not encrypted, so no key is stored there: encrypt it with ansible-vault first" % self.path)
        try:
            plain, vault_id, secret = self._vault.decrypt_and_get_vault_id(encrypted)
        except AnsibleError as problem:
            raise StoreError("%s cannot be decrypted with the known vault secrets: %s" % (self.path, problem)) from None
        self.text = plain.decode("utf-8") if isinstance(plain, bytes) else str(plain)
        self._used = (vault_id, secret)
        self._nodes = self._parsed(self.text)

    def _parsed(self, text: str) -> dict[str, tuple[t.Any, t.Any]]:
        """Return the YAML nodes (key, value) of the variables in *text* by name. Raises :class:`StoreError`."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            if root is not None:
                check_size(root, self.path)
        except BadInput as problem:
            raise StoreError(problem.message) from None
        except RecursionError:
            raise StoreError("%s is nested too deeply" % self.path) from None
        except yaml.YAMLError as problem:
            # The message of the YAML error would quote the decrypted file.
            line = getattr(getattr(problem, "problem_mark", None), "line", 0) + 1
            raise StoreError("%s is not valid YAML: error in line %d of the decrypted text" % (self.path, line)) from None
        if root is None or (isinstance(root, yaml.ScalarNode) and root.value == ""):
            return {}
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            raise StoreError("%s has to contain variables, one on each line, and nothing else" % self.path)
        return {str(key.value): (key, value) for key, value in root.value}

    def get(self, variable: str) -> t.Any:
        """Return the value of *variable*, ``None`` if the file does not have it."""
        if variable in self._changes:
            return self._changes[variable]
        nodes = self._nodes.get(variable)
        return None if nodes is None else _plain(nodes[1])

    def set(self, variable: str, value: t.Any) -> None:
        """Set *variable* to the string or dictionary *value*, or delete it for ``None``; :meth:`save` writes the change."""
        if self.get(variable) != value:
            self._changes[variable] = value

    def edited(self) -> str:
        """Return the changed text of the file. Raises :class:`StoreError` if other variables would change, too."""
        text = self.text
        existing = [name for name in self._changes if name in self._nodes]
        # From the end to the beginning, so that the positions of earlier variables stay valid.
        for name in sorted(existing, key=lambda one: self._nodes[one][0].start_mark.index, reverse=True):
            start, end = self._span(name)
            text = text[:start] + _line(name, self._changes[name]) + text[end:]
        new = "".join(_line(name, value) for name, value in self._changes.items() if name not in self._nodes)
        if new:
            text = text or "---\n"
            text += ("" if text.endswith("\n") else "\n") + new
        if self._unchanged(self._nodes) != self._unchanged(self._parsed(text)):
            raise StoreError(
                "%s: %s cannot be changed without changing other values: write each variable on lines of its own"
                % (self.path, ", ".join(self._changes))
            )
        return text

    def _span(self, variable: str) -> tuple[int, int]:
        """Return the positions in the text where the lines of *variable* begin and end."""
        key, value = self._nodes[variable]
        start = key.start_mark.index
        # The node of a block of text includes the empty lines after it.
        last = start + len(self.text[start : value.end_mark.index].rstrip())
        end = self.text.find("\n", last)
        return start, len(self.text) if end < 0 else end + 1

    def _unchanged(self, nodes: dict[str, tuple[t.Any, t.Any]]) -> dict[str, t.Any]:
        """Return the values of the variables that do not change."""
        return {name: _plain(value) for name, (_key, value) in nodes.items() if name not in self._changes}

    def _encrypting(self) -> tuple[str | None, t.Any]:
        """Return the vault id and the secret to encrypt with: those that decrypted the file, or those for a new file."""
        if self._used is not None:
            return self._used
        if self._vault_id:
            matching = match_secrets(self._secrets, [self._vault_id])
            if not matching:
                raise StoreError("no vault secret has the id %s (sink.vault_id)" % self._vault_id)
            return t.cast("tuple[str | None, t.Any]", tuple(matching[0]))
        return t.cast("tuple[str | None, t.Any]", tuple(match_encrypt_secret(self._secrets)))

    def save(self) -> None:
        """Encrypt and write the file if it changes, and read it again. Raises :class:`StoreError`."""
        text = self.edited() if self._changes else self.text
        if text == self.text:
            return
        vault_id, secret = self._encrypting()
        encrypted = self._vault.encrypt(text, secret=secret, vault_id=vault_id)
        write_private(self.path, encrypted.decode("ascii"))
        self.load()
        if self.text != text:
            raise StoreError("%s does not hold the text that was just written to it" % self.path)


def _line(variable: str, value: t.Any) -> str:
    """Return the line that sets *variable* to *value* as JSON, which is valid YAML; no line for ``None``."""
    return "" if value is None else "%s: %s\n" % (variable, json.dumps(value, sort_keys=True))


def _plain(node: t.Any) -> t.Any:
    """Return the value of a YAML node, for comparisons and for values that :meth:`VaultFile.set` wrote.

    A scalar with a tag other than string, null or int becomes (tag, text).
    """
    if isinstance(node, yaml.ScalarNode):
        if node.tag in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:null"):
            return node.value if node.tag.endswith("str") else None
        if node.tag == "tag:yaml.org,2002:int":
            # Python refuses to convert numbers with thousands of digits.
            return int(node.value) if node.value.isdecimal() and len(node.value) <= 18 else node.value
        return (node.tag, node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one) for one in node.value]
    return {_hashable(key): _plain(value) for key, value in node.value}


def _hashable(node: t.Any) -> t.Any:
    value = _plain(node)
    return value if isinstance(value, (str, int, tuple, type(None))) else str(value)


def absolute(path: str, folder: str) -> str:
    """Return *path* as an absolute path, with ``~`` resolved; a relative path starts from *folder*."""
    return os.path.abspath(os.path.join(folder, os.path.expanduser(path)))
