# The resources that must exist before all others in the account of staging: a place for the Terraform
# state, and the trust in this repository's workflows. Applied by people through scripts/bootstrap.sh.
locals {
  account_id = "111122223333"
  prefix     = "shop-staging"
}

# Buckets of the region are named after it: names are global, and that of a lost region is taken.
module "log_bucket" {
  source = "../../modules/log-bucket"

  flow_logs = true
  name      = "${local.prefix}-logs-eu-central-1-${local.account_id}"
  trail_arn = local.trail_arn
}

# The state is kept in eu-west-1, where it survives the loss of eu-central-1.
module "state_key" {
  source = "../../modules/key"

  alias       = "${local.prefix}-tfstate"
  description = "Terraform state of ${local.prefix}"
  region      = "eu-west-1"
}

module "state_log_bucket" {
  source = "../../modules/log-bucket"

  name   = "${local.prefix}-tfstate-logs-${local.account_id}"
  region = "eu-west-1"
}

module "state_bucket" {
  source = "../../modules/bucket"

  access_log_bucket = module.state_log_bucket.name
  kms_key_arn       = module.state_key.arn
  name              = "${local.prefix}-tfstate-${local.account_id}"
  noncurrent_days   = 365
  region            = "eu-west-1"
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
  state_key_arn       = module.state_key.arn

  repository = {
    slug              = "acme/shop"
    owner_id          = 1342004
    id                = 9876543
    immutable_subject = true
  }
}
