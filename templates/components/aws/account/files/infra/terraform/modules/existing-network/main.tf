# A network that others operate. Nothing here changes it: each plan and apply checks what the cluster needs of it, and warns of what is
# missing.
data "aws_vpc" "this" {
  id = var.vpc_id
}

data "aws_subnet" "private" {
  for_each = var.private_subnet_ids

  id = each.key
}

# The subnets in which EKS puts the load balancer of the gateway.
data "aws_subnets" "public" {
  filter {
    name   = "vpc-id"
    values = [var.vpc_id]
  }

  filter {
    name   = "tag:kubernetes.io/role/elb"
    values = ["1"]
  }
}

locals {
  elsewhere = [for id, subnet in data.aws_subnet.private : id if subnet.vpc_id != var.vpc_id]
  public    = [for id, subnet in data.aws_subnet.private : id if subnet.map_public_ip_on_launch]
  untagged  = [for id, subnet in data.aws_subnet.private : id if lookup(subnet.tags, "kubernetes.io/role/internal-elb", "") != "1"]

  # A subnet is within the range when its address makes the same network.
  outside = [
    for id, subnet in data.aws_subnet.private : id
    if try(cidrhost("${split("/", subnet.cidr_block)[0]}/${split("/", var.cidr)[1]}", 0), "") != cidrhost(var.cidr, 0)
  ]
}

check "vpc" {
  assert {
    condition     = data.aws_vpc.this.enable_dns_support && data.aws_vpc.this.enable_dns_hostnames
    error_message = "${var.vpc_id} needs DNS support and DNS hostnames: without them neither nodes nor private endpoints find the cluster."
  }

  assert {
    condition     = contains([for association in data.aws_vpc.this.cidr_block_associations : association.cidr_block], var.cidr)
    error_message = "${var.cidr} is no range of ${var.vpc_id}, and the network policies let in addresses of that range only."
  }
}

check "private_subnets" {
  assert {
    condition     = length(local.elsewhere) == 0
    error_message = "Not in ${var.vpc_id}: ${join(", ", local.elsewhere)}."
  }

  assert {
    condition     = length(local.outside) == 0
    error_message = "Outside of ${var.cidr}, where network policies refuse them: ${join(", ", local.outside)}."
  }

  assert {
    condition     = length(local.public) == 0
    error_message = "They give public addresses to nodes, which must have none: ${join(", ", local.public)}."
  }

  assert {
    condition     = length(local.untagged) == 0
    error_message = "The tag kubernetes.io/role/internal-elb with the value 1 is missing: ${join(", ", local.untagged)}."
  }

  assert {
    condition     = length(toset([for subnet in data.aws_subnet.private : subnet.availability_zone])) >= 3
    error_message = "The private subnets must be in three zones or more, so that one may fail."
  }
}

check "public_subnets" {
  assert {
    condition     = length(data.aws_subnets.public.ids) >= 2
    error_message = "${var.vpc_id} needs public subnets in two zones or more with the tag kubernetes.io/role/elb and the value 1."
  }
}
