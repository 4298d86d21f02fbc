mock_provider "aws" {}

mock_provider "mongodbatlas" {
  mock_resource "mongodbatlas_advanced_cluster" {
    defaults = {
      connection_strings = {
        private          = ""
        private_srv      = ""
        standard         = ""
        standard_srv     = ""
        private_endpoint = [{ srv_connection_string = "mongodb+srv://shop-prod-pl-0.abcde.mongodb.net" }]
      }
    }
  }
}

variables {
  backup_region               = "eu-west-1"
  client_security_group_id    = "sg-pods"
  contact                     = "team@example.com"
  disk_size_gb                = 50
  instance_size               = "M30"
  maintenance_window          = { day_of_week = 3, hour_of_day = 3 }
  name                        = "shop-prod"
  org_id                      = "0123456789abcdef01234567"
  point_in_time_recovery_days = 7
  region                      = "eu-central-1"
  snapshot_retention_days     = 35
  subnet_ids                  = ["subnet-a", "subnet-b", "subnet-c"]
  vpc_id                      = "vpc-1"

  users = {
    api = {
      role_arn    = "arn:aws:iam::111122223333:role/shop-prod-api"
      description = "Service api"
      roles       = [{ name = "readWrite", database = "shop" }]
    }
  }
}

run "protected_and_private" {
  command = plan

  assert {
    condition     = mongodbatlas_advanced_cluster.this.termination_protection_enabled && mongodbatlas_advanced_cluster.this.retain_backups_enabled
    error_message = "The cluster must not be deletable by mistake, and its backups must outlive it."
  }

  assert {
    condition     = mongodbatlas_advanced_cluster.this.advanced_configuration.minimum_enabled_tls_protocol == "TLS1_2"
    error_message = "Connections need TLS 1.2 or newer."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoint.referenced_security_group_id == "sg-pods"
    error_message = "Only the pods may reach the endpoint."
  }

  assert {
    condition     = mongodbatlas_database_user.this["api"].aws_iam_type == "ROLE" && mongodbatlas_database_user.this["api"].auth_database_name == "$external"
    error_message = "Users must be AWS roles, without a password."
  }

  assert {
    condition     = mongodbatlas_advanced_cluster.this.replication_specs[0].region_configs[0].auto_scaling.compute_max_instance_size == "M40"
    error_message = "Atlas may go one tier up."
  }
}

run "point_in_time_recovery" {
  command = plan

  assert {
    condition     = mongodbatlas_advanced_cluster.this.pit_enabled && mongodbatlas_cloud_backup_schedule.this.restore_window_days == 7
    error_message = "Continuous backup must reach back as far as asked for."
  }

  assert {
    condition     = mongodbatlas_cloud_backup_schedule.this.policy_item_hourly[0].retention_value >= mongodbatlas_cloud_backup_schedule.this.restore_window_days
    error_message = "Point-in-time recovery starts from a snapshot, which must still exist."
  }

  assert {
    condition = (
      mongodbatlas_cloud_backup_schedule.this.copy_settings[0].region_name == "EU_WEST_1"
      && mongodbatlas_cloud_backup_schedule.this.copy_settings[0].should_copy_oplogs
    )
    error_message = "Snapshots and oplog must be copied to the other region."
  }
}

run "snapshots_only" {
  command = plan

  variables {
    point_in_time_recovery_days = 0
  }

  assert {
    condition     = !mongodbatlas_advanced_cluster.this.pit_enabled && !mongodbatlas_cloud_backup_schedule.this.copy_settings[0].should_copy_oplogs
    error_message = "Without point-in-time recovery there is no oplog to keep."
  }

  assert {
    condition     = mongodbatlas_advanced_cluster.this.backup_enabled && mongodbatlas_cloud_backup_schedule.this.policy_item_daily[0].retention_value == 35
    error_message = "Snapshots are taken all the same."
  }
}

run "refuses_copies_in_the_same_region" {
  command = plan

  variables {
    backup_region = "eu-central-1"
  }

  expect_failures = [var.backup_region]
}

run "refuses_tiny_disk" {
  command = plan

  variables {
    disk_size_gb = 5
  }

  expect_failures = [var.disk_size_gb]
}

run "refuses_disk_beyond_the_tier" {
  command = plan

  variables {
    disk_size_gb = 600
  }

  expect_failures = [var.disk_size_gb]
}

run "refuses_shared_tier" {
  command = plan

  variables {
    disk_size_gb  = 10
    instance_size = "M2"
  }

  expect_failures = [var.instance_size]
}

run "refuses_users_that_are_no_roles" {
  command = plan

  variables {
    users = {
      someone = {
        role_arn    = "arn:aws:iam::111122223333:user/someone"
        description = "A person"
        roles       = [{ name = "readWrite", database = "shop" }]
      }
    }
  }

  expect_failures = [var.users]
}

run "refuses_administrators" {
  command = plan

  variables {
    users = {
      api = {
        role_arn    = "arn:aws:iam::111122223333:role/shop-prod-api"
        description = "Service api"
        roles       = [{ name = "atlasAdmin", database = "admin" }]
      }
    }
  }

  expect_failures = [var.users]
}

run "refuses_numbers_out_of_range" {
  command = plan

  variables {
    maintenance_window          = { day_of_week = 8, hour_of_day = 3 }
    org_id                      = "acme"
    point_in_time_recovery_days = 90
    snapshot_retention_days     = 1
  }

  expect_failures = [var.maintenance_window, var.org_id, var.point_in_time_recovery_days, var.snapshot_retention_days]
}
