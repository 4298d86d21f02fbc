locals {
  repositories = "arn:aws:ecr:${var.region}:${var.registry_account_id}:repository/${var.name}/*"

  registry_login = {
    Sid      = "LogInToRegistry"
    Effect   = "Allow"
    Action   = "ecr:GetAuthorizationToken"
    Resource = "*"
  }
  registry_read = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
}

resource "aws_iam_role_policy" "deploy" {
  name = "deploy"
  role = aws_iam_role.this["deploy"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.tunnel, [
      local.registry_login,
      {
        Sid      = "VerifySignatures"
        Effect   = "Allow"
        Action   = local.registry_read
        Resource = local.repositories
      },
    ])
  })
}

resource "aws_iam_role_policy" "drill" {
  count = local.production ? 1 : 0

  name = "drill"
  role = aws_iam_role.this["drill"].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.tunnel
  })
}
