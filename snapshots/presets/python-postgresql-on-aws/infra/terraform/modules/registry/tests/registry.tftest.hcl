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

run "caches_what_is_named" {
  command = plan

  variables {
    cached_images = ["ecr/docker/library/postgres", "quay/curl/curl"]
  }

  assert {
    condition     = toset([for repository in aws_ecr_repository.cache : repository.name]) == toset(["shop-ecr/docker/library/postgres", "shop-quay/curl/curl"])
    error_message = "Each cached image must have its repository below the prefix of its rule."
  }

  assert {
    condition     = alltrue([for rule in aws_ecr_pull_through_cache_rule.this : rule.credential_arn == null])
    error_message = "The upstream registries must need no login."
  }

  assert {
    condition     = strcontains(aws_ecr_repository_policy.cache["quay/curl/curl"].policy, "ecr:BatchImportUpstreamImage") && !strcontains(aws_ecr_repository_policy.cache["quay/curl/curl"].policy, "ecr:Put")
    error_message = "Other accounts may pull through the cache and not push."
  }
}

run "refuses_an_upstream_with_login" {
  command = plan

  variables {
    cached_images = ["docker/library/postgres"]
  }

  expect_failures = [var.cached_images]
}
