mock_provider "aws" {
  mock_data "aws_vpc" {
    defaults = {
      enable_dns_hostnames    = true
      enable_dns_support      = true
      cidr_block_associations = [{ association_id = "vpc-cidr-assoc-1", cidr_block = "10.20.0.0/16", state = "associated" }]
    }
  }

  mock_data "aws_subnets" {
    defaults = { ids = ["subnet-0000000000000000d", "subnet-0000000000000000e"] }
  }

  override_data {
    target = data.aws_subnet.private["subnet-0000000000000000a"]

    values = {
      availability_zone       = "a"
      cidr_block              = "10.20.32.0/19"
      map_public_ip_on_launch = false
      tags                    = { "kubernetes.io/role/internal-elb" = "1" }
      vpc_id                  = "vpc-0a1b2c3d4e5f60718"
    }
  }

  override_data {
    target = data.aws_subnet.private["subnet-0000000000000000b"]

    values = {
      availability_zone       = "b"
      cidr_block              = "10.20.32.0/19"
      map_public_ip_on_launch = false
      tags                    = { "kubernetes.io/role/internal-elb" = "1" }
      vpc_id                  = "vpc-0a1b2c3d4e5f60718"
    }
  }

  override_data {
    target = data.aws_subnet.private["subnet-0000000000000000c"]

    values = {
      availability_zone       = "c"
      cidr_block              = "10.20.32.0/19"
      map_public_ip_on_launch = false
      tags                    = { "kubernetes.io/role/internal-elb" = "1" }
      vpc_id                  = "vpc-0a1b2c3d4e5f60718"
    }
  }
}

variables {
  cidr               = "10.20.0.0/16"
  private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b", "subnet-0000000000000000c"]
  vpc_id             = "vpc-0a1b2c3d4e5f60718"
}

run "takes_what_has_all_the_cluster_needs" {
  command = plan

  assert {
    condition     = length(output.private_subnet_ids) == 3 && output.vpc_id == data.aws_vpc.this.id
    error_message = "The cluster must get the subnets that were named."
  }
}

run "warns_of_a_range_that_the_vpc_does_not_have" {
  command = plan

  variables {
    cidr = "10.21.0.0/16"
  }

  expect_failures = [check.vpc, check.private_subnets]
}

run "warns_of_subnets_elsewhere" {
  command = plan

  variables {
    vpc_id = "vpc-0000000000000000f"
  }

  expect_failures = [check.private_subnets]
}

run "warns_of_subnets_with_public_addresses" {
  command = plan

  override_data {
    target = data.aws_subnet.private["subnet-0000000000000000c"]

    values = {
      availability_zone       = "c"
      cidr_block              = "10.20.32.0/19"
      map_public_ip_on_launch = true
      tags                    = { "kubernetes.io/role/internal-elb" = "1" }
      vpc_id                  = "vpc-0a1b2c3d4e5f60718"
    }
  }

  expect_failures = [check.private_subnets]
}

run "warns_of_subnets_in_two_zones" {
  command = plan

  override_data {
    target = data.aws_subnet.private["subnet-0000000000000000c"]

    values = {
      availability_zone       = "b"
      cidr_block              = "10.20.32.0/19"
      map_public_ip_on_launch = false
      tags                    = { "kubernetes.io/role/internal-elb" = "1" }
      vpc_id                  = "vpc-0a1b2c3d4e5f60718"
    }
  }

  expect_failures = [check.private_subnets]
}

run "warns_when_the_load_balancer_has_no_subnets" {
  command = plan

  override_data {
    target = data.aws_subnets.public
    values = { ids = ["subnet-0000000000000000d"] }
  }

  expect_failures = [check.public_subnets]
}

run "refuses_fewer_than_three_subnets" {
  command = plan

  variables {
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
  }

  expect_failures = [var.private_subnet_ids]
}
