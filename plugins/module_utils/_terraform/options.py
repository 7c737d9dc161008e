# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a task: shared accounts, existing accounts to adopt, token suffix and provider version, all checked."""

from __future__ import annotations

import posixpath
import re
import typing as t

from .._grafana.errors import BadInput
from .blocks import Shared, ignored_names
from .keys import KINDS, Address, Key, Kind, depends_on_instance, kinds_of
from .tree import Tree
from .versions import admitted

_SUFFIX = re.compile(r"[A-Za-z0-9._-]*")
_LABEL = re.compile(r"[A-Za-z_][\w-]*")
_ADDRESS = re.compile(
    r"(?P<modules>(?:module\.[\w-]+(?:\[[^\]]+\])?\.)*)"
    r"(?P<type>grafana_(?:cloud_stack_)?api_key)\.(?P<name>[\w-]+)(?P<index>\[[^\]]+\])?"
)
_MODULE = re.compile(r"module\.([\w-]+)(?:\[[^\]]+\])?\.")
#: The ids that the provider takes when it imports an account: pattern and description.
_IDS = {
    "grafana_service_account": (re.compile(r"(\d+:)?\d+"), "ID or ORGANIZATION:ID, in numbers"),
    "grafana_cloud_stack_service_account": (re.compile(r"[\w-]+:\d+"), "STACK:ID"),
}
#: The arguments that must be equal in all keys that share an account.
_ALIKE = ("role", "org_id", "stack_slug", "provider", "depends_on")


class Adopted(t.NamedTuple):
    """An account that exists on the server: the *address* of its key as ``terraform state list`` shows it, and its *id*."""

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
    """The options of the module."""

    token_suffix: str = "-token"
    provider_version: str = "~> 3.22"
    consolidate: tuple[Consolidated, ...] = ()
    adopt: tuple[Adopted, ...] = ()

    def check(self) -> None:
        """Check what does not depend on the tree. Raises :class:`BadInput`."""
        if not _SUFFIX.fullmatch(self.token_suffix):
            raise BadInput("token_suffix '%s' is not valid: use only letters, digits, '.', '_' and '-'" % self.token_suffix)
        versions = admitted(self.provider_version)
        if versions is None or versions.first < (3, 0, 0):
            raise BadInput(
                "provider_version '%s' is not valid: give a version constraint that allows only version 3 or later"
                % self.provider_version
            )
        for group in self.consolidate:
            if not _LABEL.fullmatch(group.account):
                raise BadInput("consolidate: '%s' cannot be the name of a resource" % group.account)
            if not re.fullmatch(r"[^\"\\$%\n]+", group.name):
                raise BadInput("consolidate: the account's name '%s' is empty, or has one of \" \\ $ %%" % group.name)
        for entry in self.adopt:
            found = _ADDRESS.fullmatch(entry.address)
            if found is None:
                raise BadInput(
                    "adopt: '%s' is not the address of an API key as 'terraform state list' shows it, for example "
                    'grafana_api_key.ci or module.tenant["a"].grafana_api_key.ci[0]' % entry.address
                )
            _check_id(entry, KINDS[found.group("type")], *kinds_of(found.group("type")))

    def shared_accounts(self, tree: Tree, keys: t.Mapping[Address, Key]) -> dict[Address, Shared]:
        """Return the keys that share an account, including keys that an earlier run rewrote. Raises :class:`BadInput`."""
        found: dict[Address, Shared] = {}
        for group in self.consolidate:
            members = [_member(tree, keys, group, name) for name in group.keys]
            declared = [keys[address] for address in members if address in keys]
            kinds = {(address.type, _kind(tree, keys, address).stack) for address in members}
            if len(kinds) > 1:
                raise BadInput(
                    "consolidate: the keys of %s have different resource types, or only some of them have cloud_stack_slug"
                    % group.account
                )
            _check_alike(group, declared)
            for address in members:
                if address in found:
                    raise BadInput("consolidate: %s is in two accounts" % address)
                found[address] = Shared(group.account, group.name, False)
            if declared and len(declared) == len(members):
                account = "%s.%s" % (_kind(tree, keys, members[0]).account, group.account)
                if account in tree.addresses(members[0].folder):
                    raise BadInput("consolidate: %s exists already" % account)
        return found

    def adopted(self, tree: Tree) -> set[Address]:
        """Return the addresses of the keys in ``adopt``. Raises :class:`BadInput` for a key that is not in the tree."""
        return {address for entry in self.adopt for address in [_resolve(tree, entry)[0]]}

    def imports(
        self, tree: Tree, keys: t.Mapping[Address, Key], shared: t.Mapping[Address, Shared]
    ) -> dict[str, list[tuple[Address, str, str]]]:
        """Return the imports of each root: the key, the address of its account seen from the root, and the id.

        Raises :class:`BadInput` for an entry of ``adopt`` that does not fit the tree.
        """
        found: dict[str, list[tuple[Address, str, str]]] = {}
        for entry in self.adopt:
            address, prefix, index = _resolve(tree, entry)
            _check_instance(entry, keys.get(address), index)
            label = shared[address].label if address in shared else address.name
            kind = _kind(tree, keys, address)
            _check_id(entry, kind)
            account = "%s.%s" % (kind.account, label)
            if address not in keys:
                _check_ignores_name(tree, address, kind, account)
            to = "%s%s%s" % (prefix, account, "" if address in shared else index)
            entries = found.setdefault(_folder(entry.directory), [])
            if to in [other for _address, other, _id in entries]:
                raise BadInput("adopt: %s would be imported twice" % to)
            entries.append((address, to, entry.id))
        return found


