#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_dashboard
short_description: Manage dashboards of an organization of Grafana
version_added: 0.1.0
description:
  - Creates, changes, moves and deletes dashboards, one or thousands in a task.
  - A dashboard that is as it should be is not written, and gets no new version. What servers add, drop, fill in or migrate
    by themselves (ids, key order, default values, newer schemas) is no difference; what a person would call a change is one.
  - Provisioned dashboards, and those that a Git repository is synchronised to, are never written or deleted.
  - "Every version that this module writes has C([orgsmith.grafana]) at the end of its message, or
    C([orgsmith.grafana: SOURCE]) with O(source). This mark tells whether somebody else has written the dashboard since, and
    is what O(prune) goes by."
options:
  dashboard:
    description:
      - The dashboard itself. Good for a handful; Ansible takes minutes for hundreds of dashboards in its arguments,
        and templates what looks like a template in them, so use O(path) for those.
    type: dict
  path:
    description:
      - A file on the host that runs the module.
      - It holds the dashboard as JSON, whether copied from its settings, exported (for sharing, too, see O(inputs)), as the API
        or grafana.com wraps it, or as a manifest for Kubernetes, in JSON or YAML, with the classic layout or, from
        Grafana 12.0 on, the new one (C(v2alpha1), C(v2beta1)).
    type: path
  content:
    description:
      - The dashboard as text, JSON or YAML.
    type: str
  directory:
    description:
      - A directory on the host that runs the module, all of whose dashboards are wanted, each in a file of its own.
      - The directories in it are folders, made as needed, in O(folder) if that is set. Where folders do not nest (before
        Grafana 11.0) a path such as C(hosts/linux) is one folder of that title. In the name of a directory C(%2F) is a slash.
      - The place of a file says where its dashboard is to be; what the file itself says of a folder does not count. Files at
        the top belong to no folder, or to O(folder).
      - Hidden files and directories are passed over, and links are followed. All files that cannot be read are named at
        once, before anything is written, and so are dashboards of one uid, or of one title in one folder.
    type: path
  patterns:
    description:
      - Which files of O(directory) are dashboards, as patterns of names or, with a slash, of paths below it.
      - By default C(*.json), C(*.yaml) and C(*.yml).
    type: list
    elements: str
  exclude:
    description:
      - Which files and directories of O(directory) are passed over, as patterns like O(patterns).
    type: list
    elements: str
  uid:
    description:
      - The uid, in place of the one in the dashboard.
      - A new dashboard that has no uid gets one that follows from its folder and its title.
      - Without any, the dashboard is the one of exactly its title in its folder; two such are an error.
    type: raw
  folder_uid:
    description:
      - The folder, by its uid; V(general) is the place outside of all folders.
      - Without it and O(folder) an existing dashboard stays where it is, and a new one is in no folder.
    type: raw
  folder:
    description:
      - The folder by its title, or by the path of titles from the top, joined by slashes.
    type: raw
  create_folder:
    description:
      - Whether missing folders of O(folder) are made. By default they are with O(directory), and are not without.
    type: bool
  commit_message:
    description:
      - What the dashboard's history says of a change.
    type: str
  source:
    description:
      - Where these dashboards come from, in up to 60 letters, digits, spaces and C(.,/_-). It stands in the mark of what
        is written, so that O(prune) tells the dashboards of several sources in one organization apart.
    type: str
    default: ""
  prune:
    description:
      - Whether dashboards that this collection has written for the same O(source), and that are not wanted any more, are
        deleted; with O(folder) or O(folder_uid) only those in that folder and below it. A O(directory) without a folder
        stands for the whole organization.
      - A dashboard that is equal is not written and keeps its mark, so give dashboards their O(source) from the start.
      - What somebody else has written last is left, and so is what is provisioned or carries no mark.
      - It goes with O(directory) or O(batch), which say what is wanted.
      - Up to Grafana 12.0 the mark is asked for with a request for each dashboard that is not wanted.
    type: bool
    default: false
  on_conflict:
    description:
      - What is done about a dashboard that differs, and whose newest version this collection has not written. Who wrote it
        and when is told in any case.
      - V(overwrite) writes, V(keep) leaves it as it is, and V(fail) fails.
    type: str
    choices: [overwrite, fail, keep]
    default: overwrite
  inputs:
    description:
      - What a dashboard that was exported for sharing is to get in place of its inputs. A key is the name of an input
        (C(DS_PROMETHEUS)), the name that the data source had, or the type of a data source; a value the uid or name of a data
        source of the organization, or the value of a constant.
      - Without a value, an input is the data source of that name and type, else the only one of the type, else the
        default one if it is of the type. What is left is an error that names all of it.
    type: dict
    default: {}
  allow_secrets:
    description:
      - Whether a dashboard may hold what looks like a key of Grafana (C(glsa_...), C(glc_...), an API key). Everybody who
        sees the dashboard could use it.
    type: bool
    default: false
  check_references:
    description:
      - Whether data sources and library panels that a dashboard names, and the organization has not, are warned about and
        told in RV(dashboard.missing_references).
    type: bool
    default: false
  api:
    description:
      - The routes of the server to use. V(auto) uses C(/apis/dashboard.grafana.app) from Grafana 12.0 on, which reads all
        dashboards of an organization in one request, and the legacy routes before. Results are the same.
      - V(kubernetes) is refused before 12.0, where those routes lose dashboards or are missing.
    type: str
    choices: [auto, legacy, kubernetes]
    default: auto
  state:
    description:
      - Whether the dashboard is to exist.
    type: str
    choices: [present, absent]
    default: present
  batch:
    # BEGIN GENERATED (make generate): batch
    description:
      - Many objects in one run, each with the options of a single one. What the task itself sets is the default of every item.
      - A mistake that can be seen without asking the server stops the run before the first write. What the server refuses fails
        that item alone.
    type: list
    elements: dict
    suboptions:
      dashboard:
        description:
          - The dashboard itself. Good for a handful; Ansible takes minutes for hundreds of dashboards in its arguments, and
            templates what looks like a template in them, so use O(path) for those.
        type: dict
      path:
        description:
          - A file on the host that runs the module.
          - It holds the dashboard as JSON, whether copied from its settings, exported (for sharing, too, see O(inputs)), as the
            API or grafana.com wraps it, or as a manifest for Kubernetes, in JSON or YAML, with the classic layout or, from
            Grafana 12.0 on, the new one (C(v2alpha1), C(v2beta1)).
        type: path
      content:
        description:
          - The dashboard as text, JSON or YAML.
        type: str
      directory:
        description:
          - A directory on the host that runs the module, all of whose dashboards are wanted, each in a file of its own.
          - The directories in it are folders, made as needed, in O(folder) if that is set. Where folders do not nest (before
            Grafana 11.0) a path such as C(hosts/linux) is one folder of that title. In the name of a directory C(%2F) is a slash.
          - The place of a file says where its dashboard is to be; what the file itself says of a folder does not count. Files at
            the top belong to no folder, or to O(folder).
          - Hidden files and directories are passed over, and links are followed. All files that cannot be read are named at once,
            before anything is written, and so are dashboards of one uid, or of one title in one folder.
        type: path
      patterns:
        description:
          - Which files of O(directory) are dashboards, as patterns of names or, with a slash, of paths below it.
          - By default C(*.json), C(*.yaml) and C(*.yml).
        type: list
        elements: str
      exclude:
        description:
          - Which files and directories of O(directory) are passed over, as patterns like O(patterns).
        type: list
        elements: str
      uid:
        description:
          - The uid, in place of the one in the dashboard.
          - A new dashboard that has no uid gets one that follows from its folder and its title.
          - Without any, the dashboard is the one of exactly its title in its folder; two such are an error.
        type: raw
      folder_uid:
        description:
          - The folder, by its uid; V(general) is the place outside of all folders.
          - Without it and O(folder) an existing dashboard stays where it is, and a new one is in no folder.
        type: raw
      folder:
        description:
          - The folder by its title, or by the path of titles from the top, joined by slashes.
        type: raw
      create_folder:
        description:
          - Whether missing folders of O(folder) are made. By default they are with O(directory), and are not without.
        type: bool
      commit_message:
        description:
          - What the dashboard's history says of a change.
        type: str
      source:
        description:
          - Where these dashboards come from, in up to 60 letters, digits, spaces and C(.,/_-). It stands in the mark of what is
            written, so that O(prune) tells the dashboards of several sources in one organization apart.
        type: str
      prune:
        description:
          - Whether dashboards that this collection has written for the same O(source), and that are not wanted any more, are
            deleted; with O(folder) or O(folder_uid) only those in that folder and below it. A O(directory) without a folder
            stands for the whole organization.
          - A dashboard that is equal is not written and keeps its mark, so give dashboards their O(source) from the start.
          - What somebody else has written last is left, and so is what is provisioned or carries no mark.
          - It goes with O(directory) or O(batch), which say what is wanted.
          - Up to Grafana 12.0 the mark is asked for with a request for each dashboard that is not wanted.
        type: bool
      on_conflict:
        description:
          - What is done about a dashboard that differs, and whose newest version this collection has not written. Who wrote it
            and when is told in any case.
          - V(overwrite) writes, V(keep) leaves it as it is, and V(fail) fails.
        type: str
        choices: [overwrite, fail, keep]
      inputs:
        description:
          - What a dashboard that was exported for sharing is to get in place of its inputs. A key is the name of an input
            (C(DS_PROMETHEUS)), the name that the data source had, or the type of a data source; a value the uid or name of a data
            source of the organization, or the value of a constant.
          - Without a value, an input is the data source of that name and type, else the only one of the type, else the default
            one if it is of the type. What is left is an error that names all of it.
        type: dict
      allow_secrets:
        description:
          - Whether a dashboard may hold what looks like a key of Grafana (C(glsa_...), C(glc_...), an API key). Everybody who
            sees the dashboard could use it.
        type: bool
      check_references:
        description:
          - Whether data sources and library panels that a dashboard names, and the organization has not, are warned about and
            told in RV(dashboard.missing_references).
        type: bool
      api:
        description:
          - The routes of the server to use. V(auto) uses C(/apis/dashboard.grafana.app) from Grafana 12.0 on, which reads all
            dashboards of an organization in one request, and the legacy routes before. Results are the same.
          - V(kubernetes) is refused before 12.0, where those routes lose dashboards or are missing.
        type: str
        choices: [auto, legacy, kubernetes]
      state:
        description:
          - Whether the dashboard is to exist.
        type: str
        choices: [present, absent]
      org_id:
        description: The organization of this item, in place of the task's.
        type: raw
      org_name:
        description: The organization of this item by its exact name, in place of the task's.
        type: raw
      token_file:
        description: A file with the key to ask with for this item, in place of the task's identity.
        type: path
    # END GENERATED
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.batch
  - orgsmith.grafana.attributes
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: A dashboard from a file
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    path: "{{ playbook_dir }}/files/overview.json"
    folder: Operations/Hosts
    create_folder: true

