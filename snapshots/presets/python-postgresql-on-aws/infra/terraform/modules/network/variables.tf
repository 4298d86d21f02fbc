variable "cidr" {
  description = "Addresses of the VPC, a private /16."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16")
    error_message = "The network must be an IPv4 /16, e.g. 10.20.0.0/16."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.cidr))
    error_message = "The network must be private: within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."
  }
}

variable "flow_log_bucket_arn" {
  description = "Bucket in the same region that receives the flow logs below flow-logs/."
  type        = string
  nullable    = false
}

variable "interface_endpoints" {
  description = "AWS services reached by private endpoints instead of the NAT gateway, each about 8 USD per month and zone: ecr.api, ecr.dkr, eks-auth, kms, logs, secretsmanager, sns, ssm, ssmmessages, sts."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = length(setsubtract(var.interface_endpoints, [
      "ecr.api", "ecr.dkr", "eks-auth", "kms", "logs", "secretsmanager", "sns", "ssm", "ssmmessages", "sts",
    ])) == 0
    error_message = "Interface endpoints must be among ecr.api, ecr.dkr, eks-auth, kms, logs, secretsmanager, sns, ssm, ssmmessages and sts."
  }
}

variable "name" {
  description = "Name of the VPC and prefix of everything in it."
  type        = string
  nullable    = false
}

variable "nat_gateway_per_zone" {
  description = "Whether each zone has a NAT gateway of its own. With a single one, all zones lose the internet together with its zone."
  type        = bool
  nullable    = false
}

variable "zones" {
  description = "Three availability zones. They are named rather than looked up, because a zone that AWS adds must not move subnets."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.zones) == 3 && length(toset(var.zones)) == 3
    error_message = "There must be exactly three different zones."
  }
}
