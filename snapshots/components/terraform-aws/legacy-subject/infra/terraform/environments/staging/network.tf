module "network" {
  source = "../../modules/network"

  boundary_arn = local.boundary_arn
  cidr         = "10.64.0.0/16"
  logs_key_arn = module.logs_key.arn
  name         = local.prefix
  zones        = ["us-east-1a", "us-east-1b", "us-east-1c"]

  # Staging may lose the internet together with one zone; production has a gateway in each.
  nat_gateway_per_zone = false
}
