mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:111122223333:key/example" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:111122223333:example" }
  }

  override_during = plan
}

variables {
  alerts_topic_arn = "arn:aws:sns:eu-central-1:111122223333:shop-staging-alerts"
  contact          = "platform@example.com"
  key_arn          = "arn:aws:kms:eu-central-1:111122223333:key/example"
  name             = "shop-staging"
  runbook          = "https://example.com/runbook"
}

run "silence_is_an_alarm" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.heartbeat.treat_missing_data == "breaching"
    error_message = "A heartbeat that stops leaves no data, so missing data must count as a failure."
  }

  assert {
    condition     = contains(aws_cloudwatch_metric_alarm.heartbeat.alarm_actions, var.alerts_topic_arn)
    error_message = "The alarm must reach people without the cluster."
  }
}

run "nothing_public" {
  command = plan

  assert {
    condition     = length(aws_route53_health_check.this) == 0 && length(aws_cloudwatch_metric_alarm.outside) == 0
    error_message = "Without a public address there is nothing to ask."
  }
}

run "asked_from_outside" {
  command = plan

  variables {
    health_check = { host = "staging.shop.example.com", path = "/readyz" }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.outside["this"].region == "us-east-1"
    error_message = "Route 53 reports to us-east-1 only, and alarms reach topics of their own region only."
  }

  assert {
    condition     = aws_route53_health_check.this["this"].type == "HTTPS" && aws_route53_health_check.this["this"].resource_path == "/readyz"
    error_message = "The check asks over TLS, as users do."
  }
}
