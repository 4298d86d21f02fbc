# AWS deletes the daily snapshots of the cache together with it, so CI may delete neither.
resource "aws_iam_role_policy" "cache" {
  name = "cache"
  role = aws_iam_role.this["apply"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "NeverDeleteTheCache"
      Effect   = "Deny"
      Action   = ["elasticache:DeleteCacheCluster", "elasticache:DeleteReplicationGroup", "elasticache:DeleteSnapshot"]
      Resource = "*"
    }]
  })
}
