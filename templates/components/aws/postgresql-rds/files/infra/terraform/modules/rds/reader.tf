# Follows the instance, for long reads. It holds nothing of its own: what fails is made again from the instance.
resource "aws_db_instance" "reader" {
  #checkov:skip=CKV_AWS_133:Its data is that of the instance, which is backed up.
  #checkov:skip=CKV_AWS_157:What fails is made again; the instance takes over without it.
  #checkov:skip=CKV_AWS_161:Roles have passwords that Terraform draws; a token of IAM is valid for 15 minutes, and few drivers ask for a new one.
  #checkov:skip=CKV_AWS_293:It holds nothing of its own, and only people may delete instances.
  #checkov:skip=CKV2_AWS_30:The parameter group logs slow statements and changes of tables.
  #checkov:skip=CKV2_AWS_69:The parameter group has rds.force_ssl.
  count = var.read_replica ? 1 : 0

  identifier          = "${var.name}-reader"
  replicate_source_db = aws_db_instance.this.identifier
  instance_class      = var.instance_class

  max_allocated_storage = var.max_storage_gb
  storage_encrypted     = true
  storage_type          = "gp3"

  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  parameter_group_name   = aws_db_parameter_group.this.name
  port                   = local.port
  publicly_accessible    = false
  vpc_security_group_ids = [aws_security_group.this.id]

  apply_immediately          = true
  auto_minor_version_upgrade = true
  maintenance_window         = var.maintenance_window

  copy_tags_to_snapshot = true
  skip_final_snapshot   = true

  database_insights_mode                = "standard"
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = 7

  depends_on = [aws_cloudwatch_log_group.reader, aws_iam_role_policy_attachment.monitoring]
}

resource "aws_cloudwatch_log_group" "reader" {
  for_each = var.read_replica ? toset(["postgresql", "upgrade"]) : []

  name              = "/aws/rds/instance/${var.name}-reader/${each.key}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = 365
}

locals {
  reader_alarms = {
    reader-connections = {
      metric      = "DatabaseConnections"
      threshold   = floor(var.max_connections * 0.8)
      missing     = "notBreaching"
      description = "has more than 80 % of the connections that it takes"
    }
    reader-cpu = {
      metric    = "CPUUtilization"
      threshold = 80
      # An instance that is down reports nothing.
      missing     = "breaching"
      description = "is busy for more than 80 % of the time, or reports nothing"
    }
    reader-lag = {
      # RDS reports -1 when it follows no more, and sends an event.
      metric      = "ReplicaLag"
      threshold   = 60
      missing     = "breaching"
      description = "is more than a minute behind the database, or reports nothing"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "reader" {
  for_each = var.read_replica ? local.reader_alarms : {}

  alarm_name          = "${var.name}-postgresql-${each.key}"
  alarm_description   = "The read replica of ${var.name} ${each.value.description}. Runbook: ${var.runbook}"
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = aws_db_instance.reader[0].identifier }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
