output "ci_role_arns" {
  description = "Roles that the workflows assume, by purpose."
  value       = module.identity.role_arns
}

output "operator_role_arn" {
  description = "Role that people assume to reach the cluster: grant them sts:AssumeRole on it."
  value       = module.identity.operator_role_arn
}

output "state_bucket" {
  description = "Bucket of the Terraform state."
  value       = module.state_bucket.name
}
