locals {
  # Atlas writes eu-central-1 as EU_CENTRAL_1.
  backup_region = upper(replace(var.backup_region, "-", "_"))
  region        = upper(replace(var.region, "-", "_"))

  sizes = ["M10", "M20", "M30", "M40", "M50", "M60", "M80"]
}

# One project per environment: users, network and alerts of Atlas belong to a project.
resource "mongodbatlas_project" "this" {
  name   = var.name
  org_id = var.org_id
  tags   = var.tags

  is_data_explorer_enabled     = false
  with_default_alerts_settings = true
}

resource "mongodbatlas_advanced_cluster" "this" {
  project_id             = mongodbatlas_project.this.id
  name                   = var.name
  cluster_type           = "REPLICASET"
  mongo_db_major_version = "8.0"
  tags                   = var.tags

  backup_enabled                 = true
  pit_enabled                    = var.point_in_time_recovery_days > 0
  retain_backups_enabled         = true
  termination_protection_enabled = true

  # Log lines may carry values of documents.
  redact_client_log_data = true

  # A creation that takes long is finished by hand, not torn down.
  delete_on_create_timeout = false

  # Lets Atlas grow the cluster without the next plan shrinking it.
  use_effective_fields = true

  advanced_configuration = {
    javascript_enabled           = false
    minimum_enabled_tls_protocol = "TLS1_2"
  }

  replication_specs = [{
    region_configs = [{
      priority      = 7
      provider_name = "AWS"
      region_name   = local.region

      electable_specs = {
        disk_size_gb  = var.disk_size_gb
        instance_size = var.instance_size
        node_count    = 3
      }

      auto_scaling = {
        compute_enabled            = true
        compute_max_instance_size  = local.sizes[index(local.sizes, var.instance_size) + 1]
        compute_min_instance_size  = var.instance_size
        compute_scale_down_enabled = true
        disk_gb_enabled            = true
      }
    }]
  }]

  lifecycle {
    prevent_destroy = true
  }

  # A cluster learns its private connection string when the endpoint is already there.
  depends_on = [mongodbatlas_privatelink_endpoint_service.this]
}

resource "mongodbatlas_maintenance_window" "this" {
  project_id  = mongodbatlas_project.this.id
  day_of_week = var.maintenance_window.day_of_week
  hour_of_day = var.maintenance_window.hour_of_day
}

# Reading this setting already takes the role Project Owner, which the account for plans must not have. A person sets it:
# scripts/atlas-auditing.sh. States of before let go of it without turning it off.
removed {
  from = mongodbatlas_auditing.this

  lifecycle {
    destroy = false
  }
}
