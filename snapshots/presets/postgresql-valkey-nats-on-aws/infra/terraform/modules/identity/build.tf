resource "aws_iam_role_policy" "build" {
  count = local.production ? 1 : 0

  name = "push"
  role = aws_iam_role.this["build"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.registry_login,
      {
        Sid    = "PushImages"
        Effect = "Allow"
        Action = concat(local.registry_read, [
          "ecr:CompleteLayerUpload",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ])
        Resource = local.repositories
      },
    ]
  })
}
