# What staging has of its own. What both environments have is in modules/environment; account, state bucket,
# CI roles and boundary come from bootstrap/staging.
locals {
  tags = {
    project     = "shop"
    environment = "staging"
    repository  = "acme/shop"
    terraform   = "environments/staging"
  }
}

module "environment" {
  source = "../../modules/environment"

  account_id         = "111122223333"
  cidr               = "10.10.0.0/16"
  environment        = "staging"
  host               = "staging.shop.example.com"
  kubernetes_version = "1.35"
  tags               = local.tags

  # Staging may lose the internet together with one zone; production has a gateway in each.
  nat_gateway_per_zone = false

  # The cluster starts the drill of staging itself; the workflow starts and records that of production.
  restore_drill = false

  mysql = {
    major           = "8.4"
    instance_class  = "db.t4g.medium"
    max_connections = 200
    multi_az        = false

    # Grows by itself up to the second number, and does not shrink.
    storage_gb     = 50
    max_storage_gb = 100

    # Two days before production, so that a bad update shows here first.
    maintenance_window = "mon:22:00-mon:23:00"
  }
}
