module "cluster_key" {
  source = "../key"

  alias       = "${local.prefix}-cluster"
  description = "Kubernetes Secrets of ${local.prefix}"
}

locals {
  # The workflow of the restore drill, where it runs.
  drill_access = var.restore_drill ? {
    restore_drill = {
      role_arn   = "arn:aws:iam::${var.account_id}:role/${local.prefix}-ci-drill"
      policy     = "AmazonEKSEditPolicy"
      namespaces = ["shop-restore-drill"]
    }
  } : {}
}

module "cluster" {
  source = "../cluster"

  boundary_arn       = local.boundary_arn
  kubernetes_version = var.kubernetes_version
  logs_key_arn       = module.logs_key.arn
  name               = local.prefix
  secrets_key_arn    = module.cluster_key.arn
  subnet_ids         = module.network.private_subnet_ids

  access = merge(local.drill_access, {
    # Installs what concerns the whole cluster: scripts/platform.sh.
    people = {
      role_arn   = "arn:aws:iam::${var.account_id}:role/${local.prefix}-operator"
      policy     = "AmazonEKSClusterAdminPolicy"
      namespaces = []
    }
    # Full rights, but only inside the namespaces of the application. The narrower policies of EKS
    # leave out custom resources such as HTTPRoute and ExternalSecret.
    deployments = {
      role_arn   = "arn:aws:iam::${var.account_id}:role/${local.prefix}-ci-deploy"
      policy     = "AmazonEKSClusterAdminPolicy"
      namespaces = ["shop", "shop-restore-drill"]
    }
  })
}

module "access" {
  source = "../access"

  boundary_arn              = local.boundary_arn
  cluster_endpoint          = module.cluster.endpoint
  cluster_security_group_id = module.cluster.security_group_id
  name                      = local.prefix
  subnet_ids                = module.network.private_subnet_ids
  tags                      = var.tags
  vpc_id                    = module.network.vpc_id
}
