# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

terraform {
  required_providers {
    grafana = {
      source = "grafana/grafana"
    }
  }
}

variable "slug" {
  type = string
}

moved {
  from = grafana_cloud_stack_api_key.old
  to   = grafana_cloud_stack_api_key.reader
}

resource "grafana_cloud_stack_api_key" "reader" {
  count = 1

  stack_slug      = var.slug
  name            = "reader"
  role            = "Viewer"
  seconds_to_live = 86400
}

output "key" {
  value     = one(grafana_cloud_stack_api_key.reader[*].key)
  sensitive = true
}
