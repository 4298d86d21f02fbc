mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
}

variables {
  cidr                 = "10.20.0.0/16"
  flow_log_bucket_arn  = "arn:aws:s3:::shop-prod-logs-111122223333"
  name                 = "shop-prod"
  nat_gateway_per_zone = true
  zones                = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}

run "production_survives_the_loss_of_a_zone" {
  command = plan

  variables {
    interface_endpoints = ["ssm", "ssmmessages"]
  }

  assert {
    condition = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == {
      eu-central-1a = "10.20.0.0/19"
      eu-central-1b = "10.20.32.0/19"
      eu-central-1c = "10.20.64.0/19"
    }
    error_message = "There must be one private subnet in each of three zones."
  }

  assert {
    condition = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == {
      eu-central-1a = "10.20.96.0/24"
      eu-central-1b = "10.20.97.0/24"
      eu-central-1c = "10.20.98.0/24"
    }
    error_message = "Public subnets must lie behind the private ones."
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 3
    error_message = "Each zone must have its own NAT gateway."
  }

  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["ssm", "ssmmessages"])
    error_message = "The endpoints asked for must exist."
  }
}

run "flow_logs_go_to_object_storage" {
  command = plan

  assert {
    condition     = aws_flow_log.this.log_destination_type == "s3" && aws_flow_log.this.log_destination == "arn:aws:s3:::shop-prod-logs-111122223333/flow-logs/"
    error_message = "Flow logs must go to the log bucket, where they cost a fraction."
  }

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL"
    error_message = "Accepted and refused connections are both evidence."
  }
}

run "staging_saves_gateways" {
  command = plan

  variables {
    nat_gateway_per_zone = false
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["eu-central-1a"]
    error_message = "One NAT gateway must serve all zones."
  }

  assert {
    condition     = length(aws_route.nat) == 3
    error_message = "Each private subnet needs a way out."
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_security_group.endpoints) == 0
    error_message = "Without endpoints there is no security group for them."
  }
}

run "refuses_small_network" {
  command = plan

  variables {
    cidr = "10.20.0.0/20"
  }

  expect_failures = [var.cidr]
}

run "refuses_public_network" {
  command = plan

  variables {
    cidr = "52.20.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_unknown_endpoint" {
  command = plan

  variables {
    interface_endpoints = ["dynamodb"]
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_two_zones" {
  command = plan

  variables {
    zones = ["eu-central-1a", "eu-central-1b", "eu-central-1b"]
  }

  expect_failures = [var.zones]
}
