variable "delegations" {
  description = "Zones below shop.example.com that live elsewhere. Staging belongs here once it is applied: put its outputs name_servers and ds_record into delegations.auto.tfvars.json."
  type = map(object({
    name_servers = set(string)
    ds_record    = string
  }))
  default  = {}
  nullable = false
}
