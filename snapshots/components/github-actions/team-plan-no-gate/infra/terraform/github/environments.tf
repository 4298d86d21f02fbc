# The cloud trusts each environment with another role. This plan has no required reviewers for private repositories: the
# approval of a release is the review of its pull request by a code owner; that of a change of the infrastructure is
# the review of the pull request with its plan.
locals {
  environments = toset(["staging", "prod", "staging-infra", "prod-infra", "prod-drill"])
}

resource "github_repository_environment" "this" {
  for_each = local.environments

  repository  = local.repository
  environment = each.key

  deployment_branch_policy {
    protected_branches     = false
    custom_branch_policies = true
  }
}

# Only main: a branch cannot become an environment, and so cannot become its role in the cloud.
resource "github_repository_environment_deployment_policy" "main" {
  for_each = github_repository_environment.this

  repository     = local.repository
  environment    = each.value.environment
  branch_pattern = "main"
}
