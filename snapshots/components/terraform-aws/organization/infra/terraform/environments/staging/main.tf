# Everything of staging, one file per subject. Account, state bucket, CI roles and boundary come
# from bootstrap/staging.
locals {
  account_id   = "111122223333"
  boundary_arn = "arn:aws:iam::${local.account_id}:policy/${local.prefix}-boundary"
  contact      = "platform@example.com"
  environment  = "staging"
  name         = "shop"
  prefix       = "${local.name}-${local.environment}"

  tags = {
    project     = local.name
    environment = local.environment
    repository  = "acme/shop"
    terraform   = "environments/${local.environment}"
  }
}

module "logs_key" {
  source = "../../modules/key"

  alias           = "${local.prefix}-logs"
  cloudwatch_logs = true
  description     = "Logs of ${local.prefix}"
}
