output "document" {
  description = "Session document that opens the tunnel."
  value       = aws_ssm_document.tunnel.name
}
