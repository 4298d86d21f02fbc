variable "cidr" {
  description = "Range of the VPC in which the private subnets are."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr))
    error_message = "The network must be an IPv4 range, e.g. 10.20.0.0/16."
  }
}

variable "private_subnet_ids" {
  description = "Private subnets, in three zones or more, with a route to the internet."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.private_subnet_ids) >= 3
    error_message = "The cluster needs private subnets in at least three zones."
  }
}

variable "vpc_id" {
  description = "Id of the VPC."
  type        = string
  nullable    = false
}
