module "alerting" {
  source = "../alerting"

  contact    = local.contact
  name       = local.prefix
  publishers = ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]
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
      resources = [module.alerting.topic_arn, aws_sns_topic.heartbeat.arn]
    },
    {
      sid       = "Encrypt"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [module.alerting.key_arn]
    },
  ]
}
