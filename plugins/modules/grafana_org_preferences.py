#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_org_preferences
short_description: Manage the preferences of an organization of Grafana or of a team in it
version_added: 0.1.0
description:
  - Sets the home dashboard, theme, time zone, first day of the week and language of an organization, or of a team in it. Members
    get them if they have not chosen otherwise; the preferences of a team come before those of the organization.
  - Options that the task does not name keep their value, and so does everything else in the preferences, such as bookmarks. An
    empty string clears a preference, so that the server's default applies.
  - The module writes one request, and only if something differs. A value that this version of Grafana does not accept is refused
    before that.
  - Only Admins of the organization may read and write its preferences. A team's preferences are open to the team's Admins too.
options:
  team:
    description:
      - The exact name of a team. The module manages the preferences of the team then, instead of those of the organization.
    type: raw
  home_dashboard:
    description:
      - The home dashboard, by its title or by its path. A path has the titles of the folders and of the dashboard, joined by
        slashes. V(General/Overview) is the dashboard in no folder.
      - The task fails with the code V(dashboard_not_found) if there is no such dashboard, and with V(ambiguous) if several
        dashboards of the organization have the title. An empty string means the server's own home page.
      - In check mode with O(missing_parent=plan) a missing dashboard is a warning, as an earlier task may create it.
    type: raw
  home_dashboard_uid:
    description:
      - The home dashboard, by its uid. An empty string means the server's own home page. Mutually exclusive with
        O(home_dashboard).
      - If the preferences have this uid already, the module does not check that the dashboard still exists.
    type: raw
  theme:
    description:
      - The theme, V(light), V(dark) or V(system). V(system) needs Grafana 9.4 or later. Experimental themes of the server's
        version, such as V(aubergine), are accepted too.
    type: raw
  timezone:
    description:
      - The time zone, V(utc), V(browser), or a name of the IANA database, such as V(Europe/Prague).
      - Grafana 12.4 and later refuse other names. For these versions the module looks for the name in the database of the host
        that it runs on. Older versions accept every text.
    type: raw
  week_start:
    description:
      - The first day of the week, V(saturday), V(sunday), V(monday) or V(browser).
    type: raw
    aliases: [weekStart]
  language:
    description:
      - The language of the user interface as the server names it, such as V(de-DE). Needs Grafana 9.4 or later, which accepts
        every text.
    type: raw
  state:
    description:
      - V(absent) clears all of these preferences; the module ignores the options for their values then.
    type: str
    choices: [present, absent]
    default: present
  batch:
    # BEGIN GENERATED (make generate): batch
    description:
      - Many objects in one run. Each item takes the options of a single object. Options of the task are the defaults of all
        items.
      - If an item has a mistake that the module can detect without the server, the run stops before the first write. If the
        server refuses an item, only that item fails.
    type: list
    elements: dict
    suboptions:
      team:
        description:
          - The exact name of a team. The module manages the preferences of the team then, instead of those of the organization.
        type: raw
      home_dashboard:
        description:
          - The home dashboard, by its title or by its path. A path has the titles of the folders and of the dashboard, joined by
            slashes. V(General/Overview) is the dashboard in no folder.
          - The task fails with the code V(dashboard_not_found) if there is no such dashboard, and with V(ambiguous) if several
            dashboards of the organization have the title. An empty string means the server's own home page.
          - In check mode with O(missing_parent=plan) a missing dashboard is a warning, as an earlier task may create it.
        type: raw
      home_dashboard_uid:
        description:
          - The home dashboard, by its uid. An empty string means the server's own home page. Mutually exclusive with
            O(home_dashboard).
          - If the preferences have this uid already, the module does not check that the dashboard still exists.
        type: raw
      theme:
        description:
          - The theme, V(light), V(dark) or V(system). V(system) needs Grafana 9.4 or later. Experimental themes of the server's
            version, such as V(aubergine), are accepted too.
        type: raw
      timezone:
        description:
          - The time zone, V(utc), V(browser), or a name of the IANA database, such as V(Europe/Prague).
          - Grafana 12.4 and later refuse other names. For these versions the module looks for the name in the database of the
            host that it runs on. Older versions accept every text.
        type: raw
      week_start:
        description:
          - The first day of the week, V(saturday), V(sunday), V(monday) or V(browser).
        type: raw
        aliases: [weekStart]
      language:
        description:
          - The language of the user interface as the server names it, such as V(de-DE). Needs Grafana 9.4 or later, which accepts
            every text.
        type: raw
      state:
        description:
          - V(absent) clears all of these preferences; the module ignores the options for their values then.
        type: str
        choices: [present, absent]
      org_id:
        description: The id of this item's organization. It replaces the organization of the task.
        type: raw
      org_name:
        description: The exact name of this item's organization. It replaces the organization of the task.
        type: raw
      token_file:
        description: A file with the key that the module uses for this item, instead of the identity of the task.
        type: path
    # END GENERATED
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.batch
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes
seealso:
  - module: orgsmith.grafana.grafana_org_preferences_info
  - module: orgsmith.grafana.grafana_dashboard
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Set home dashboard and time zone of tenant-1
  orgsmith.grafana.grafana_org_preferences:
    org_name: tenant-1
    home_dashboard: Operations/Overview
    timezone: Europe/Prague

