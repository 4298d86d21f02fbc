output "alerts_topic_arn" {
  description = "Topic that Alertmanager publishes to."
  value       = module.environment.alerts_topic_arn
}

output "atlas_cluster_name" {
  description = "Name of the cluster in Atlas."
  value       = module.environment.atlas_cluster_name
}

output "atlas_project_id" {
  description = "Id of the project in Atlas."
  value       = module.environment.atlas_project_id
}

output "backup_bucket" {
  description = "Bucket of the database backups, in eu-west-1."
  value       = module.environment.backup_bucket
}

output "cluster_name" {
  description = "Name of the cluster; reach it with scripts/cluster-connect.sh."
  value       = module.environment.cluster_name
}

output "ds_record" {
  description = "DS record for the parent zone; publish it after the name servers answer."
  value       = module.environment.ds_record
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
