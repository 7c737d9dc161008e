# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options for a stack of Grafana Cloud instead of a server."""

    DOCUMENTATION = r"""
options:
  cloud_stack:
    description:
      - The slug of a stack of Grafana Cloud. For C(https://acme.grafana.net) the slug is V(acme). The module then uses the Cloud
        API. Do not set O(url); the Cloud API returns the address of the stack.
      - O(token) must be the token of an access policy of Grafana Cloud (C(glc_...)), with the scopes C(stacks:read) and
        C(stack-service-accounts:write) and a realm that includes the stack.
      - A stack has one organization, so the module rejects O(org_id) and O(org_name).
      - The module waits up to five minutes for a stack that is starting.
      - The module tests new keys at the address of the stack itself, so this host must be able to reach it. Use
        O(ignore:prove=never) if it cannot. The module uses O(headers) and O(client_cert) only for the Cloud API.
      - If neither this option nor O(url) is set, the module uses E(GRAFANA_CLOUD_STACK).
    type: str
  cloud_url:
    description:
      - The address of the Cloud API. The default is V(https://grafana.com/api).
      - If it is not set, the module uses E(GRAFANA_CLOUD_URL).
    type: str
"""
