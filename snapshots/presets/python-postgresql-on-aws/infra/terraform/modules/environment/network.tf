module "network" {
  source = "../network"

  cidr                 = var.cidr
  flow_log_bucket_arn  = "arn:aws:s3:::${local.prefix}-logs-eu-central-1-${var.account_id}"
  interface_endpoints  = var.interface_endpoints
  name                 = local.prefix
  nat_gateway_per_zone = var.nat_gateway_per_zone
  zones                = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}
