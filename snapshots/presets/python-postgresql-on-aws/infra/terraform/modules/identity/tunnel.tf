# Only a tunnel to the cluster's private endpoint; no other permission in AWS. What a role may do inside the
# cluster is decided by its access entries.
locals {
  tunnel = [
    {
      Sid      = "FindCluster"
      Effect   = "Allow"
      Action   = "eks:DescribeCluster"
      Resource = "arn:aws:eks:${var.region}:${var.account_id}:cluster/${local.prefix}"
    },
    {
      Sid      = "FindAccessInstance"
      Effect   = "Allow"
      Action   = "ec2:DescribeInstances"
      Resource = "*"
    },
    {
      Sid      = "OpenTunnelThroughAccessInstance"
      Effect   = "Allow"
      Action   = "ssm:StartSession"
      Resource = "arn:aws:ec2:${var.region}:${var.account_id}:instance/*"
      Condition = {
        StringEquals = { "ssm:resourceTag/Name" = "${local.prefix}-access" }
        # A session without a document would be a shell, and is only checked against the default document if we ask for it.
        BoolIfExists = { "ssm:SessionDocumentAccessCheck" = "true" }
      }
    },
    {
      Sid      = "OpenTunnelToClusterOnly"
      Effect   = "Allow"
      Action   = "ssm:StartSession"
      Resource = "arn:aws:ssm:${var.region}:${var.account_id}:document/${local.prefix}-cluster-tunnel"
    },
    {
      Sid      = "EndOwnTunnel"
      Effect   = "Allow"
      Action   = ["ssm:ResumeSession", "ssm:TerminateSession"]
      Resource = "arn:aws:ssm:${var.region}:${var.account_id}:session/$${aws:userid}-*"
    },
  ]
}
