module "dns" {
  source = "../../modules/dns"

  contact = local.contact
  host    = "shop.example.com"
  name    = local.prefix

  delegations = var.delegations
}
