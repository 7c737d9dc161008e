#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_org
short_description: Manage organizations of Grafana
version_added: 0.1.0
description:
  - Creates, renames and deletes organizations, and sets their address and quotas.
  - Only a server admin with user and password can do this. Tokens of service accounts cannot.
  - The caller becomes Admin of an organization that it creates. The module does not switch the current organization of any user.
options:
  name:
    description:
      - The exact name. Together with O(id), the name that the organization gets.
    type: raw
  id:
    description:
      - The id of an existing organization, to rename it or to refer to it by id. The server assigns ids.
    type: raw
  address:
    description:
      - The address of the organization. Fields that are not set keep their value.
      - Grafana cannot clear a field, so the module rejects an empty string for a field that has a value.
    type: dict
    suboptions: &address_suboptions
      address1:
        description: First line.
        type: raw
      address2:
        description: Second line.
        type: raw
      city:
        description: City.
        type: raw
      zip_code:
        description: Postal code. Quote it in YAML.
        type: raw
        aliases: [zipCode]
      state:
        description: State.
        type: raw
      country:
        description: Country.
        type: raw
  quotas:
    description:
      - How many objects the organization may have at most, as a dictionary of target and limit. V(-1) means no limit. Targets
        that are not named keep their limit.
      - Grafana 8.5 to 13.1 have the targets C(alert_rule), C(api_key), C(dashboard), C(data_source) and C(org_user). Another
        target fails with the code V(unknown_quota), before anything is written, and the error lists the targets of the server.
      - Quotas must be enabled in the configuration of the server (C(enabled = true) in the section C([quota])). Otherwise the
        task fails with the code V(quotas_disabled), before anything is written, in check mode too.
      - The server accepts V(0) and ignores it, if the organization had another limit for that target before. The module reads
        the limit again and fails with the code V(quota_stays). Check mode cannot know that.
      - Without this option the module sends no request about quotas.
    type: dict
  state:
    description:
      - Whether the organization exists. V(absent) deletes it with everything in it; its members remain users of the server.
      - The module deletes an organization from the context of another one, so it can also delete the current organization of the
        caller.
      - Check mode and diff show the names of what the organization contains, with about ten requests for each. A caller who may
        not see the contents gets the members, with a warning.
    type: str
    choices: [present, absent]
    default: present
  on_undeletable:
    description:
      - What O(state=absent) does on a server that cannot delete organizations. Grafana 13.1 and 13.2 cannot delete any
        organization, and Grafana 12.0.0 and 12.0.1 not all of them.
      - With V(fail) the task fails with the code V(undeletable), on 13.1 and 13.2 before anything is deleted, in check
        mode too.
      - V(empty) removes the dashboards, folders, library panels, alert rules, data sources, service accounts, teams and
        preferences of the organization, and all members except the caller. The empty organization remains, which is a warning.
        Contact points, playlists, annotations and snapshots stay, and so do the service accounts of plugins.
      - The server shows the contents of an organization to its members only. With O(join_org=true) a caller who is not a member
        joins before it removes the contents; in check mode only the other members are shown then.
    type: str
    choices: [fail, empty]
    default: fail
  batch:
    # BEGIN GENERATED (make generate): batch
    description:
      - Many objects in one run. Each item takes the options of a single object. Options of the task are the defaults of all
        items.
      - If an item has a mistake that the module can detect without the server, the run stops before the first write. If the
        server refuses an item, only that item fails.
      - An item may also be a string, which is its O(batch[].name).
    type: list
    elements: raw
    suboptions:
      name:
        description:
          - The exact name. Together with O(id), the name that the organization gets.
        type: raw
      id:
        description:
          - The id of an existing organization, to rename it or to refer to it by id. The server assigns ids.
        type: raw
      address:
        description:
          - The address of the organization. Fields that are not set keep their value.
          - Grafana cannot clear a field, so the module rejects an empty string for a field that has a value.
        type: dict
        suboptions: *address_suboptions
      quotas:
        description:
          - How many objects the organization may have at most, as a dictionary of target and limit. V(-1) means no limit. Targets
            that are not named keep their limit.
          - Grafana 8.5 to 13.1 have the targets C(alert_rule), C(api_key), C(dashboard), C(data_source) and C(org_user). Another
            target fails with the code V(unknown_quota), before anything is written, and the error lists the targets of the
            server.
          - Quotas must be enabled in the configuration of the server (C(enabled = true) in the section C([quota])). Otherwise the
            task fails with the code V(quotas_disabled), before anything is written, in check mode too.
          - The server accepts V(0) and ignores it, if the organization had another limit for that target before. The module reads
            the limit again and fails with the code V(quota_stays). Check mode cannot know that.
          - Without this option the module sends no request about quotas.
        type: dict
      state:
        description:
          - Whether the organization exists. V(absent) deletes it with everything in it; its members remain users of the server.
          - The module deletes an organization from the context of another one, so it can also delete the current organization of
            the caller.
          - Check mode and diff show the names of what the organization contains, with about ten requests for each. A caller who
            may not see the contents gets the members, with a warning.
        type: str
        choices: [present, absent]
      on_undeletable:
        description:
          - What O(state=absent) does on a server that cannot delete organizations. Grafana 13.1 and 13.2 cannot delete any
            organization, and Grafana 12.0.0 and 12.0.1 not all of them.
          - With V(fail) the task fails with the code V(undeletable), on 13.1 and 13.2 before anything is deleted, in check mode
            too.
          - V(empty) removes the dashboards, folders, library panels, alert rules, data sources, service accounts, teams and
            preferences of the organization, and all members except the caller. The empty organization remains, which is a
            warning. Contact points, playlists, annotations and snapshots stay, and so do the service accounts of plugins.
          - The server shows the contents of an organization to its members only. With O(join_org=true) a caller who is not a
            member joins before it removes the contents; in check mode only the other members are shown then.
        type: str
        choices: [fail, empty]
    # END GENERATED
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org.unused
  - orgsmith.grafana.batch
  - orgsmith.grafana.batch.tenants
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create an organization
  orgsmith.grafana.grafana_org:
    url: http://localhost:3000
    username: admin
    password: "{{ grafana_admin_password }}"
    name: tenant-1
    address:
      city: Basel
      country: CH

