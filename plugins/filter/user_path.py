# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: user_path
short_description: Makes relative paths absolute from the user's working directory
version_added: 0.1.0
description:
  - A relative path in a playbook starts from the directory of the playbook. For a playbook of a collection, that is inside the
    installed collection, and the next upgrade of the collection deletes what is there.
  - With this filter, a relative path starts from the directory in which the user started Ansible. The playbooks of this
    collection apply it to all paths in their variables. C(~) is the user's home directory on the control node.
options:
  _input:
    description: The path, or what contains paths. The filter returns an empty value as it is.
    type: raw
    required: true
  kind:
    description:
      - What the input is. V(path) is one path. V(paths) is a list of paths, or text with commas between them.
      - V(sink) is a sink, in the format of O(orgsmith.grafana.grafana_sa_token#module:sink), as a dictionary or text.
      - V(keys) is a list in the format of O(orgsmith.grafana.grafana_apikey_migrate#module:verify_keys).
      - V(environment) is a dictionary for the keyword C(environment) of a play. The result has, in addition, the variables of
        Ansible's own environment that are relative paths, such as E(GRAFANA_TOKEN_FILE) and E(GRAFANA_CA_PATH). Without this,
        a module with a local connection reads them from the directory of the playbook.
    type: str
    choices: [path, paths, sink, keys, environment]
    default: path
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create the directory that the user passed with -e report_dir=reports
  ansible.builtin.file:
    path: "{{ report_dir | orgsmith.grafana.user_path }}"
    state: directory
    mode: "0750"

- name: Take relative paths in GRAFANA_TOKEN_FILE and similar variables from the user's working directory
  hosts: localhost
  connection: local
  environment: "{{ {} | orgsmith.grafana.user_path('environment') }}"
"""

RETURN = r"""
_value:
  description: The input with absolute paths.
  type: raw
"""

import typing as t


def _user_path(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..plugin_utils._paths import user_path  # pylint: disable=import-outside-toplevel

    return user_path(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"user_path": _user_path}
