output "detector_id" {
  description = "Detector of the account in this region."
  value       = aws_guardduty_detector.this.id
}
