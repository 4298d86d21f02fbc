output "private_subnet_ids" {
  description = "Subnets of the cluster."
  value       = sort([for subnet in data.aws_subnet.private : subnet.id])
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = data.aws_vpc.this.id
}
