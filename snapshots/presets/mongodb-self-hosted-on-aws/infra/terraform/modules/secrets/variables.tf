variable "prefix" {
  description = "First part of the names, project/environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]+/(staging|prod)$", var.prefix))
    error_message = "The prefix must be project/staging or project/prod."
  }
}

variable "secrets" {
  description = "Secrets by name, with what they hold."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[a-z0-9-]+$", name))])
    error_message = "Names of secrets may hold lower-case letters, digits and hyphens only."
  }
}
