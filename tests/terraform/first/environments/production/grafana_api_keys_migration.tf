# For the apply that goes from API keys to service accounts: Terraform forgets the keys without deleting them in Grafana.
# Written by orgsmith.grafana.grafana_terraform_migrate, which takes this file away again for the second apply.

removed {
  from = grafana_api_key.ci

  lifecycle {
    destroy = false
  }
}

removed {
  from = grafana_api_key.team

  lifecycle {
    destroy = false
  }
}

removed {
  from = grafana_api_key.agent

  lifecycle {
    destroy = false
  }
}

removed {
  from = grafana_cloud_stack_api_key.management

  lifecycle {
    destroy = false
  }
}
