# What production has of its own. What both environments have is in modules/environment; account, state bucket,
# CI roles and boundary come from bootstrap/prod.
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

  account_id         = "444455556666"
  cidr               = "10.20.0.0/16"
  environment        = "prod"
  host               = "shop.example.com"
  kubernetes_version = "1.35"
  tags               = local.tags

  delegations = var.delegations

  # A zone may fail without taking the others along.
  nat_gateway_per_zone = true

  # Nodes, pod identities, secrets and the way in keep working when the internet does not.
  interface_endpoints = ["ecr.api", "ecr.dkr", "eks-auth", "secretsmanager", "ssm", "ssmmessages", "sts"]

  # The workflow of the restore drill starts it here.
  restore_drill = true

  postgresql = {
    major           = "18"
    instance_class  = "db.m7g.large"
    max_connections = 400
    multi_az        = true

    # Grows by itself up to the second number, and does not shrink.
    storage_gb     = 50
    max_storage_gb = 100

    # Before the nightly dump; staging has run the same update since Monday.
    maintenance_window = "wed:22:00-wed:23:00"
  }
}
