# GuardDuty reads the audit trail, flow logs and DNS queries by itself; neither needs to be delivered anywhere for it.
resource "aws_guardduty_detector" "this" {
  #checkov:skip=CKV2_AWS_3:This is one account; an organization that manages GuardDuty itself answers threat_detection with no.
  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}

# The audit log of the cluster, the objects in buckets, and volumes once something is suspected.
resource "aws_guardduty_detector_feature" "this" {
  for_each = toset(["EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "S3_DATA_EVENTS"])

  detector_id = aws_guardduty_detector.this.id
  name        = each.key
  status      = "ENABLED"
}

resource "aws_cloudwatch_event_rule" "findings" {
  name        = "${var.name}-threats"
  description = "Findings of GuardDuty that a person should see"

  event_pattern = jsonencode({
    source      = ["aws.guardduty"]
    detail-type = ["GuardDuty Finding"]
    detail      = { severity = [{ numeric = [">=", var.severity] }] }
  })
}

resource "aws_cloudwatch_event_target" "findings" {
  rule = aws_cloudwatch_event_rule.findings.name
  arn  = var.alerts_topic_arn

  input_transformer {
    input_paths = {
      account  = "$.detail.accountId"
      id       = "$.detail.id"
      region   = "$.detail.region"
      severity = "$.detail.severity"
      title    = "$.detail.title"
      type     = "$.detail.type"
    }
    input_template = "\"GuardDuty in account <account>, <region>: <title> (<type>, severity <severity>, finding <id>). Runbook: ${var.runbook}\""
  }
}
