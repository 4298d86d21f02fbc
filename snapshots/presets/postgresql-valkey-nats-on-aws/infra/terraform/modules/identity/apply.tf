# Everything but identities comes from AWS's own policy for that purpose.
resource "aws_iam_role_policy_attachment" "apply" {
  role       = aws_iam_role.this["apply"].name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

locals {
  managed_identities = [
    "arn:aws:iam::${var.account_id}:instance-profile/${local.prefix}-*",
    "arn:aws:iam::${var.account_id}:role/${local.prefix}-*",
  ]
}

resource "aws_iam_role_policy" "apply" {
  name = "identities"
  role = aws_iam_role.this["apply"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadIdentities"
        Effect   = "Allow"
        Action   = ["iam:Get*", "iam:List*"]
        Resource = "*"
      },
      {
        Sid    = "GrantOnlyBelowTheBoundary"
        Effect = "Allow"
        Action = [
          "iam:AttachRolePolicy",
          "iam:CreateRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:PutRolePermissionsBoundary",
          "iam:PutRolePolicy",
        ]
        Resource  = local.managed_identities
        Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.boundary.arn } }
      },
      {
        Sid    = "KeepIdentities"
        Effect = "Allow"
        Action = [
          "iam:AddRoleToInstanceProfile",
          "iam:CreateInstanceProfile",
          "iam:DeleteInstanceProfile",
          "iam:DeleteRole",
          "iam:PassRole",
          "iam:RemoveRoleFromInstanceProfile",
          "iam:TagInstanceProfile",
          "iam:TagRole",
          "iam:UntagInstanceProfile",
          "iam:UntagRole",
          "iam:UpdateAssumeRolePolicy",
          "iam:UpdateRole",
          "iam:UpdateRoleDescription",
        ]
        Resource = local.managed_identities
      },
      {
        # The trust in GitHub and the boundary are changed by people, through scripts/bootstrap.sh.
        Sid       = "NeverItsOwnTrust"
        Effect    = "Deny"
        NotAction = ["iam:Get*", "iam:List*"]
        Resource = [
          "arn:aws:iam::${var.account_id}:policy/${local.prefix}-boundary",
          "arn:aws:iam::${var.account_id}:role/${local.prefix}-ci-*",
          "arn:aws:iam::${var.account_id}:role/${local.prefix}-operator",
        ]
      },
      {
        Sid      = "NeverLoseKeys"
        Effect   = "Deny"
        Action   = local.key_losses
        Resource = "*"
      },
      {
        Sid      = "NeverBlindTheAudit"
        Effect   = "Deny"
        Action   = local.audit_losses
        Resource = "*"
      },
      {
        Sid    = "NeverTheHistoryOfStateAndLogs"
        Effect = "Deny"
        Action = [
          "s3:DeleteBucket*",
          "s3:DeleteObjectVersion",
          "s3:PutBucketPolicy",
          "s3:PutBucketVersioning",
          "s3:PutEncryptionConfiguration",
          "s3:PutLifecycleConfiguration",
        ]
        Resource = [
          var.log_bucket_arn,
          "${var.log_bucket_arn}/*",
          var.state_bucket_arn,
          "${var.state_bucket_arn}/*",
        ]
      },
    ]
  })
}
