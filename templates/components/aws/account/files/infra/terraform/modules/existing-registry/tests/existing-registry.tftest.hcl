mock_provider "aws" {
  mock_data "aws_ecr_repository" {
    defaults = { image_tag_mutability = "IMMUTABLE" }
  }
}

variables {
  account_id   = "999988887777"
  region       = "eu-central-1"
  repositories = ["teams/shop-api", "teams/shop-web"]
}

run "immutable_tags_are_right" {
  command = plan
}

run "exempt_tags_are_right" {
  command = plan

  override_data {
    target = data.aws_ecr_repository.this["teams/shop-api"]
    values = { image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION" }
  }
}

run "warns_of_mutable_tags" {
  command = plan

  override_data {
    target = data.aws_ecr_repository.this["teams/shop-web"]
    values = { image_tag_mutability = "MUTABLE" }
  }

  assert {
    condition     = local.mutable == ["teams/shop-web"]
    error_message = "Only the repository with mutable tags must be named."
  }

  expect_failures = [check.tags]
}

run "refuses_a_bad_account" {
  command = plan

  variables {
    account_id = "central"
  }

  expect_failures = [var.account_id]
}
