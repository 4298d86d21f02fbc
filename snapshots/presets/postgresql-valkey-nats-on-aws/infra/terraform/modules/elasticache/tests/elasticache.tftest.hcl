mock_provider "aws" {
  mock_resource "aws_elasticache_replication_group" {
    defaults = { primary_endpoint_address = "master.example.cache.amazonaws.com" }
  }
  override_during = plan
}

variables {
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:444455556666:example"
  client_security_group_id = "sg-0a1b2c3d4e5f60718"
  engine_version           = "9.1"
  kms_key_arn              = "arn:aws:kms:eu-central-1:444455556666:key/00000000-0000-0000-0000-000000000000"
  maintenance_window       = "wed:03:00-wed:04:00"
  name                     = "shop-prod"
  node_type                = "cache.t4g.small"
  nodes                    = 2
  password                 = "NotARealPasswordButLongEnough0"
  password_version         = 1
  runbook                  = "https://example.com/runbook"
  subnet_ids               = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
  vpc_id                   = "vpc-0a1b2c3d4e5f60718"
}

run "production" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this["cache"].automatic_failover_enabled && aws_elasticache_replication_group.this["cache"].multi_az_enabled
    error_message = "With two nodes one must take over from the other, in another zone."
  }

  assert {
    condition     = aws_elasticache_replication_group.this["cache"].transit_encryption_mode == "required" && aws_elasticache_replication_group.this["cache"].at_rest_encryption_enabled == "true"
    error_message = "Every connection must be encrypted, and what is on disk too."
  }

  assert {
    condition     = aws_elasticache_user.default.user_name == "default" && aws_elasticache_user.default.passwords_wo_version == 1
    error_message = "An address without a user name logs in as `default`, which needs a password."
  }

  assert {
    condition     = one(aws_elasticache_parameter_group.this.parameter).value == "allkeys-lru" && aws_elasticache_replication_group.this["cache"].snapshot_retention_limit == 0
    error_message = "A full cache makes room, and has no snapshots."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.this.referenced_security_group_id == "sg-0a1b2c3d4e5f60718" && aws_vpc_security_group_ingress_rule.this.to_port == 6379
    error_message = "Only pods of the cluster may connect."
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.dimensions["CacheClusterId"]]) == toset(["shop-prod-cache-001", "shop-prod-cache-002"])
    error_message = "Each node needs its alarms."
  }
}

run "one_node" {
  command = plan

  variables {
    nodes = 1
  }

  assert {
    condition     = !aws_elasticache_replication_group.this["cache"].automatic_failover_enabled && !aws_elasticache_replication_group.this["cache"].multi_az_enabled
    error_message = "ElastiCache refuses failover with a single node."
  }
}

run "refuses_wrong_settings" {
  command = plan

  variables {
    engine_version     = "9"
    maintenance_window = "monday"
    name               = "shop--prod"
    node_type          = "t4g.small"
    nodes              = 0
    subnet_ids         = ["subnet-0a1b2c3d4e5f60711"]
  }

  expect_failures = [
    var.engine_version,
    var.maintenance_window,
    var.name,
    var.node_type,
    var.nodes,
    var.subnet_ids,
  ]
}
