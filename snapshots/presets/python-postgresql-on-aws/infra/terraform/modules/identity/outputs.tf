output "boundary_arn" {
  description = "Policy that every role created by Terraform must carry as its permissions boundary."
  value       = aws_iam_policy.boundary.arn
}

output "operator_role_arn" {
  description = "Role that people assume to reach the cluster."
  value       = aws_iam_role.operator.arn
}

output "role_arns" {
  description = "ARN of each CI role, by purpose."
  value       = { for purpose, role in aws_iam_role.this : purpose => role.arn }
}
