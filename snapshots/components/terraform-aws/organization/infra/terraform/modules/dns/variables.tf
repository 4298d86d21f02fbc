variable "contact" {
  description = "Mailbox that authorities write to when they refuse a certificate."
  type        = string
  nullable    = false
}

variable "delegations" {
  description = "Names below the host that are zones of their own, e.g. staging: their four name servers."
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

variable "host" {
  description = "Host name of the environment, which is also the name of the zone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.host))
    error_message = "The host must be a lower-case host name such as shop.example.com."
  }
}

variable "name" {
  description = "Prefix of the names of key and policy."
  type        = string
  nullable    = false
}
