# Only actions that the workflows use, and only by commit.
resource "github_actions_repository_permissions" "this" {
  repository           = local.repository
  enabled              = true
  allowed_actions      = "selected"
  sha_pinning_required = true

  allowed_actions_config {
    github_owned_allowed = true
    verified_allowed     = false
    patterns_allowed = [
      "anchore/sbom-action@*",
      "anchore/scan-action@*",
      "aws-actions/configure-aws-credentials@*",
      "docker/build-push-action@*",
      "docker/setup-buildx-action@*",
      "hashicorp/setup-terraform@*",
    ]
  }
}

# A workflow gets nothing that it does not ask for. Opening pull requests is needed for promotions and drill records;
# GitHub has one switch for that and for approving, and a code owner's review is required on top.
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
