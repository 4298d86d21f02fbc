# Route 53 asks the public address from several parts of the world. Its results and their alarm are in us-east-1 only, and an
# alarm reaches topics of its own region only.
module "outside" {
  source = "../alerting"

  contact    = local.contact
  name       = "${local.prefix}-outside"
  publishers = ["cloudwatch.amazonaws.com"]
  region     = "us-east-1"
}

resource "aws_route53_health_check" "outside" {
  type              = "HTTPS"
  fqdn              = var.host
  port              = 443
  resource_path     = "/healthz"
  request_interval  = 30
  failure_threshold = 3
  tags              = { Name = local.prefix }
}

resource "aws_cloudwatch_metric_alarm" "outside" {
  region              = "us-east-1"
  alarm_name          = "${local.prefix}-outside"
  alarm_description   = "https://${var.host}${aws_route53_health_check.outside.resource_path} does not answer from outside. Runbook: ${local.runbook}"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = aws_route53_health_check.outside.id }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [module.outside.topic_arn]
  ok_actions          = [module.outside.topic_arn]
}
