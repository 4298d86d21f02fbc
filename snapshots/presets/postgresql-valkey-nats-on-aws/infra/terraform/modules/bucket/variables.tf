variable "access_log_bucket" {
  description = "Bucket in the same region and account that receives the access log."
  type        = string
  nullable    = false
}

variable "expiration" {
  description = "Days after which objects expire, by prefix. Prefixes end with a slash, and days are at least `object_lock_days`."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for prefix in keys(var.expiration) : endswith(prefix, "/")])
    error_message = "Each prefix of `expiration` must end with a slash, e.g. postgresql/."
  }

  validation {
    condition     = alltrue([for days in values(var.expiration) : days >= coalesce(var.object_lock_days, 1)])
    error_message = "Objects cannot expire before their lock ends: each value of `expiration` must be at least `object_lock_days`."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the objects, in the region of the bucket."
  type        = string
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

variable "noncurrent_days" {
  description = "Days for which overwritten and deleted versions can be brought back, 1 to 365."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 1 && var.noncurrent_days <= 365
    error_message = "The number of noncurrent days must be from 1 to 365."
  }
}

variable "object_lock_days" {
  description = "Days for which no new object can be deleted or overwritten, 1 to 3650; null for no lock. Can only be chosen when the bucket is created."
  type        = number
  default     = null

  validation {
    condition     = var.object_lock_days == null ? true : var.object_lock_days >= 1 && var.object_lock_days <= 3650
    error_message = "The number of object lock days must be from 1 to 3650, or null."
  }
}

variable "region" {
  description = "Region of the bucket; null means that of the provider."
  type        = string
  default     = null
}
