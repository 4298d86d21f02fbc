output "heartbeat_topic_arn" {
  description = "Topic that Alertmanager publishes its heartbeat to."
  value       = aws_sns_topic.heartbeat.arn
}
