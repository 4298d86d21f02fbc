# The policies of EKS let the cluster put no tag on volumes but its own. This adds the one that has a volume backed up.
resource "aws_iam_role_policy" "volumes" {
  name = "volumes"
  role = aws_iam_role.cluster.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "CreateVolumesThatAreBackedUp"
      Effect   = "Allow"
      Action   = "ec2:CreateVolume"
      Resource = "arn:aws:ec2:*:*:volume/*"
      Condition = {
        StringEquals = {
          "aws:RequestTag/backup"               = "daily"
          "aws:RequestTag/eks:eks-cluster-name" = "$${aws:PrincipalTag/eks:eks-cluster-name}"
        }
      }
    }]
  })
}
