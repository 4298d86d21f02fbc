output "ds_record" {
  description = "DS record for the parent zone; publish it after the name servers answer."
  value       = module.dns.ds_record
}
