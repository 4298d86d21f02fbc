output "host" {
  description = "Host of the instance; its record follows when the other one takes over."
  value       = aws_db_instance.this.address
}