- name: All dashboards of a repository, and no other ones of it
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    directory: "{{ playbook_dir }}/files/dashboards"
    source: observability
    prune: true

- name: The same dashboards for several organizations
  orgsmith.grafana.grafana_dashboard:
    directory: "{{ playbook_dir }}/files/common"
    batch:
      - org_name: tenant-1
      - org_name: tenant-2
        inputs:
          prometheus: Metrics of tenant 2

- name: What somebody has changed in the browser is not overwritten
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    path: "{{ playbook_dir }}/files/overview.json"
    on_conflict: fail

- name: A small one in the playbook
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    dashboard:
      uid: cpu
      title: CPU
      panels: []

- name: Gone
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    uid: cpu
    state: absent
"""

RETURN = r"""
dashboard:
  description: What identifies the dashboard as it is afterwards; none when it is absent.
  type: dict
  returned: always
  contains:
    # BEGIN GENERATED (make generate): org returned=always
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    # END GENERATED
    uid:
      description: The uid.
      type: str
      returned: always
    title:
      description: The title.
      type: str
      returned: always
    folder_uid:
      description: The folder's uid, empty for no folder.
      type: str
      returned: except in check mode for one that would be changed
    version:
      description: The version.
      type: int
      returned: except in check mode for one that would be changed
    changed_paths:
      description: Where the dashboard differed, such as C(panels[3] "CPU".targets[0].expr); at most 50 of them.
      type: list
      elements: str
      returned: except in check mode for one that would be changed
    missing_references:
      description: A sentence for each data source and library panel that the dashboard names and the organization has not.
      type: list
      elements: str
      returned: with O(check_references), except in check mode for one that would be changed
    edited:
      description: The newest version, of the dashboard that was found, if it differed and was not written by this collection.
      type: dict
      returned: when there is such a version, except in check mode for one that would be changed
      contains:
        version:
          description: The version.
          type: int
          returned: always
        by:
          description: The login, or from Grafana 10.0 on the name, of who wrote it.
          type: str
          returned: always
        at:
          description: When, as the server says it.
          type: str
          returned: always
        message:
          description: The message of that version.
          type: str
          returned: always
