# What has to exist before anything else in the account of staging: a place for the Terraform
# state, and the trust in this repository's workflows. Applied by people through scripts/bootstrap.sh.
locals {
  account_id = "111122223333"
  prefix     = "shop-staging"
}

module "key" {
  source = "../../modules/key"

  alias       = "${local.prefix}-bootstrap"
  description = "Terraform state of ${local.prefix}"
}

module "log_bucket" {
  source = "../../modules/log-bucket"

  flow_logs = true
  name      = "${local.prefix}-logs-${local.account_id}"
  trail_arn = local.trail_arn
}

module "state_bucket" {
  source = "../../modules/bucket"

  access_log_bucket = module.log_bucket.name
  kms_key_arn       = module.key.arn
  name              = "${local.prefix}-tfstate-${local.account_id}"
  noncurrent_days   = 365
}

module "identity" {
  source = "../../modules/identity"

  account_id          = local.account_id
  environment         = "staging"
  log_bucket_arn      = module.log_bucket.arn
  name                = "shop"
  plan_secret_arns    = local.plan_secret_arns
  region              = "eu-central-1"
  registry_account_id = "444455556666"
  state_bucket_arn    = module.state_bucket.arn
  state_key_arn       = module.key.arn

  repository = {
    slug              = "acme/shop"
    owner_id          = 1342004
    id                = 9876543
    immutable_subject = true
  }
}
