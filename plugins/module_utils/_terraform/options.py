# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task says of the keys of a tree: accounts that several share, and accounts that exist already."""

from __future__ import annotations

import posixpath
import re
import typing as t

from .._grafana.errors import BadInput
from .blocks import Shared, ignored_names
from .keys import KINDS, Address, Key, depends_on_instance
from .tree import Tree
from .versions import admitted

_SUFFIX = re.compile(r"^[A-Za-z0-9._-]*$")
_LABEL = re.compile(r"^[A-Za-z_][\w-]*$")
_ADDRESS = re.compile(
    r"^(?P<modules>(?:module\.[\w-]+(?:\[[^\]]+\])?\.)*)"
    r"(?P<type>grafana_(?:cloud_stack_)?api_key)\.(?P<name>[\w-]+)(?P<index>\[[^\]]+\])?$"
)
_MODULE = re.compile(r"module\.([\w-]+)(?:\[[^\]]+\])?\.")
#: What the provider takes for an id when it imports an account.
_IDS = {
    "grafana_api_key": (re.compile(r"^(\d+:)?\d+$"), "ID or ORGANIZATION:ID, in numbers"),
    "grafana_cloud_stack_api_key": (re.compile(r"^[\w-]+:\d+$"), "STACK:ID"),
}
#: What keys that share an account have to say alike.
_ALIKE = ("role", "org_id", "stack_slug", "provider", "depends_on")


class Adopted(t.NamedTuple):
    """An account that the server has already: the *address* of its key as ``terraform state list`` shows it, and its *id*."""

    address: str
    id: str
    directory: str = ""


class Consolidated(t.NamedTuple):
    """One account for several keys of a module: *account* is the label of its resource."""

    account: str
    keys: tuple[str, ...]
    name: str
    directory: str = ""


class Options(t.NamedTuple):
    token_suffix: str = "-token"
    provider_version: str = "~> 3.22"
    consolidate: tuple[Consolidated, ...] = ()
    adopt: tuple[Adopted, ...] = ()

    def check(self) -> None:
        """Refuse what is wrong whatever the tree holds. Raises :class:`BadInput`."""
        if not _SUFFIX.match(self.token_suffix):
            raise BadInput("token_suffix '%s' has other characters than letters, digits, '.', '_' and '-'" % self.token_suffix)
        asked = admitted(self.provider_version)
        if asked is None or asked.first < (3, 0, 0):
            raise BadInput("provider_version '%s' is no constraint that only admits version 3 or newer" % self.provider_version)
        for group in self.consolidate:
            if not _LABEL.match(group.account):
                raise BadInput("consolidate: '%s' cannot be the name of a resource" % group.account)
            if not re.match(r"^[^\"\\$%\n]+$", group.name):
                raise BadInput("consolidate: the account's name '%s' has one of \" \\ $ %%, or is empty" % group.name)
        for entry in self.adopt:
            found = _ADDRESS.match(entry.address)
            if found is None:
                raise BadInput(
                    "adopt: '%s' is no address of an API key as 'terraform state list' shows it, such as "
                    'grafana_api_key.ci or module.tenant["a"].grafana_api_key.ci[0]' % entry.address
                )
            pattern, shape = _IDS[found.group("type")]
            if not pattern.match(entry.id):
                raise BadInput("adopt: the id of %s has to be %s, not '%s'" % (entry.address, shape, entry.id))

    def shared_accounts(self, tree: Tree, keys: t.Mapping[Address, Key]) -> dict[Address, Shared]:
        """Return which keys share an account, also those that were rewritten before. Raises :class:`BadInput`."""
        found: dict[Address, Shared] = {}
        for group in self.consolidate:
            members = [_member(tree, keys, group, written) for written in group.keys]
            there = [keys[address] for address in members if address in keys]
            if len({address.type for address in members}) > 1:
                raise BadInput("consolidate: the keys of %s are of two kinds" % group.account)
            _alike(group, there)
            for address in members:
                if address in found:
                    raise BadInput("consolidate: %s is in two accounts" % address)
                found[address] = Shared(group.account, group.name, False)
            if there and len(there) == len(members):
                wanted = "%s.%s" % (KINDS[members[0].type].account, group.account)
                if wanted in tree.addresses(members[0].folder):
                    raise BadInput("consolidate: %s is there already" % wanted)
        return found

    def adopted(self, tree: Tree) -> set[Address]:
        return {address for entry in self.adopt for address in [_resolve(tree, entry)[0]]}

    def imports(
        self, tree: Tree, keys: t.Mapping[Address, Key], shared: t.Mapping[Address, Shared]
    ) -> dict[str, list[tuple[Address, str, str]]]:
        """Return what each root has to import: the key, the account's address seen from the root, and the id."""
        found: dict[str, list[tuple[Address, str, str]]] = {}
        for entry in self.adopt:
            address, prefix, index = _resolve(tree, entry)
            _instance(entry, keys.get(address), index)
            label = shared[address].label if address in shared else address.name
            account = "%s.%s" % (KINDS[address.type].account, label)
            if address not in keys:
                _still_ignored(tree, address, account)
            to = "%s%s%s" % (prefix, account, "" if address in shared else index)
            entries = found.setdefault(_folder(entry.directory), [])
            if to in [other for _address, other, _id in entries]:
                raise BadInput("adopt: %s would be imported twice" % to)
            entries.append((address, to, entry.id))
        return found


