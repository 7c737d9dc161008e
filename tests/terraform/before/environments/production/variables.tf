# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

variable "grafana_url" { type = string }

variable "grafana_auth" {
  type      = string
  sensitive = true
}

variable "cloud_token" {
  type      = string
  sensitive = true
}

variable "cloud_org" { type = string }
variable "stack_slug" { type = string }

variable "agents" {
  type    = number
  default = 2
}
