locals {
  # What makes everything unreadable that a key has encrypted. People with administrator access may still do it.
  key_losses = ["kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion"]

  # What blinds the audit trail and the detection of threats, and what hides that money is spent.
  audit_losses = [
    "budgets:ModifyBudget",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "guardduty:Archive*",
    "guardduty:Create*",
    "guardduty:Delete*",
    "guardduty:Disassociate*",
    "guardduty:StopMonitoringMembers",
    "guardduty:Update*",
  ]
}

# Upper limit of every role that CI creates. The apply role can only create roles that carry it, so a
# change of Terraform cannot mint a role that is stronger than CI itself.
resource "aws_iam_policy" "boundary" {
  #checkov:skip=CKV_AWS_286:A permissions boundary grants nothing; it only caps what other policies grant.
  #checkov:skip=CKV_AWS_287:A permissions boundary grants nothing; it only caps what other policies grant.
  #checkov:skip=CKV_AWS_288:A permissions boundary grants nothing; it only caps what other policies grant.
  #checkov:skip=CKV_AWS_289:A permissions boundary grants nothing; it only caps what other policies grant.
  #checkov:skip=CKV_AWS_290:A permissions boundary grants nothing; it only caps what other policies grant.
  #checkov:skip=CKV_AWS_355:A permissions boundary grants nothing; it only caps what other policies grant.
  name        = "${local.prefix}-boundary"
  description = "Upper limit of the roles that Terraform creates for ${local.prefix}"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "AnythingButNewPrivileges"
        Effect = "Allow"
        NotAction = [
          "account:*",
          "iam:Attach*",
          "iam:CreateAccessKey",
          "iam:CreateLoginProfile",
          "iam:CreateOpenIDConnectProvider",
          "iam:CreatePolicy*",
          "iam:CreateRole",
          "iam:CreateSAMLProvider",
          "iam:CreateUser",
          "iam:Delete*PermissionsBoundary",
          "iam:Put*",
          "iam:SetDefaultPolicyVersion",
          "iam:UpdateAssumeRolePolicy",
          "organizations:*",
        ]
        Resource = "*"
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
        Sid      = "NoState"
        Effect   = "Deny"
        Action   = "s3:*"
        Resource = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
      },
    ]
  })
}
