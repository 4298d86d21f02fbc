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
    condition     = !strcontains(aws_s3_bucket_policy.this.policy, "delivery.logs.amazonaws.com")
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

run "refuses_upper_case" {
  command = plan

  variables {
    name = "Shop-logs"
  }

  expect_failures = [var.name]
}
