# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

terraform {
  required_providers {
    grafana = {
      source  = "grafana/grafana"
      version = ">= 2.0, < 3.0"
    }
  }
}

variable "name" {
  type = string
}

variable "parent_id" {
  type = string
}

variable "keys" {
  type      = list(string)
  sensitive = true
}

resource "grafana_organization" "this" {
  name = var.name
}

resource "grafana_api_key" "this" {
  org_id = grafana_organization.this.id
  name   = var.name
  role   = "Admin"

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = length(var.name) > 0
      error_message = "A tenant has a name."
    }
    postcondition {
      condition     = self.key != ""
      error_message = "Grafana has given no key."
    }
  }
}

output "key" {
  value     = grafana_api_key.this.key
  sensitive = true
}
