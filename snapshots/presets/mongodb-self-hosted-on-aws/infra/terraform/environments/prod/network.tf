module "network" {
  source = "../../modules/network"

  boundary_arn = local.boundary_arn
  cidr         = "10.20.0.0/16"
  logs_key_arn = module.logs_key.arn
  name         = local.prefix
  zones        = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]

  # A zone may fail without taking the others along.
  nat_gateway_per_zone = true

  # Nodes, pod identities, secrets and the way in keep working when the internet does not.
  interface_endpoints = ["ecr.api", "ecr.dkr", "eks-auth", "secretsmanager", "ssm", "ssmmessages", "sts"]
}
