# Whoever can push a branch can run this role. AWS's policy allows to read the settings of everything in the account,
# and also some contents. Of those that exist here the statements below leave the state and the secrets of
# `plan_secret_arns`, and deny objects, logs, events, parameters and image layers.
resource "aws_iam_role_policy_attachment" "plan" {
  role       = aws_iam_role.this["plan"].name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

locals {
  plan_secrets = [
    {
      Sid      = "ReadHarmlessSecrets"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = var.plan_secret_arns
    },
    {
      Sid       = "DecryptHarmlessSecrets"
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = "arn:aws:kms:${var.region}:${var.account_id}:key/*"
      Condition = { StringLike = { "kms:EncryptionContext:SecretARN" = var.plan_secret_arns } }
    },
  ]
}

resource "aws_iam_role_policy" "plan" {
  name = "state"
  role = aws_iam_role.this["plan"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "DecryptState"
          Effect   = "Allow"
          Action   = "kms:Decrypt"
          Resource = var.state_key_arn
        },
        {
          Sid         = "NoOtherObjects"
          Effect      = "Deny"
          Action      = "s3:GetObject*"
          NotResource = "${var.state_bucket_arn}/*"
        },
        {
          Sid    = "NoContents"
          Effect = "Deny"
          Action = [
            "cloudtrail:LookupEvents",
            "ecr:GetDownloadUrlForLayer",
            "logs:FilterLogEvents",
            "logs:GetLogEvents",
            "logs:GetLogObject",
            "logs:GetLogRecord",
            "logs:GetQueryResults",
            "logs:StartLiveTail",
            "logs:StartQuery",
            "ssm:GetParameter*",
          ]
          Resource = "*"
        },
      ],
      [for statement in local.plan_secrets : statement if length(var.plan_secret_arns) > 0],
    )
  })
}
