# People reach the cluster through this role, so that there is one name for "a person with admin rights in the
# cluster". Who may assume it is decided by the account's own IAM: give `sts:AssumeRole` on it to the team.
resource "aws_iam_role" "operator" {
  #checkov:skip=CKV_AWS_61:The account decides in its own IAM who may assume the role; naming people here would need a change for every joiner.
  name                 = "${local.prefix}-operator"
  description          = "People who operate the cluster"
  max_session_duration = 14400

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
      Action    = "sts:AssumeRole"
      Condition = { ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::${var.account_id}:role/${var.name}-*" } }
    }]
  })
}

resource "aws_iam_role_policy" "operator" {
  name = "tunnel"
  role = aws_iam_role.operator.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.tunnel
  })
}
