# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Keys of the teams. One each, named after the team.

locals {
  teams = {
    checkout = { role = "Editor", days = 90 }
    payments = { role = "Viewer", days = 30 }
  }

  /* What each team's
     deployment gets. */
  team_keys = { for name, key in grafana_api_key.team : name => key.key if key.role != "Admin" }

  # A word that is no key of Terraform's.
  labels = {
    grafana_api_key = "left as it is"
    owner           = "platform" # grafana_api_key.team in a comment
  }
}

# The pipeline's key.
resource "grafana_api_key" "ci" { # used by every repository
  # shows up in the audit log
  name            = "ci"
  role            = "Editor" # writes dashboards
  seconds_to_live = 90 * 24 * 3600

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [seconds_to_live, role]
    # rotated with the quarter
    replace_triggered_by = [time_rotating.quarter]
  }
}

resource "time_rotating" "quarter" {
  rotation_days = 90
}

resource "grafana_api_key" "team" {
  for_each = local.teams

  name = "team-${each.key}"
  role = each.value.role

  # Not for ever.
  seconds_to_live = each.value.days * 86400

  depends_on = [grafana_organization.main]
}

resource "grafana_organization" "main" {
  name = "Main"
}

resource "grafana_api_key" "agent" {
  count    = var.agents
  provider = grafana

  name   = format("agent-%02d", count.index)
  role   = "Viewer"
  org_id = grafana_organization.main.id
}

resource "vault_kv_secret_v2" "keys" {
  for_each = grafana_api_key.team

  mount = "secret"
  name  = "grafana/${each.key}"
  data_json = jsonencode({
    key  = each.value.key
    role = each.value.role
    name = each.value.name # for people
  })
}

module "tenant" {
  source   = "../../modules/tenant"
  for_each = toset(["a", "b"])

  name      = each.key
  parent_id = grafana_api_key.agent[0].id
  keys      = [for key in grafana_api_key.agent : key.key]
}

module "stack" {
  source = "../../modules/stack"
  slug   = var.stack_slug

  providers = {
    grafana = grafana.cloud
  }
}

resource "grafana_cloud_stack_api_key" "management" {
  provider = grafana.cloud

  stack_slug = var.stack_slug
  name       = "terraform"
  role       = "Admin"
}

# Publishes metrics. Of another kind, and no concern of the stack's.
resource "grafana_cloud_api_key" "publisher" {
  provider       = grafana.cloud
  cloud_org_slug = var.cloud_org
  name           = "publisher"
  role           = "MetricsPublisher"
}

resource "terraform_data" "agents" {
  triggers_replace = grafana_api_key.agent[*].id
  depends_on       = [grafana_api_key.ci, grafana_api_key.team["checkout"]]

  provisioner "local-exec" {
    command = <<-EOT
      cat > agent.yml <<YAML
      # ${grafana_api_key.agent[0].name}
      %{for key in grafana_api_key.agent~}
      - name: ${key.name}
        key: ${key.key}
      %{endfor~}
      token: ${grafana_api_key.ci.key}
      YAML
    EOT
  }
}
