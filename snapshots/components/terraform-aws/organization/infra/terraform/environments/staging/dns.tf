module "dns" {
  source = "../../modules/dns"

  contact = local.contact
  host    = "staging.shop.example.com"
  name    = local.prefix
}
