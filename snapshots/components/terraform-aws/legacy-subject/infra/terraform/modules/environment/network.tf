module "network" {
  source = "../network"

  cidr                 = var.cidr
  flow_log_bucket_arn  = "arn:aws:s3:::${local.prefix}-logs-us-east-1-${var.account_id}"
  interface_endpoints  = var.interface_endpoints
  name                 = local.prefix
  nat_gateway_per_zone = var.nat_gateway_per_zone
  zones                = ["us-east-1a", "us-east-1b", "us-east-1c"]
}
