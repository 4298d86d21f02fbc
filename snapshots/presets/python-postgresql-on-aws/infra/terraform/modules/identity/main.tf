# GitHub Actions proves its identity with a short-lived token; no AWS key is stored anywhere.
# AWS checks GitHub's certificate against its own list of authorities, so there is no thumbprint to keep up to date.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  production = var.environment == "prod"
  prefix     = "${var.name}-${var.environment}"

  owner      = split("/", var.repository.slug)[0]
  repository = split("/", var.repository.slug)[1]

  # Names can be given up and taken over by others, ids cannot.
  subject = (
    var.repository.immutable_subject
    ? "repo:${local.owner}@${var.repository.owner_id}/${local.repository}@${var.repository.id}"
    : "repo:${var.repository.slug}"
  )

  # Which workflow runs get which role: the end of the token's subject, compared exactly.
  roles = merge(
    {
      plan = {
        name        = "${local.prefix}-ci-plan"
        description = "Plans of pull requests, and the nightly comparison with main"
        contexts    = ["pull_request", "ref:refs/heads/main"]
      }
      apply = {
        name        = "${local.prefix}-ci-apply"
        description = "Applies reviewed Terraform"
        contexts    = ["environment:${var.environment}-infra"]
      }
      deploy = {
        name        = "${local.prefix}-ci-deploy"
        description = "Deploys to the cluster"
        contexts    = ["environment:${var.environment}"]
      }
    },
    local.production ? {
      build = {
        name        = "${var.name}-ci-build"
        description = "Pushes images built from main"
        contexts    = ["ref:refs/heads/main"]
      }
      drill = {
        name        = "${local.prefix}-ci-drill"
        description = "Starts the scheduled restore drill, which needs no approval"
        contexts    = ["environment:${var.environment}-drill"]
      }
    } : {},
  )
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = each.value.name
  description          = each.value.description
  max_session_duration = 7200

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud"           = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:repository_id" = tostring(var.repository.id)
          "token.actions.githubusercontent.com:sub"           = [for context in each.value.contexts : "${local.subject}:${context}"]
        }
      }
    }]
  })
}
