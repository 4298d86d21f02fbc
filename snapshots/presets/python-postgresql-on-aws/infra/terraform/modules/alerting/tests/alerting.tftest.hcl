mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:111122223333:shop-prod-alerts" }
  }

  override_during = plan
}

variables {
  contact = "team@example.com"
  name    = "shop-prod"
}

run "no_service_publishes_unless_told" {
  command = plan

  assert {
    condition     = length(jsondecode(aws_sns_topic_policy.this.policy).Statement) == 1
    error_message = "Without publishers the policy only insists on TLS."
  }
}

run "services_of_this_account" {
  command = plan

  variables {
    publishers = ["cloudwatch.amazonaws.com"]
  }

  assert {
    condition     = jsondecode(aws_sns_topic_policy.this.policy).Statement[1].Condition.StringEquals["aws:SourceAccount"] == "111122223333"
    error_message = "A service publishes in the name of this account only."
  }
}

run "event_bridge_names_no_account" {
  command = plan

  variables {
    publishers = ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
  }

  assert {
    condition = [
      for statement in jsondecode(aws_sns_topic_policy.this.policy).Statement : can(statement.Condition) if statement.Effect == "Allow"
    ] == [true, false]
    error_message = "EventBridge sends no account along; with a condition no finding arrives."
  }
}
