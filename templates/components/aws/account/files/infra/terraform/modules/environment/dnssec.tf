# Signing is harmless until the parent zone publishes the DS record, and binding afterwards.
# Route 53 takes signing keys from us-east-1 only.
resource "aws_kms_key" "signing" {
  region                   = "us-east-1"
  description              = "DNSSEC signing key of ${var.host}"
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountAdministersThroughIam"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Route53Signs"
        Effect    = "Allow"
        Principal = { Service = "dnssec-route53.amazonaws.com" }
        Action    = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
      {
        Sid       = "Route53KeepsItsGrant"
        Effect    = "Allow"
        Principal = { Service = "dnssec-route53.amazonaws.com" }
        Action    = "kms:CreateGrant"
        Resource  = "*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
    ]
  })
}

resource "aws_route53_key_signing_key" "this" {
  hosted_zone_id             = aws_route53_zone.this.zone_id
  key_management_service_arn = aws_kms_key.signing.arn
  name                       = "signing"
}

resource "aws_route53_hosted_zone_dnssec" "this" {
  hosted_zone_id = aws_route53_key_signing_key.this.hosted_zone_id
}

output "ds_record" {
  description = "DS record for the parent zone; publish it after the name servers answer."
  value       = aws_route53_key_signing_key.this.ds_record
}

resource "aws_route53_record" "delegation_signer" {
  for_each = var.delegations

  zone_id = aws_route53_zone.this.zone_id
  name    = "${each.key}.${var.host}"
  type    = "DS"
  ttl     = 3600
  records = [each.value.ds_record]
}

# Route 53 reports on its zones in us-east-1 only, and an alarm reaches only topics of its own region.
module "dns_alerts" {
  source = "../alerting"

  contact    = local.contact
  name       = "${local.prefix}-dns"
  publishers = ["cloudwatch.amazonaws.com"]
  region     = "us-east-1"
}

# Signatures that are not renewed expire within days, and then every resolver that validates refuses the whole zone.
resource "aws_cloudwatch_metric_alarm" "dnssec" {
  for_each = {
    DNSSECInternalFailure             = "Route 53 cannot sign ${var.host}: see the runbook DNSSEC"
    DNSSECKeySigningKeysNeedingAction = "Route 53 cannot use the signing key of ${var.host}: see the runbook DNSSEC"
  }

  region              = "us-east-1"
  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = each.value
  namespace           = "AWS/Route53"
  metric_name         = each.key
  dimensions          = { HostedZoneId = aws_route53_zone.this.zone_id }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 14400
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [module.dns_alerts.topic_arn]
  ok_actions          = [module.dns_alerts.topic_arn]
}
