# Route 53 asks the public address from several parts of the world. Its results and their alarm are in us-east-1 only, and an
# alarm reaches topics of its own region only.
locals {
  checks = var.health_check == null ? {} : { this = var.health_check }
}

module "outside" {
  source   = "../alerting"
  for_each = local.checks

  contact    = var.contact
  name       = "${var.name}-outside"
  publishers = ["cloudwatch.amazonaws.com"]
  region     = "us-east-1"
}

resource "aws_route53_health_check" "this" {
  for_each = local.checks

  type              = "HTTPS"
  fqdn              = each.value.host
  port              = 443
  resource_path     = each.value.path
  request_interval  = 30
  failure_threshold = 3
  tags              = { Name = var.name }
}

resource "aws_cloudwatch_metric_alarm" "outside" {
  for_each = local.checks

  region              = "us-east-1"
  alarm_name          = "${var.name}-outside"
  alarm_description   = "https://${each.value.host}${each.value.path} does not answer from outside. Runbook: ${var.runbook}"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = aws_route53_health_check.this[each.key].id }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [module.outside[each.key].topic_arn]
  ok_actions          = [module.outside[each.key].topic_arn]
}
