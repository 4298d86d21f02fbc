module "alerting" {
  source = "../../modules/alerting"

  contact = local.contact
  name    = local.prefix
  runbook = "https://github.com/acme/shop/blob/main/docs/runbooks/alarms-from-aws.md"

  health_check = {
    host = "staging.shop.example.com"
    path = "/healthz"
  }
}

module "alertmanager_identity" {
  source = "../../modules/workload-identity"

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
      resources = [module.alerting.heartbeat_topic_arn, module.alerting.topic_arn]
    },
    {
      sid       = "Encrypt"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [module.alerting.key_arn]
    },
  ]
}
