variable "account_id" {
  description = "Account of the registry, twelve digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "The account id of the registry must have twelve digits."
  }
}

variable "region" {
  description = "Region of the registry."
  type        = string
  nullable    = false
}

variable "repositories" {
  description = "Names of the repositories, without the registry."
  type        = set(string)
  nullable    = false
}
