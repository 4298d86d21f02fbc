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

variable "trail_arn" {
  description = "Trail of CloudTrail that is delivered below cloudtrail/; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.trail_arn == null ? true : can(regex("^arn:aws:cloudtrail:[a-z0-9-]+:[0-9]{12}:trail/", var.trail_arn))
    error_message = "The trail must be named by its ARN, e.g. arn:aws:cloudtrail:eu-central-1:111122223333:trail/shop-prod."
  }
}