- name: Create and delete many organizations in one run
  orgsmith.grafana.grafana_org:
    batch:
      - tenant-1
      - name: tenant-2
        quotas:
          dashboard: 100
          org_user: -1
      - name: tenant-old
        state: absent

- name: Rename an organization
  orgsmith.grafana.grafana_org:
    id: 7
    name: tenant-seven

- name: Create organizations of which only the names matter
  orgsmith.grafana.grafana_org:
    batch: [tenant-1, tenant-2]
"""

RETURN = r"""
organization:
  description: The organization after the task; null when it is absent.
  type: dict
  returned: always
  contains:
    id:
      description: The id.
      type: int
      returned: except in check mode when the organization would be created
    name:
      description: The name.
      type: str
      returned: always
    address:
      description: The address, with the field names of the option.
      type: dict
      returned: when O(address) or O(id) is given
    quotas:
      description: The limits of the targets that O(quotas) names.
      type: dict
      returned: when O(quotas) is given
    undeletable:
      description: Whether the organization remains because the server cannot delete it.
      type: bool
      returned: when it remains after O(state=absent)
    contents:
      description: What the organization contains, names by kind. It is empty after a run.
      type: dict
      returned: when it remains after O(state=absent)
removed:
  description: The names of what goes with the organization, or is removed from it, by kind. The caller is not among the members.
  type: dict
  returned: in check mode or with C(--diff), when O(state=absent) removes something
# BEGIN GENERATED (make generate): status org_results summary concurrency failure code=org_not_found
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
from ..module_utils._orgs.organizations import KIND
from ..module_utils._tenants.items import ORGANIZATIONS
from ..module_utils._tenants.source import from_file


def main() -> None:
    manage(KIND, tenants=from_file(ORGANIZATIONS))


if __name__ == "__main__":
    main()
