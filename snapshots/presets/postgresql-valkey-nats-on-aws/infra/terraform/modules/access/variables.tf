variable "boundary_arn" {
  description = "Permissions boundary of the role created here."
  type        = string
  nullable    = false
}

variable "cluster_endpoint" {
  description = "Address of the cluster's API, https://..."
  type        = string
  nullable    = false
}

variable "cluster_security_group_id" {
  description = "Security group of the cluster's API."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the cluster, prefix of everything here."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets of the instance."
  type        = list(string)
  nullable    = false
}

variable "tags" {
  description = "Tags of the instance. The provider's default tags do not reach what an Auto Scaling group starts."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "vpc_id" {
  description = "VPC of the cluster."
  type        = string
  nullable    = false
}
