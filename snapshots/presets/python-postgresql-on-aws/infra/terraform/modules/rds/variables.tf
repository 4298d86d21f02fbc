variable "alarm_topic_arn" {
  description = "Topic that alarms and events are sent to."
  type        = string
  nullable    = false
}

variable "backup_days" {
  description = "Days of automated backups, 1 to 35: the instance can be restored to any moment of them."
  type        = number
  nullable    = false

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "Automated backups are kept for 1 to 35 days."
  }
}

variable "backup_kms_key_arn" {
  description = "Key that encrypts the copies of backups, in `backup_region`."
  type        = string
  nullable    = false
}

variable "backup_region" {
  description = "AWS region of the copies of backups."
  type        = string
  nullable    = false
}

variable "boundary_arn" {
  description = "Permissions boundary of the role that is made here."
  type        = string
  nullable    = false
}

variable "client_security_group_id" {
  description = "Security group of the pods that may connect."
  type        = string
  nullable    = false
}

variable "database" {
  description = "Name of the database in the instance."
  type        = string
  nullable    = false
}

variable "instance_class" {
  description = "Class of the instance, e.g. db.m7g.large."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "The class must be one of RDS, such as db.m7g.large."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts storage, backups, logs and the password of `postgres`."
  type        = string
  nullable    = false
}

variable "maintenance_window" {
  description = "When AWS may update the instance, half an hour or more in UTC, e.g. mon:03:00-mon:04:00. Not between 01:00 and 02:00, when it is backed up."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$", var.maintenance_window))
    error_message = "The window must have the form mon:03:00-mon:04:00."
  }
}

variable "major" {
  description = "Major version of PostgreSQL."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+$", var.major))
    error_message = "The version must be a major one, such as 18."
  }
}

variable "max_connections" {
  description = "Connections that the server takes at once, about 50 for each GiB of its memory."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_connections >= 50 && var.max_connections <= 5000
    error_message = "The server must take 50 to 5000 connections."
  }
}

variable "max_storage_gb" {
  description = "GiB to which the storage may grow by itself, at least a tenth more than `storage_gb`."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_storage_gb >= var.storage_gb * 1.1
    error_message = "The storage must be able to grow by a tenth or more."
  }
}

variable "multi_az" {
  description = "Whether a second instance in another zone takes over when the first one fails."
  type        = bool
  nullable    = false
}

variable "name" {
  description = "Name of the instance, with which all names here begin."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9]){0,40}$", var.name)) && length(var.name) <= 41
    error_message = "The name may have 41 lower-case letters, digits and single hyphens; RDS takes no more than 63 for names made of it."
  }
}

variable "runbook" {
  description = "Address of the page that says what to do about alarms."
  type        = string
  nullable    = false
}

variable "storage_gb" {
  description = "GiB of storage at the start, 20 or more."
  type        = number
  nullable    = false

  validation {
    condition     = var.storage_gb >= 20
    error_message = "RDS takes 20 GiB or more."
  }
}

variable "subnet_ids" {
  description = "Private subnets of the instance, in two zones or more."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "There must be subnets in two zones or more."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets."
  type        = string
  nullable    = false
}
