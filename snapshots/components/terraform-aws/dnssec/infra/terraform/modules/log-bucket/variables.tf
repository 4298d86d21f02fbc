variable "flow_logs" {
  description = "Whether flow logs of networks of this account and region are delivered below flow-logs/."
  type        = bool
  default     = false
  nullable    = false
}

variable "name" {
  description = "Name of the bucket, 3 to 63 lower-case letters, digits and hyphens."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "The name must have 3 to 63 lower-case letters, digits and hyphens, and neither start nor end with a hyphen."
  }
}

variable "region" {
  description = "Region of the bucket; null means that of the provider."
  type        = string
  default     = null
}