# BEGIN GENERATED (make generate): status joined_org planned dashboard_results dashboard_summary failure code=org_not_found
status:
  description: What became of the object. In a batch this stands in each of RV(results).
  type: str
  returned: always
  sample: changed
joined_org:
  description: Whether the caller joined the organization first (O(join_org)).
  type: bool
  returned: when it did
planned:
  description: Why the result is planned and the present state was not read.
  type: str
  returned: >-
    in check mode, where the organization or the file of O(batch[].token_file) does not exist yet, or the caller would join the
    organization first
results:
  description:
    - What became of each item of O(batch) and each file of O(directory), in order, with the same keys as a single object's
      result. What O(prune) has deleted comes last.
  type: list
  elements: dict
  returned: when O(batch) or O(directory) is given
  contains:
    index:
      description: The place in this list, from 0.
      type: int
      returned: always
    status:
      description: V(ok), V(changed), V(failed), or V(not_run) after O(fail_fast).
      type: str
      returned: always
    failure:
      description: What went wrong with this item.
      type: dict
      returned: when it failed
      contains:
        code:
          description: A word that stays the same, for playbooks to act on.
          type: str
          returned: failure
          sample: org_not_found
        message:
          description: The same as RV(ignore:msg).
          type: str
          returned: failure
        details:
          description:
            - Method, URL, HTTP status and the server's own message, where a request failed. Some codes add facts, such as what a
              folder holds.
          type: dict
          returned: failure
    diff:
      description: What has changed, or would.
      type: dict
      returned: in diff mode, when it changed
    org_id:
      description: The organization's id.
      type: int
      returned: always
    org_name:
      description: The organization's name, where it is known.
      type: str
      returned: always
    joined_org:
      description: Whether the caller joined the organization first (O(join_org)).
      type: bool
      returned: when it did
    planned:
      description: Why the result is planned and the present state was not read.
      type: str
      returned: >-
        in check mode, where the organization or the file of O(batch[].token_file) does not exist yet, or the caller would join
        the organization first
    file:
      description: The file, relative to O(directory).
      type: str
      returned: for a file of O(directory)
