# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: migration_report
short_description: Creates a report on a migration of API keys
version_added: 0.1.0
description:
  - Creates a report from the result of M(orgsmith.grafana.grafana_apikey_migrate), for people or for programs.
  - The report lists the API keys of each organization with their role, expiry and last use, their new service accounts or
    tokens, the remaining keys, and the failures with their reasons. At its top it lists what needs a decision, and what to
    do.
  - The HTML page is a single file without external parts. It can be printed, and it works without scripts.
  - The result of the module contains no keys. The filter still masks all text that looks like a key.
positional: form
options:
  _input:
    description: The registered result of the module. It may be one of check mode, of a plan, or of a failed task.
    type: dict
    required: true
  form:
    description: The format of the report.
    type: str
    choices: [html, markdown, json]
    default: html
  title:
    description: The title of the report.
    type: str
    default: Migration of API keys
  now:
    description:
      - The time of the report, as ISO 8601, as seconds since 1970, or as a datetime. The default is the current time. Ages in
        the report are relative to it.
      - The same result and the same time give the same text.
    type: raw
  check_mode:
    description:
      - Whether the task ran in check mode, for example V(ansible_check_mode). The filter detects check mode itself if keys would
        be migrated or reissued.
    type: bool
    default: false
  option_prefix:
    description:
      - A prefix for the names of the module's options in messages and advice, if the users of the report know these options as
        variables. The playbook C(migrate_api_keys) sets C(migrate_).
    type: str
    default: ''
author:
  - orgsmith contributors (@orgsmith)
seealso:
  - module: orgsmith.grafana.grafana_apikey_migrate
"""

EXAMPLES = r"""
- name: Migrate, and continue if some keys fail
  orgsmith.grafana.grafana_apikey_migrate:
    mode: server
    orgs: all
    on_failure: report
  register: migrated

- name: Write a page for the owners of the keys
  ansible.builtin.copy:
    content: "{{ migrated | orgsmith.grafana.migration_report('html', title='Keys of production') }}"
    dest: /var/www/reports/api-keys.html
    mode: "0644"
  delegate_to: localhost

- name: Show the report as Markdown for a ticket
  ansible.builtin.debug:
    msg: "{{ migrated | orgsmith.grafana.migration_report('markdown', check_mode=ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description:
    - The report as text. As JSON it has C(title), C(made), C(mode), C(planned), C(server), C(sums), C(failure), C(age), and
      the lists C(organizations) and C(verified), which begin with the entries that need action.
    - An organization has C(id), C(name), C(status), C(found), C(cut), C(counts) by outcome, C(left), C(failure),
      C(keys) and C(service_accounts).
    - A key has the fields that the module returns, an C(outcome), which is C(failed), C(kept), C(migrated), C(reissued),
      C(deleted) or C(other), and C(before), which is true if the key needed no change.
  type: str
"""

import typing as t


def _migration_report(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Call the filter, which is imported only here: a process that runs a task loads the files of all filters."""
    from ..plugin_utils._migration_report.report import migration_report  # pylint: disable=import-outside-toplevel

    return migration_report(*arguments, **options)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"migration_report": _migration_report}
