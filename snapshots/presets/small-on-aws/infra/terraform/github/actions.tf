# Every action by commit. Lists of allowed actions are for public repositories and Enterprise Cloud.
resource "github_actions_repository_permissions" "this" {
  repository           = local.repository
  enabled              = true
  allowed_actions      = "all"
  sha_pinning_required = true
}

# A workflow gets nothing that it does not ask for. Opening pull requests is needed for promotions;
# GitHub has one switch for that and for approving.
resource "github_workflow_repository_permissions" "this" {
  repository                       = local.repository
  default_workflow_permissions     = "read"
  can_approve_pull_request_reviews = true
}

resource "github_actions_variable" "infrastructure_enabled" {
  repository    = local.repository
  variable_name = "INFRASTRUCTURE_ENABLED"
  value         = tostring(var.infrastructure_enabled)
}

resource "github_actions_variable" "deployments_enabled" {
  repository    = local.repository
  variable_name = "DEPLOYMENTS_ENABLED"
  value         = tostring(var.deployments_enabled)
}
