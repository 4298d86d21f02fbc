variable "delegations" {
  description = "Zones below shop.example.com that live elsewhere. Staging belongs here once it is applied: put its output name_servers into delegations.auto.tfvars.json."
  type = map(object({
    name_servers = set(string)
  }))
  default  = {}
  nullable = false
}
