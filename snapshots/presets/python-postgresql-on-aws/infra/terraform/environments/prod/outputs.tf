output "alerts_topic_arn" {
  description = "Topic that Alertmanager publishes to."
  value       = module.environment.alerts_topic_arn
}

output "backup_bucket" {
  description = "Bucket of the database backups, in eu-west-1."
  value       = module.environment.backup_bucket
}

output "cluster_name" {
  description = "Name of the cluster; reach it with scripts/cluster-connect.sh."
  value       = module.environment.cluster_name
}

output "name_servers" {
  description = "Name servers for the parent zone."
  value       = module.environment.name_servers
}

output "nat_addresses" {
  description = "Public addresses from which the system calls others, for their allow lists."
  value       = module.environment.nat_addresses
}

output "zone_id" {
  description = "Zone of the environment's host."
  value       = module.environment.zone_id
}
