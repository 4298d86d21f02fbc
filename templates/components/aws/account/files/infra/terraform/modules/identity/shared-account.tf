# What keeps environments of one account apart. IAM tells their resources apart by names, which begin with project and
# environment, and by the tags that the roots set. What it cannot tell apart is in the document on the architecture.
variable "host" {
  description = "Hostname of the environment, the only one whose DNS records its roles may change."
  type        = string
  nullable    = false
}

variable "other_environments" {
  description = "Other environments in the same account."
  type        = set(string)
  default     = []
  nullable    = false
}

locals {
  shares_account = length(var.other_environments) > 0
  uses_registry  = !local.production && var.registry_account_id == var.account_id

  # Access to resources of other environments, for the apply role and for every role that it creates.
  other_environments_denied = [
    for statement in [
      {
        Sid      = "NeverOthersByTag"
        Effect   = "Deny"
        Action   = "*"
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:ResourceTag/project"     = var.name
            "aws:ResourceTag/environment" = sort(var.other_environments)
          }
        }
      },
      {
        # Nodes, volumes and load balancers, which clusters make themselves.
        Sid       = "NeverOthersClusters"
        Effect    = "Deny"
        Action    = "*"
        Resource  = "*"
        Condition = { StringEquals = { "aws:ResourceTag/eks:eks-cluster-name" = [for other in sort(var.other_environments) : "${var.name}-${other}"] } }
      },
      {
        # Not all services know the tags of what a request is about, and people store secrets without tags.
        Sid    = "NeverOthersByName"
        Effect = "Deny"
        Action = "*"
        Resource = flatten([
          for other in sort(var.other_environments) : [
            "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/${var.name}-${other}-*",
            "arn:aws:cloudwatch:*:*:alarm:${var.name}-${other}-*",
            "arn:aws:s3:::${var.name}-${other}-*",
            "arn:aws:secretsmanager:*:*:secret:${var.name}/${other}/*",
            "arn:aws:sns:*:*:${var.name}-${other}-*",
          ]
        ])
      },
      {
        Sid       = "OnlyOwnDnsNames"
        Effect    = "Deny"
        Action    = "route53:ChangeResourceRecordSets"
        Resource  = "*"
        Condition = { "ForAnyValue:StringNotLike" = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = [var.host, "*.${var.host}"] } }
      },
      {
        # Who watches over the account is changed by people only, through bootstrap.
        Sid      = "NeverTheAlarmsOfTheAccount"
        Effect   = "Deny"
        Action   = "*"
        Resource = ["arn:aws:events:*:*:rule/${var.name}-*-threats", "arn:aws:sns:*:*:${var.name}-*-account-alerts"]
      },
      {
        Sid      = "NeverTheKeysOfTheAccount"
        Effect   = "Deny"
        Action   = ["kms:*Alias", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:TagResource", "kms:UntagResource"]
        Resource = "*"
        Condition = {
          StringEquals = { "aws:ResourceTag/project" = var.name }
          StringLike   = { "aws:ResourceTag/terraform" = local.uses_registry ? ["bootstrap/*", "registry"] : ["bootstrap/*"] }
        }
      },
    ] : statement if local.shares_account
  ]

  # The registry is production's. What an account of its own could do is left: pull.
  registry_denied = [
    for statement in [
      {
        Sid       = "OnlyPullImages"
        Effect    = "Deny"
        NotAction = concat(local.registry_read, ["ecr:BatchImportUpstreamImage"])
        Resource  = ["arn:aws:ecr:*:*:repository/${var.name}/*", "arn:aws:ecr:*:*:repository/${var.name}-*"]
      },
      {
        Sid      = "NeverTheSettingsOfTheRegistry"
        Effect   = "Deny"
        Action   = ["ecr:*PullThroughCacheRule", "ecr:*RegistryPolicy", "ecr:*RepositoryCreationTemplate", "ecr:PutAccountSetting", "ecr:PutRe*"]
        Resource = "*"
      },
    ] : statement if local.shares_account && local.uses_registry
  ]

  # Roles, profiles and the trust of the others, and of people. Clusters keep the instance profiles of their nodes.
  identities_denied = [
    for statement in [
      {
        Sid    = "OnlyOwnIdentities"
        Effect = "Deny"
        Action = ["iam:Add*", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Remove*", "iam:Tag*", "iam:Untag*", "iam:Update*"]
        NotResource = [
          "arn:aws:iam::*:instance-profile/${local.prefix}-*",
          "arn:aws:iam::*:instance-profile/eks*",
          "arn:aws:iam::*:role/${local.prefix}-*",
          "arn:aws:iam::*:role/aws-service-role/*",
        ]
      },
    ] : statement if local.shares_account
  ]
}
