output "alerts_topic_arn" {
  description = "Topic that Alertmanager publishes to."
  value       = module.alerting.topic_arn
}

output "cluster_name" {
  description = "Name of the cluster; reach it with scripts/cluster-connect.sh."
  value       = module.cluster.name
}

output "name_servers" {
  description = "Name servers for the parent zone."
  value       = aws_route53_zone.this.name_servers
}

output "nat_addresses" {
  description = "Public addresses from which the system calls others, for their allow lists."
  value       = module.network.nat_addresses
}

output "zone_id" {
  description = "Zone of the environment's host."
  value       = aws_route53_zone.this.zone_id
}
