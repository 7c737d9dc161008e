# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: grafana_orgs
short_description: Organizations of Grafana servers as hosts
version_added: 0.1.0
description:
  - Each organization is a host. The organizations are those of one or more Grafana servers, or those of a tenants file, which do
    not have to exist yet.
  - With such hosts, AWX divides the organizations of a job into slices, C(--limit) selects some of them, and groups give them
    variables. The playbooks of this collection run one module for all organizations of a slice.
  - The name of the configuration file has to end with C(grafana_orgs.yml) or C(grafana_orgs.yaml).
  - The host variables are C(grafana_org_name), C(ansible_connection), C(ansible_python_interpreter), and what O(compose) adds.
    Hosts from a server also have C(grafana_org_id), C(grafana_url) and C(grafana_server), hosts from a tenants file
    C(grafana_tenants_file).
  - The name of the host is the name of the organization. If several servers have an organization with this name, and for a name
    such as V(all) or V(localhost), it is C(NAME@SERVER).
  - In names of hosts, characters that patterns or templates interpret are written as in addresses, for example C(R%2FD) for the
    organization C(R/D). These are C(:), C(,), C(/), C([), C(]), C({), C(}), C(*) and C(?), and at the start also C(&), C(!),
    C(~), C(@), C(.) and C(-). The variable C(grafana_org_name) is always the exact name.
