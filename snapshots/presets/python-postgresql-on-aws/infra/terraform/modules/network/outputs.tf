output "nat_addresses" {
  description = "Public addresses from which the system calls others, for their allow lists."
  value       = [for address in aws_eip.nat : address.public_ip]
}

output "private_subnet_ids" {
  description = "Subnets of the cluster, one per zone."
  value       = [for subnet in aws_subnet.private : subnet.id]

  # Everything that starts in the subnets needs the route to the internet.
  depends_on = [aws_route.nat, aws_route_table_association.private]
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}
