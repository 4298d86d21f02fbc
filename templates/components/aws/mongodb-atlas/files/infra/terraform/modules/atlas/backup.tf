# A rarer snapshot must be kept at least as long as a more frequent one, and the hourly ones at least as
# long as the window of point-in-time recovery.
locals {
  hourly_days  = max(2, var.point_in_time_recovery_days)
  daily_days   = max(local.hourly_days, var.snapshot_retention_days)
  weekly_weeks = max(5, ceil(local.daily_days / 7))
}

resource "mongodbatlas_cloud_backup_schedule" "this" {
  project_id   = mongodbatlas_project.this.id
  cluster_name = mongodbatlas_advanced_cluster.this.name

  reference_hour_of_day    = 1
  reference_minute_of_hour = 30
  restore_window_days      = var.point_in_time_recovery_days > 0 ? var.point_in_time_recovery_days : null

  policy_item_hourly {
    frequency_interval = 6
    retention_unit     = "days"
    retention_value    = local.hourly_days
  }

  policy_item_daily {
    frequency_interval = 1
    retention_unit     = "days"
    retention_value    = local.daily_days
  }

  # Saturdays.
  policy_item_weekly {
    frequency_interval = 6
    retention_unit     = "weeks"
    retention_value    = local.weekly_weeks
  }

  # The last day of the month.
  policy_item_monthly {
    frequency_interval = 40
    retention_unit     = "months"
    retention_value    = 12
  }

  # With the oplog, the copy can be restored to any moment as well.
  copy_settings {
    cloud_provider     = "AWS"
    frequencies        = ["HOURLY", "DAILY", "WEEKLY", "MONTHLY"]
    region_name        = local.backup_region
    should_copy_oplogs = var.point_in_time_recovery_days > 0
    zone_id            = mongodbatlas_advanced_cluster.this.replication_specs[0].zone_id
  }
}
