module "dns" {
  source = "../dns"

  contact     = local.contact
  delegations = var.delegations
  host        = var.host
  name        = local.prefix
}
