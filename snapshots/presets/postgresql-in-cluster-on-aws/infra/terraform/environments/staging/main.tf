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
}
