locals {
  port = 5432

  settings = {
    "rds.force_ssl" = { value = "1" }

    # Roles have limits of their own; this is for sessions that set none.
    "idle_in_transaction_session_timeout" = { value = "300000" }

    # Slow statements, changes of tables and long waits are in the log. Values of parameters are not.
    "log_lock_waits"                    = { value = "1" }
    "log_min_duration_statement"        = { value = "1000" }
    "log_parameter_max_length"          = { value = "0" }
    "log_parameter_max_length_on_error" = { value = "0" }
    "log_statement"                     = { value = "ddl" }

    # These wait for a restart.
    "max_connections"          = { value = tostring(var.max_connections), method = "pending-reboot" }
    "shared_preload_libraries" = { value = "pg_stat_statements", method = "pending-reboot" }
  }
}

resource "aws_db_parameter_group" "this" {
  #checkov:skip=CKV2_AWS_30:The settings below log statements; checkov does not see them in a dynamic block.
  name        = "${var.name}-postgres${var.major}"
  description = "Settings of the database of ${var.name}"
  family      = "postgres${var.major}"

  dynamic "parameter" {
    for_each = local.settings

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = try(parameter.value.method, "immediate")
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Made before RDS does, which would keep the log for ever and without a key.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = 365
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_157:Only production has a second instance; multi_az says so.
  #checkov:skip=CKV_AWS_161:Roles have passwords that Terraform draws; a token of IAM is valid for 15 minutes, and few drivers ask for a new one.
  #checkov:skip=CKV2_AWS_30:The parameter group logs slow statements and changes of tables.
  #checkov:skip=CKV2_AWS_69:The parameter group has rds.force_ssl.
  identifier     = var.name
  engine         = "postgres"
  instance_class = var.instance_class
  multi_az       = var.multi_az

  # RDS takes the newest minor version that it recommends, and later ones in the window. A new major one comes by a reviewed change of
  # `major`: docs/runbooks/postgresql.md.
  engine_version              = var.major
  allow_major_version_upgrade = true

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.max_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  # RDS makes the password of this user, keeps it in Secrets Manager and changes it every week. Only scripts/postgresql-roles.sh
  # and restores log in with it.
  db_name                       = var.database
  username                      = "postgres"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = var.kms_key_arn

  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  db_subnet_group_name   = aws_db_subnet_group.this.name
  parameter_group_name   = aws_db_parameter_group.this.name
  port                   = local.port
  publicly_accessible    = false
  vpc_security_group_ids = [aws_security_group.this.id]

  # AWS updates the instance in the window. Changes made here were reviewed and are wanted now; in the window they would show up
  # in every plan until then.
  apply_immediately          = true
  auto_minor_version_upgrade = true
  maintenance_window         = var.maintenance_window

  # Snapshots and change log, from which any moment of these days can be restored. They outlive the instance.
  backup_retention_period   = var.backup_days
  backup_window             = "01:00-02:00"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = true
  final_snapshot_identifier = "${var.name}-final"
  skip_final_snapshot       = false

  database_insights_mode                = "standard"
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = 7

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.monitoring]
}

# The copies survive the loss of the region.
resource "aws_db_instance_automated_backups_replication" "this" {
  region                 = var.backup_region
  source_db_instance_arn = aws_db_instance.this.arn
  kms_key_id             = var.backup_kms_key_arn
  retention_period       = var.backup_days
}

# Measures the machine from inside, every minute.
resource "aws_iam_role" "monitoring" {
  name                 = "${var.name}-rds-monitoring"
  description          = "RDS writes measurements of the database of ${var.name}"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
