# Route 53 asks the public address from several parts of the world. Its results and their alarm are in us-east-1 only, and an
# alarm reaches topics of its own region only.
locals {
  checks = var.health_check == null ? {} : { this = var.health_check }
}

module "outside_key" {
  source   = "../key"
  for_each = local.checks

  alias             = "${var.name}-outside"
  cloudwatch_alarms = true
  description       = "Alarms of the check of ${var.name} from outside"
  region            = "us-east-1"
}

resource "aws_sns_topic" "outside" {
  for_each = local.checks

  region            = "us-east-1"
  name              = "${var.name}-outside"
  kms_master_key_id = module.outside_key[each.key].arn
}

resource "aws_sns_topic_policy" "outside" {
  for_each = local.checks

  region = "us-east-1"
  arn    = aws_sns_topic.outside[each.key].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.outside[each.key].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.outside[each.key].arn
        Condition = {
          ArnLike = {
            "aws:SourceArn" = "arn:aws:cloudwatch:us-east-1:${data.aws_caller_identity.current.account_id}:alarm:*"
          }
        }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "outside" {
  for_each = local.checks

  region    = "us-east-1"
  topic_arn = aws_sns_topic.outside[each.key].arn
  protocol  = "email"
  endpoint  = var.contact
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
  alarm_actions       = [aws_sns_topic.outside[each.key].arn]
  ok_actions          = [aws_sns_topic.outside[each.key].arn]
}
