#!/usr/bin/python
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_datasource_info
short_description: List the data sources of an organization of Grafana
version_added: 0.1.0
description:
  - Returns the data sources of an organization, and the names of their secrets. The server never returns the secrets
    themselves.
  - This takes one request, and one more for each data source.
  - Grafana 9.0 and later show data sources to every member who may query them, except with the role None. Before, they show
    them to Admins only. A token of a service account can be the caller, also on a stack of Grafana Cloud, with the stack's own
    address as O(url).
options:
  uid:
    description:
      - Return only the data source with this uid.
    type: raw
  name:
    description:
      - Return only the data source with exactly this name.
    type: raw
  type:
    description:
      - Return only data sources of this plugin. Former ids, such as V(testdata), are the same type as the present ones.
    type: raw
  health:
    description:
      - Whether to ask for the server's health check of each data source. An answer that is not OK is a warning.
    type: bool
    default: false
extends_documentation_fragment:
  - orgsmith.grafana.connection
  - orgsmith.grafana.org
  - orgsmith.grafana.attributes.info
seealso:
  - module: orgsmith.grafana.grafana_datasource
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: List the data sources of tenant-1
  orgsmith.grafana.grafana_datasource_info:
    org_name: tenant-1
  register: sources

- name: Ask whether the Prometheus data sources work
  orgsmith.grafana.grafana_datasource_info:
    org_name: tenant-1
    type: prometheus
    health: true
  register: metrics
"""

RETURN = r"""
data_sources:
  description: The data sources, in the order of the server.
  type: list
  elements: dict
  returned: success
  contains:
    # BEGIN GENERATED (make generate): org returned=success
    org_id:
      description: The organization's id.
      type: int
      returned: success
    org_name:
      description: The organization's name, if it is known.
      type: str
      returned: success
    # END GENERATED
    id:
      description: The id. From Grafana 13.0 on, no route of the API takes it.
      type: int
      returned: success
    uid:
      description: The uid.
      type: str
      returned: success
    name:
      description: The name.
      type: str
      returned: success
    type:
      description: The id of the plugin.
      type: str
      returned: success
    ds_url:
      description: The address of the database.
      type: str
      returned: success
    access:
      description: Who asks the database, V(proxy) or V(direct).
      type: str
      returned: success
    database:
      description: The name of the database.
      type: str
      returned: success
    user:
      description: The user.
      type: str
      returned: success
    basic_auth:
      description: Whether the server uses basic authentication.
      type: bool
      returned: success
    basic_auth_user:
      description: The user for basic authentication.
      type: str
      returned: success
    with_credentials:
      description: Whether the browser sends credentials.
      type: bool
      returned: success
    is_default:
      description: Whether this is the default of the organization.
      type: bool
      returned: success
    json_data:
      description: The settings of the plugin, the names of HTTP headers included.
      type: dict
      returned: success
    secure_json_fields:
      description: The names of the secrets, each with V(stored).
      type: dict
      returned: success
      sample: {"basicAuthPassword": "stored"}
    secrets_version:
      description: The O(orgsmith.grafana.grafana_datasource#module:secrets_version) that is stored; null for none.
      type: str
      returned: success
    read_only:
      description: Whether the data source is provisioned from a file, and cannot be changed.
      type: bool
      returned: success
    version:
      description: The version, which the server counts.
      type: int
      returned: success
    health:
      description: The C(status) (V(OK), V(ERROR), or V(UNKNOWN) without a health check) and C(message) of the health check.
      type: dict
      returned: when O(health) is V(true)
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

from ..module_utils._datasources.info import OPTIONS, all_data_sources
from ..module_utils._engine.info import report


def main() -> None:
    report(OPTIONS, all_data_sources)


if __name__ == "__main__":
    main()
