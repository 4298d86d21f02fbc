variable "alerts_topic_arn" {
  description = "Topic, in the same region, that findings are published to."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Prefix of the rule's name."
  type        = string
  nullable    = false
}

variable "runbook" {
  description = "Page that says what to do about a finding."
  type        = string
  nullable    = false
}

variable "severity" {
  description = "Lowest severity that is reported, 1 to 10. GuardDuty calls 4 medium and 7 high."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.severity >= 1 && var.severity <= 10
    error_message = "The severity must be from 1 to 10."
  }
}
