# What the controllers of the cluster may do in AWS. Their names are those in k8s/platform.
module "cert_manager_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-cert-manager"
  namespace       = "cert-manager"
  service_account = "cert-manager"

  statements = [
    {
      sid       = "AnswerDnsChallenges"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = [aws_route53_zone.this.arn]
      conditions = {
        "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["TXT"] }
        "ForAllValues:StringLike"   = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = ["_acme-challenge.*"] }
      }
    },
    {
      sid       = "ReadRecords"
      actions   = ["route53:ListResourceRecordSets"]
      resources = [aws_route53_zone.this.arn]
    },
    {
      sid       = "FindZone"
      actions   = ["route53:ListHostedZonesByName"]
      resources = ["*"]
    },
    {
      sid       = "WatchChange"
      actions   = ["route53:GetChange"]
      resources = ["arn:aws:route53:::change/*"]
    },
  ]
}

module "external_dns_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-external-dns"
  namespace       = "external-dns"
  service_account = "external-dns"

  statements = [
    {
      # Addresses and the TXT records that mark them as its own; never NS, CAA or DS.
      sid       = "KeepRecords"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = [aws_route53_zone.this.arn]
      conditions = {
        "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["A", "AAAA", "CNAME", "TXT"] }
      }
    },
    {
      sid       = "ReadRecords"
      actions   = ["route53:ListResourceRecordSets", "route53:ListTagsForResources"]
      resources = [aws_route53_zone.this.arn]
    },
    {
      sid       = "FindZone"
      actions   = ["route53:ListHostedZones"]
      resources = ["*"]
    },
  ]
}
