# For the apply that replaces API keys with service accounts: Terraform forgets the keys without deleting them in Grafana.
# Written by orgsmith.grafana.grafana_terraform_migrate, which deletes this file for the second apply.

removed {
  from = grafana_cloud_stack_api_key.reader

  lifecycle {
    destroy = false
  }
}
