# What only Atlas can see. Everything that the services notice is alerted on in the cluster.
locals {
  events = toset([
    "CPS_COPY_SNAPSHOT_FAILED",
    "CPS_SNAPSHOT_FAILED",
    "NO_PRIMARY",
  ])

  metrics = {
    DISK_PARTITION_SPACE_USED_DATA = { threshold = 80, units = "RAW" }
    NORMALIZED_SYSTEM_CPU_USER     = { threshold = 85, units = "RAW" }
  }
}

resource "mongodbatlas_alert_configuration" "event" {
  for_each = local.events

  project_id = mongodbatlas_project.this.id
  event_type = each.key
  enabled    = true

  notification {
    type_name     = "EMAIL"
    email_address = var.contact
    delay_min     = 0
    interval_min  = 60
  }
}

resource "mongodbatlas_alert_configuration" "metric" {
  for_each = local.metrics

  project_id = mongodbatlas_project.this.id
  event_type = "OUTSIDE_METRIC_THRESHOLD"
  enabled    = true

  metric_threshold_config {
    metric_name = each.key
    mode        = "AVERAGE"
    operator    = "GREATER_THAN"
    threshold   = each.value.threshold
    units       = each.value.units
  }

  notification {
    type_name     = "EMAIL"
    email_address = var.contact
    delay_min     = 10
    interval_min  = 60
  }
}

resource "mongodbatlas_alert_configuration" "oplog_window" {
  project_id = mongodbatlas_project.this.id
  event_type = "REPLICATION_OPLOG_WINDOW_RUNNING_OUT"
  enabled    = true

  threshold_config {
    operator  = "LESS_THAN"
    threshold = 24
    units     = "HOURS"
  }

  notification {
    type_name     = "EMAIL"
    email_address = var.contact
    delay_min     = 0
    interval_min  = 60
  }
}
