mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
}

variables {
  prefix  = "shop/prod"
  secrets = { api = "Settings of the service api: STRIPE_KEY" }
}

run "recoverable" {
  command = plan

  assert {
    condition     = aws_secretsmanager_secret.this["api"].name == "shop/prod/api"
    error_message = "The cluster looks for shop/prod/api."
  }

  assert {
    condition     = aws_secretsmanager_secret.this["api"].recovery_window_in_days == 30
    error_message = "A deleted secret must be recoverable for 30 days."
  }
}

run "refuses_other_environment" {
  command = plan

  variables {
    prefix = "shop/dev"
  }

  expect_failures = [var.prefix]
}

run "refuses_bad_name" {
  command = plan

  variables {
    secrets = { "API key" = "" }
  }

  expect_failures = [var.secrets]
}
