terraform {
  required_version = ">= 1.6"
}

output "answer" {
  description = "What the test does not expect."
  value       = 41
}
