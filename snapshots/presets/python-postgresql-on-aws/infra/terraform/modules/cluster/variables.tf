variable "access" {
  description = "Who may do what in the cluster, by purpose: role, EKS access policy (AmazonEKSClusterAdminPolicy, AmazonEKSAdminPolicy, AmazonEKSEditPolicy or AmazonEKSViewPolicy) and the namespaces it is limited to; none means the whole cluster."
  type = map(object({
    role_arn   = string
    policy     = string
    namespaces = optional(set(string), [])
  }))
  nullable = false

  validation {
    condition = alltrue([for entry in values(var.access) : contains(
      ["AmazonEKSAdminPolicy", "AmazonEKSClusterAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy"],
      entry.policy,
    )])
    error_message = "Each policy must be AmazonEKSClusterAdminPolicy, AmazonEKSAdminPolicy, AmazonEKSEditPolicy or AmazonEKSViewPolicy."
  }

  validation {
    condition     = alltrue([for entry in values(var.access) : length(entry.namespaces) > 0 || !strcontains(entry.role_arn, "-ci-")])
    error_message = "CI roles must be limited to namespaces; only people get the whole cluster."
  }
}

variable "boundary_arn" {
  description = "Permissions boundary of the roles created here."
  type        = string
  nullable    = false
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes, e.g. 1.35. Raise it one minor at a time; it cannot be lowered."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "The version must be a minor version such as 1.35; EKS chooses the patch."
  }
}

variable "logs_key_arn" {
  description = "Key that encrypts the control plane's logs; CloudWatch Logs must be allowed to use it."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the cluster."
  type        = string
  nullable    = false
}

variable "secrets_key_arn" {
  description = "Key that encrypts Kubernetes Secrets."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets of the nodes, in three zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 3
    error_message = "The cluster needs private subnets in at least three zones."
  }
}
