mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "444455556666" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::444455556666:role/example" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:444455556666:key/00000000-0000-0000-0000-000000000000" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:444455556666:example" }
  }

  override_during = plan
}

variables {
  account_id           = "444455556666"
  cidr                 = "10.20.0.0/16"
  environment          = "prod"
  host                 = "shop.example.com"
  nat_gateway_per_zone = true
  kubernetes_version   = "1.35"
  restore_drill        = true
  tags                 = {}

  postgresql = {
    major           = "18"
    instance_class  = "db.m7g.large"
    max_connections = 400
    multi_az        = true

    # Grows by itself up to the second number, and does not shrink.
    storage_gb     = 50
    max_storage_gb = 100

    # Before the nightly dump; staging has run the same update since Monday.
    maintenance_window = "wed:22:00-wed:23:00"
  }

  delegations = {
    staging = {
      name_servers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]
    }
  }
}

run "production" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.heartbeat.treat_missing_data == "breaching"
    error_message = "A heartbeat that stops leaves no data, so missing data must count as a failure."
  }

  assert {
    condition     = contains(aws_cloudwatch_metric_alarm.heartbeat.alarm_actions, module.alerting.topic_arn)
    error_message = "The alarm must reach people without the cluster."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.outside.region == "us-east-1"
    error_message = "Route 53 reports to us-east-1 only, and alarms reach topics of their own region only."
  }

  assert {
    condition     = aws_route53_health_check.outside.type == "HTTPS" && startswith(aws_route53_health_check.outside.resource_path, "/")
    error_message = "The check asks over TLS, as users do, and its path begins with a slash."
  }

  assert {
    condition     = contains(aws_route53_record.caa.records, "0 issue \"letsencrypt.org\"") && contains(aws_route53_record.caa.records, "0 issuewild \";\"")
    error_message = "Only Let's Encrypt may issue certificates, and no wildcards."
  }

  assert {
    condition     = aws_route53_record.delegation["staging"].name == "staging.shop.example.com"
    error_message = "A delegation needs its NS record."
  }

  assert {
    condition     = alltrue([for service, secret in aws_secretsmanager_secret.service : secret.name == "shop/prod/${service}"])
    error_message = "The cluster looks for shop/prod/SERVICE."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.service : secret.recovery_window_in_days == 30])
    error_message = "A deleted secret must be recoverable for 30 days."
  }
}

run "refuses_what_no_environment_has" {
  command = plan

  variables {
    environment = "dev"
    host        = "https://shop.example.com"

    delegations = {
      staging = {
        name_servers = ["ns-1.awsdns-01.org"]
      }
    }
  }

  expect_failures = [var.delegations, var.environment, var.host]
}
