# The cluster of production, in which staging is a namespace, and what belongs to it: modules/environment.
# State bucket, CI roles and boundary come from bootstrap/prod.
locals {
  tags = {
    project     = "shop"
    environment = "prod"
    repository  = "acme/shop"
    terraform   = "environments/prod"
  }
}

module "environment" {
  source = "../../modules/environment"

  account_id         = "111122223333"
  cidr               = "10.20.0.0/16"
  environment        = "prod"
  host               = "shop.example.com"
  kubernetes_version = "1.35"
  tags               = local.tags

  # One way to the internet for all zones: with the zone that has it the others lose the internet too.
  nat_gateway_per_zone = false
}
