variable "approvers" {
  description = "Who approves a deployment to production and changes of the cloud accounts: slugs of teams of the organization, and user names. At least one and at most six in all."
  type = object({
    teams = optional(list(string), [])
    users = optional(list(string), [])
  })
  default = {
    teams = ["platform"]
  }
  nullable = false

  validation {
    condition     = length(var.approvers.teams) + length(var.approvers.users) >= 1
    error_message = "Name at least one team or user, else production has no approval."
  }

  validation {
    condition     = length(var.approvers.teams) + length(var.approvers.users) <= 6
    error_message = "GitHub takes at most six teams and users as reviewers of an environment."
  }

  validation {
    condition     = alltrue([for name in concat(var.approvers.teams, var.approvers.users) : !strcontains(name, "@") && !strcontains(name, "/")])
    error_message = "Write names without @ and without the organization: platform, not @acme/platform."
  }
}

variable "deployments_enabled" {
  description = "Whether workflows deploy. False until the clusters exist, and whenever deployments are frozen."
  type        = bool
  default     = false
  nullable    = false
}

variable "infrastructure_enabled" {
  description = "Whether the workflow Terraform plans and applies. The roles that it uses must exist (scripts/bootstrap.sh)."
  type        = bool
  default     = true
  nullable    = false
}

variable "prevent_self_review" {
  description = "Whether who started a deployment may not approve it. False only where a single person runs the system."
  type        = bool
  default     = true
  nullable    = false
}

variable "required_checks" {
  description = "Jobs of GitHub Actions that must pass before a pull request can be merged."
  type        = list(string)
  default     = ["Required checks"]
  nullable    = false

  validation {
    condition     = length(var.required_checks) >= 1
    error_message = "At least one check must be required, else anything can be merged."
  }
}

variable "required_reviews" {
  description = "How many people must approve a pull request."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.required_reviews >= 1 && var.required_reviews <= 6 && floor(var.required_reviews) == var.required_reviews
    error_message = "The number of reviews must be a whole number from 1 to 6."
  }
}
