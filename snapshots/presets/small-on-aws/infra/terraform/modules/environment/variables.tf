variable "account_id" {
  description = "Account of the environment."
  type        = string
  nullable    = false
}

variable "cidr" {
  description = "Address range of the network, which no other network that it is ever connected with may use."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Name of the environment."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["prod"], var.environment)
    error_message = "The environment must be prod."
  }
}

variable "host" {
  description = "Hostname of the environment, which is also the name of its DNS zone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.host))
    error_message = "The host must be a lower-case hostname such as shop.example.com."
  }
}

variable "interface_endpoints" {
  description = "Services of AWS that are reached without the internet, each at a price per hour and zone."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "kubernetes_version" {
  description = "Version of Kubernetes, which goes up one minor version at a time and never back."
  type        = string
  nullable    = false
}

variable "nat_gateway_per_zone" {
  description = "Whether each zone has its own way to the internet, so that none takes the others along."
  type        = bool
  nullable    = false
}

variable "tags" {
  description = "Tags of what the default tags of the provider do not reach."
  type        = map(string)
  nullable    = false
}
