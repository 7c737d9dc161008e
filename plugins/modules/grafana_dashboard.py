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
  - The module does not write a dashboard that needs no change, so the dashboard gets no new version. Ids, the order of keys,
    default values and schema migrations that the server adds, drops or changes by itself do not count as a difference. All other
    differences do.
  - A refresh interval below the minimum of the server (C(min_refresh_interval)) is written, and compared, as that minimum, with a
    warning. The module refuses an interval that is not a duration.
  - It never writes or deletes provisioned dashboards, nor dashboards that are synchronised with a Git repository. It writes
    dashboards whose manager allows edits (C(grafana.app/managerAllowsEdits)), and keeps the manager.
  - >-
    The message of every version that this module writes ends with a mark, C([orgsmith.grafana]), or C([orgsmith.grafana: SOURCE])
    with O(source). From the mark, O(on_conflict) sees whether another person or tool has written the dashboard since, and
    O(prune) which dashboards it may delete.
options:
  dashboard:
    description:
      - The dashboard as a dictionary. Use it for a few dashboards only. Ansible needs minutes for hundreds of dashboards in the
        arguments of a task, and it templates the text in them. Use O(path) in such cases.
    type: dict
  path:
    description:
      - A file on the host that runs the module, or the address of a file (C(http://) or C(https://)) that the module downloads.
      - It contains the dashboard as JSON (the JSON model from its settings, an export, also one for sharing, see O(inputs), or
        the response of the API or of grafana.com), or a Kubernetes manifest in JSON or YAML, with the classic layout or, from
        Grafana 12.0 on, the new one (C(v2alpha1), C(v2beta1), C(v2)).
      - The module downloads each address once in a task, in check mode too, and before the first write. If a download fails, it
        writes nothing. It follows up to 5 redirects, but none from C(https) to C(http). A file may have 64 MiB.
      - That address gets nothing of the connection to Grafana, neither token, password, headers nor client certificate. For a
        download the module ignores C(validate_certs), C(ca_path), C(proxy) and C(~/.netrc). Certificate authorities and proxies
        are those of the environment (E(REQUESTS_CA_BUNDLE), E(HTTPS_PROXY), E(NO_PROXY)).
      - The address must not contain a user and a password. Download such a file with M(ansible.builtin.get_url) first. A query,
        which may hold a signature, is allowed, and is never shown.
    type: path
    aliases: [dashboard_url]
  dashboard_id:
    description:
      - The number of a dashboard in the catalogue of grafana.com. The module downloads it as it downloads the address in O(path).
      - The dashboards of the catalogue are exports for sharing, see O(inputs).
    type: int
  dashboard_revision:
    description:
      - The revision of O(dashboard_id), a number or V(latest). The default is V(latest), which changes the dashboard after
        its author has published a new revision.
    type: raw
  catalog_url:
    description:
      - The address of the catalogue, or of a mirror, which answers at C(/dashboards/ID/revisions/REVISION/download). The default
        is V(https://grafana.com/api).
    type: str
  content:
    description:
      - The dashboard as JSON or YAML text.
    type: str
  directory:
    description:
      - A directory on the host that runs the module. It contains one file for each dashboard.
      - Its subdirectories are folders, in O(folder) if that is set; the module creates missing ones. If the server has
        no nested
        folders (before Grafana 11.0), a path such as C(hosts/linux) is one folder with that title. In the name of a directory,
        C(%2F) is a slash.
      - The path of a file decides the folder of its dashboard. The module ignores the folder that the file itself
        names. Files at
        the top level belong to no folder, or to O(folder).
      - The module skips hidden files and directories, and follows links. Before it writes anything it reports all files that it
        cannot read, and all dashboards with the same uid, or with the same title in one folder.
    type: path
  import_orgs:
    description:
      - A directory with one subdirectory for each organization, as M(orgsmith.grafana.grafana_dashboard_info) writes it with
        C(all_orgs). The name of the subdirectory is the name of the organization, with characters that file systems do not allow
        as C(%XX). The module imports each subdirectory into its organization, as O(directory) would.
      - All organizations have to exist before the module writes anything; see O(missing_parent) for check mode.
      - O(exclude) may name subdirectories, to leave out organizations. O(org_id) and O(org_name) have no effect.
    type: path
  patterns:
    description:
      - Which files of O(directory) are dashboards. A pattern matches the name of a file, or with a slash its path in the
        directory.
      - The default is C(*.json), C(*.yaml) and C(*.yml).
    type: list
    elements: str
  exclude:
    description:
      - Files and directories of O(directory) to skip, as patterns like those of O(patterns).
    type: list
    elements: str
  uid:
    description:
      - The uid. It replaces the uid in the dashboard.
      - A new dashboard without a uid gets one that the module derives from its folder and title.
      - Without any uid, the dashboard is the one with exactly this title in its folder. Two such dashboards are an error.
    type: raw
  folder_uid:
    description:
      - The uid of the folder. V(general) means no folder.
      - Without it, O(folder) and O(folder_path), the folder that the file names applies, if the server has it. If it does not,
        the module warns.
      - Without any folder, an existing dashboard stays in its folder, and a new dashboard is in no folder.
    type: raw
  folder:
    description:
      - The title of the folder, or a path of titles from the top level, joined by slashes.
      - A title may contain slashes itself. At each level, the longest title that exists matches. O(folder_path) is the
        unambiguous form.
    type: raw
  folder_path:
    description:
      - The folder as a list of exact titles from the top level. The titles may contain slashes. An empty list means the
        top level.
    type: list
    elements: raw
  create_folder:
    description:
      - Whether the module creates missing folders of O(folder) or O(folder_path). The default is V(true) with
        O(directory), otherwise V(false).
    type: bool
  # BEGIN GENERATED (make generate): permissions permissions_exclusive
  permissions:
    description:
      - Who may do what with the object. Each entry names one of O(permissions[].role), O(permissions[].team),
        O(permissions[].user) and O(permissions[].service_account).
      - The module adds missing entries, and changes the permission of others. Other entries stay, unless
        O(permissions_exclusive=true).
      - A new object may get entries from the server, such as Admin for its creator, and Edit and View for the roles Editor and
        Viewer. Permissions that it inherits from folders are in the result, and cannot be changed here.
      - Without this option, the module neither reads nor changes permissions. With it, each object costs one request more.
      - Users, teams and service accounts that do not exist in the organization are an error before the first write.
      - Servers apply a change of permissions after up to a minute.
      - Grafana 8.5, and 9.x without role-based access control, replace the whole list with each write. There, an entry that
        another program adds at the same moment can be lost.
    type: list
    elements: dict
    suboptions:
      role:
        description: A basic role, without the roles above it. Admins may do everything, with or without an entry.
        type: str
        choices: [Viewer, Editor, Admin]
      team:
        description: The exact name of a team.
        type: raw
      user:
        description: The login or the e-mail address of a member of the organization.
        type: raw
      service_account:
        description: The exact name, or the login, of a service account.
        type: raw
      permission:
        description: What they may do. V(Admin) includes changing the permissions.
        type: str
        choices: [View, Edit, Admin]
        required: true
  permissions_exclusive:
    description:
      - Whether O(permissions) is the complete list. If V(true), the module removes other entries, except inherited ones. This
        includes the entry of the creator.
      - The module refuses a list with which the caller could not change the permissions any more (code V(caller_locked_out)).
    type: bool
    default: false
  # END GENERATED
  commit_message:
    description:
      - The message of a new version in the dashboard's history.
    type: str
  source:
    description:
      - A name for the origin of these dashboards, of up to 60 letters, digits, spaces and C(.,/_-). The module writes
        it into the
        mark, so that O(prune) can distinguish dashboards of several sources in one organization.
    type: str
    default: ""
  prune:
    description:
      - Whether the module deletes dashboards that it has written with the same O(source) and that the task no longer contains.
        With O(folder) or O(folder_uid) it deletes them only in that folder and its subfolders. O(directory) without a folder
        means the whole organization.
      - A dashboard without a difference is not written and so keeps its old mark. Set O(source) from the start.
      - It does not delete dashboards whose newest version was written by another person or tool, provisioned dashboards, or
        dashboards without a mark.
      - It needs O(directory), O(import_orgs) or O(batch), which define the complete set of dashboards.
      - Up to Grafana 12.0, it needs one request for each dashboard that the task does not contain, to read the mark.
    type: bool
    default: false
  on_conflict:
    description:
      - What to do if a dashboard differs and its newest version was not written by this collection. In each case the module
        reports who wrote that version and when.
      - V(overwrite) writes the dashboard, V(keep) leaves it unchanged, and V(fail) fails.
    type: str
    choices: [overwrite, fail, keep]
    default: overwrite
  inputs:
    description:
      - Values for the inputs of a dashboard that was exported for sharing. A key is the name of an input
        (C(DS_PROMETHEUS)), the
        name that the data source had, or a type of data source. A value is the uid or name of a data source of the organization,
        or the value of a constant.
      - A key can also be the name of a placeholder (C(DS_X) for C(${DS_X})) in a file without C(__inputs), as in files for
        grafana-operator.
      - The data source must have the type of the input. To use another type, give a dictionary with C(uid) or C(name), and with
        C(type).
      - A key that no dashboard of the task uses is an error.
      - If the caller may not list data sources, values are taken as uids, with a warning.
      - Without a value, the module uses the data source with that name and type, otherwise the only one of the type, otherwise
        the default data source if it has that type. If inputs remain without a value, the error lists all of them.
    type: dict
    default: {}
  allow_secrets:
    description:
      - Whether a dashboard may contain text that looks like a key of Grafana (C(glsa_...), C(glc_...), an API key).
        Everyone who
        can see the dashboard could use the key.
    type: bool
    default: false
  check_references:
    description:
      - Whether the module warns of data sources and library panels that a dashboard uses and that the organization does
        not have,
        and returns them in RV(dashboard.missing_references).
    type: bool
    default: false
  api:
    description:
      - Which routes of the server the module uses. V(auto) uses C(/apis/dashboard.grafana.app) from Grafana 12.0 on, which
        returns all dashboards of an organization in one request, and the legacy routes before. The results are the same.
      - The module rejects V(kubernetes) before Grafana 12.0, because those routes lose dashboards or do not exist there.
    type: str
    choices: [auto, legacy, kubernetes]
    default: auto
  state:
    description:
      - Whether the dashboard exists.
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
      dashboard:
        description:
          - The dashboard as a dictionary. Use it for a few dashboards only. Ansible needs minutes for hundreds of dashboards in
            the arguments of a task, and it templates the text in them. Use O(path) in such cases.
        type: dict
      path:
        description:
          - A file on the host that runs the module, or the address of a file (C(http://) or C(https://)) that the module
            downloads.
          - It contains the dashboard as JSON (the JSON model from its settings, an export, also one for sharing, see O(inputs),
            or the response of the API or of grafana.com), or a Kubernetes manifest in JSON or YAML, with the classic layout or,
            from Grafana 12.0 on, the new one (C(v2alpha1), C(v2beta1), C(v2)).
          - The module downloads each address once in a task, in check mode too, and before the first write. If a download fails,
            it writes nothing. It follows up to 5 redirects, but none from C(https) to C(http). A file may have 64 MiB.
          - That address gets nothing of the connection to Grafana, neither token, password, headers nor client certificate. For a
            download the module ignores C(validate_certs), C(ca_path), C(proxy) and C(~/.netrc). Certificate authorities and
            proxies are those of the environment (E(REQUESTS_CA_BUNDLE), E(HTTPS_PROXY), E(NO_PROXY)).
          - The address must not contain a user and a password. Download such a file with M(ansible.builtin.get_url) first. A
            query, which may hold a signature, is allowed, and is never shown.
        type: path
        aliases: [dashboard_url]
      dashboard_id:
        description:
          - The number of a dashboard in the catalogue of grafana.com. The module downloads it as it downloads the address in
            O(path).
          - The dashboards of the catalogue are exports for sharing, see O(inputs).
        type: int
      dashboard_revision:
        description:
          - The revision of O(dashboard_id), a number or V(latest). The default is V(latest), which changes the dashboard after
            its author has published a new revision.
        type: raw
      catalog_url:
        description:
          - The address of the catalogue, or of a mirror, which answers at C(/dashboards/ID/revisions/REVISION/download). The
            default is V(https://grafana.com/api).
        type: str
      content:
        description:
          - The dashboard as JSON or YAML text.
        type: str
      directory:
        description:
          - A directory on the host that runs the module. It contains one file for each dashboard.
          - Its subdirectories are folders, in O(folder) if that is set; the module creates missing ones. If the server has no
            nested folders (before Grafana 11.0), a path such as C(hosts/linux) is one folder with that title. In the name of a
            directory, C(%2F) is a slash.
          - The path of a file decides the folder of its dashboard. The module ignores the folder that the file itself names.
            Files at the top level belong to no folder, or to O(folder).
          - The module skips hidden files and directories, and follows links. Before it writes anything it reports all files that
            it cannot read, and all dashboards with the same uid, or with the same title in one folder.
        type: path
      patterns:
        description:
          - Which files of O(directory) are dashboards. A pattern matches the name of a file, or with a slash its path in the
            directory.
          - The default is C(*.json), C(*.yaml) and C(*.yml).
        type: list
        elements: str
      exclude:
        description:
          - Files and directories of O(directory) to skip, as patterns like those of O(patterns).
        type: list
        elements: str
      uid:
        description:
          - The uid. It replaces the uid in the dashboard.
          - A new dashboard without a uid gets one that the module derives from its folder and title.
          - Without any uid, the dashboard is the one with exactly this title in its folder. Two such dashboards are an error.
        type: raw
      folder_uid:
        description:
          - The uid of the folder. V(general) means no folder.
          - Without it, O(folder) and O(folder_path), the folder that the file names applies, if the server has it. If it does
            not, the module warns.
          - Without any folder, an existing dashboard stays in its folder, and a new dashboard is in no folder.
        type: raw
      folder:
        description:
          - The title of the folder, or a path of titles from the top level, joined by slashes.
          - A title may contain slashes itself. At each level, the longest title that exists matches. O(folder_path) is the
            unambiguous form.
        type: raw
      folder_path:
        description:
          - The folder as a list of exact titles from the top level. The titles may contain slashes. An empty list means the top
            level.
        type: list
        elements: raw
      create_folder:
        description:
          - Whether the module creates missing folders of O(folder) or O(folder_path). The default is V(true) with O(directory),
            otherwise V(false).
        type: bool
      permissions:
        description:
          - Who may do what with the object. Each entry names one of O(permissions[].role), O(permissions[].team),
            O(permissions[].user) and O(permissions[].service_account).
          - The module adds missing entries, and changes the permission of others. Other entries stay, unless
            O(permissions_exclusive=true).
          - A new object may get entries from the server, such as Admin for its creator, and Edit and View for the roles Editor
            and Viewer. Permissions that it inherits from folders are in the result, and cannot be changed here.
          - Without this option, the module neither reads nor changes permissions. With it, each object costs one request more.
          - Users, teams and service accounts that do not exist in the organization are an error before the first write.
          - Servers apply a change of permissions after up to a minute.
          - Grafana 8.5, and 9.x without role-based access control, replace the whole list with each write. There, an entry that
            another program adds at the same moment can be lost.
        type: list
        elements: dict
        suboptions:
          role:
            description: A basic role, without the roles above it. Admins may do everything, with or without an entry.
            type: str
            choices: [Viewer, Editor, Admin]
          team:
            description: The exact name of a team.
            type: raw
          user:
            description: The login or the e-mail address of a member of the organization.
            type: raw
          service_account:
            description: The exact name, or the login, of a service account.
            type: raw
          permission:
            description: What they may do. V(Admin) includes changing the permissions.
            type: str
            choices: [View, Edit, Admin]
            required: true
      permissions_exclusive:
        description:
          - Whether O(permissions) is the complete list. If V(true), the module removes other entries, except inherited ones. This
            includes the entry of the creator.
          - The module refuses a list with which the caller could not change the permissions any more (code V(caller_locked_out)).
        type: bool
      commit_message:
        description:
          - The message of a new version in the dashboard's history.
        type: str
      source:
        description:
          - A name for the origin of these dashboards, of up to 60 letters, digits, spaces and C(.,/_-). The module writes it into
            the mark, so that O(prune) can distinguish dashboards of several sources in one organization.
        type: str
      prune:
        description:
          - Whether the module deletes dashboards that it has written with the same O(source) and that the task no longer
            contains. With O(folder) or O(folder_uid) it deletes them only in that folder and its subfolders. O(directory) without
            a folder means the whole organization.
          - A dashboard without a difference is not written and so keeps its old mark. Set O(source) from the start.
          - It does not delete dashboards whose newest version was written by another person or tool, provisioned dashboards, or
            dashboards without a mark.
          - It needs O(directory), O(import_orgs) or O(batch), which define the complete set of dashboards.
          - Up to Grafana 12.0, it needs one request for each dashboard that the task does not contain, to read the mark.
        type: bool
      on_conflict:
        description:
          - What to do if a dashboard differs and its newest version was not written by this collection. In each case the module
            reports who wrote that version and when.
          - V(overwrite) writes the dashboard, V(keep) leaves it unchanged, and V(fail) fails.
        type: str
        choices: [overwrite, fail, keep]
      inputs:
        description:
          - Values for the inputs of a dashboard that was exported for sharing. A key is the name of an input (C(DS_PROMETHEUS)),
            the name that the data source had, or a type of data source. A value is the uid or name of a data source of the
            organization, or the value of a constant.
          - A key can also be the name of a placeholder (C(DS_X) for C(${DS_X})) in a file without C(__inputs), as in files for
            grafana-operator.
          - The data source must have the type of the input. To use another type, give a dictionary with C(uid) or C(name), and
            with C(type).
          - A key that no dashboard of the task uses is an error.
          - If the caller may not list data sources, values are taken as uids, with a warning.
          - Without a value, the module uses the data source with that name and type, otherwise the only one of the type,
            otherwise the default data source if it has that type. If inputs remain without a value, the error lists all of them.
        type: dict
      allow_secrets:
        description:
          - Whether a dashboard may contain text that looks like a key of Grafana (C(glsa_...), C(glc_...), an API key). Everyone
            who can see the dashboard could use the key.
        type: bool
      check_references:
        description:
          - Whether the module warns of data sources and library panels that a dashboard uses and that the organization does not
            have, and returns them in RV(dashboard.missing_references).
        type: bool
      api:
        description:
          - Which routes of the server the module uses. V(auto) uses C(/apis/dashboard.grafana.app) from Grafana 12.0 on, which
            returns all dashboards of an organization in one request, and the legacy routes before. The results are the same.
          - The module rejects V(kubernetes) before Grafana 12.0, because those routes lose dashboards or do not exist there.
        type: str
        choices: [auto, legacy, kubernetes]
      state:
        description:
          - Whether the dashboard exists.
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
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Write a dashboard from a file
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    path: "{{ playbook_dir }}/files/overview.json"
    folder: Operations/Hosts
    create_folder: true

- name: Let a team edit a dashboard
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    path: dashboards/overview.json
    permissions:
      - team: Operators
        permission: Edit

- name: Write all dashboards of a repository, and delete those that it no longer contains
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    directory: "{{ playbook_dir }}/files/dashboards"
    source: observability
    prune: true

- name: Write the same dashboards to several organizations
  orgsmith.grafana.grafana_dashboard:
    directory: "{{ playbook_dir }}/files/common"
    batch:
      - org_name: tenant-1
      - org_name: tenant-2
        inputs:
          prometheus: Metrics of tenant 2

- name: Import what grafana_dashboard_info exported with all_orgs, into the organizations with the same names
  orgsmith.grafana.grafana_dashboard:
    import_orgs: /srv/dashboards

- name: Fail instead of overwriting a change that a user made in the browser
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    path: "{{ playbook_dir }}/files/overview.json"
    on_conflict: fail

- name: Write a small dashboard from the playbook
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    dashboard:
      uid: cpu
      title: CPU
      panels: []

- name: Write revision 37 of dashboard 1860 of grafana.com, with the data source called Metrics
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    dashboard_id: 1860
    dashboard_revision: 37
    inputs:
      prometheus: Metrics

- name: Write a dashboard from the address of its file
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    path: https://git.example.org/dashboards/raw/main/overview.json

- name: Delete a dashboard
  orgsmith.grafana.grafana_dashboard:
    org_name: tenant-1
    uid: cpu
    state: absent
"""

RETURN = r"""
dashboard:
  description: The identity of the dashboard after the task; null when it is absent.
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
    uid:
      description: The uid.
      type: str
      returned: always
    title:
      description: The title.
      type: str
      returned: always
    folder_uid:
      description: The folder's uid; empty for no folder.
      type: str
      returned: except in check mode when the dashboard would be changed
    version:
      description: The version.
      type: int
      returned: except in check mode when the dashboard would be changed
    changed_paths:
      description: Where the dashboard differed, for example C(panels[3] "CPU".targets[0].expr); at most 50 paths.
      type: list
      elements: str
      returned: except in check mode when the dashboard would be changed
    missing_references:
      description: >-
        A sentence for each data source and library panel that the dashboard uses and that the organization does not have.
      type: list
      elements: str
      returned: with O(check_references), except in check mode when the dashboard would be changed
    edited:
      description: The newest version before the task, if it differed and this collection did not write it.
      type: dict
      returned: when there is such a version, except in check mode when the dashboard would be changed
      contains:
        version:
          description: The version.
          type: int
          returned: always
        by:
          description: Who wrote the version, by login, or from Grafana 10.0 on by name.
          type: str
          returned: always
        at:
          description: When it was written, in the server's format.
          type: str
          returned: always
        message:
          description: The message of that version.
          type: str
          returned: always
    # BEGIN GENERATED (make generate): listed_permissions
    permissions:
      description:
        - The permissions. Each entry has RV(ignore:permission), one of RV(ignore:role), RV(ignore:team), RV(ignore:user) and
          RV(ignore:service_account), and RV(ignore:inherited) with V(true) if it belongs to a folder above.
        - Users and service accounts are named by their logins.
      type: list
      elements: dict
      returned: when O(permissions) is set
      sample: [{"role": "Viewer", "permission": "View"}, {"user": "alice", "permission": "Edit"}]
    # END GENERATED
# BEGIN GENERATED (make generate): status joined_org planned dashboard_results dashboard_summary code=org_not_found
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
joined_org:
  description: Whether the caller joined the organization, because of O(join_org).
  type: bool
  returned: when it joined
planned:
  description: Why the module could not read the present state and planned the result without it.
  type: str
  returned: >-
    in check mode, if the organization or the file of O(batch[].token_file) does not exist yet, or if the caller would join the
    organization first
results:
  description:
    - The result of each item of O(batch) and each file of O(directory) or O(import_orgs), in order, with the same keys as the
      result of a single object. Dashboards that O(prune) deletes come last. O(results) selects which of them are listed.
  type: list
  elements: dict
  returned: when O(batch), O(directory) or O(import_orgs) is given
  contains:
    index:
      description: The position among all items and files, from 0.
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
    file:
      description: The file, relative to O(directory) or O(import_orgs).
      type: str
      returned: for a file of O(directory) or O(import_orgs)
summary:
  description: The number of items with each status.
  type: dict
  returned: when O(batch), O(directory) or O(import_orgs) is given
  sample: {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
# END GENERATED
# BEGIN GENERATED (make generate): concurrency failure code=org_not_found
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

from ..module_utils._dashboards.resource import KIND
from ..module_utils._engine.module import manage
from ..module_utils._tenants.source import from_file
from ..module_utils._tenants.tokens import DASHBOARDS


def main() -> None:
    manage(KIND, tenants=from_file(DASHBOARDS))


if __name__ == "__main__":
    main()
