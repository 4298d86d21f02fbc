# Alertmanager publishes to this topic every five minutes as long as Prometheus and Alertmanager work. The topic has no
# subscribers: what counts is that messages arrive, and the alarm says when they stop.
resource "aws_sns_topic" "heartbeat" {
  name              = "${local.prefix}-heartbeat"
  kms_master_key_id = module.alerting.key_arn
}

resource "aws_sns_topic_policy" "heartbeat" {
  arn = aws_sns_topic.heartbeat.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.heartbeat.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "heartbeat" {
  alarm_name          = "${local.prefix}-heartbeat"
  alarm_description   = "The monitoring of ${local.prefix} is silent: no alert would arrive. Runbook: ${local.runbook}"
  namespace           = "AWS/SNS"
  metric_name         = "NumberOfMessagesPublished"
  dimensions          = { TopicName = aws_sns_topic.heartbeat.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 4
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [module.alerting.topic_arn]
  ok_actions          = [module.alerting.topic_arn]
}
