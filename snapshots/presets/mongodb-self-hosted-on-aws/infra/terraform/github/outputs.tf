output "environments" {
  description = "Environments of GitHub."
  value       = local.environments
}

output "required_checks" {
  description = "Checks that guard main."
  value       = var.required_checks
}
