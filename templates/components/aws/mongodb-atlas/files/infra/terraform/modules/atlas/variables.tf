variable "backup_region" {
  description = "AWS region of the snapshot copies, other than `region`."
  type        = string
  nullable    = false

  validation {
    condition     = var.backup_region != var.region
    error_message = "backup_region must differ from the region of the cluster."
  }
}

variable "client_security_group_id" {
  description = "Security group of the pods that may connect."
  type        = string
  nullable    = false
}

variable "contact" {
  description = "Mailbox that gets the alerts of Atlas."
  type        = string
  nullable    = false
}

variable "disk_size_gb" {
  description = "Size of each member's disk in GiB, from 10 to what the tier allows: 128 (M10), 255 (M20), 512 (M30), 1024 (M40) or 4096. Atlas grows it by itself."
  type        = number
  nullable    = false

  validation {
    condition     = var.disk_size_gb >= 10
    error_message = "The disk must have at least 10 GiB."
  }

  validation {
    condition     = var.disk_size_gb <= lookup({ M10 = 128, M20 = 255, M30 = 512, M40 = 1024 }, var.instance_size, 4096)
    error_message = "The disk is too large for the tier: at most 128 GiB on M10, 255 on M20, 512 on M30, 1024 on M40 and 4096 above."
  }
}

variable "instance_size" {
  description = "Smallest tier: M10, M20, M30, M40, M50 or M60. Under load Atlas goes one tier up, and back down afterwards."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["M10", "M20", "M30", "M40", "M50", "M60"], var.instance_size)
    error_message = "The tier must be M10, M20, M30, M40, M50 or M60; smaller ones have no private endpoint and no continuous backup."
  }
}

variable "maintenance_window" {
  description = "When Atlas may restart members for updates: day of the week (1 is Sunday) and hour in UTC."
  type = object({
    day_of_week = number
    hour_of_day = number
  })
  nullable = false

  validation {
    condition     = var.maintenance_window.day_of_week >= 1 && var.maintenance_window.day_of_week <= 7
    error_message = "The day of the week must be from 1 (Sunday) to 7 (Saturday)."
  }

  validation {
    condition     = var.maintenance_window.hour_of_day >= 0 && var.maintenance_window.hour_of_day <= 23
    error_message = "The hour must be from 0 to 23."
  }
}

variable "name" {
  description = "Name of project and cluster."
  type        = string
  nullable    = false
}

variable "org_id" {
  description = "Atlas organization, 24 hexadecimal digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-f]{24}$", var.org_id))
    error_message = "The organization id must have 24 hexadecimal digits."
  }
}

variable "point_in_time_recovery_days" {
  description = "Days back to which the database can be restored to any moment, 1 to 35; 0 for snapshots only."
  type        = number
  nullable    = false

  validation {
    condition     = var.point_in_time_recovery_days >= 0 && var.point_in_time_recovery_days <= 35
    error_message = "The number of days must be from 0 to 35."
  }
}

variable "region" {
  description = "AWS region of the cluster."
  type        = string
  nullable    = false
}

variable "snapshot_retention_days" {
  description = "Days for which daily snapshots are kept, at least 7."
  type        = number
  nullable    = false

  validation {
    condition     = var.snapshot_retention_days >= 7
    error_message = "Daily snapshots must be kept for at least 7 days."
  }
}

variable "subnet_ids" {
  description = "Private subnets of the endpoint."
  type        = list(string)
  nullable    = false
}

variable "tags" {
  description = "Tags of project and cluster."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "users" {
  description = "AWS roles that may log in, by purpose, with their MongoDB roles (read, readWrite, dbAdmin, backup or clusterMonitor)."
  type = map(object({
    role_arn    = string
    description = string
    roles = list(object({
      name     = string
      database = string
    }))
  }))
  nullable = false

  validation {
    condition     = alltrue([for user in values(var.users) : can(regex("^arn:aws:iam::[0-9]{12}:role/", user.role_arn))])
    error_message = "Users must be AWS roles, arn:aws:iam::ACCOUNT:role/NAME."
  }

  validation {
    condition = alltrue(flatten([
      for user in values(var.users) : [for role in user.roles : contains(["read", "readWrite", "dbAdmin", "backup", "clusterMonitor"], role.name)]
    ]))
    error_message = "MongoDB roles must be among read, readWrite, dbAdmin, backup and clusterMonitor."
  }
}

variable "vpc_id" {
  description = "VPC of the endpoint."
  type        = string
  nullable    = false
}
