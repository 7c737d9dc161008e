# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

provider "grafana" {
  url  = var.grafana_url
  auth = var.grafana_auth
}

provider "grafana" {
  alias = "cloud"

  cloud_access_policy_token = var.cloud_token
}

# What is inside of the stack is managed with a key of its own.
provider "grafana" {
  alias = "stack"

  url  = "https://${var.stack_slug}.grafana.net"
  auth = grafana_cloud_stack_service_account_token.management.key
}
