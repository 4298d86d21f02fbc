mock_provider "github" {
  mock_data "github_team" {
    defaults = { id = "4711" }
  }

  mock_data "github_user" {
    defaults = { id = "4712" }
  }
}

run "main_is_guarded" {
  command = plan

  assert {
    condition     = github_repository_ruleset.main.enforcement == "active" && length(github_repository_ruleset.main.bypass_actors) == 0
    error_message = "The ruleset of main must be active and have no bypass actors."
  }

  assert {
    condition     = github_repository_ruleset.main.rules[0].pull_request[0].require_code_owner_review
    error_message = "A code owner must review every change."
  }

  assert {
    condition = alltrue([
      for check in github_repository_ruleset.main.rules[0].required_status_checks[0].required_check :
      check.integration_id == 15368
    ])
    error_message = "Only GitHub Actions may report the required checks."
  }
}

run "only_main_deploys" {
  command = plan

  assert {
    condition     = alltrue([for policy in github_repository_environment_deployment_policy.main : policy.branch_pattern == "main"])
    error_message = "Only main may use an environment."
  }

  assert {
    condition     = length(github_repository_environment_deployment_policy.main) == length(github_repository_environment.this)
    error_message = "Every environment needs a branch policy."
  }
}

run "production_waits_for_a_reviewer" {
  command = plan

  assert {
    condition = alltrue([
      for name in ["prod", "prod-infra", "staging-infra"] :
      length(github_repository_environment.this[name].reviewers) == 1 && github_repository_environment.this[name].prevent_self_review
    ])
    error_message = "Production and infrastructure changes must need an approval by a second person."
  }

  assert {
    condition     = length(github_repository_environment.this["prod-drill"].reviewers) == 0
    error_message = "The scheduled drill must not wait for an approval."
  }
}

run "refuses_no_approver" {
  command = plan

  variables {
    approvers = { teams = [], users = [] }
  }

  expect_failures = [var.approvers]
}

run "refuses_slug_with_organization" {
  command = plan

  variables {
    approvers = { teams = ["acme/platform"] }
  }

  expect_failures = [var.approvers]
}

run "refuses_no_check" {
  command = plan

  variables {
    required_checks = []
  }

  expect_failures = [var.required_checks]
}

run "actions_are_pinned" {
  command = plan

  assert {
    condition     = github_actions_repository_permissions.this.sha_pinning_required
    error_message = "Actions must be named by commit."
  }

  assert {
    condition     = github_workflow_repository_permissions.this.default_workflow_permissions == "read"
    error_message = "Workflows must not get write permissions by default."
  }
}
