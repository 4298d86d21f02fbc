locals {
  # Which environments of GitHub wait for a person. The cloud trusts each of them with another role.
  environments = {
    staging       = { reviewed = false }
    prod          = { reviewed = true }
    staging-infra = { reviewed = true }
    prod-infra    = { reviewed = true }
    # Scheduled: a drill must not wait for an approval. Its role can access one namespace.
    prod-drill = { reviewed = false }
  }
}

data "github_team" "approvers" {
  for_each = toset(var.approvers.teams)

  slug = each.value
}

data "github_user" "approvers" {
  for_each = toset(var.approvers.users)

  username = each.value
}

resource "github_repository_environment" "this" {
  for_each = local.environments

  repository  = local.repository
  environment = each.key
  # In an emergency a second person approves; administrators cannot bypass the approval.
  can_admins_bypass   = false
  prevent_self_review = each.value.reviewed && var.prevent_self_review

  dynamic "reviewers" {
    for_each = each.value.reviewed ? [var.approvers] : []

    content {
      # The provider returns ids as text. No account has the id 0: GitHub would reject it.
      teams = [for team in data.github_team.approvers : try(tonumber(team.id), 0)]
      users = [for user in data.github_user.approvers : try(tonumber(user.id), 0)]
    }
  }

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
