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

run "alarms" {
  command = plan

  variables {
    cloudwatch_alarms = true
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Principal.Service == "cloudwatch.amazonaws.com"
    error_message = "An alarm cannot publish to an encrypted topic without the key."
  }
}
