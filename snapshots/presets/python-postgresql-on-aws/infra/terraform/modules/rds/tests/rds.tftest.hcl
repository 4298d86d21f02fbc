mock_provider "aws" {
  mock_resource "aws_db_instance" {
    defaults = {
      address = "shop-prod.example.eu-central-1.rds.amazonaws.com"
      arn     = "arn:aws:rds:eu-central-1:444455556666:db:shop-prod"
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::444455556666:role/shop-prod-rds-monitoring" }
  }
  override_during = plan
}

variables {
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:444455556666:example"
  backup_days              = 7
  backup_kms_key_arn       = "arn:aws:kms:eu-west-1:444455556666:key/00000000-0000-0000-0000-000000000000"
  backup_region            = "eu-west-1"
  boundary_arn             = "arn:aws:iam::444455556666:policy/shop-prod-boundary"
  client_security_group_id = "sg-0a1b2c3d4e5f60718"
  database                 = "shop"
  instance_class           = "db.m7g.large"
  kms_key_arn              = "arn:aws:kms:eu-central-1:444455556666:key/00000000-0000-0000-0000-000000000000"
  maintenance_window       = "wed:03:00-wed:04:00"
  major                    = "18"
  max_connections          = 400
  max_storage_gb           = 100
  multi_az                 = true
  name                     = "shop-prod"
  runbook                  = "https://example.com/runbook"
  storage_gb               = 50
  subnet_ids               = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
  vpc_id                   = "vpc-0a1b2c3d4e5f60718"
}

run "protected_and_private" {
  command = plan

  assert {
    condition     = aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.delete_automated_backups
    error_message = "The instance must not be deletable by mistake, and its backups must outlive it."
  }

  assert {
    condition     = aws_db_instance.this.storage_encrypted && !aws_db_instance.this.publicly_accessible && aws_db_instance.this.multi_az
    error_message = "Storage must be encrypted, no address public, and another instance must take over."
  }

  assert {
    condition     = aws_db_instance.this.manage_master_user_password && aws_db_instance.this.password == null
    error_message = "RDS must make the password of postgres, or the state would hold it."
  }

  assert {
    condition = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value } == {
      for name, setting in local.settings : name => setting.value
    } && local.settings["rds.force_ssl"].value == "1" && local.settings["max_connections"].value == "400"
    error_message = "Every connection must be encrypted, and their number limited."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.this.referenced_security_group_id == "sg-0a1b2c3d4e5f60718" && aws_vpc_security_group_ingress_rule.this.to_port == 5432
    error_message = "Only pods of the cluster may connect."
  }

  assert {
    condition     = aws_db_instance.this.backup_retention_period == 7 && aws_db_instance_automated_backups_replication.this.retention_period == 7 && aws_db_instance_automated_backups_replication.this.region == "eu-west-1"
    error_message = "Any moment of the days must be restorable, also from the other region."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connections"].threshold == 320 && aws_cloudwatch_metric_alarm.this["storage"].threshold == 5 * 1024 * 1024 * 1024
    error_message = "Alarms must follow the size of the instance."
  }
}

run "one_instance" {
  command = plan

  variables {
    multi_az = false
  }

  assert {
    condition     = !aws_db_instance.this.multi_az
    error_message = "Environments other than production have one instance."
  }
}

run "refuses_wrong_settings" {
  command = plan

  variables {
    backup_days        = 36
    instance_class     = "m7g.large"
    maintenance_window = "monday"
    major              = "18.1"
    max_connections    = 10
    name               = "shop--prod"
    storage_gb         = 19
    subnet_ids         = ["subnet-0a1b2c3d4e5f60711"]
  }

  expect_failures = [
    var.backup_days,
    var.instance_class,
    var.maintenance_window,
    var.major,
    var.max_connections,
    var.name,
    var.storage_gb,
    var.subnet_ids,
  ]
}

run "refuses_storage_that_cannot_grow" {
  command = plan

  variables {
    max_storage_gb = 51
  }

  expect_failures = [var.max_storage_gb]
}
