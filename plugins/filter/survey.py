# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: survey
short_description: Converts the answer of a survey to a list, a structure, or a truth value
version_added: 0.1.0
description:
  - A survey of AWX sets variables to text. With this filter, the playbooks of this collection accept such text for each of their
    variables, besides lists, dictionaries and truth values.
  - Empty text means that the variable is not set.
positional: kind, name
options:
  _input:
    description: The value of the variable. The filter returns lists and dictionaries as they are.
    type: raw
    required: true
  kind:
    description:
      - What the variable is. V(text) is text or a number, and V(bool) is V(true), V(false), V(yes), V(no) and the like.
      - V(lines) is a list with one entry in each line. V(words) is such a list that may also have commas between its entries.
        Both may be a list in JSON. Empty lines do not count.
      - V(orgs) is the word V(all), or a list of organizations with one in each line. A line with only digits is an id. A name
        that consists of digits is put in quotes, as in V("2026").
      - V(list) is a list of dictionaries as YAML, and V(dict) is a dictionary as YAML.
    type: str
    choices: [text, bool, lines, words, orgs, list, dict]
    required: true
  name:
    description: The name of the variable, for error messages.
    type: str
    required: true
  default:
    description: What the filter returns if the variable is not set.
    type: raw
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Take the organizations from a survey, one in each line
  orgsmith.grafana.grafana_upgrade_guard_info:
    target_version: 12.4.3
    orgs: "{{ my_orgs | default('') | orgsmith.grafana.survey('orgs', 'my_orgs', default='all') }}"
"""

RETURN = r"""
_value:
  description: The converted value. Ansible does not read it as a template.
  type: raw
"""

import typing as t

from ..plugin_utils._playbooks.survey import survey


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"survey": survey}
