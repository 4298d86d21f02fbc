# What an account that starts from empty lacks. Where an organization provides it, the answers audit_trail,
# threat_detection and monthly_budget leave it out here.
locals {
  trail_arn = "arn:aws:cloudtrail:eu-central-1:${local.account_id}:trail/${local.prefix}"
}

module "trail_key" {
  source = "../../modules/key"

  alias       = "${local.prefix}-trail"
  description = "Audit trail of ${local.prefix}"
  trail_arn   = local.trail_arn
}

module "trail" {
  source = "../../modules/trail"

  bucket      = module.log_bucket.name
  kms_key_arn = module.trail_key.arn
  name        = local.prefix
}

module "account_alerts" {
  source = "../../modules/alerting"

  contact    = "platform@example.com"
  name       = "${local.prefix}-account"
  publishers = ["events.amazonaws.com"]
}

module "threat_detection" {
  source = "../../modules/threat-detection"

  alerts_topic_arn = module.account_alerts.topic_arn
  name             = local.prefix
  runbook          = "https://github.com/acme/shop/blob/main/docs/runbooks/alarms-from-aws.md"
}

resource "aws_budgets_budget" "month" {
  name         = "${local.prefix}-month"
  budget_type  = "COST"
  limit_amount = "1000"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = ["platform@example.com"]
    }
  }
}
