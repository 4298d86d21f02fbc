mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
}

variables {
  name = "shop-prod-logs-111122223333"
}

run "access_logs_only" {
  command = plan

  assert {
    condition     = !can(regex("delivery.logs|cloudtrail", aws_s3_bucket_policy.this.policy))
    error_message = "Unless asked for, only access logs are delivered."
  }
}

run "flow_logs_of_this_account" {
  command = plan

  variables {
    flow_logs = true
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      statement.Condition.StringEquals["aws:SourceAccount"] == "111122223333"
      && statement.Condition.ArnLike["aws:SourceArn"] == "arn:aws:logs:eu-central-1:111122223333:*"
      if startswith(statement.Sid, "AWSLogDelivery")
    ])
    error_message = "Flow logs are delivered for this account and region only."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Resource[0]
      if statement.Sid == "AWSLogDeliveryWrite"
    ]) == "arn:aws:s3:::shop-prod-logs-111122223333/flow-logs/AWSLogs/111122223333/*"
    error_message = "Flow logs must stay in their own folder."
  }
}

run "only_the_named_trail" {
  command = plan

  variables {
    trail_arn = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/shop-prod"
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      statement.Condition.StringEquals["aws:SourceArn"] == "arn:aws:cloudtrail:eu-central-1:111122223333:trail/shop-prod"
      if startswith(statement.Sid, "CloudTrail")
    ])
    error_message = "No other trail, and none of another account, may write here."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Resource[0]
      if statement.Sid == "CloudTrailWrite"
    ]) == "arn:aws:s3:::shop-prod-logs-111122223333/cloudtrail/AWSLogs/111122223333/*"
    error_message = "The trail must stay in its own folder."
  }
}

run "refuses_a_trail_by_name" {
  command = plan

  variables {
    trail_arn = "shop-prod"
  }

  expect_failures = [var.trail_arn]
}

run "refuses_upper_case" {
  command = plan

  variables {
    name = "Shop-logs"
  }

  expect_failures = [var.name]
}
