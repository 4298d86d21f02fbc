output "arns" {
  description = "ARNs of the secrets."
  value       = [for secret in aws_secretsmanager_secret.this : secret.arn]
}

output "key_arn" {
  description = "Key that encrypts the secrets."
  value       = module.key.arn
}
