variable "contact" {
  description = "Mailbox that gets the alerts."
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

variable "name" {
  description = "Prefix of the names of topics, keys and alarms."
  type        = string
  nullable    = false
}

variable "runbook" {
  description = "Address of the runbook that alarms name."
  type        = string
  nullable    = false
}
