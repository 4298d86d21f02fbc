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

variable "delegations" {
  description = "Zones below the host that live elsewhere, e.g. staging: their name servers."
  type = map(object({
    name_servers = set(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for delegation in values(var.delegations) : length(delegation.name_servers) >= 2])
    error_message = "Each delegation needs at least two name servers."
  }
}

variable "environment" {
  description = "Name of the environment, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["staging", "prod"], var.environment)
    error_message = "The environment must be staging or prod."
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

variable "restore_drill" {
  description = "Whether the workflow of the restore drill may start jobs here, in the namespace of the drill."
  type        = bool
  nullable    = false
}

variable "tags" {
  description = "Tags of what the default tags of the provider do not reach."
  type        = map(string)
  nullable    = false
}
