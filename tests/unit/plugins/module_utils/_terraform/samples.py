# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terraform code that many tests start from: a key of each shape, and where the provider's version is pinned."""

from __future__ import annotations

ONE = 'resource "grafana_api_key" "x" {\n  name = "n"\n  role = "Viewer"\n}\n'
EACH = 'resource "grafana_api_key" "x" {\n  for_each = var.keys\n  name     = each.key\n  role     = each.value\n}\n'
COUNT = 'resource "grafana_api_key" "x" {\n  count = 2\n  name  = "n${count.index}"\n  role  = "Viewer"\n}\n'
CLOUD = 'resource "grafana_cloud_stack_api_key" "x" {\n  stack_slug = "s"\n  name       = "n"\n  role       = "Viewer"\n}\n'
MIGRATION = "grafana_api_keys_migration.tf"
VERSIONS = 'terraform {\n  required_providers {\n    grafana = {\n      source = "grafana/grafana"%s\n    }\n  }\n}\n'
PINNED = VERSIONS.replace("source =", "source  =") % '\n      version = "%s"'
TOKEN, ACCOUNT = "grafana_service_account_token.x", "grafana_service_account.x"
