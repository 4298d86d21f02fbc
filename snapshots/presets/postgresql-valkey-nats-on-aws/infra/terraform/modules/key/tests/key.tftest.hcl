mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
}

variables {
  alias       = "shop-prod-logs"
  description = "Logs"
}

run "nobody_else" {
  command = plan

  assert {
    condition     = length(jsondecode(aws_kms_key.this.policy).Statement) == 1
    error_message = "Unless asked for, only IAM of the account decides who uses the key."
  }
}

run "logs_of_its_own_region" {
  command = plan

  variables {
    cloudwatch_logs = true
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Principal.Service == "logs.eu-central-1.amazonaws.com"
    error_message = "CloudWatch Logs asks as the service of the key's region."
  }
}

run "logs_of_another_region" {
  command = plan

  variables {
    cloudwatch_logs = true
    region          = "us-east-1"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Principal.Service == "logs.us-east-1.amazonaws.com"
    error_message = "A key in another region serves the logs of that region."
  }

  assert {
    condition     = strcontains(aws_kms_key.this.policy, "arn:aws:logs:us-east-1:111122223333:log-group:*")
    error_message = "The key encrypts log groups of this account in its own region only."
  }
}

run "publishers_of_this_account" {
  command = plan

  variables {
    publishers = ["cloudwatch.amazonaws.com"]
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Condition.StringEquals["aws:SourceAccount"] == "111122223333"
    error_message = "A service may use the key for this account only."
  }
}

run "event_bridge_names_no_account" {
  command = plan

  variables {
    publishers = ["events.amazonaws.com"]
  }

  assert {
    condition     = !can(jsondecode(aws_kms_key.this.policy).Statement[1].Condition)
    error_message = "EventBridge sends no account along; with a condition nothing that it publishes arrives."
  }
}

run "only_the_named_trail" {
  command = plan

  variables {
    trail_arn = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/shop-prod"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Condition.StringEquals["aws:SourceArn"] == "arn:aws:cloudtrail:eu-central-1:111122223333:trail/shop-prod"
    error_message = "CloudTrail may use the key for this trail only."
  }
}

run "keeps_a_month_to_cancel_a_deletion" {
  command = plan

  assert {
    condition     = aws_kms_key.this.deletion_window_in_days == 30
    error_message = "A deletion must be possible to cancel for 30 days."
  }
}
