module "alerting" {
  source = "../alerting"

  contact    = local.contact
  name       = local.prefix
  publishers = ["cloudwatch.amazonaws.com"]
}

# What the cluster cannot report: that its monitoring is silent, and that the site does not answer.
module "outage" {
  source = "../outage"

  alerts_topic_arn = module.alerting.topic_arn
  contact          = local.contact
  key_arn          = module.alerting.key_arn
  name             = local.prefix
  runbook          = "https://github.com/acme/shop/blob/main/docs/runbooks/alarms-from-aws.md"

  health_check = {
    host = var.host
    path = "/healthz"
  }
}

module "alertmanager_identity" {
  source = "../workload-identity"

  boundary_arn    = local.boundary_arn
  cluster_arn     = module.cluster.arn
  cluster_name    = module.cluster.name
  name            = "${local.prefix}-alertmanager"
  namespace       = "monitoring"
  service_account = "alertmanager"

  statements = [
    {
      sid       = "Publish"
      actions   = ["sns:Publish"]
      resources = [module.alerting.topic_arn, module.outage.heartbeat_topic_arn]
    },
    {
      sid       = "Encrypt"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [module.alerting.key_arn]
    },
  ]
}
