output "repository_urls" {
  description = "Address of each service's repository."
  value       = module.registry.repository_urls
}
