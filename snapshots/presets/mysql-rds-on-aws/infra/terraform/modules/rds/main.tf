locals {
  port = 3306

  settings = {
    "require_secure_transport" = { value = "1" }

    "character_set_server" = { value = "utf8mb4" }
    "collation_server"     = { value = "utf8mb4_0900_ai_ci" }

    # MySQL has no limits of a user. A statement that waits for the definition of a table gives up after ten seconds, and so does a
    # migration that would stop all statements behind it; one that waits for a row, after five. The server would wait for a year and for 50 seconds.
    "lock_wait_timeout"        = { value = "10" }
    "innodb_lock_wait_timeout" = { value = "5" }

    # A connection that is silent for that long is closed, and its open transaction undone.
    "wait_timeout"        = { value = "3600" }
    "interactive_timeout" = { value = "3600" }

    # Reads of services end after 30 seconds, those of people after five minutes. It limits SELECT alone. A change waits for a restart:
    # one that RDS makes in the running server can refuse all new connections until then (zenn.dev/bm_sms/articles/f68cedda8b8d88).
    "init_connect" = { value = "SET SESSION max_execution_time = CASE SUBSTRING_INDEX(CURRENT_USER(), '@', 1) WHEN 'app' THEN 30000 WHEN 'readonly' THEN 300000 ELSE 0 END", method = "pending-reboot" }

    # Statements that take more than a second are in the log.
    "slow_query_log"  = { value = "1" }
    "long_query_time" = { value = "1" }
    "log_output"      = { value = "FILE" }

    # Recovery to a moment reads the log of changes, which has rows. Without the second one only who has SUPER makes triggers, and in RDS nobody has.
    "binlog_format"                   = { value = "ROW" }
    "log_bin_trust_function_creators" = { value = "1" }

    # Memory holds about fifty for each GiB.
    "max_connections" = { value = tostring(var.max_connections) }
  }
}

resource "aws_db_parameter_group" "this" {
  name        = "${var.name}-mysql${replace(var.major, ".", "")}"
  description = "Settings of the database of ${var.name}"
  family      = "mysql${var.major}"

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
  for_each = toset(["error", "slowquery"])

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = 365
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_157:Only production has a second instance; multi_az says so.
  #checkov:skip=CKV_AWS_161:Roles have passwords that Terraform draws; a token of IAM is valid for 15 minutes, and few drivers ask for a new one.
  #checkov:skip=CKV2_AWS_69:The parameter group has require_secure_transport.
  identifier     = var.name
  engine         = "mysql"
  instance_class = var.instance_class
  multi_az       = var.multi_az

  # RDS takes the newest minor version that it recommends, and later ones in the window. A new major one comes by a reviewed change of
  # `major`: docs/runbooks/mysql.md.
  engine_version              = var.major
  allow_major_version_upgrade = true

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.max_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  # RDS makes the password of this user, keeps it in Secrets Manager and changes it every week. Only scripts/mysql-roles.sh
  # and restores log in with it.
  db_name                       = var.database
  username                      = "admin"
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
  enabled_cloudwatch_logs_exports       = ["error", "slowquery"]
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
