# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: migration_report
short_description: A report on a migration of API keys, for people and for programs
version_added: 0.1.0
description:
  - Turns the result of M(orgsmith.grafana.grafana_apikey_migrate) into a page that tells for each organization which API
    keys there were, of what role, until when they live and when they were last used, where they went, what is left, and
    what failed and why. At its top it says what needs a decision, and what to do.
  - The page needs nothing else. It has no external parts, it can be printed, and without its few lines of script it lacks
    comfort only.
  - No key is part of such a result. Still, whatever looks like one is masked.
positional: form
options:
  _input:
    description: The registered result, also of check mode, of a plan, and of a task that has failed.
    type: dict
    required: true
  form:
    description: What to make of it.
    type: str
    choices: [html, markdown, json]
    default: html
  title:
    description: What stands above it.
    type: str
    default: Migration of API keys
  now:
    description:
      - When the report is made, as ISO 8601, as seconds since 1970, or as a datetime; without it, now. Ages are told from
        there.
      - With the same result it makes the same text.
    type: raw
  check_mode:
    description:
      - Whether the task ran in check mode, V(ansible_check_mode). It is seen by itself where keys would be migrated or
        reissued.
    type: bool
    default: false
author:
  - orgsmith contributors (@orgsmith)
seealso:
  - module: orgsmith.grafana.grafana_apikey_migrate
"""

EXAMPLES = r"""
- name: Migrate, and go on where some have failed
  orgsmith.grafana.grafana_apikey_migrate:
    mode: server
    orgs: all
    on_failure: report
  register: migrated

- name: A page for whoever owns the keys
  ansible.builtin.copy:
    content: "{{ migrated | orgsmith.grafana.migration_report('html', title='Keys of production') }}"
    dest: /var/www/reports/api-keys.html
    mode: "0644"
  delegate_to: localhost

- name: The same for a ticket
  ansible.builtin.debug:
    msg: "{{ migrated | orgsmith.grafana.migration_report('markdown', check_mode=ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description:
    - The report as text. As JSON it has C(title), C(made), C(mode), C(planned), C(server), C(sums), C(failure), C(age), and
      the lists C(organizations) and C(verified), with what needs somebody first.
    - An organization has C(id), C(name), C(status), C(found), C(cut), C(counts) by outcome, C(left), C(failure),
      C(keys) and C(service_accounts).
    - A key has an C(outcome), which is C(failed), C(kept), C(migrated), C(reissued), C(deleted) or C(other), and C(before)
      where it was so before the run, beside what the module tells of it.
  type: str
"""

import typing as t

from ..plugin_utils._migration_report.report import migration_report


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"migration_report": migration_report}
