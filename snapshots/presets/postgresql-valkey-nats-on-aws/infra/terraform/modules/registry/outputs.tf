output "repository_urls" {
  description = "Address of each service's repository."
  value       = { for service, repository in aws_ecr_repository.this : service => repository.repository_url }
}
