output "name_servers" {
  description = "Name servers for the parent zone."
  value       = aws_route53_zone.this.name_servers
}

output "zone_arn" {
  description = "ARN of the zone."
  value       = aws_route53_zone.this.arn
}

output "zone_id" {
  description = "Id of the zone."
  value       = aws_route53_zone.this.zone_id
}
