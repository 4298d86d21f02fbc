# Staging is a namespace of this environment's cluster. People and the pipeline reach it with roles of its own, whose access
# entries end at the namespace.
variable "guests" {
  description = "Environments that are namespaces of the cluster."
  type        = set(string)
  nullable    = false
}

resource "aws_iam_role" "guest_deploy" {
  for_each = var.guests

  name                 = "${var.name}-${each.key}-ci-deploy"
  description          = "Deploys to ${each.key}"
  max_session_duration = 7200

  # The same trust: without environments of GitHub all runs of main look the same.
  assume_role_policy = aws_iam_role.this["deploy"].assume_role_policy
}

resource "aws_iam_role_policy" "guest_deploy" {
  for_each = aws_iam_role.guest_deploy

  name   = "deploy"
  role   = each.value.id
  policy = aws_iam_role_policy.deploy.policy
}

resource "aws_iam_role" "guest_operator" {
  #checkov:skip=CKV_AWS_61:The account decides in its own IAM who may assume the role, as for the role of the whole cluster.
  for_each = var.guests

  name                 = "${var.name}-${each.key}-operator"
  description          = "People who operate ${each.key}"
  max_session_duration = 14400
  assume_role_policy   = aws_iam_role.operator.assume_role_policy
}

resource "aws_iam_role_policy" "guest_operator" {
  for_each = aws_iam_role.guest_operator

  name   = "tunnel"
  role   = each.value.id
  policy = aws_iam_role_policy.operator.policy
}
