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
