module "network" {
  source = "../../modules/network"

  cidr                = "10.20.0.0/16"
  flow_log_bucket_arn = "arn:aws:s3:::${local.prefix}-logs-eu-central-1-${local.account_id}"
  name                = local.prefix
  zones               = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]

  # A zone may fail without taking the others along.
  nat_gateway_per_zone = true

  # Nodes, pod identities, secrets and the way in keep working when the internet does not.
  interface_endpoints = ["ecr.api", "ecr.dkr", "eks-auth", "secretsmanager", "ssm", "ssmmessages", "sts"]
}
