output "key_arn" {
  description = "Key that publishers must be allowed to use."
  value       = module.key.arn
}

output "topic_arn" {
  description = "Topic that alerts are published to."
  value       = aws_sns_topic.this.arn
}
