# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

terraform {
  required_providers {
    grafana = {
      source  = "grafana/grafana"
      version = "1.42.0"
    }
  }
}

# Of version 1: keys of a stack were of the same type. Without a stack, this is another kind of key.
resource "grafana_api_key" "stack" {
  cloud_stack_slug = var.cloud ? "example" : null
  name             = "stack"
  role             = "Viewer"
}

resource "grafana_api_key" "dashboards" {
  name = "dashboards"
  role = "Editor"
}

resource "grafana_api_key" "rotating" {
  name = "rotating-${timestamp()}"
  role = "Editor"
}

output "stack" {
  value     = grafana_api_key.stack.key
  sensitive = true
}

variable "cloud" {
  type = bool
}