summary:
  description: How many items came to which status.
  type: dict
  returned: when O(batch) or O(directory) is given
  sample: {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
failure:
  description: What went wrong.
  type: dict
  returned: failure
  contains:
    code:
      description: A word that stays the same, for playbooks to act on.
      type: str
      returned: failure
      sample: org_not_found
    message:
      description: The same as RV(ignore:msg).
      type: str
      returned: failure
    details:
      description:
        - Method, URL, HTTP status and the server's own message, where a request failed. Some codes add facts, such as what a
          folder holds.
      type: dict
      returned: failure
# END GENERATED
"""

from ..module_utils._dashboards.options import OPTIONS
from ..module_utils._dashboards.resource import Dashboards
from ..module_utils._engine.module import GrafanaModule, manage
from ..module_utils._grafana.errors import BadInput


def dashboards(module: GrafanaModule) -> Dashboards:
    """Return the resource; in check mode of a whole play a folder may be about to be made. Raises :class:`BadInput`."""
    if module.params["prune"] and not module.params["directory"] and module.raw_batch is None:
        raise BadInput("prune goes with directory or batch, which say what is wanted: with one dashboard all others would go")
    return Dashboards(plan_missing=module.check_mode and module.params["missing_parent"] == "plan")


def main() -> None:
    manage(dashboards, OPTIONS)


if __name__ == "__main__":
    main()
