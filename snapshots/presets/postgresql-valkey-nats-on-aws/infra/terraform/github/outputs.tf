output "environments" {
  description = "Environments of GitHub, and whether a deployment to them waits for a reviewer."
  value       = { for name, environment in local.environments : name => environment.reviewed }
}

output "required_checks" {
  description = "Checks that guard main."
  value       = var.required_checks
}