- name: Give many organizations and a team a theme
  orgsmith.grafana.grafana_org_preferences:
    theme: dark
    batch:
      - org_name: tenant-1
      - org_name: tenant-1
        team: operators
        theme: light
      - org_name: tenant-2

- name: Return to the home page of the server
  orgsmith.grafana.grafana_org_preferences:
    org_name: tenant-1
    home_dashboard_uid: ""
"""

RETURN = r"""
preferences:
  description: The preferences after the task. An empty string is a preference that is not set.
  type: dict
  returned: always
  contains:
    # BEGIN GENERATED (make generate): org returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: always
    # END GENERATED
    team:
      description: The name of the team; null for the preferences of the organization.
      type: str
      returned: always
    home_dashboard_uid:
      description: The uid of the home dashboard. Grafana 12.4 and later also show the uid of a dashboard that was deleted.
      type: str
      returned: always
    theme:
      description: The theme.
      type: str
      returned: always
    timezone:
      description: The time zone.
      type: str
      returned: always
    week_start:
      description: The first day of the week.
      type: str
      returned: always
    language:
      description: The language.
      type: str
      returned: with Grafana 9.4 or later
# BEGIN GENERATED (make generate): status planned results summary concurrency failure code=org_not_found
status:
  description: The status of the object, V(ok), V(changed) or V(failed). In a batch, each entry of RV(results) has it.
  type: str
  returned: always
  sample: changed
change:
  description: What changed or would change, in a few words.
  type: str
  returned: when the object is changed
  sample: role Editor→Admin
planned:
  description: Why the module could not read the present state and planned the result without it.
  type: str
  returned: >-
    in check mode, if the organization or the file of O(batch[].token_file) does not exist yet, or if the caller would join the
    organization first
results:
  description:
    - The result of each item of O(batch), in order, with the same keys as the result of a single object. O(results) selects which
      items are listed.
  type: list
  elements: dict
  returned: when O(batch) is given
  contains:
    index:
      description: The position of the item in O(batch), from 0.
      type: int
      returned: always
    status:
      description: V(ok), V(changed), V(failed), or V(not_run) if O(fail_fast) ended the run before it.
      type: str
      returned: always
    label:
      description: The name of the object, as error messages show it.
      type: str
      returned: when it failed
    change:
      description: What changed or would change, in a few words.
      type: str
      returned: when the object is changed
      sample: role Editor→Admin
    failure:
      description: The error of this item.
      type: dict
      returned: when it failed
      contains:
        code:
          description: The code of the error. It is stable, so playbooks can depend on it.
          type: str
          returned: failure
          sample: org_not_found
        message:
          description: The error message, the same as RV(ignore:msg).
          type: str
          returned: failure
        details:
          description:
            - The method, URL, HTTP status and message of the server, if a request failed. Some codes add facts, such as the
              contents of a folder.
          type: dict
          returned: failure
    diff:
      description: What changed or would change.
      type: dict
      returned: in diff mode, when the item is changed
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: always
    joined_org:
      description: Whether the caller joined the organization, because of O(join_org).
      type: bool
      returned: when it joined
    planned:
      description: Why the module could not read the present state and planned the result without it.
      type: str
      returned: >-
        in check mode, if the organization or the file of O(batch[].token_file) does not exist yet, or if the caller would join
        the organization first
summary:
  description: The number of items with each status.
  type: dict
  returned: when O(batch) is given
  sample: {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
concurrency:
  description:
    - How many requests the module had in progress at the same time. V(highest) is O(concurrency). At each sign of an overloaded
      server (429, 503, a locked database, a 5xx to a write) the module halves the number, and raises it by one after 20 good
      answers. V(lowest), V(final) and V(reductions) say how low it went, what it was at the end, and how often it was halved.
  type: dict
  returned: when the server was overloaded
  sample: {"highest": 16, "lowest": 4, "final": 9, "reductions": 2}
failure:
  description: The error.
  type: dict
  returned: failure
  contains:
    code:
      description: The code of the error. It is stable, so playbooks can depend on it.
      type: str
      returned: failure
      sample: org_not_found
    message:
      description: The error message, the same as RV(ignore:msg).
      type: str
      returned: failure
    details:
      description:
        - The method, URL, HTTP status and message of the server, if a request failed. Some codes add facts, such as the contents
          of a folder.
      type: dict
      returned: failure
# END GENERATED
"""

from ..module_utils._engine.startup import start_quickly

start_quickly()

from ..module_utils._engine.module import manage
from ..module_utils._preferences.resource import KIND
from ..module_utils._tenants.items import PREFERENCES
from ..module_utils._tenants.source import from_file


def main() -> None:
    manage(KIND, tenants=from_file(PREFERENCES))


if __name__ == "__main__":
    main()