def _folder(directory: str) -> str:
    normal = posixpath.normpath(directory or ".")
    return "" if normal == "." else normal


def _member(tree: Tree, keys: t.Mapping[Address, Key], group: Consolidated, name: str) -> Address:
    """Return the address of a key that ``consolidate`` names. Raises :class:`BadInput` if the module does not have it."""
    kind, _dot, label = name.partition(".")
    address = Address(_folder(group.directory), kind, label)
    if kind not in KINDS or not (address in keys or _was_rewritten(tree, address)):
        raise BadInput("consolidate: there is no %s in %s" % (name, address.folder or "the directory itself"))
    return address


def _was_rewritten(tree: Tree, address: Address) -> bool:
    """Return whether an earlier run rewrote a key: its module removes it from the state, or declares its token."""
    return str(address) in tree.removed_keys(address.folder) or bool(_declared_kinds(tree, address))


def _declared_kinds(tree: Tree, address: Address) -> list[Kind]:
    """Return the kinds that a key may have had before an earlier run rewrote it: its module declares their token."""
    declared = tree.addresses(address.folder)
    return [kind for kind in kinds_of(address.type) if "%s.%s" % (kind.token, address.name) in declared]


def _kind(tree: Tree, keys: t.Mapping[Address, Key], address: Address) -> Kind:
    """Return the kind of a key, also of one that an earlier run rewrote."""
    if address in keys:
        return keys[address].kind
    return next(iter(_declared_kinds(tree, address)), KINDS[address.type])


def _check_id(entry: Adopted, *kinds: Kind) -> None:
    """Raise :class:`BadInput` if the id of an account has not the form that one of *kinds* needs."""
    forms = [_IDS[kind.account] for kind in kinds]
    if not any(pattern.fullmatch(entry.id) for pattern, _shape in forms):
        raise BadInput("adopt: the id of %s must be %s, not '%s'" % (entry.address, forms[0][1], entry.id))


def _check_alike(group: Consolidated, keys: t.Sequence[Key]) -> None:
    """Raise :class:`BadInput` if the keys of one account differ in an argument of the account."""
    for attribute in _ALIKE:
        if len({key.expression(attribute) for key in keys}) > 1:
            values = ", ".join("%s has %s" % (key.address, key.expression(attribute) or "none") for key in keys)
            raise BadInput(
                "consolidate: all keys of account %s must have the same %s: %s" % (group.account, attribute, values),
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
    """Return the address of the key, the path of the modules to it, and its instance. Raises :class:`BadInput`."""
    found = t.cast("re.Match[str]", _ADDRESS.fullmatch(entry.address))
    folder = _folder(entry.directory)
    for name in _MODULE.findall(found.group("modules")):
        calls = tree.calls(folder)
        if name not in calls:
            raise BadInput(
                "adopt: %s: %s does not call a module %s by a local path"
                % (entry.address, folder or "the directory itself", name)
            )
        folder = calls[name]
    address = Address(folder, found.group("type"), found.group("name"))
    declared = ["%s" % one for one in (address,) if str(one) in tree.addresses(folder)]
    if not declared and not _was_rewritten(tree, address):
        raise BadInput("adopt: there is no %s in %s" % (address, folder or "the directory itself"))
    return address, found.group("modules"), found.group("index") or ""


def _check_instance(entry: Adopted, key: Key | None, index: str) -> None:
    """Raise :class:`BadInput` if an address has an instance and its key has none, or the other way round."""
    if key is not None and bool(index) != (key.shape != "one"):
        what = "has no instances" if index else "has %s: give the address of one instance" % key.shape
        raise BadInput("adopt: %s %s (%s)" % (key.address, what, entry.address))


def _check_ignores_name(tree: Tree, address: Address, kind: Kind, account: str) -> None:
    """Raise :class:`BadInput` if an earlier run wrote the block of an account of a stack that does not ignore its name."""
    block = tree.addresses(address.folder).get(account)
    if not kind.stack or block is None:
        return
    for inner in block.blocks():
        ignored = inner.attributes().get("ignore_changes") if inner.type == "lifecycle" else None
        if ignored is not None and {"name", "all"} & set(ignored_names(block.document, ignored)):
            return
    raise BadInput(
        "adopt: %s must ignore changes of its name, otherwise Terraform replaces the account with that id: add lifecycle "
        "{ ignore_changes = [name] } to it" % account
    )
