#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_datasource
short_description: Manage data sources of an organization of Grafana
version_added: 0.1.0
description:
  - Creates, changes, renames and deletes data sources.
  - An option that the task leaves out does not change an existing data source.
  - The server never returns secrets (O(secure_json_data), the values of O(http_headers), and the certificates and the key for
    TLS), so the module cannot compare them. It writes those that the server does not have. O(secrets_version) and
    O(update_secrets) write all of them again. Diffs and results only show the names of secrets.
  - The caller needs the role Admin in the organization. A token of a service account can be the caller, also on a stack of
    Grafana Cloud, with the stack's own address as O(url).
  - If somebody changes the data source between the request that reads it and the one that writes it, the module reads and
    compares it again. It does not notice changes by tools that send no version.
  - A data source that is provisioned from a file of the server cannot be changed, and fails with the code C(provisioned) before
    the first write.
options:
  uid:
    description:
      - The uid. If it is given, the module looks for the data source by it, and O(name) renames the data source. A uid cannot
        be changed.
      - Without it, the module looks for exactly O(name), and a new data source gets a uid from the server.
      - The uid of a new data source has up to 40 letters, digits, dashes and underscores.
    type: raw
  name:
    description:
      - The name, unique in the organization. Servers with MySQL or MariaDB compare names without case, the others exactly.
        Another data source that has the name is an error (C(name_taken)) before the first write.
    type: raw
  type:
    description:
      - The id of the plugin, such as V(prometheus), V(loki) or V(grafana-testdata-datasource). A new data source needs it.
      - Grafana stores any type, also one of no installed plugin. O(health) finds that out.
      - Former ids, such as V(testdata), are the same type as the present ones.
    type: raw
  ds_url:
    description:
      - The address of the database (C(url) in Grafana's API; O(url) is the address of Grafana). Most types need one. Grafana
        cannot clear it.
    type: raw
  access:
    description:
      - Whether the server (V(proxy)) or the browser (V(direct)) asks the database. A new data source gets V(proxy).
    type: str
    choices: [proxy, direct]
  database:
    description:
      - The name of the database, for types that store it here. Grafana before 9.5 cannot clear it.
    type: raw
  user:
    description:
      - The user, for types that store it here.
    type: raw
  basic_auth:
    description:
      - Whether the server authenticates with basic authentication. The password is the secret C(basicAuthPassword).
    type: bool
  basic_auth_user:
    description:
      - The user for basic authentication. Grafana cannot clear it.
    type: raw
  with_credentials:
    description:
      - Whether the browser sends cookies and authentication headers to the database.
    type: bool
  is_default:
    description:
      - Whether this is the default data source of the organization. V(true) takes the default from the present one.
      - Grafana 10.3 and later make the first data source of an organization its default. With V(false), the module corrects
        that.
    type: bool
  json_data:
    description:
      - Settings of the plugin (C(jsonData)), by key. A key replaces the value as a whole, and V(null) removes it. Everybody who
        may query the data source can read them.
      - It must not contain C(orgsmithSecretsVersion), where the module stores O(secrets_version).
    type: dict
  json_data_exclusive:
    description:
      - Whether O(json_data), the O(tls_auth), O(tls_auth_with_ca_cert), O(tls_skip_verify) and O(tls_server_name) of the task
        and O(http_headers) are complete, so that all other keys are removed.
    type: bool
    default: false
  http_headers:
    description:
      - HTTP headers that the server sends to the database, values by name. Names match in any case.
      - Grafana stores a header as C(httpHeaderNameN) in C(jsonData), which everybody may read, and as C(httpHeaderValueN) in
        the secrets. A header that exists keeps its number, and a new one gets the lowest free number.
      - Other headers stay, unless O(json_data_exclusive) or O(secrets_exclusive) is V(true). Then the last headers move to the
        numbers that become free, because Grafana sends no header after a missing number.
    type: dict
  tls_auth:
    description:
      - Whether the server authenticates with O(tls_client_cert) and O(tls_client_key) (C(tlsAuth)).
    type: bool
  tls_auth_with_ca_cert:
    description:
      - Whether O(tls_ca_cert) is the authority of the database's certificate (C(tlsAuthWithCACert)).
    type: bool
  tls_skip_verify:
    description:
      - Whether the server accepts any certificate of the database (C(tlsSkipVerify)).
    type: bool
  tls_server_name:
    description:
      - The name in the certificate of the database, if it is not that of O(ds_url) (C(serverName)).
    type: raw
  tls_ca_cert:
    description:
      - The certificate of the authority in PEM format, stored as the secret C(tlsCACert).
    type: str
  tls_client_cert:
    description:
      - The server's client certificate in PEM format, stored as the secret C(tlsClientCert).
    type: str
  tls_client_key:
    description:
      - The key of O(tls_client_cert) in PEM format, stored as the secret C(tlsClientKey).
    type: str
  secure_json_data:
    description:
      - Secrets by key (C(secureJsonData)), such as C(basicAuthPassword). The values are strings, and not empty.
    type: dict
  secrets_exclusive:
    description:
      - Whether the secrets of the task are complete, so that all others are removed. The headers that belong to removed values
        are removed, too.
    type: bool
    default: false
  update_secrets:
    description:
      - V(missing) writes the secrets that the server does not have. V(always) writes all secrets of the task in each run, which
        always reports C(changed), because the server does not show whether it changed anything.
    type: str
    choices: [missing, always]
    default: missing
  secrets_version:
    description:
      - A text that you change together with the secrets, such as V("2026-11"). If it differs from that of the last run, the
        module writes all secrets of the task, once.
      - The module stores it in C(jsonData), under the key C(orgsmithSecretsVersion). Diffs leave it out, the module keeps it
        whatever O(json_data) and O(json_data_exclusive) are, and everybody who may query the data source can read it.
      - A task without secrets ignores it.
    type: raw
  health:
    description:
      - Whether the module asks for the server's health check of the data source in every run, and what it does if the answer is
        not OK. V(fail) ends in the error C(unhealthy), after the data source was written.
      - Check mode asks only if nothing has to change. A plugin without a health check is a warning.
    type: str
    choices: [ignore, warn, fail]
    default: ignore
  state:
    description:
      - Whether the data source exists. V(absent) deletes it with its secrets.
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
      - An item may also be a string, which is its O(batch[].name).
    type: list
    elements: raw
    suboptions:
      uid:
        description:
          - The uid. If it is given, the module looks for the data source by it, and O(name) renames the data source. A uid cannot
            be changed.
          - Without it, the module looks for exactly O(name), and a new data source gets a uid from the server.
          - The uid of a new data source has up to 40 letters, digits, dashes and underscores.
        type: raw
      name:
        description:
          - The name, unique in the organization. Servers with MySQL or MariaDB compare names without case, the others exactly.
            Another data source that has the name is an error (C(name_taken)) before the first write.
        type: raw
      type:
        description:
          - The id of the plugin, such as V(prometheus), V(loki) or V(grafana-testdata-datasource). A new data source needs it.
          - Grafana stores any type, also one of no installed plugin. O(health) finds that out.
          - Former ids, such as V(testdata), are the same type as the present ones.
        type: raw
      ds_url:
        description:
          - The address of the database (C(url) in Grafana's API; O(url) is the address of Grafana). Most types need one. Grafana
            cannot clear it.
        type: raw
      access:
        description:
          - Whether the server (V(proxy)) or the browser (V(direct)) asks the database. A new data source gets V(proxy).
        type: str
        choices: [proxy, direct]
      database:
        description:
          - The name of the database, for types that store it here. Grafana before 9.5 cannot clear it.
        type: raw
      user:
        description:
          - The user, for types that store it here.
        type: raw
      basic_auth:
        description:
          - Whether the server authenticates with basic authentication. The password is the secret C(basicAuthPassword).
        type: bool
      basic_auth_user:
        description:
          - The user for basic authentication. Grafana cannot clear it.
        type: raw
      with_credentials:
        description:
          - Whether the browser sends cookies and authentication headers to the database.
        type: bool
      is_default:
        description:
          - Whether this is the default data source of the organization. V(true) takes the default from the present one.
          - Grafana 10.3 and later make the first data source of an organization its default. With V(false), the module corrects
            that.
        type: bool
      json_data:
        description:
          - Settings of the plugin (C(jsonData)), by key. A key replaces the value as a whole, and V(null) removes it. Everybody
            who may query the data source can read them.
          - It must not contain C(orgsmithSecretsVersion), where the module stores O(secrets_version).
        type: dict
      json_data_exclusive:
        description:
          - Whether O(json_data), the O(tls_auth), O(tls_auth_with_ca_cert), O(tls_skip_verify) and O(tls_server_name) of the task
            and O(http_headers) are complete, so that all other keys are removed.
        type: bool
      http_headers:
        description:
          - HTTP headers that the server sends to the database, values by name. Names match in any case.
          - Grafana stores a header as C(httpHeaderNameN) in C(jsonData), which everybody may read, and as C(httpHeaderValueN) in
            the secrets. A header that exists keeps its number, and a new one gets the lowest free number.
          - Other headers stay, unless O(json_data_exclusive) or O(secrets_exclusive) is V(true). Then the last headers move to
            the numbers that become free, because Grafana sends no header after a missing number.
        type: dict
      tls_auth:
        description:
          - Whether the server authenticates with O(tls_client_cert) and O(tls_client_key) (C(tlsAuth)).
        type: bool
      tls_auth_with_ca_cert:
        description:
          - Whether O(tls_ca_cert) is the authority of the database's certificate (C(tlsAuthWithCACert)).
        type: bool
      tls_skip_verify:
        description:
          - Whether the server accepts any certificate of the database (C(tlsSkipVerify)).
        type: bool
      tls_server_name:
        description:
          - The name in the certificate of the database, if it is not that of O(ds_url) (C(serverName)).
        type: raw
      tls_ca_cert:
        description:
          - The certificate of the authority in PEM format, stored as the secret C(tlsCACert).
        type: str
      tls_client_cert:
        description:
          - The server's client certificate in PEM format, stored as the secret C(tlsClientCert).
        type: str
      tls_client_key:
        description:
          - The key of O(tls_client_cert) in PEM format, stored as the secret C(tlsClientKey).
        type: str
      secure_json_data:
        description:
          - Secrets by key (C(secureJsonData)), such as C(basicAuthPassword). The values are strings, and not empty.
        type: dict
      secrets_exclusive:
        description:
          - Whether the secrets of the task are complete, so that all others are removed. The headers that belong to removed
            values are removed, too.
        type: bool
      update_secrets:
        description:
          - V(missing) writes the secrets that the server does not have. V(always) writes all secrets of the task in each run,
            which always reports C(changed), because the server does not show whether it changed anything.
        type: str
        choices: [missing, always]
      secrets_version:
        description:
          - A text that you change together with the secrets, such as V("2026-11"). If it differs from that of the last run, the
            module writes all secrets of the task, once.
          - The module stores it in C(jsonData), under the key C(orgsmithSecretsVersion). Diffs leave it out, the module keeps it
            whatever O(json_data) and O(json_data_exclusive) are, and everybody who may query the data source can read it.
          - A task without secrets ignores it.
        type: raw
      health:
        description:
          - Whether the module asks for the server's health check of the data source in every run, and what it does if the answer
            is not OK. V(fail) ends in the error C(unhealthy), after the data source was written.
          - Check mode asks only if nothing has to change. A plugin without a health check is a warning.
        type: str
        choices: [ignore, warn, fail]
      state:
        description:
          - Whether the data source exists. V(absent) deletes it with its secrets.
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
  - module: orgsmith.grafana.grafana_datasource_info
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Create the default data source of tenant-1, with the tenant in a header
  orgsmith.grafana.grafana_datasource:
    org_name: tenant-1
    uid: metrics
    name: Metrics
    type: prometheus
    ds_url: https://mimir.example.org/prometheus
    is_default: true
    json_data:
      httpMethod: POST
      timeInterval: 30s
    http_headers:
      X-Scope-OrgID: tenant-1
    health: warn

- name: Write a new password once
  orgsmith.grafana.grafana_datasource:
    org_name: tenant-1
    uid: logs
    name: Logs
    type: loki
    ds_url: https://loki.example.org
    basic_auth: true
    basic_auth_user: tenant-1
    secure_json_data:
      basicAuthPassword: "{{ loki_password }}"
    secrets_version: "2026-11"

- name: Create one data source for each tenant
  orgsmith.grafana.grafana_datasource:
    type: grafana-testdata-datasource
    name: Demo
    batch:
      - {org_name: tenant-1}
      - {org_name: tenant-2}

- name: Delete a data source
  orgsmith.grafana.grafana_datasource:
    org_name: tenant-1
    name: Old metrics
    state: absent
"""

RETURN = r"""
data_source:
  description: The data source after the task; null when it is absent.
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
    id:
      description: The id. From Grafana 13.0 on, no route of the API takes it.
      type: int
      returned: except in check mode when something would change
    uid:
      description: The uid.
      type: str
      returned: except in check mode when the data source would be created without a uid
    name:
      description: The name.
      type: str
      returned: always
    type:
      description: The id of the plugin.
      type: str
      returned: always
    ds_url:
      description: The address of the database.
      type: str
      returned: always
    access:
      description: Who asks the database, V(proxy) or V(direct).
      type: str
      returned: always
    database:
      description: The name of the database.
      type: str
      returned: always
    user:
      description: The user.
      type: str
      returned: always
    basic_auth:
      description: Whether the server uses basic authentication.
      type: bool
      returned: always
    basic_auth_user:
      description: The user for basic authentication.
      type: str
      returned: always
    with_credentials:
      description: Whether the browser sends credentials.
      type: bool
      returned: always
    is_default:
      description: Whether this is the default of the organization.
      type: bool
      returned: always
    json_data:
      description: The settings of the plugin, the names of HTTP headers included.
      type: dict
      returned: always
    secure_json_fields:
      description:
        - The names of the secrets, each with V(stored). In diffs and in check mode, V(set) is a new secret, and V(replaced) one
          that is written again.
      type: dict
      returned: always
      sample: {"basicAuthPassword": "stored"}
    secrets_version:
      description: The O(secrets_version) that is stored; null for none.
      type: str
      returned: except in check mode when something would change
    read_only:
      description: Whether the data source is provisioned from a file, and cannot be changed.
      type: bool
      returned: except in check mode when something would change
    version:
      description: The version, which the server counts.
      type: int
      returned: except in check mode when something would change
    health:
      description: The C(status) (V(OK), V(ERROR), or V(UNKNOWN) without a health check) and C(message) of the health check.
      type: dict
      returned: when O(health) is V(warn) or V(fail), except in check mode when something would change
# BEGIN GENERATED (make generate): status joined_org planned results summary concurrency failure code=org_not_found
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

from ..module_utils._datasources.resource import KIND
from ..module_utils._engine.module import manage
from ..module_utils._tenants.items import DATA_SOURCES
from ..module_utils._tenants.source import from_file


def main() -> None:
    manage(KIND, tenants=from_file(DATA_SOURCES))


if __name__ == "__main__":
    main()
