variable "cidr" {
  description = "Address range of the network."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Name of the environment."
  type        = string
  nullable    = false
}

variable "host" {
  description = "Hostname of the environment, which is also the name of its DNS zone."
  type        = string
  nullable    = false
}

variable "kubernetes_version" {
  description = "Version of Kubernetes."
  type        = string
  nullable    = false
}