options:
  plugin:
    description:
      - The name of this plugin, which marks its configuration files.
    type: str
    required: true
    choices: [orgsmith.grafana.grafana_orgs]
  servers:
    description:
      - The servers, if there are more than one. Each entry has a name, an address, and options of the connection that are not
        those at the top of the file.
      - An entry without an option that identifies the caller uses that of the top of the file, and otherwise that of the
        environment.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the server, of letters, digits, dots, dashes and underscores. It becomes the variable C(grafana_server).
          - Without O(servers), C(grafana_server) is the host in O(url).
        type: str
        required: true
      url:
        description:
          - The address of the server.
          - The other options of an entry are O(username), O(password), O(token), O(token_file), O(headers), O(validate_certs),
            O(ca_path), O(client_cert), O(client_key), O(proxy), O(timeout) and O(retries).
        type: str
        required: true
  tenants_file:
    description:
      - A file with tenants, instead of a server. It is YAML or JSON, and contains a list like
        O(orgsmith.grafana.org_bootstrap#role:main:org_bootstrap_organizations), or a dictionary with a list of this name.
      - A relative path starts from the directory of the configuration file.
      - The variable C(grafana_tenants_file) is the absolute path. In the output of C(ansible-inventory --export), which AWX
        stores, a file below the working directory has a path that is relative to the working directory, as each job has a
        directory of its own.
      - Tenants with C(state=absent) are hosts, too, as the run that deletes them needs them.
    type: str
  include:
    description:
      - Shell patterns of names of organizations. Only organizations whose name matches one of them are hosts. The default is all.
    type: list
    elements: str
  exclude:
    description:
      - Shell patterns of names of organizations that are not hosts, even if O(include) matches them.
    type: list
    elements: str
    default: []
  qualified_names:
    description:
      - Whether the name of each host is C(NAME@SERVER). The names then do not depend on the organizations of other servers.
    type: bool
    default: false
  on_unreachable:
    description:
      - What to do about a server that gives no usable answer. With V(fail), the whole inventory fails. With V(warn), it has the
        organizations of the other servers only.
      - With V(warn), AWX deletes the hosts of such a server if the inventory source has C(Overwrite).
      - Refused credentials always fail.
    type: str
    choices: [fail, warn]
    default: fail
extends_documentation_fragment:
  - orgsmith.grafana.connection.inventory
  - constructed
  - inventory_cache
notes:
  - Options of the connection may be templates, for example with a lookup of a secret, and values that ansible-vault encrypted.
    The plugin stores passwords and tokens neither in variables nor in the cache.
  - In O(compose), O(groups) and O(keyed_groups), the variable C(tenant) is the tenant of a tenants file, without passwords and
    other secrets. It is not a host variable.
  - Each expression takes about a millisecond for an organization, but almost nothing if it is only a variable, such as
    C(grafana_server) or C(tenant.state).
  - By default, Ansible only warns about an inventory that fails, and a play without hosts succeeds. Set
    C(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true). AWX does this itself when it updates an inventory.
seealso:
  - module: orgsmith.grafana.grafana_org_info
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
# prod.grafana_orgs.yml: one server; the credentials come from GRAFANA_USER and GRAFANA_PASSWORD
plugin: orgsmith.grafana.grafana_orgs
url: https://grafana.example.org
exclude: [Main Org., sandbox-*]

# all.grafana_orgs.yml: two servers, a group for each, and the list of organizations is cached for ten minutes
# plugin: orgsmith.grafana.grafana_orgs
# servers:
#   - name: eu
#     url: https://eu.example.org/grafana
#     username: admin
#     password: "{{ lookup('community.hashi_vault.vault_kv2_get', 'grafana/eu').secret.password }}"
#   - name: us
#     url: https://us.example.org
#     token_file: /run/secrets/grafana-us
# keyed_groups:
#   - key: grafana_server
#     prefix: grafana
# cache: true
# cache_plugin: ansible.builtin.jsonfile
# cache_connection: /var/tmp/grafana-orgs
# cache_timeout: 600

# tenants.grafana_orgs.yml: tenants that may not exist yet, and a group of those to be deleted
# plugin: orgsmith.grafana.grafana_orgs
# tenants_file: tenants.yml
# groups:
#   leaving: tenant.state | default('present') == 'absent'
# keyed_groups:
#   - key: tenant.preferences.timezone | default('utc')
#     prefix: timezone
"""

import os
import re
import typing as t
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ansible import constants as C
from ansible import context
from ansible.errors import AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._grafana.client import HAS_REQUESTS
from ..module_utils._grafana.errors import BadInput, GrafanaError
from ..plugin_utils._inventory.names import Named, host_names
from ..plugin_utils._inventory.servers import CONNECTION, UNUSABLE, Listing, Server, listings, servers_of
from ..plugin_utils._inventory.tenants import path_for, read, without_secret_options

try:
    from ansible.template import trust_as_template as _trusted
except ImportError:  # ansible-core before 2.19, where each template in a variable is evaluated
    _trusted = t.cast(t.Any, str)


#: The server of hosts from a tenants file, in names of hosts.
_NO_SERVER = "tenants"
_MARKS = ("{{", "{%", "{#")
#: Matches an expression that is a variable, or a part of one.
_VARIABLE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


@dataclass(frozen=True)
class Found:
    """An organization that becomes a host; *tenant* is its entry in a tenants file."""

    org: Named
    variables: t.Mapping[str, t.Any] = field(default_factory=dict)
    tenant: t.Mapping[str, t.Any] | None = None


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The inventory plugin."""

    NAME = "orgsmith.grafana.grafana_orgs"

    @property
    def _ansible(self) -> t.Any:
        """This plugin; Ansible does not annotate what it inherits."""
        return self

    def verify_file(self, path: str) -> bool:
        """Return whether *path* is a configuration file of this plugin, by its name."""
        return bool(t.cast(t.Any, super()).verify_file(path)) and path.endswith(("grafana_orgs.yml", "grafana_orgs.yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Add the organizations that the file *path* describes to *inventory*. Raises ``AnsibleParserError``."""
        super().parse(inventory, loader, path, cache)
        if not HAS_REQUESTS:
            raise AnsibleParserError(missing_required_lib("requests"))
        config = self._ansible._read_config_data(path)
        try:
            self._check_options(config)
            found = self._found(config, path, cache)
            names = host_names([one.org for one in found], self._own_groups(), self._ansible.get_option("qualified_names"))
        except GrafanaError as problem:
            raise AnsibleParserError("%s: %s" % (self.NAME, problem.message)) from None
        self._add(dict(zip(names, found)))

    def _check_options(self, config: t.Mapping[str, t.Any]) -> None:
        """Refuse options that do not exist, which Ansible ignores, and two sources of organizations."""
        known = C.config.get_configuration_definitions("inventory", self._load_name)
        unknown = sorted(str(name) for name in config if name not in known)
        if unknown:
            raise BadInput("these options do not exist: %s" % ", ".join(unknown))
        others = sorted(name for name in ("servers", *CONNECTION) if config.get(name))
        if config.get("tenants_file") and others:
            raise BadInput(
                "tenants_file cannot be used with %s: write one file for the tenants, and one for the servers" % ", ".join(others)
            )

    def _found(self, config: t.Mapping[str, t.Any], path: str, cache: bool) -> list[Found]:
        """Return the organizations that are hosts."""
        folder = os.path.dirname(os.path.abspath(path))
        # Not get_option: it makes paths absolute from the working directory, and before their templates are evaluated.
        source = {name: self._evaluated(config.get(name)) for name in ("tenants_file", "servers", *CONNECTION)}
        if source["tenants_file"]:
            found = self._of_file(str(source["tenants_file"]), folder)
        else:
            found = self._of_servers(servers_of(source, folder), path, cache)
        include, exclude = self._ansible.get_option("include"), self._ansible.get_option("exclude")
        return [
            one
            for one in found
            if (include is None or _matches(one.org.org, include)) and not _matches(one.org.org, exclude or [])
        ]

    def _of_file(self, tenants_file: str, folder: str) -> list[Found]:
        tenants = read(path_for(tenants_file, folder, exported=False))
        exported = bool(context.CLIARGS.get("export"))
        variables = {"grafana_tenants_file": path_for(tenants_file, folder, exported)}
        return [Found(Named(str(tenant["name"]), _NO_SERVER), variables, tenant) for tenant in tenants]

    def _of_servers(self, servers: t.Sequence[Server], path: str, cache: bool) -> list[Found]:
        found = []
        for server, listing in self._listings(servers, path, cache):
            if listing.partial and server.connection.identity.kind != "token":
                self.display.warning(
                    "the caller may not list all organizations of %s: the inventory has those that the caller is a member of"
                    % server.connection.url
                )
            for number, name in listing.orgs:
                variables = {"grafana_org_id": number, "grafana_url": server.connection.url, "grafana_server": server.name}
                found.append(Found(Named(name, server.name), variables))
        return found

    def _listings(self, servers: t.Sequence[Server], path: str, cache: bool) -> t.Iterator[tuple[Server, Listing]]:
        """Yield the servers with their organizations, from the cache where it has them. Raises :class:`GrafanaError`."""
        self.load_cache_plugin()
        caching, key = self._ansible.get_option("cache"), self.get_cache_key(path)
        stored: dict[str, t.Any] = dict(self._cache.get(key) or {}) if caching and cache else {}
        asked = [server for server in servers if server.cache_key not in stored]
        for server, answer in zip(asked, listings(asked)):
            if isinstance(answer, Listing):
                stored[server.cache_key] = {"orgs": [list(org) for org in answer.orgs], "partial": answer.partial}
            elif self._ansible.get_option("on_unreachable") == "warn" and isinstance(answer, UNUSABLE):
                self.display.warning("the organizations of server %s are missing: %s" % (server.name, answer.message))
            else:
                raise answer
        if caching and asked:
            self._cache[key] = stored
        for server in servers:
            if server.cache_key in stored:
                one = stored[server.cache_key]
                yield server, Listing([(int(number), str(name)) for number, name in one["orgs"]], bool(one["partial"]))

    def _evaluated(self, value: t.Any) -> t.Any:
        """Return an option with its templates evaluated, and with values of ansible-vault decrypted."""
        if isinstance(value, dict):
            return {name: self._evaluated(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._evaluated(inner) for inner in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        found = self.templar.template(value)
        return str(found) if hasattr(found, "ciphertext") or hasattr(found, "_ciphertext") else found

    def _own_groups(self) -> list[str]:
        """Return the names of the groups of the option ``groups``: Ansible would take a host with such a name for the group."""
        return [self._sanitize_group_name(str(name)) for name in self._ansible.get_option("groups") or {}]

    def _compose(self, template: t.Any, variables: t.Mapping[str, t.Any], *args: t.Any, **kwargs: t.Any) -> t.Any:
        """Return the value of the expression *template*; of a variable at once, as Jinja needs a millisecond for each host."""
        if isinstance(template, str) and _VARIABLE.fullmatch(template) and not self._ansible.get_option("use_extra_vars"):
            found, value = _looked_up(template.split("."), variables)
            if found:
                return value
        return t.cast(t.Any, super())._compose(template, variables, *args, **kwargs)

    def _add(self, hosts: t.Mapping[str, Found]) -> None:
        """Add *hosts* with their variables and groups to the inventory."""
        compose, groups, keyed_groups = (self._ansible.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        strict = self._ansible.get_option("strict")
        interpreter = _trusted("{{ ansible_playbook_python }}")
        for name, found in hosts.items():
            self._ansible.inventory.add_host(name)
            variables = {"ansible_connection": "local", "grafana_org_name": found.org.org, **found.variables}
            for variable, value in variables.items():
                self._ansible.inventory.set_variable(name, variable, _literal(value))
            self._ansible.inventory.set_variable(name, "ansible_python_interpreter", interpreter)
        if not (compose or groups or keyed_groups):
            return
        facts = {name: self._facts(name, found) for name, found in hosts.items()}
        for name, variables in facts.items():
            self._ansible._set_composite_vars(compose, variables, name, strict=strict)
            self._make_plain(name, compose or {})
            variables.update(self._ansible.inventory.get_host(name).get_vars())
            self._ansible._add_host_to_composed_groups(groups, variables, name, strict=strict, fetch_hostvars=False)
        # Afterwards: Ansible would take a host for a group if a group of this name exists before.
        for name, variables in facts.items():
            self._ansible._add_host_to_keyed_groups(keyed_groups, variables, name, strict=strict, fetch_hostvars=False)

    def _make_plain(self, name: str, variables: t.Iterable[str]) -> None:
        """Mark the values of *variables* that are texts without templates, as :func:`_literal` does."""
        values = self._ansible.inventory.get_host(name).get_vars()
        for variable in variables:
            if isinstance(values.get(variable), str) and not _is_template(values[variable]):
                self._ansible.inventory.set_variable(name, variable, _literal(values[variable]))

    def _facts(self, name: str, found: Found) -> dict[str, t.Any]:
        """Return the variables for ``compose``, ``groups`` and ``keyed_groups``."""
        own = {} if found.tenant is None else {"tenant": wrap_var(without_secret_options(found.tenant))}
        return {**own, **self._ansible.inventory.get_host(name).get_vars()}


def _literal(value: t.Any) -> t.Any:
    """Return *value*, marked if it is a text that Ansible would take for a template.

    Everyone who may rename an organization chooses its name. A text without the marks of a template becomes plain JSON in the
    output of ``ansible-inventory``, from 2.19 on only as a trusted one.
    """
    if not isinstance(value, str):
        return value
    return wrap_var(value) if _is_template(value) else _trusted(value)


def _is_template(value: str) -> bool:
    return any(mark in value for mark in _MARKS)


def _looked_up(path: t.Sequence[str], value: t.Any) -> tuple[bool, t.Any]:
    """Return whether *value* has what *path* names, and that. False where only Jinja knows it, as for a method or a template."""
    for name in path:
        if not isinstance(value, dict) or name not in value or hasattr(dict, name):
            return False, None
        value = value[name]
    return not (isinstance(value, str) and _is_template(value)), value


def _matches(name: str, patterns: t.Iterable[str]) -> bool:
    return any(fnmatchcase(name, str(pattern)) for pattern in patterns)
