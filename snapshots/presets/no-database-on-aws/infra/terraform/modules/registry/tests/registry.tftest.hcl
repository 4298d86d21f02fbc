mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
}

variables {
  name             = "shop"
  pull_account_ids = ["444455556666"]
  services         = ["api", "web"]
}

run "immutable_and_pullable" {
  command = plan

  assert {
    condition     = toset([for repository in aws_ecr_repository.this : repository.name]) == toset(["shop/api", "shop/web"])
    error_message = "Each service must have its repository."
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : repository.image_tag_mutability == "IMMUTABLE"])
    error_message = "No tag may be moved to another image."
  }

  assert {
    condition     = jsondecode(aws_ecr_repository_policy.this["api"].policy).Statement[0].Principal.AWS == ["arn:aws:iam::444455556666:root"]
    error_message = "Only the accounts asked for may pull."
  }

  assert {
    condition     = !strcontains(aws_ecr_repository_policy.this["api"].policy, "ecr:Put")
    error_message = "Other accounts must not push."
  }
}

run "refuses_bad_account" {
  command = plan

  variables {
    pull_account_ids = ["*"]
  }

  expect_failures = [var.pull_account_ids]
}
