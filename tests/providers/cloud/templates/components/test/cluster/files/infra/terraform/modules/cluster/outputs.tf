output "arn" {
  description = "Identifier of the cluster."
  value       = terraform_data.this.id
}

output "name" {
  description = "Name of the cluster."
  value       = terraform_data.this.output.name
}

output "security_group_id" {
  description = "Identifier of the firewall of the cluster, which is the cluster itself."
  value       = terraform_data.this.id
}
