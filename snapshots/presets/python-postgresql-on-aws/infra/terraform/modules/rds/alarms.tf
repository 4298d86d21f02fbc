locals {
  gib = 1024 * 1024 * 1024

  alarms = {
    connections = {
      metric      = "DatabaseConnections"
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = floor(var.max_connections * 0.8)
      missing     = "notBreaching"
      description = "has more than 80 % of the connections that it takes"
    }
    cpu = {
      metric     = "CPUUtilization"
      statistic  = "Average"
      comparison = "GreaterThanThreshold"
      threshold  = 80
      # An instance that is down reports nothing.
      missing     = "breaching"
      description = "is busy for more than 80 % of the time, or reports nothing"
    }
    memory = {
      metric      = "FreeableMemory"
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = local.gib / 8
      missing     = "notBreaching"
      description = "has less than 128 MiB of memory left"
    }
    storage = {
      metric      = "FreeStorageSpace"
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = max(2, floor(var.storage_gb * 0.1)) * local.gib
      missing     = "notBreaching"
      description = "has less than ${max(2, floor(var.storage_gb * 0.1))} GiB of storage left"
    }
    # At two billion the server takes no more writes; vacuuming keeps it at 200 million.
    transactions = {
      metric      = "MaximumUsedTransactionIDs"
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = 1000000000
      missing     = "notBreaching"
      description = "has not vacuumed for too long: something holds old rows"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-postgresql-${each.key}"
  alarm_description   = "The database of ${var.name} ${each.value.description}. Runbook: ${var.runbook}"
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = aws_db_instance.this.identifier }
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 3
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

# What RDS itself says about the instance.
resource "aws_db_event_subscription" "this" {
  name             = "${var.name}-postgresql"
  sns_topic        = var.alarm_topic_arn
  source_type      = "db-instance"
  source_ids       = [aws_db_instance.this.identifier]
  event_categories = ["availability", "deletion", "failover", "failure", "low storage", "maintenance", "notification", "recovery"]
}
