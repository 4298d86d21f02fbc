variable "alias" {
  description = "Name of the key without the prefix `alias/`: lower-case letters, digits and hyphens."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.alias))
    error_message = "The alias may hold lower-case letters, digits and hyphens only, e.g. shop-prod-logs."
  }
}

variable "cloudwatch_alarms" {
  description = "Whether CloudWatch alarms may publish to topics that are encrypted with the key."
  type        = bool
  default     = false
  nullable    = false
}

variable "cloudwatch_logs" {
  description = "Whether CloudWatch Logs may encrypt log groups of this account with the key."
  type        = bool
  default     = false
  nullable    = false
}

variable "description" {
  description = "What the key protects."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the key; null means that of the provider."
  type        = string
  default     = null
}
