data "aws_caller_identity" "current" {}

module "key" {
  source = "../key"

  alias       = "${var.name}-alerts"
  description = "Alerts on their way from ${var.name} to people"
  publishers  = var.publishers
  region      = var.region
}

resource "aws_sns_topic" "this" {
  region            = var.region
  name              = "${var.name}-alerts"
  kms_master_key_id = module.key.arn
}

locals {
  tls_only = {
    Sid       = "TlsOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sns:Publish"
    Resource  = aws_sns_topic.this.arn
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
  # EventBridge does not say for which account it publishes; with a condition its messages are lost.
  services = [
    for service in var.publishers : merge(
      {
        Sid       = "Publish${title(split(".", service)[0])}"
        Effect    = "Allow"
        Principal = { Service = service }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this.arn
      },
      service == "events.amazonaws.com" ? {} : {
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    )
  ]
}

# Workloads that publish are named in their own IAM policies; here only services of AWS are, and TLS is required.
resource "aws_sns_topic_policy" "this" {
  region = var.region
  arn    = aws_sns_topic.this.arn

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.tls_only], local.services)
  })
}

# AWS sends a link to the mailbox; no alert arrives before it is followed.
resource "aws_sns_topic_subscription" "email" {
  region    = var.region
  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = var.contact
}
