module "network" {
  source = "../../modules/network"

  cidr                = "10.10.0.0/16"
  flow_log_bucket_arn = "arn:aws:s3:::${local.prefix}-logs-eu-central-1-${local.account_id}"
  name                = local.prefix
  zones               = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]

  # Staging may lose the internet together with one zone; production has a gateway in each.
  nat_gateway_per_zone = false
}
