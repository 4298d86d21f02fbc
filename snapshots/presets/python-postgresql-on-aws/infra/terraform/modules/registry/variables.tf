variable "cached_images" {
  description = "Third-party images that pods pull through this registry: `ecr/` or `quay/` and their path there, e.g. quay/curl/curl."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for image in var.cached_images : can(regex("^(ecr|quay)/[a-z0-9]+([._/-][a-z0-9]+)*$", image))])
    error_message = "A cached image is named by ecr/ or quay/ and its path there, without tag or digest, e.g. ecr/docker/library/postgres."
  }
}

variable "name" {
  description = "Name of the project, first part of each repository's name."
  type        = string
  nullable    = false
}

variable "pull_account_ids" {
  description = "Other accounts whose clusters pull the images, each twelve digits."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.pull_account_ids) > 0
    error_message = "At least one account must be allowed to pull; the account of the registry itself need not be listed."
  }

  validation {
    condition     = alltrue([for account in var.pull_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "Account ids must have twelve digits."
  }
}

variable "services" {
  description = "Services, one repository each."
  type        = set(string)
  nullable    = false
}
