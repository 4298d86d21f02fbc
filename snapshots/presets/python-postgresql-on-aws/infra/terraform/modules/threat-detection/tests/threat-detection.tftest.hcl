mock_provider "aws" {}

variables {
  alerts_topic_arn = "arn:aws:sns:eu-central-1:111122223333:shop-prod-account-alerts"
  name             = "shop-prod"
  runbook          = "https://example.com/runbook"
}

run "reports_from_medium_on" {
  command = plan

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.findings.event_pattern).detail.severity[0].numeric[1] == 4
    error_message = "Unless told otherwise, findings of medium severity are reported."
  }

  assert {
    condition     = aws_cloudwatch_event_target.findings.arn == var.alerts_topic_arn && strcontains(aws_cloudwatch_event_target.findings.input_transformer[0].input_template, var.runbook)
    error_message = "A finding goes to the topic and names its runbook."
  }
}

run "reads_the_cluster_and_the_buckets" {
  command = plan

  assert {
    condition     = alltrue([for feature in ["EKS_AUDIT_LOGS", "S3_DATA_EVENTS"] : aws_guardduty_detector_feature.this[feature].status == "ENABLED"])
    error_message = "Threats to the cluster and to objects in S3 must be looked for."
  }
}

run "refuses_severity_eleven" {
  command = plan

  variables {
    severity = 11
  }

  expect_failures = [var.severity]
}
