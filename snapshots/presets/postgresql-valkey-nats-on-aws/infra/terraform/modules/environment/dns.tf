resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:Signing is a choice of its own: without an answer to its alarms it takes the domain away.
  name    = var.host
  comment = "Records are kept by external-dns and cert-manager in the cluster"

  lifecycle {
    prevent_destroy = true
  }
}

# Only the authority that cert-manager uses may issue certificates.
resource "aws_route53_record" "caa" {
  zone_id = aws_route53_zone.this.zone_id
  name    = var.host
  type    = "CAA"
  ttl     = 3600
  records = [
    "0 issue \"letsencrypt.org\"",
    "0 issuewild \";\"",
    "0 iodef \"mailto:${local.contact}\"",
  ]
}

resource "aws_route53_record" "delegation" {
  for_each = var.delegations

  zone_id = aws_route53_zone.this.zone_id
  name    = "${each.key}.${var.host}"
  type    = "NS"
  ttl     = 3600
  records = each.value.name_servers
}
