module "cluster" {
  source = "../cluster"

  kubernetes_version = var.kubernetes_version
  name               = local.prefix
}
