# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

output "ci_key" {
  value     = grafana_service_account_token.ci.key
  sensitive = true
}

output "ci" {
  description = "The whole key, as others read it from this state."
  value       = merge(grafana_service_account_token.ci, { name = grafana_service_account.ci.name, role = grafana_service_account.ci.role, org_id = grafana_service_account.ci.org_id })
  sensitive   = true
}

output "agents" {
  value = {
    names   = values(grafana_service_account.team)[*].name
    keys    = values(grafana_service_account_token.team)[*].key
    ends    = grafana_service_account_token.agent[*].expiration # RFC 3339
    first   = try(grafana_service_account.agent[0].role, null)
    number  = length(grafana_service_account_token.agent) # how many
    by_name = { for name, key in grafana_service_account_token.team : grafana_service_account.team[name].name => key.expiration }
  }
  sensitive = true
}

output "tenants" {
  value     = { for name, tenant in module.tenant : name => tenant.key }
  sensitive = true
}
