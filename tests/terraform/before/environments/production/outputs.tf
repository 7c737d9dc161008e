# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

output "ci_key" {
  value     = grafana_api_key.ci.key
  sensitive = true
}

output "ci" {
  description = "The whole key, as others read it from this state."
  value       = grafana_api_key.ci
  sensitive   = true
}

output "agents" {
  value = {
    names   = values(grafana_api_key.team)[*].name
    keys    = values(grafana_api_key.team)[*].key
    ends    = grafana_api_key.agent[*].expiration # RFC 3339
    first   = try(grafana_api_key.agent[0].role, null)
    number  = length(grafana_api_key.agent) # how many
    by_name = { for key in grafana_api_key.team : key.name => key.expiration }
  }
  sensitive = true
}

output "tenants" {
  value     = { for name, tenant in module.tenant : name => tenant.key }
  sensitive = true
}
