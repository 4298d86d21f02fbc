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
  description = "Zones below the host that live elsewhere, e.g. staging: their name servers and their DS record."
  type = map(object({
    name_servers = set(string)
    ds_record    = string
  }))
  default  = {}
  nullable = false
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
  description = "Host name of the environment, which is also the name of its DNS zone."
  type        = string
  nullable    = false
}

variable "interface_endpoints" {
  description = "Services of AWS that are reached without the internet, each at a price per hour and zone."
  type        = set(string)
  default     = []
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
