output "cluster_name" {
  description = "Name of the cluster in Atlas."
  value       = mongodbatlas_advanced_cluster.this.name
}

output "project_id" {
  description = "Id of the project in Atlas."
  value       = mongodbatlas_project.this.id
}

output "srv_address" {
  description = "mongodb+srv:// address of the private endpoint, without user, path and options."
  value       = mongodbatlas_advanced_cluster.this.connection_strings.private_endpoint[0].srv_connection_string
}
