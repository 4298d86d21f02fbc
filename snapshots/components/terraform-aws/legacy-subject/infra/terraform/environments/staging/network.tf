module "network" {
  source = "../../modules/network"

  cidr                = "10.64.0.0/16"
  flow_log_bucket_arn = "arn:aws:s3:::${local.prefix}-logs-us-east-1-${local.account_id}"
  name                = local.prefix
  zones               = ["us-east-1a", "us-east-1b", "us-east-1c"]

  # Staging may lose the internet together with one zone; production has a gateway in each.
  nat_gateway_per_zone = false
}
