# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """A stack of Grafana Cloud in place of a server."""

    DOCUMENTATION = r"""
options:
  cloud_stack:
    description:
      - The slug of a stack of Grafana Cloud, which is then reached by the Cloud API. Of C(https://acme.grafana.net) it
        is V(acme). Then O(url) is not given, as the Cloud API tells it.
      - O(token) is that of an access policy of Grafana Cloud (C(glc_...)) with the scopes C(stacks:read) and
        C(stack-service-accounts:write), and a realm with the stack in it.
      - A stack is one organization, so O(org_id) and O(org_name) are refused.
      - A stack that starts is waited for, up to five minutes.
      - New keys are proven at the stack's own address, which this host has to reach, or else O(ignore:prove=never).
        O(headers) and O(client_cert) go to the Cloud API alone.
      - Without it and O(url), E(GRAFANA_CLOUD_STACK) is used.
    type: str
  cloud_url:
    description:
      - The address of the Cloud API. The default is V(https://grafana.com/api).
      - Without it E(GRAFANA_CLOUD_URL) is used.
    type: str
"""