def _folder(directory: str) -> str:
    normal = posixpath.normpath(directory or ".")
    return "" if normal == "." else normal


def _member(tree: Tree, keys: t.Mapping[Address, Key], group: Consolidated, written: str) -> Address:
    kind, _dot, name = written.partition(".")
    address = Address(_folder(group.directory), kind, name)
    if kind not in KINDS or not (address in keys or _was_rewritten(tree, address)):
        raise BadInput("consolidate: there is no %s in %s" % (written, address.folder or "the directory itself"))
    return address


def _was_rewritten(tree: Tree, address: Address) -> bool:
    token = "%s.%s" % (KINDS[address.type].token, address.name)
    return str(address) in tree.forgotten(address.folder) or token in tree.addresses(address.folder)


def _alike(group: Consolidated, keys: t.Sequence[Key]) -> None:
    for attribute in _ALIKE:
        said = {key.said(attribute) for key in keys}
        if len(said) > 1:
            told = ", ".join("%s has %s" % (key.address, key.said(attribute) or "none") for key in keys)
            raise BadInput(
                "consolidate: keys of one account have one %s, and those of %s do not: %s" % (attribute, group.account, told),
                code="not_alike",
            )
        for key in keys:
            if depends_on_instance(key, attribute):
                raise BadInput(
                    "consolidate: %s of %s differs between its instances, so they cannot have one account"
                    % (attribute, key.address),
                    code="not_alike",
                )


def _resolve(tree: Tree, entry: Adopted) -> tuple[Address, str, str]:
    """Return the resource, the path of modules that leads to it, and the instance."""
    found = t.cast("re.Match[str]", _ADDRESS.match(entry.address))
    folder = _folder(entry.directory)
    for name in _MODULE.findall(found.group("modules")):
        calls = tree.calls(folder)
        if name not in calls:
            raise BadInput("adopt: %s calls no module %s of this tree (%s)" % (folder or "the directory", name, entry.address))
        folder = calls[name]
    address = Address(folder, found.group("type"), found.group("name"))
    declared = ["%s" % one for one in (address,) if str(one) in tree.addresses(folder)]
    if not declared and not _was_rewritten(tree, address):
        raise BadInput("adopt: there is no %s in %s" % (address, folder or "the directory itself"))
    return address, found.group("modules"), found.group("index") or ""


def _instance(entry: Adopted, key: Key | None, index: str) -> None:
    if key is not None and bool(index) != (key.shape != "one"):
        what = "has no instances" if index else "has %s, so say which instance is meant" % key.shape
        raise BadInput("adopt: %s %s (%s)" % (key.address, what, entry.address))


def _still_ignored(tree: Tree, address: Address, account: str) -> None:
    """An account of a stack that is adopted after its block was written has to keep its name too."""
    block = tree.addresses(address.folder).get(account)
    if "stack_slug" not in KINDS[address.type].attributes or block is None:
        return
    for inner in block.blocks():
        ignored = inner.attributes().get("ignore_changes") if inner.type == "lifecycle" else None
        if ignored is not None and {"name", "all"} & set(ignored_names(block.document, ignored)):
            return
    raise BadInput(
        "adopt: %s has to ignore changes of its name, or Terraform would replace the account of that id; add lifecycle "
        "{ ignore_changes = [name] } to it" % account
    )
