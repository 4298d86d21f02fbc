variable "boundary_arn" {
  description = "Permissions boundary of the role."
  type        = string
  nullable    = false
}

variable "cluster_arn" {
  description = "ARN of the cluster whose pods may use the role."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the cluster whose pods may use the role."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the role, at most 64 characters."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]{1,64}$", var.name))
    error_message = "The name must have 1 to 64 lower-case letters, digits and hyphens."
  }
}

variable "namespace" {
  description = "Namespace of the ServiceAccount."
  type        = string
  nullable    = false
}

variable "service_account" {
  description = "ServiceAccount whose pods get the role."
  type        = string
  nullable    = false
}

variable "statements" {
  description = "What the pods may do in AWS. Empty when the identity alone is what counts, e.g. for logging in to a database."
  type = list(object({
    sid        = string
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for statement in var.statements : !anytrue([for action in statement.actions : action == "*" || endswith(action, ":*")])])
    error_message = "Actions must be named one by one or by a prefix such as kms:GenerateDataKey*; a whole service is not allowed."
  }
}
