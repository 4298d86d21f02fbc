# All that an environment is, one file per subject. The variables are what differs between the environments; account,
# state bucket, CI roles and boundary come from bootstrap.
locals {
  boundary_arn = "arn:aws:iam::${var.account_id}:policy/${local.prefix}-boundary"
  contact      = "platform@example.com"
  name         = "shop"
  prefix       = "${local.name}-${var.environment}"
  runbook      = "https://github.com/acme/shop/blob/main/docs/runbooks/alarms-from-aws.md"
}

module "logs_key" {
  source = "../key"

  alias           = "${local.prefix}-logs"
  cloudwatch_logs = true
  description     = "Logs of ${local.prefix}"
}
