mock_provider "github" {
}

run "deployments_wait" {
  command = plan

  assert {
    condition     = github_actions_variable.deployments_enabled.value == "false"
    error_message = "Nothing may be deployed before a person allows it."
  }
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
