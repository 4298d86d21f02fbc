variable "cached_images" {
  description = "Third-party images that pods pull through this registry: `ecr/` or `quay/` and their path there, e.g. quay/curl/curl."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for image in var.cached_images : can(regex("^(ecr|quay)/[a-z0-9]+([._/-][a-z0-9]+)*$", image))])
    error_message = "A cached image is named by ecr/ or quay/ and its path there, without tag or digest, e.g. ecr/docker/library/mongo."
  }
}

variable "name" {
  description = "Name of the project, first part of each repository's name."
  type        = string
  nullable    = false
}

variable "services" {
  description = "Services, one repository each."
  type        = set(string)
  nullable    = false
}
