mock_provider "aws" {
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::111122223333:policy/shop-prod-boundary" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mock" }
  }
}

variables {
  account_id          = "111122223333"
  environment         = "prod"
  log_bucket_arn      = "arn:aws:s3:::shop-prod-logs-111122223333"
  name                = "shop"
  region              = "eu-central-1"
  registry_account_id = "111122223333"
  state_bucket_arn    = "arn:aws:s3:::shop-prod-tfstate-111122223333"
  state_key_arn       = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000"

  repository = {
    slug              = "acme/shop"
    owner_id          = 1234
    id                = 567890
    immutable_subject = true
  }
}

run "immutable_subjects" {
  assert {
    condition = {
      for purpose, role in aws_iam_role.this :
      purpose => jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]
      } == {
      plan   = ["repo:acme@1234/shop@567890:pull_request", "repo:acme@1234/shop@567890:ref:refs/heads/main"]
      apply  = ["repo:acme@1234/shop@567890:environment:prod-infra"]
      deploy = ["repo:acme@1234/shop@567890:environment:prod"]
      build  = ["repo:acme@1234/shop@567890:ref:refs/heads/main"]
      drill  = ["repo:acme@1234/shop@567890:environment:prod-drill"]
    }
    error_message = "Each role must trust exactly its own workflow runs."
  }

  assert {
    condition = alltrue([
      for role in aws_iam_role.this :
      jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
      && jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:repository_id"] == "567890"
    ])
    error_message = "Audience and repository id must be compared exactly."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : !strcontains(role.assume_role_policy, "*")])
    error_message = "No trust policy may hold a wildcard."
  }

  assert {
    condition     = aws_iam_role.this["build"].name == "shop-ci-build" && aws_iam_role.this["apply"].name == "shop-prod-ci-apply"
    error_message = "The workflows compute the role names; they must not change."
  }
}

run "legacy_subjects" {
  variables {
    repository = {
      slug              = "acme/shop"
      owner_id          = 1234
      id                = 567890
      immutable_subject = false
    }
  }

  assert {
    condition     = jsondecode(aws_iam_role.this["deploy"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == ["repo:acme/shop:environment:prod"]
    error_message = "Repositories that have not opted in send the short subject."
  }
}

run "staging_cannot_push_images" {
  variables {
    account_id  = "444455556666"
    environment = "staging"
  }

  assert {
    condition     = toset(keys(aws_iam_role.this)) == toset(["plan", "apply", "deploy"])
    error_message = "Only the production account has roles for pushing images and for the drill."
  }

  assert {
    condition     = strcontains(aws_iam_role_policy.deploy.policy, "arn:aws:ecr:eu-central-1:111122223333:repository/shop/*")
    error_message = "Staging verifies the images of the production registry."
  }
}

run "roles_of_ci_stay_below_the_boundary" {
  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.apply.policy).Statement :
      statement.Condition.StringEquals["iam:PermissionsBoundary"] if statement.Sid == "GrantOnlyBelowTheBoundary"
    ]) == "arn:aws:iam::111122223333:policy/shop-prod-boundary"
    error_message = "The apply role must not create roles without the boundary."
  }
}

run "plans_read_no_contents" {
  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.plan.policy).Statement : statement.Action
      if statement.Effect == "Deny" && try(statement.Resource == "*", false)
      ])) == toset([
      "cloudtrail:LookupEvents",
      "ecr:GetDownloadUrlForLayer",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:GetLogObject",
      "logs:GetLogRecord",
      "logs:GetQueryResults",
      "logs:StartLiveTail",
      "logs:StartQuery",
      "ssm:GetParameter*",
    ])
    error_message = "A plan must read no logs, events, parameters or image layers."
  }
}

run "ci_cannot_lose_a_key" {
  assert {
    condition = alltrue([
      for policy in [aws_iam_role_policy.apply.policy, aws_iam_policy.boundary.policy] : anytrue([
        for statement in jsondecode(policy).Statement :
        statement.Effect == "Deny" && try(contains(statement.Action, "kms:ScheduleKeyDeletion"), false) && try(statement.Resource == "*", false)
      ])
    ])
    error_message = "Neither the apply role nor a role that it creates may schedule the deletion of a key."
  }
}

run "ci_cannot_blind_the_audit" {
  assert {
    condition = alltrue([
      for policy in [aws_iam_role_policy.apply.policy, aws_iam_policy.boundary.policy] : anytrue([
        for statement in jsondecode(policy).Statement :
        statement.Effect == "Deny" && try(contains(statement.Action, "cloudtrail:StopLogging") && contains(statement.Action, "guardduty:Delete*"), false)
      ])
    ])
    error_message = "Neither the apply role nor a role that it creates may stop the trail or the detection of threats."
  }
}

run "ci_cannot_change_logs" {
  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_role_policy.apply.policy).Statement :
      statement.Effect == "Deny" && try(contains(statement.Action, "s3:PutBucketPolicy"), false)
      && try(contains(statement.Resource, "arn:aws:s3:::shop-prod-logs-111122223333"), false)
    ])
    error_message = "The apply role must not open or shorten the logs."
  }
}

run "plans_read_no_secret_unless_told" {
  assert {
    condition     = !strcontains(aws_iam_role_policy.plan.policy, "GetSecretValue")
    error_message = "Whoever can push a branch can run the plan role; it must not read secrets."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.plan.policy).Statement : statement.NotResource if statement.Sid == "NoOtherObjects"
    ]) == "arn:aws:s3:::shop-prod-tfstate-111122223333/*"
    error_message = "The plan role must not read any object but the state."
  }
}

run "refuses_wildcard_repository" {
  command = plan

  variables {
    repository = {
      slug              = "acme/*"
      owner_id          = 1234
      id                = 567890
      immutable_subject = true
    }
  }

  expect_failures = [var.repository]
}

run "refuses_missing_ids" {
  command = plan

  variables {
    repository = {
      slug              = "acme/shop"
      owner_id          = 0
      id                = 0
      immutable_subject = true
    }
  }

  expect_failures = [var.repository]
}

run "refuses_unknown_environment" {
  command = plan

  variables {
    environment = "production"
  }

  expect_failures = [var.environment]
}

run "refuses_bad_accounts" {
  command = plan

  variables {
    account_id          = "1234"
    registry_account_id = "prod"
  }

  expect_failures = [var.account_id, var.registry_account_id]
}
