variable "alias" {
  description = "Name of the key without the prefix `alias/`: lower-case letters, digits and hyphens."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.alias))
    error_message = "The alias may hold lower-case letters, digits and hyphens only, e.g. shop-prod-logs."
  }
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

variable "publishers" {
  description = "Services of AWS that publish to a topic encrypted with the key, e.g. cloudwatch.amazonaws.com."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "region" {
  description = "Region of the key; null means that of the provider."
  type        = string
  default     = null
}

variable "trail_arn" {
  description = "Trail of CloudTrail that encrypts with the key; null for none."
  type        = string
  default     = null
}
