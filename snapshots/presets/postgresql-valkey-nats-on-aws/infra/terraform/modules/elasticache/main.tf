locals {
  family = "valkey${split(".", var.engine_version)[0]}"
  port   = 6379
  server = "${var.name}-cache"
}

resource "aws_elasticache_parameter_group" "this" {
  name        = "${var.name}-cache-${local.family}"
  description = "Settings of the cache of ${var.name}"
  family      = local.family

  # A full server makes room for what is new.
  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_replication_group" "this" {
  #checkov:skip=CKV2_AWS_50:Failover follows from the number of nodes; only production has two.
  for_each = toset(["cache"])

  replication_group_id = "${var.name}-${each.key}"
  description          = "Cache of ${var.name}"
  engine               = "valkey"
  engine_version       = var.engine_version
  node_type            = var.node_type
  parameter_group_name = aws_elasticache_parameter_group.this.name
  port                 = local.port

  # One address, as clients without support for clusters need it.
  cluster_mode               = "disabled"
  automatic_failover_enabled = var.nodes > 1
  multi_az_enabled           = var.nodes > 1
  num_cache_clusters         = var.nodes

  security_group_ids = [aws_security_group.this.id]
  subnet_group_name  = aws_elasticache_subnet_group.this.name
  user_group_ids     = [aws_elasticache_user_group.this.user_group_id]

  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"

  # AWS updates nodes in the window. Changes made here were reviewed and are wanted now; in the window they would show up in every
  # plan until then.
  apply_immediately          = true
  auto_minor_version_upgrade = true
  maintenance_window         = var.maintenance_window

  # What is in it can be computed or fetched again.
  snapshot_retention_limit = 0

  lifecycle {
    # An older version than the one that AWS has raised would replace the server by an empty one.
    prevent_destroy = true
  }
}
