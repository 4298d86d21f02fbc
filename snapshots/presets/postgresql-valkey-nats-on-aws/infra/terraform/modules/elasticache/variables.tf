variable "alarm_topic_arn" {
  description = "Topic that alarms are sent to."
  type        = string
  nullable    = false
}

variable "client_security_group_id" {
  description = "Security group of the pods that may connect."
  type        = string
  nullable    = false
}

variable "engine_version" {
  description = "Version of Valkey, e.g. 9.1, which goes up and never back."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[7-9]\\.[0-9]+$", var.engine_version))
    error_message = "The version must have the form 9.1."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts what is on disk."
  type        = string
  nullable    = false
}

variable "maintenance_window" {
  description = "When AWS may update nodes, an hour or more in UTC, e.g. mon:03:00-mon:04:00."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$", var.maintenance_window))
    error_message = "The window must have the form mon:03:00-mon:04:00."
  }
}

variable "name" {
  description = "Name of the environment, with which all names here begin."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9]){0,30}$", var.name)) && length(var.name) <= 31
    error_message = "The name may have 31 lower-case letters, digits and single hyphens; ElastiCache takes no more than 40 for names made of it."
  }
}

variable "node_type" {
  description = "Type of the nodes, each of which must hold everything, e.g. cache.t4g.small."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.node_type, "cache.")
    error_message = "The type must be one of ElastiCache, such as cache.t4g.small."
  }
}

variable "nodes" {
  description = "How many nodes: 1 for no failover, 2 or more, each in another zone, for one that is automatic."
  type        = number
  nullable    = false

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 6
    error_message = "There must be 1 to 6 nodes."
  }
}

variable "password" {
  description = "Password of the user `default`. Neither state nor plan has it."
  type        = string
  nullable    = false
  ephemeral   = true
  sensitive   = true
}

variable "password_version" {
  description = "Goes up by one for a new password."
  type        = number
  nullable    = false
}

variable "runbook" {
  description = "Address of the page that says what to do about alarms."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets of the nodes, in two zones or more."
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
