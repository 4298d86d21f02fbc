# Nodes are numbered, and keep their number when another one takes over or is replaced.
locals {
  alarms = {
    connections = {
      metric      = "CurrConnections"
      statistic   = "Maximum"
      threshold   = 5000
      periods     = 3
      missing     = "notBreaching"
      description = "has more than 5000 connections, so a service opens them and does not close them"
    }
    # All commands run on one of the two CPUs of a node.
    cpu = {
      metric    = "CPUUtilization"
      statistic = "Average"
      threshold = 45
      periods   = 3
      # A node that is down reports nothing.
      missing     = "breaching"
      description = "uses more than 45 % of its two CPUs, or reports nothing"
    }
    # A full memory is as it should be: what was not used for the longest time makes room. Swapping is not.
    memory = {
      metric      = "SwapUsage"
      statistic   = "Maximum"
      threshold   = 300 * 1024 * 1024
      periods     = 3
      missing     = "notBreaching"
      description = "has too little memory beside what is kept there and swaps"
    }
  }

  member_alarms = merge([
    for number in range(1, var.nodes + 1) : {
      for name, alarm in local.alarms : "${name}-${number}" => merge(alarm, { member = format("%s-%03d", local.server, number), number = number })
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.member_alarms

  alarm_name          = "${var.name}-cache-${each.key}"
  alarm_description   = "Node ${each.value.number} of the cache of ${var.name} ${each.value.description}. Runbook: ${var.runbook}"
  namespace           = "AWS/ElastiCache"
  metric_name         = each.value.metric
  dimensions          = { CacheClusterId = each.value.member }
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]

  depends_on = [aws_elasticache_replication_group.this]
}
