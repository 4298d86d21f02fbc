module "network" {
  source = "../../modules/network"

  boundary_arn = local.boundary_arn
  cidr         = "10.10.0.0/16"
  logs_key_arn = module.logs_key.arn
  name         = local.prefix
  zones        = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]

  # Staging may lose the internet together with one zone; production has a gateway in each.
  nat_gateway_per_zone = false
}
