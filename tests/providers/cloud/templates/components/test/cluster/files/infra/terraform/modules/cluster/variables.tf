variable "kubernetes_version" {
  description = "Version of Kubernetes."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the cluster."
  type        = string
  nullable    = false
}
