output "host" {
  description = "Host of the node that takes writes; its record follows when another one takes over."
  value       = aws_elasticache_replication_group.this["cache"].primary_endpoint_address
}
