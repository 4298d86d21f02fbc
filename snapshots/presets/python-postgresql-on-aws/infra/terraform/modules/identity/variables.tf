variable "account_id" {
  description = "Account of the environment, twelve digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "The account id must have twelve digits."
  }
}

variable "environment" {
  description = "Environment of the account: staging or prod. Production also gets the roles that push images and run the restore drill."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["staging", "prod"], var.environment)
    error_message = "The environment must be staging or prod."
  }
}

variable "log_bucket_arn" {
  description = "Bucket of access, flow and audit logs, whose history CI must not shorten."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the project, the prefix of every role."
  type        = string
  nullable    = false
}

variable "plan_secret_arns" {
  description = "Secrets that plans must read and that are safe to expose to plans: read-only credentials of other providers, addresses without a password. Terraform compares the value of every secret version it has written."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "region" {
  description = "Region of the cluster and the registry."
  type        = string
  nullable    = false
}

variable "registry_account_id" {
  description = "Account that holds the images, twelve digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.registry_account_id))
    error_message = "The account id of the registry must have twelve digits."
  }
}

variable "repository" {
  description = "The only GitHub repository that is trusted: slug (owner/name) and the numeric ids of owner and repository. `immutable_subject` says whether GitHub puts the ids into its tokens, as it does for repositories created, renamed or transferred since 2026-07-15."
  type = object({
    slug              = string
    owner_id          = number
    id                = number
    immutable_subject = bool
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository.slug))
    error_message = "The slug of the repository must be owner/name, without wildcards."
  }

  validation {
    condition     = var.repository.owner_id > 0 && var.repository.id > 0
    error_message = "The ids of owner and repository must be positive numbers."
  }
}

variable "state_bucket_arn" {
  description = "Bucket with the Terraform state of the account."
  type        = string
  nullable    = false
}

variable "state_key_arn" {
  description = "Key that encrypts the state."
  type        = string
  nullable    = false
}
