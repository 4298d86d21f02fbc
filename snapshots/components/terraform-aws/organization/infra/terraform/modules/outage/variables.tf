variable "alerts_topic_arn" {
  description = "Topic that gets the alarm when the heartbeat stops. CloudWatch must be among its publishers."
  type        = string
  nullable    = false
}

variable "contact" {
  description = "Mailbox that gets the alarms of the check from outside."
  type        = string
  nullable    = false
}

variable "health_check" {
  description = "Public address that is asked from outside over HTTPS; null asks none."
  type = object({
    host = string
    path = string
  })
  default = null

  validation {
    condition     = var.health_check == null || startswith(try(var.health_check.path, "/"), "/")
    error_message = "The path of the health check must begin with a slash, e.g. /readyz."
  }
}

variable "key_arn" {
  description = "Key that encrypts the heartbeat."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Prefix of the names of topics and alarms."
  type        = string
  nullable    = false
}

variable "runbook" {
  description = "Address of the runbook that alarms name."
  type        = string
  nullable    = false
}
